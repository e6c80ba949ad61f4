
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
  policy = jsonencode({ Version = "2012-10-17", Statement = [ { Effect = "Allow", Action = ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Scan", "dynamodb:DeleteItem", "dynamodb:UpdateItem"], Resource = aws_dynamodb_table.t.arn } ] })
}
resource "aws_lambda_function" "f" {
  function_name = "f"
  role          = aws_iam_role.f.arn
  runtime       = "python3.12"
  handler       = "lambda_function.lambda_handler"
  filename      = data.archive_file.code.output_path
  environment { variables = { TABLE_NAME = aws_dynamodb_table.t.name } }
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

