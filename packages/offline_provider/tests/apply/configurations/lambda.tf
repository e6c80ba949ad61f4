resource "aws_iam_role" "role" {
  name               = "NAME"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Action = "sts:AssumeRole", Effect = "Allow", Principal = { Service = "lambda.amazonaws.com" } }]
  })
}
resource "aws_sqs_queue" "dead" { name = "NAME-dead" }
resource "aws_cloudwatch_log_group" "group" { name = "/NAME" }
resource "aws_lambda_function" "function" {
  function_name    = "NAME"
  role             = aws_iam_role.role.arn
  runtime          = "python3.12"
  handler          = "code.handler"
  filename         = "code.zip"
  source_code_hash = filebase64sha256("code.zip")
  timeout          = 10
  environment { variables = { MODE = "one", LIMIT = "5" } }
  logging_config {
    log_format            = "JSON"
    log_group             = aws_cloudwatch_log_group.group.name
    application_log_level = "INFO"
    system_log_level      = "INFO"
  }
  tracing_config { mode = "Active" }
}
resource "aws_lambda_function_event_invoke_config" "config" {
  function_name                = aws_lambda_function.function.function_name
  maximum_retry_attempts       = 1
  maximum_event_age_in_seconds = 600
  destination_config {
    on_failure { destination = aws_sqs_queue.dead.arn }
  }
}
resource "aws_lambda_permission" "permission" {
  statement_id   = "Rule"
  action         = "lambda:InvokeFunction"
  function_name  = aws_lambda_function.function.function_name
  principal      = "events.amazonaws.com"
  source_arn     = "arn:aws:events:ap-southeast-1:123456789012:rule/r"
  source_account = "123456789012"
}
