resource "aws_sqs_queue" "dead" { name = "NAME-dead" }
resource "aws_sqs_queue" "queue" {
  name                       = "NAME"
  visibility_timeout_seconds = 60
  message_retention_seconds  = 1209600
  sqs_managed_sse_enabled    = true
  redrive_policy             = jsonencode({ deadLetterTargetArn = aws_sqs_queue.dead.arn, maxReceiveCount = 3 })
  policy                     = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sqs:SendMessage", Resource = "*", Principal = "*" }] })
}
resource "aws_sqs_queue" "fifo" {
  name_prefix                 = "NAME-"
  fifo_queue                  = true
  content_based_deduplication = true
}
resource "aws_sns_topic" "topic" {
  name         = "NAME"
  display_name = "one"
}
resource "aws_sns_topic_policy" "policy" {
  arn    = aws_sns_topic.topic.arn
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Sid = "Publish", Effect = "Allow", Action = "sns:Publish", Resource = aws_sns_topic.topic.arn, Principal = { Service = "cloudwatch.amazonaws.com" } }] })
}
resource "aws_sns_topic_subscription" "pending" {
  topic_arn = aws_sns_topic.topic.arn
  protocol  = "https"
  endpoint  = "https://127.0.0.1:9/NAME"
}
resource "aws_sns_topic_subscription" "mail" {
  topic_arn = aws_sns_topic.topic.arn
  protocol  = "email"
  endpoint  = "someone@example.com"
}
resource "aws_sns_topic_subscription" "subscription" {
  topic_arn      = aws_sns_topic.topic.arn
  protocol       = "sqs"
  endpoint       = aws_sqs_queue.queue.arn
  filter_policy  = jsonencode({ event = ["done"] })
  redrive_policy = jsonencode({ deadLetterTargetArn = aws_sqs_queue.dead.arn })
}
