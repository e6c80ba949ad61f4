resource "aws_sqs_queue" "queue" { name = "NAME" }
resource "aws_cloudwatch_event_rule" "rule" {
  name          = "NAME"
  description   = "one"
  event_pattern = jsonencode({ source = ["aws.s3"], detail = { object = { key = [{ suffix = ".mp4" }] } } })
}
resource "aws_cloudwatch_event_rule" "nightly" {
  name_prefix         = "NAME-"
  schedule_expression = "rate(1 day)"
  state               = "DISABLED"
}
resource "aws_cloudwatch_event_target" "target" {
  rule      = aws_cloudwatch_event_rule.rule.name
  target_id = "queue"
  arn       = aws_sqs_queue.queue.arn
  dead_letter_config { arn = aws_sqs_queue.queue.arn }
  retry_policy {
    maximum_event_age_in_seconds = 3600
    maximum_retry_attempts       = 3
  }
}
