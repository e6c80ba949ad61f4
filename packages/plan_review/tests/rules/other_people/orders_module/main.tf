terraform {
  required_version = ">= 1.5"
}

provider "aws" {
  region = var.region
  default_tags { tags = local.tags }
}

variable "region" { default = "eu-central-1" }
variable "stage" {
  type    = string
  default = "test"
  validation {
    condition     = contains(["test", "live"], var.stage)
    error_message = "test or live"
  }
}
variable "alarm_email" {
  type    = string
  default = null
}

locals {
  name = "orders-${var.stage}"
  tags = merge({ Stage = var.stage }, var.stage == "live" ? { Backup = "daily" } : {})
  functions = {
    intake = { handler = "intake.handler", timeout = 30, queue = true }
    report = { handler = "report.handler", timeout = 60, queue = false }
  }
}

data "aws_caller_identity" "this" {}
data "aws_partition" "this" {}

resource "aws_dynamodb_table" "orders" {
  name         = "${local.name}-orders"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "customer"
  range_key    = "placed_at"
  attribute {
    name = "customer"
    type = "S"
  }
  attribute {
    name = "placed_at"
    type = "N"
  }
  attribute {
    name = "state"
    type = "S"
  }
  global_secondary_index {
    name            = "by-state"
    hash_key        = "state"
    range_key       = "placed_at"
    projection_type = "KEYS_ONLY"
  }
  ttl {
    attribute_name = "expires"
    enabled        = true
  }
}

resource "aws_sqs_queue" "intake" {
  for_each                   = { for name, f in local.functions : name => f if f.queue }
  name                       = "${local.name}-${each.key}"
  visibility_timeout_seconds = each.value.timeout * 6
  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.failed[each.key].arn
    maxReceiveCount     = 3
  })
}

resource "aws_sqs_queue" "failed" {
  for_each = { for name, f in local.functions : name => f if f.queue }
  name     = "${local.name}-${each.key}-failed"
}

resource "aws_sqs_queue_redrive_allow_policy" "failed" {
  for_each  = aws_sqs_queue.failed
  queue_url = each.value.id
  redrive_allow_policy = jsonencode({
    redrivePermission = "byQueue",
    sourceQueueArns   = [aws_sqs_queue.intake[each.key].arn]
  })
}

data "aws_iam_policy_document" "table" {
  statement {
    sid       = "Orders"
    actions   = ["dynamodb:PutItem", "dynamodb:GetItem"]
    resources = [aws_dynamodb_table.orders.arn]
  }
  statement {
    sid       = "ByState"
    actions   = ["dynamodb:Query"]
    resources = ["${aws_dynamodb_table.orders.arn}/index/*"]
  }
}

data "aws_iam_policy_document" "queue" {
  for_each = aws_sqs_queue.intake
  statement {
    sid       = "Take"
    actions   = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]
    resources = [each.value.arn]
  }
}

module "function" {
  source   = "./modules/function"
  for_each = local.functions

  name             = "${local.name}-${each.key}"
  handler          = each.value.handler
  timeout          = each.value.timeout
  create_alarm     = var.alarm_email != null
  tracing          = each.key == "intake" ? "Active" : null
  environment      = { TABLE = aws_dynamodb_table.orders.name }
  policy_documents = compact([data.aws_iam_policy_document.table.json, try(data.aws_iam_policy_document.queue[each.key].json, "")])
}

resource "aws_lambda_event_source_mapping" "intake" {
  for_each                = aws_sqs_queue.intake
  event_source_arn        = each.value.arn
  function_name           = module.function[each.key].arn
  batch_size              = 10
  function_response_types = ["ReportBatchItemFailures"]
  scaling_config { maximum_concurrency = 5 }
}

resource "aws_cloudwatch_event_rule" "nightly" {
  name                = "${local.name}-nightly"
  schedule_expression = "cron(30 2 ? * MON-FRI *)"
}

resource "aws_cloudwatch_event_target" "nightly" {
  rule  = aws_cloudwatch_event_rule.nightly.name
  arn   = module.function["report"].arn
  input = jsonencode({ kind = "daily", stage = var.stage })
}

resource "aws_lambda_permission" "nightly" {
  statement_id  = "Nightly"
  action        = "lambda:InvokeFunction"
  function_name = module.function["report"].name
  principal     = "events.amazonaws.com"
  source_arn    = aws_cloudwatch_event_rule.nightly.arn
}

output "queues" {
  value = { for name, queue in aws_sqs_queue.intake : name => queue.url }
}
