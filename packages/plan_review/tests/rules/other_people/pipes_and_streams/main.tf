data "aws_region" "here" {}
data "aws_caller_identity" "me" {}

locals {
  account = data.aws_caller_identity.me.account_id
  region  = data.aws_region.here.name
}

resource "aws_dynamodb_table" "events" {
  name             = "events"
  billing_mode     = "PROVISIONED"
  read_capacity    = 5
  write_capacity   = 5
  hash_key         = "pk"
  range_key        = "sk"
  stream_enabled   = true
  stream_view_type = "NEW_AND_OLD_IMAGES"
  server_side_encryption { enabled = true }
  attribute {
    name = "pk"
    type = "S"
  }
  attribute {
    name = "sk"
    type = "S"
  }
  lifecycle { ignore_changes = [read_capacity, write_capacity] }
}

resource "aws_appautoscaling_target" "reads" {
  service_namespace  = "dynamodb"
  resource_id        = "table/${aws_dynamodb_table.events.name}"
  scalable_dimension = "dynamodb:table:ReadCapacityUnits"
  min_capacity       = 5
  max_capacity       = 50
}

resource "aws_sfn_state_machine" "enrich" {
  name       = "enrich"
  type       = "EXPRESS"
  role_arn   = aws_iam_role.enrich.arn
  definition = templatefile("${path.module}/enrich.asl.json", { table = aws_dynamodb_table.events.name })
}

resource "aws_iam_role" "enrich" {
  name               = "enrich"
  path               = "/machines/"
  assume_role_policy = data.aws_iam_policy_document.trust["states"].json
}

resource "aws_iam_role" "pipe" {
  name               = "pipe"
  assume_role_policy = data.aws_iam_policy_document.trust["pipes"].json
}

resource "aws_iam_role" "firehose" {
  name               = "firehose"
  assume_role_policy = data.aws_iam_policy_document.trust["firehose"].json
}

data "aws_iam_policy_document" "trust" {
  for_each = toset(["states", "pipes", "firehose"])
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["${each.key}.amazonaws.com"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account]
    }
  }
}

data "aws_iam_policy_document" "base" {
  statement {
    sid       = "Table"
    actions   = ["dynamodb:GetItem"]
    resources = ["arn:aws:dynamodb:${local.region}:${local.account}:table/${aws_dynamodb_table.events.name}"]
  }
}

data "aws_iam_policy_document" "enrich" {
  source_policy_documents = [data.aws_iam_policy_document.base.json]
  override_policy_documents = [jsonencode({
    Statement = [{ Sid = "Table", Effect = "Allow", Action = ["dynamodb:GetItem", "dynamodb:UpdateItem"], Resource = aws_dynamodb_table.events.arn }]
  })]
}

resource "aws_iam_role_policy" "enrich" {
  role   = aws_iam_role.enrich.name
  policy = data.aws_iam_policy_document.enrich.json
}

resource "aws_pipes_pipe" "enrich" {
  name     = "enrich"
  role_arn = aws_iam_role.pipe.arn
  source   = aws_dynamodb_table.events.stream_arn
  target   = aws_sfn_state_machine.enrich.arn
  source_parameters {
    dynamodb_stream_parameters {
      starting_position = "LATEST"
      batch_size        = 1
    }
    filter_criteria {
      filter { pattern = jsonencode({ eventName = ["INSERT"] }) }
    }
  }
  target_parameters {
    step_function_state_machine_parameters { invocation_type = "FIRE_AND_FORGET" }
  }
  depends_on = [aws_iam_role_policy.pipe]
}

resource "aws_iam_role_policy" "pipe" {
  role = aws_iam_role.pipe.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams"], Resource = aws_dynamodb_table.events.stream_arn },
      { Effect = "Allow", Action = "states:StartExecution", Resource = aws_sfn_state_machine.enrich.arn }
    ]
  })
}

resource "aws_kinesis_firehose_delivery_stream" "archive" {
  name        = "archive"
  destination = "extended_s3"
  extended_s3_configuration {
    role_arn            = aws_iam_role.firehose.arn
    bucket_arn          = aws_s3_bucket.archive.arn
    prefix              = "year=!{timestamp:yyyy}/"
    error_output_prefix = "errors/!{firehose:error-output-type}/"
    kms_key_arn         = aws_kms_key.archive.arn
    compression_format  = "GZIP"
  }
}

resource "aws_kms_key" "archive" { description = "archive" }

resource "aws_s3_bucket" "archive" { bucket = "archive-${local.account}" }

resource "aws_s3_bucket_server_side_encryption_configuration" "archive" {
  bucket = aws_s3_bucket.archive.bucket
  rule {
    bucket_key_enabled = true
    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.archive.arn
    }
  }
}

resource "aws_iam_role_policy" "firehose" {
  role = aws_iam_role.firehose.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["s3:AbortMultipartUpload", "s3:GetBucketLocation", "s3:GetObject", "s3:ListBucket", "s3:ListBucketMultipartUploads", "s3:PutObject"], Resource = [aws_s3_bucket.archive.arn, "${aws_s3_bucket.archive.arn}/*"] },
      { Effect = "Allow", Action = ["kms:Decrypt", "kms:GenerateDataKey"], Resource = [aws_kms_key.archive.arn], Condition = { StringEquals = { "kms:ViaService" = "s3.${local.region}.amazonaws.com" }, StringLike = { "kms:EncryptionContext:aws:s3:arn" = "${aws_s3_bucket.archive.arn}*" } } }
    ]
  })
}

resource "aws_cloudwatch_log_subscription_filter" "archive" {
  name            = "archive"
  log_group_name  = "/aws/lambda/legacy"
  filter_pattern  = ""
  destination_arn = aws_kinesis_firehose_delivery_stream.archive.arn
  role_arn        = aws_iam_role.logs.arn
}

resource "aws_iam_role" "logs" {
  name = "logs-to-firehose"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "logs.${local.region}.amazonaws.com" }, Action = "sts:AssumeRole", Condition = { StringLike = { "aws:SourceArn" = "arn:aws:logs:${local.region}:${local.account}:*" } } }]
  })
  inline_policy {
    name   = "put"
    policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "firehose:PutRecord*", Resource = aws_kinesis_firehose_delivery_stream.archive.arn }] })
  }
}
