
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
  policy = jsonencode({ Version = "2012-10-17", Statement = [ { Effect = "Allow", Action = ["s3:GetObject"], Resource = "${aws_s3_bucket.in.arn}/incoming/*" }, { Effect = "Allow", Action = ["s3:PutObject"], Resource = "${aws_s3_bucket.out.arn}/*" } ] })
}
resource "aws_lambda_function" "f" {
  function_name = "f"
  role          = aws_iam_role.f.arn
  runtime       = "python3.12"
  handler       = "app.handler"
  filename      = data.archive_file.code.output_path
  environment { variables = { OUT = aws_s3_bucket.out.id } }
}

resource "aws_s3_bucket" "in" { bucket = "in-bucket-x" }
resource "aws_s3_bucket" "out" { bucket = "out-bucket-x" }
resource "aws_lambda_permission" "s3" {
  statement_id = "s3"
  action = "lambda:InvokeFunction"
  function_name = aws_lambda_function.f.arn
  principal = "s3.amazonaws.com"
  source_arn = aws_s3_bucket.in.arn
  source_account = data.aws_caller_identity.me.account_id
}
resource "aws_s3_bucket_notification" "in" {
  bucket = aws_s3_bucket.in.id
  lambda_function {
    lambda_function_arn = aws_lambda_function.f.arn
    events = ["s3:ObjectCreated:*"]
    filter_prefix = "incoming/"
    filter_suffix = ".jpg"
  }
  depends_on = [aws_lambda_permission.s3]
}

