data "aws_caller_identity" "current" {}
data "aws_region" "current" {}
data "aws_partition" "current" {}
resource "aws_cloudwatch_log_group" "app" {
  name              = "/app/web"
  retention_in_days = 7
}
resource "aws_iam_role" "logs" {
  name = "logs-to-archive"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "logs.${data.aws_region.current.name}.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = { StringLike = { "aws:SourceArn" = "arn:${data.aws_partition.current.partition}:logs:${data.aws_region.current.name}:${data.aws_caller_identity.current.account_id}:*" } }
    }]
  })
}
resource "aws_iam_role_policy" "logs" {
  role   = aws_iam_role.logs.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = ["firehose:PutRecord", "firehose:PutRecordBatch"], Resource = var.stream_arn }] })
}
variable "stream_arn" {
  type    = string
  default = "arn:aws:firehose:eu-west-1:123456789012:deliverystream/archive"
}
resource "aws_cloudwatch_log_subscription_filter" "archive" {
  name            = "archive"
  log_group_name  = aws_cloudwatch_log_group.app.name
  filter_pattern  = ""
  destination_arn = var.stream_arn
  role_arn        = aws_iam_role.logs.arn
  distribution    = "Random"
  depends_on      = [aws_iam_role_policy.logs]
}
