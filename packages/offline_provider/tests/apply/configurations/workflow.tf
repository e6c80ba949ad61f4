resource "aws_iam_role" "role" {
  name               = "NAME"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Action = "sts:AssumeRole", Effect = "Allow", Principal = { Service = "lambda.amazonaws.com" } }]
  })
}
resource "aws_iam_role_policy" "policy" {
  name   = "logs"
  role   = aws_iam_role.role.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Action = "logs:*", Effect = "Allow", Resource = "*" }] })
}
resource "aws_cloudwatch_log_group" "group" { name = "/aws/vendedlogs/states/NAME" }
resource "aws_sfn_state_machine" "machine" {
  name       = "NAME"
  role_arn   = aws_iam_role.role.arn
  definition = jsonencode({ StartAt = "Begin", States = { Begin = { Type = "Pass", End = true } } })
  logging_configuration {
    include_execution_data = true
    level                  = "ALL"
    log_destination        = "${aws_cloudwatch_log_group.group.arn}:*"
  }
  depends_on = [aws_iam_role_policy.policy]
}
resource "aws_media_convert_queue" "queue" {
  name        = "NAME"
  description = "one"
}
