resource "aws_sns_topic" "topic" { name = "NAME" }
resource "aws_cloudwatch_metric_alarm" "alarm" {
  alarm_name          = "NAME"
  comparison_operator = "GreaterThanOrEqualToThreshold"
  evaluation_periods  = 1
  metric_name         = "Errors"
  namespace           = "AWS/Lambda"
  period              = 60
  statistic           = "Sum"
  threshold           = 1.5
  dimensions          = { FunctionName = "f" }
  alarm_actions       = [aws_sns_topic.topic.arn]
}
resource "aws_cloudwatch_dashboard" "dashboard" {
  dashboard_name = "NAME"
  dashboard_body = jsonencode({ widgets = [{ type = "text", x = 0, y = 0, width = 1, height = 1, properties = { markdown = "<hi>" } }] })
}
