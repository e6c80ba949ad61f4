variable "name" { default = "orders" }
resource "aws_cloudwatch_log_group" "sfn" {
  name              = "/aws/vendedlogs/states/${var.name}"
  retention_in_days = 30
}
resource "aws_dynamodb_table" "orders" {
  name         = var.name
  hash_key     = "pk"
  range_key    = "sk"
  billing_mode = "PAY_PER_REQUEST"
  dynamic "attribute" {
    for_each = { pk = "S", sk = "S", gsi = "S" }
    content {
      name = attribute.key
      type = attribute.value
    }
  }
  global_secondary_index {
    name            = "by-gsi"
    hash_key        = "gsi"
    projection_type = "ALL"
  }
}
data "aws_iam_policy_document" "sfn" {
  statement {
    sid       = "Table"
    actions   = ["dynamodb:PutItem"]
    resources = [aws_dynamodb_table.orders.arn, "${aws_dynamodb_table.orders.arn}/index/*"]
  }
  statement {
    sid       = "Bus"
    actions   = ["events:PutEvents"]
    resources = [aws_cloudwatch_event_bus.orders.arn]
  }
  statement {
    sid = "Logs"
    actions = [
      "logs:CreateLogDelivery", "logs:GetLogDelivery", "logs:UpdateLogDelivery", "logs:DeleteLogDelivery", "logs:ListLogDeliveries",
      "logs:PutResourcePolicy", "logs:DescribeResourcePolicies", "logs:DescribeLogGroups", "logs:CreateLogStream", "logs:PutLogEvents",
    ]
    resources = ["*"]
  }
}
resource "aws_cloudwatch_event_bus" "orders" { name = var.name }
resource "aws_iam_role" "sfn" {
  name               = "${var.name}-sfn"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = { Effect = "Allow", Principal = { Service = "states.amazonaws.com" }, Action = "sts:AssumeRole" } })
}
resource "aws_iam_policy" "sfn" { policy = data.aws_iam_policy_document.sfn.json }
resource "aws_iam_role_policy_attachment" "sfn" {
  role       = aws_iam_role.sfn.name
  policy_arn = aws_iam_policy.sfn.arn
}
resource "aws_sfn_state_machine" "orders" {
  name     = var.name
  role_arn = aws_iam_role.sfn.arn
  definition = jsonencode({
    StartAt = "Save"
    States = {
      Save = {
        Type     = "Task"
        Resource = "arn:aws:states:::dynamodb:putItem"
        Parameters = {
          TableName = aws_dynamodb_table.orders.name
          Item      = { pk = { "S.$" = "$.id" }, sk = { S = "order" } }
        }
        ResultPath = null
        Retry      = [{ ErrorEquals = ["States.ALL"], IntervalSeconds = 2, MaxAttempts = 3, BackoffRate = 2, JitterStrategy = "FULL" }]
        Next       = "Tell"
      }
      Tell = {
        Type     = "Task"
        Resource = "arn:aws:states:::events:putEvents"
        Parameters = {
          Entries = [{ Source = "orders", DetailType = "saved", EventBusName = aws_cloudwatch_event_bus.orders.name, "Detail.$" = "$" }]
        }
        End = true
      }
    }
  })
  logging_configuration {
    log_destination        = "${aws_cloudwatch_log_group.sfn.arn}:*"
    include_execution_data = true
    level                  = "ERROR"
  }
  depends_on = [aws_iam_role_policy_attachment.sfn]
}
