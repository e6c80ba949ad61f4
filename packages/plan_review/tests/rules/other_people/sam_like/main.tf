locals { prefix = "${terraform.workspace}-app" }
resource "aws_iam_role" "HelloFunctionRole" {
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Action = ["sts:AssumeRole"], Effect = "Allow", Principal = { Service = ["lambda.amazonaws.com"] } }] })
  managed_policy_arns = [
    "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole",
    "arn:aws:iam::aws:policy/AWSXrayWriteOnlyAccess",
    "arn:aws:iam::aws:policy/service-role/AWSLambdaSQSQueueExecutionRole",
  ]
  tags = { "lambda:createdBy" = "SAM" }
}
resource "aws_lambda_function" "HelloFunction" {
  function_name = "${local.prefix}-HelloFunction"
  role          = aws_iam_role.HelloFunctionRole.arn
  handler       = "com.example.Handler::handleRequest"
  runtime       = "java21"
  memory_size   = 1024
  timeout       = 30
  s3_bucket     = "aws-sam-cli-managed-default"
  s3_key        = "app/0123456789abcdef"
  tracing_config { mode = "Active" }
  snap_start { apply_on = "PublishedVersions" }
  publish = true
}
resource "aws_sqs_queue" "Work" {
  name                       = "${local.prefix}-Work"
  visibility_timeout_seconds = 180
  redrive_policy             = jsonencode({ deadLetterTargetArn = aws_sqs_queue.Dead.arn, maxReceiveCount = 3 })
}
resource "aws_sqs_queue" "Dead" {
  name                      = "${local.prefix}-Dead"
  message_retention_seconds = 1209600
}
resource "aws_lambda_event_source_mapping" "Work" {
  event_source_arn        = aws_sqs_queue.Work.arn
  function_name           = aws_lambda_function.HelloFunction.arn
  batch_size              = 10
  function_response_types = ["ReportBatchItemFailures"]
  scaling_config { maximum_concurrency = 5 }
}
