data "aws_iam_policy_document" "assume" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "f" { assume_role_policy = data.aws_iam_policy_document.assume.json }
resource "aws_iam_role_policy_attachment" "f" {
  role       = aws_iam_role.f.id
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
}
resource "aws_lambda_layer_version" "shared" {
  layer_name               = "shared"
  s3_bucket                = "artifacts-of-team"
  s3_key                   = "layers/shared.zip"
  compatible_runtimes      = ["nodejs20.x", "nodejs22.x"]
  compatible_architectures = ["x86_64", "arm64"]
}
resource "aws_lambda_function" "f" {
  for_each      = { small = 256, large = 3008 }
  function_name = "convert-${each.key}"
  role          = aws_iam_role.f.arn
  runtime       = "nodejs22.x"
  handler       = "index.handler"
  memory_size   = each.value
  timeout       = 900
  s3_bucket     = "artifacts-of-team"
  s3_key        = "convert.zip"
  layers        = [aws_lambda_layer_version.shared.arn]
  ephemeral_storage { size = 4096 }
}
resource "aws_lambda_function_event_invoke_config" "f" {
  for_each               = aws_lambda_function.f
  function_name          = each.value.function_name
  maximum_retry_attempts = 0
}
