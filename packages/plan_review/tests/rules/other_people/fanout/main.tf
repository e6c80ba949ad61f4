variable "teams" {
  type    = map(object({ raw = bool, filter = optional(list(string), []) }))
  default = { billing = { raw = true, filter = ["order.paid"] }, shipping = { raw = false } }
}

resource "aws_kms_key" "bus" {
  description             = "Orders \"in flight\" – between teams"
  deletion_window_in_days = 7
  enable_key_rotation     = true
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Sid = "Owner", Effect = "Allow", Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.me.account_id}:root" }, Action = "kms:*", Resource = "*" },
      { Sid = "Services", Effect = "Allow", Principal = { Service = ["sns.amazonaws.com", "events.amazonaws.com", "s3.amazonaws.com"] }, Action = ["kms:Decrypt", "kms:GenerateDataKey*"], Resource = "*" }
    ]
  })
}

resource "aws_kms_alias" "bus" {
  name          = "alias/orders"
  target_key_id = aws_kms_key.bus.key_id
}

data "aws_caller_identity" "me" {}

resource "aws_sns_topic" "orders" {
  name              = "orders"
  kms_master_key_id = aws_kms_alias.bus.name
}

resource "aws_sqs_queue" "team" {
  for_each                          = var.teams
  name                              = "orders-for-${each.key}"
  kms_master_key_id                 = aws_kms_key.bus.arn
  kms_data_key_reuse_period_seconds = 300
}

resource "aws_sqs_queue" "lost" {
  name                    = "orders-lost"
  sqs_managed_sse_enabled = true
}

data "aws_iam_policy_document" "team" {
  for_each = aws_sqs_queue.team
  statement {
    actions   = ["sqs:SendMessage"]
    resources = [each.value.arn]
    principals {
      type        = "Service"
      identifiers = ["sns.amazonaws.com"]
    }
    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = [aws_sns_topic.orders.arn]
    }
  }
}

resource "aws_sqs_queue_policy" "team" {
  for_each  = aws_sqs_queue.team
  queue_url = each.value.url
  policy    = data.aws_iam_policy_document.team[each.key].json
}

resource "aws_sqs_queue_policy" "lost" {
  queue_url = aws_sqs_queue.lost.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect = "Allow", Principal = "*", Action = "sqs:SendMessage", Resource = aws_sqs_queue.lost.arn
      Condition = { ArnLike = { "aws:SourceArn" = [aws_sns_topic.orders.arn, aws_cloudwatch_event_rule.replay.arn] } }
    }]
  })
}

resource "aws_sns_topic_subscription" "team" {
  for_each             = var.teams
  topic_arn            = aws_sns_topic.orders.arn
  protocol             = "sqs"
  endpoint             = aws_sqs_queue.team[each.key].arn
  raw_message_delivery = each.value.raw
  filter_policy        = length(each.value.filter) == 0 ? null : jsonencode({ event = each.value.filter })
  redrive_policy       = jsonencode({ deadLetterTargetArn = aws_sqs_queue.lost.arn })
  depends_on           = [aws_sqs_queue_policy.team, aws_sqs_queue_policy.lost]
}

resource "aws_sns_topic_subscription" "office" {
  topic_arn           = aws_sns_topic.orders.arn
  protocol            = "email"
  endpoint            = "office@example.com"
  filter_policy_scope = "MessageBody"
  filter_policy       = jsonencode({ order = { total = [{ numeric = [">=", 1000] }] } })
}

resource "aws_cloudwatch_event_rule" "replay" {
  name          = "replay-orders"
  event_pattern = jsonencode({ source = ["orders.replay"], detail = { total = [{ numeric = [">", 0] }], kind = [{ anything-but = ["test"] }] } })
}

resource "aws_cloudwatch_event_target" "replay" {
  rule       = aws_cloudwatch_event_rule.replay.name
  arn        = aws_sns_topic.orders.arn
  input_path = "$.detail"
  dead_letter_config { arn = aws_sqs_queue.lost.arn }
  depends_on = [aws_sns_topic_policy.orders, aws_sqs_queue_policy.lost]
}

resource "aws_sns_topic_policy" "orders" {
  arn = aws_sns_topic.orders.arn
  policy = jsonencode({
    Version = "2008-10-17"
    Id      = "orders"
    Statement = [
      { Sid = "Owner", Effect = "Allow", Principal = { AWS = "*" }, Action = ["SNS:Publish", "SNS:Subscribe", "SNS:GetTopicAttributes"], Resource = aws_sns_topic.orders.arn, Condition = { StringEquals = { "AWS:SourceOwner" = data.aws_caller_identity.me.account_id } } },
      { Sid = "Rule", Effect = "Allow", Principal = { Service = "events.amazonaws.com" }, Action = "sns:Publish", Resource = aws_sns_topic.orders.arn, Condition = { ArnEquals = { "aws:SourceArn" = aws_cloudwatch_event_rule.replay.arn } } }
    ]
  })
}
