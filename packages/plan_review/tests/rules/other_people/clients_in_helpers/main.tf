
provider "aws" { region = "eu-west-1" }
data "aws_caller_identity" "me" {}
data "archive_file" "code" {
  type        = "zip"
  source_dir  = "${path.module}/src"
  output_path = "${path.module}/code.zip"
}
resource "aws_iam_role" "f" {
  name = "f"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = { Service = "lambda.amazonaws.com" }, Action = "sts:AssumeRole" }] })
}
resource "aws_iam_role_policy_attachment" "basic" {
  role       = aws_iam_role.f.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
}
resource "aws_iam_role_policy" "f" {
  role   = aws_iam_role.f.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [ { Effect = "Allow", Action = ["sqs:SendMessage"], Resource = aws_sqs_queue.q.arn }, { Effect = "Allow", Action = ["ssm:GetParameter"], Resource = "arn:aws:ssm:eu-west-1:${data.aws_caller_identity.me.account_id}:parameter/app/*" }, { Effect = "Allow", Action = ["secretsmanager:GetSecretValue"], Resource = aws_secretsmanager_secret.s.arn }, { Effect = "Allow", Action = ["states:StartExecution"], Resource = "arn:aws:states:eu-west-1:${data.aws_caller_identity.me.account_id}:stateMachine:m" }, { Effect = "Allow", Action = ["events:PutEvents"], Resource = "arn:aws:events:eu-west-1:${data.aws_caller_identity.me.account_id}:event-bus/default" } ] })
}
resource "aws_lambda_function" "f" {
  function_name = "f"
  role          = aws_iam_role.f.arn
  runtime       = "python3.12"
  handler       = "service/api.handler"
  filename      = data.archive_file.code.output_path
  environment { variables = { QUEUE_URL = aws_sqs_queue.q.url, SECRET = aws_secretsmanager_secret.s.arn, MACHINE = "arn:aws:states:eu-west-1:${data.aws_caller_identity.me.account_id}:stateMachine:m", STAGE = "dev" } }
}
resource "aws_sqs_queue" "q" { name = "q" }
resource "aws_secretsmanager_secret" "s" { name = "s" }

