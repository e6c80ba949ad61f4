
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
  policy = jsonencode({ Version = "2012-10-17", Statement = [ { Effect = "Allow", Action = ["s3:GetObject", "s3:ListBucket"], Resource = ["arn:aws:s3:::data-lake-x", "arn:aws:s3:::data-lake-x/*"] }, { Effect = "Allow", Action = ["sns:Publish"], Resource = aws_sns_topic.t.arn }, { Effect = "Allow", Action = ["dynamodb:BatchWriteItem", "dynamodb:Query"], Resource = [aws_dynamodb_table.t.arn, "${aws_dynamodb_table.t.arn}/index/*"] }, { Effect = "Allow", Action = ["bedrock:InvokeModel"], Resource = "arn:aws:bedrock:*::foundation-model/*" }, { Effect = "Allow", Action = ["ses:SendEmail"], Resource = "arn:aws:ses:eu-west-1:${data.aws_caller_identity.me.account_id}:identity/*" }, { Effect = "Allow", Action = ["cloudwatch:PutMetricData"], Resource = "*" }, { Effect = "Allow", Action = ["rekognition:DetectLabels"], Resource = "*" } ] })
}
resource "aws_lambda_function" "f" {
  function_name = "f"
  role          = aws_iam_role.f.arn
  runtime       = "python3.12"
  handler       = "main.run"
  filename      = data.archive_file.code.output_path
  environment { variables = { TOPIC = aws_sns_topic.t.arn, BUCKET = "data-lake-x", MODEL = "anthropic.claude" } }
}
resource "aws_dynamodb_table" "t" {
 name = "orders-table"
 billing_mode = "PAY_PER_REQUEST"
 hash_key = "id"
 attribute {
 name = "id"
 type = "S"
 }
}
resource "aws_sns_topic" "t" { name = "orders-table" }

