variable "name" { type = string }
variable "handler" { type = string }
variable "timeout" { type = number }
variable "tracing" {
  type    = string
  default = null
}
variable "create_alarm" {
  type    = bool
  default = false
}
variable "environment" {
  type    = map(string)
  default = {}
}
variable "policy_documents" {
  type    = list(string)
  default = []
}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "logs" {
  statement {
    sid       = "Logs"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.this.arn}:*"]
  }
  dynamic "statement" {
    for_each = var.tracing == null ? [] : [var.tracing]
    content {
      sid       = "Traces"
      actions   = ["xray:PutTraceSegments", "xray:PutTelemetryRecords"]
      resources = ["*"]
    }
  }
}

data "aws_iam_policy_document" "all" {
  source_policy_documents = concat([data.aws_iam_policy_document.logs.json], var.policy_documents)
}

resource "aws_iam_role" "this" {
  name_prefix        = substr(var.name, 0, 30)
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

resource "aws_iam_policy" "this" {
  name   = var.name
  policy = data.aws_iam_policy_document.all.json
}

resource "aws_iam_role_policy_attachment" "this" {
  role       = aws_iam_role.this.name
  policy_arn = aws_iam_policy.this.arn
}

resource "aws_cloudwatch_log_group" "this" {
  name              = "/aws/lambda/${var.name}"
  retention_in_days = 30
}

resource "aws_lambda_function" "this" {
  function_name = var.name
  role          = aws_iam_role.this.arn
  runtime       = "nodejs22.x"
  handler       = var.handler
  filename      = "${path.module}/code.zip"
  timeout       = var.timeout

  dynamic "environment" {
    for_each = length(var.environment) > 0 ? [1] : []
    content { variables = var.environment }
  }
  dynamic "tracing_config" {
    for_each = var.tracing == null ? [] : [var.tracing]
    content { mode = tracing_config.value }
  }
  depends_on = [aws_iam_role_policy_attachment.this, aws_cloudwatch_log_group.this]
}

resource "aws_cloudwatch_metric_alarm" "errors" {
  count               = var.create_alarm ? 1 : 0
  alarm_name          = "${var.name}-errors"
  namespace           = "AWS/Lambda"
  metric_name         = "Errors"
  dimensions          = { FunctionName = aws_lambda_function.this.function_name }
  statistic           = "Sum"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  period              = 300
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching"
}

output "arn" { value = aws_lambda_function.this.arn }
output "name" { value = aws_lambda_function.this.function_name }
output "role_name" { value = aws_iam_role.this.name }
