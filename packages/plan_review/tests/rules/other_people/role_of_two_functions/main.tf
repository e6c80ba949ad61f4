variable "prefix" {
  type = string
}

resource "random_string" "suffix" {
  length  = 8
  special = false
  upper   = false
}

resource "aws_s3_bucket" "uploads" {
  bucket = "${lower(var.prefix)}-uploads-${random_string.suffix.result}"
}

resource "aws_s3_bucket" "results" {
  bucket = "${lower(var.prefix)}-results-${random_string.suffix.result}"
}

resource "aws_iam_role" "functions" {
  name = "${lower(var.prefix)}-functions"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "lambda.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy" "functions" {
  role = aws_iam_role.functions.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect   = "Allow"
        Action   = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = "arn:aws:logs:*:*:log-group:/aws/lambda/${lower(var.prefix)}-*"
      },
      {
        # One function signs uploads to the first bucket, the other writes to the second.
        Effect   = "Allow"
        Action   = ["s3:PutObject", "s3:GetObject", "s3:ListBucket"]
        Resource = [aws_s3_bucket.uploads.arn, "${aws_s3_bucket.uploads.arn}/*", aws_s3_bucket.results.arn, "${aws_s3_bucket.results.arn}/*"]
      },
      {
        Effect   = "Allow"
        Action   = "transcribe:StartTranscriptionJob"
        Resource = "*"
      },
    ]
  })
}

resource "aws_cloudwatch_log_group" "functions" {
  count             = 2
  name              = "/aws/lambda/${lower(var.prefix)}-${element(["sign", "transcribe"], count.index)}"
  retention_in_days = 14
}

resource "aws_lambda_function" "sign" {
  filename      = "sign.zip"
  function_name = "${lower(var.prefix)}-sign"
  role          = aws_iam_role.functions.arn
  handler       = "sign.handler"
  runtime       = "python3.13"
  environment {
    variables = {
      BUCKET = aws_s3_bucket.uploads.id
    }
  }
}

resource "aws_lambda_function" "transcribe" {
  filename      = "transcribe.zip"
  function_name = "${lower(var.prefix)}-transcribe"
  role          = aws_iam_role.functions.arn
  handler       = "transcribe.handler"
  runtime       = "python3.13"
  environment {
    variables = {
      BUCKET = aws_s3_bucket.results.id
    }
  }
}

resource "aws_lambda_permission" "uploads" {
  statement_id  = "${lower(var.prefix)}-uploads"
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.transcribe.function_name
  principal     = "s3.amazonaws.com"
  source_arn    = aws_s3_bucket.uploads.arn
}

resource "aws_s3_bucket_notification" "uploads" {
  bucket = aws_s3_bucket.uploads.id
  lambda_function {
    lambda_function_arn = aws_lambda_function.transcribe.arn
    events              = ["s3:ObjectCreated:*"]
  }
  depends_on = [aws_lambda_permission.uploads]
}
