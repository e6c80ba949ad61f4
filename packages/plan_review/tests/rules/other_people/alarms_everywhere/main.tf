resource "aws_sns_topic" "ops" { name = "ops" }
resource "aws_sns_topic_policy" "ops" {
  arn = aws_sns_topic.ops.arn
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid = "Alarms", Effect = "Allow", Principal = { Service = "cloudwatch.amazonaws.com" }, Action = "SNS:Publish", Resource = aws_sns_topic.ops.arn
      Condition = { ArnLike = { "aws:SourceArn" = "arn:aws:cloudwatch:*:*:alarm:*" } }
    }]
  })
}
resource "aws_sns_topic_subscription" "mail" {
  topic_arn = aws_sns_topic.ops.arn
  protocol  = "email"
  endpoint  = "ops@example.com"
}
locals {
  alarms = {
    cpu    = { namespace = "AWS/EC2", metric = "CPUUtilization", threshold = 80 }
    status = { namespace = "AWS/EC2", metric = "StatusCheckFailed", threshold = 1 }
  }
}
resource "aws_cloudwatch_metric_alarm" "vm" {
  for_each            = local.alarms
  alarm_name          = "vm-${each.key}"
  namespace           = each.value.namespace
  metric_name         = each.value.metric
  threshold           = each.value.threshold
  comparison_operator = "GreaterThanOrEqualToThreshold"
  statistic           = "Maximum"
  period              = 300
  evaluation_periods  = 2
  dimensions          = { InstanceId = "i-0123456789abcdef0" }
  alarm_actions       = [aws_sns_topic.ops.arn, "arn:aws:automate:eu-west-1:ec2:recover"]
}
resource "aws_cloudwatch_composite_alarm" "vm" {
  alarm_name    = "vm"
  alarm_rule    = join(" OR ", [for alarm in aws_cloudwatch_metric_alarm.vm : "ALARM(${alarm.alarm_name})"])
  alarm_actions = aws_sns_topic.ops[*].arn
}
resource "aws_cloudwatch_metric_alarm" "budget" {
  alarm_name          = "billing"
  namespace           = "AWS/Billing"
  metric_name         = "EstimatedCharges"
  dimensions          = { Currency = "USD" }
  statistic           = "Maximum"
  period              = 21600
  evaluation_periods  = 1
  threshold           = 100
  comparison_operator = "GreaterThanThreshold"
  alarm_actions       = [aws_sns_topic.ops.arn]
}
