data "aws_iam_policy_document" "assume" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "this" { assume_role_policy = data.aws_iam_policy_document.assume.json }
resource "aws_lambda_function" "this" {
  function_name = "clean"
  role          = aws_iam_role.this.arn
  runtime       = "nodejs22.x"
  handler       = "dist/index.handler"
  s3_bucket     = "artifacts-of-team"
  s3_key        = "clean.zip"
}
resource "aws_iam_role_policy" "this" {
  role   = aws_iam_role.this.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "logs:*", Resource = "arn:aws:logs:*:*:*" }] })
}
resource "aws_cloudwatch_event_rule" "this" {
  count               = 2
  name                = "clean-${count.index}"
  schedule_expression = count.index == 0 ? "rate(5 minutes)" : "cron(0 12 ? * SUN *)"
}
resource "aws_cloudwatch_event_target" "this" {
  count = 2
  rule  = aws_cloudwatch_event_rule.this[count.index].name
  arn   = aws_lambda_function.this.arn
  input_transformer {
    input_paths    = { at = "$.time" }
    input_template = "{\"at\": <at>, \"kind\": \"clean\"}"
  }
}
resource "aws_lambda_permission" "this" {
  count         = 2
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.this.function_name
  principal     = "events.amazonaws.com"
  source_arn    = aws_cloudwatch_event_rule.this[count.index].arn
}
