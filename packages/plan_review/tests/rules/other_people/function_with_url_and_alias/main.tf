data "aws_iam_policy_document" "assume" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "f" {
  assume_role_policy   = data.aws_iam_policy_document.assume.json
  permissions_boundary = "arn:aws:iam::aws:policy/PowerUserAccess"
}
resource "aws_iam_role_policy_attachment" "f" {
  for_each   = toset(["service-role/AWSLambdaBasicExecutionRole", "AWSXRayDaemonWriteAccess", "CloudWatchLambdaInsightsExecutionRolePolicy"])
  role       = aws_iam_role.f.name
  policy_arn = "arn:aws:iam::aws:policy/${each.value}"
}
resource "aws_lambda_function" "f" {
  function_name = "hook"
  role          = aws_iam_role.f.arn
  runtime       = "nodejs22.x"
  handler       = "index.handler"
  s3_bucket     = "artifacts-of-team"
  s3_key        = "hook.zip"
  publish       = true
  layers        = ["arn:aws:lambda:eu-west-1:580247275435:layer:LambdaInsightsExtension:53"]
  tracing_config { mode = "Active" }
  logging_config {
    log_format = "JSON"
    log_group  = aws_cloudwatch_log_group.f.name
  }
}
provider "aws" { region = "eu-west-1" }
resource "aws_cloudwatch_log_group" "f" {
  name              = "/team/hook"
  retention_in_days = 90
}
resource "aws_lambda_alias" "live" {
  name             = "live"
  function_name    = aws_lambda_function.f.function_name
  function_version = aws_lambda_function.f.version
}
resource "aws_lambda_function_url" "live" {
  function_name      = aws_lambda_function.f.function_name
  qualifier          = aws_lambda_alias.live.name
  authorization_type = "AWS_IAM"
}
resource "aws_lambda_permission" "caller" {
  action                 = "lambda:InvokeFunctionUrl"
  function_name          = aws_lambda_function.f.function_name
  qualifier              = aws_lambda_alias.live.name
  principal              = "arn:aws:iam::444455556666:role/caller"
  function_url_auth_type = "AWS_IAM"
}
