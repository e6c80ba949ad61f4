data "aws_caller_identity" "c" {}
data "aws_region" "r" {}
data "aws_iam_policy_document" "key" {
  statement {
    sid       = "Root"
    actions   = ["kms:*"]
    resources = ["*"]
    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::${data.aws_caller_identity.c.account_id}:root"]
    }
  }
  statement {
    sid       = "Services"
    actions   = ["kms:GenerateDataKey*", "kms:Decrypt"]
    resources = ["*"]
    principals {
      type        = "Service"
      identifiers = ["sns.amazonaws.com", "events.amazonaws.com", "cloudwatch.amazonaws.com", "s3.amazonaws.com"]
    }
  }
  statement {
    sid       = "Logs"
    actions   = ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"]
    resources = ["*"]
    principals {
      type        = "Service"
      identifiers = ["logs.${data.aws_region.r.name}.amazonaws.com"]
    }
  }
}
resource "aws_kms_key" "k" {
  enable_key_rotation = true
  policy              = data.aws_iam_policy_document.key.json
}
resource "aws_kms_alias" "k" {
  name          = "alias/team"
  target_key_id = aws_kms_key.k.key_id
}
resource "aws_cloudwatch_log_group" "l" {
  name       = "team"
  kms_key_id = aws_kms_key.k.arn
}
resource "aws_sns_topic" "t" {
  name              = "team"
  kms_master_key_id = aws_kms_alias.k.name
}
resource "aws_sqs_queue" "q" {
  name                              = "team"
  kms_master_key_id                 = aws_kms_key.k.arn
  kms_data_key_reuse_period_seconds = 3600
}
resource "aws_sqs_queue_policy" "q" {
  queue_url = aws_sqs_queue.q.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect = "Allow", Principal = { Service = "sns.amazonaws.com" }, Action = "sqs:SendMessage", Resource = aws_sqs_queue.q.arn
      Condition = { ArnEquals = { "aws:SourceArn" = aws_sns_topic.t.arn } }
    }]
  })
}
resource "aws_sns_topic_subscription" "q" {
  topic_arn  = aws_sns_topic.t.arn
  protocol   = "sqs"
  endpoint   = aws_sqs_queue.q.arn
  depends_on = [aws_sqs_queue_policy.q]
}
resource "aws_s3_bucket" "b" { bucket_prefix = "team" }
resource "aws_s3_bucket_server_side_encryption_configuration" "b" {
  bucket = aws_s3_bucket.b.id
  rule {
    bucket_key_enabled = true
    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.k.arn
    }
  }
}
resource "aws_dynamodb_table" "d" {
  name         = "team"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"
  attribute {
    name = "id"
    type = "S"
  }
  server_side_encryption {
    enabled     = true
    kms_key_arn = aws_kms_key.k.arn
  }
}
