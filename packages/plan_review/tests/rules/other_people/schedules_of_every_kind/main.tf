data "aws_iam_policy_document" "assume" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["scheduler.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "fn" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "fn" { assume_role_policy = data.aws_iam_policy_document.fn.json }
resource "aws_lambda_function" "fn" {
  function_name = "tick"
  role          = aws_iam_role.fn.arn
  runtime       = "ruby3.3"
  handler       = "app.handler"
  s3_bucket     = "artifacts-of-team"
  s3_key        = "tick.zip"
}
resource "aws_iam_role_policy_attachment" "fn" {
  role       = aws_iam_role.fn.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
}
resource "aws_iam_role" "scheduler" { assume_role_policy = data.aws_iam_policy_document.assume.json }
resource "aws_iam_role_policy" "scheduler" {
  role = aws_iam_role.scheduler.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "lambda:InvokeFunction", Resource = [aws_lambda_function.fn.arn, "${aws_lambda_function.fn.arn}:*"] },
      { Effect = "Allow", Action = "ec2:StopInstances", Resource = "arn:aws:ec2:*:*:instance/i-0123456789abcdef0" },
    ]
  })
}
resource "aws_scheduler_schedule_group" "team" { name = "team" }
resource "aws_scheduler_schedule" "tick" {
  for_each            = { hourly = "rate(1 hour)", nightly = "cron(30 2 * * ? *)", once = "at(2030-01-01T00:00:00)" }
  name                = each.key
  group_name          = aws_scheduler_schedule_group.team.name
  schedule_expression = each.value
  flexible_time_window {
    mode                      = each.key == "hourly" ? "FLEXIBLE" : "OFF"
    maximum_window_in_minutes = each.key == "hourly" ? 15 : null
  }
  target {
    arn      = aws_lambda_function.fn.arn
    role_arn = aws_iam_role.scheduler.arn
    input    = jsonencode({ kind = each.key })
  }
  depends_on = [aws_iam_role_policy.scheduler]
}
resource "aws_scheduler_schedule" "stop" {
  schedule_expression          = "cron(0 20 ? * MON-FRI *)"
  schedule_expression_timezone = "Europe/Berlin"
  flexible_time_window { mode = "OFF" }
  target {
    arn      = "arn:aws:scheduler:::aws-sdk:ec2:stopInstances"
    role_arn = aws_iam_role.scheduler.arn
    input    = jsonencode({ InstanceIds = ["i-0123456789abcdef0"] })
  }
  depends_on = [aws_iam_role_policy.scheduler]
}
