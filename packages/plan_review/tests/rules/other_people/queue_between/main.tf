data "aws_caller_identity" "me" {}

data "aws_iam_policy" "basic" {
  name = "AWSLambdaBasicExecutionRole"
}

data "aws_iam_policy_document" "key" {
  statement {
    sid       = "Owner of the key"
    actions   = ["kms:*"]
    resources = ["*"]
    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::${data.aws_caller_identity.me.account_id}:root"]
    }
  }
  statement {
    sid       = "Buckets"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = ["*"]
    principals {
      type        = "Service"
      identifiers = ["s3.amazonaws.com", "events.amazonaws.com"]
    }
  }
}

resource "aws_kms_key" "this" {
  policy = data.aws_iam_policy_document.key.json
}

resource "aws_kms_alias" "this" {
  name          = "alias/incoming"
  target_key_id = aws_kms_key.this.key_id
}

resource "random_pet" "suffix" {}

resource "aws_s3_bucket" "incoming" {
  bucket = "incoming-${random_pet.suffix.id}"
}

resource "aws_sqs_queue" "incoming" {
  name                       = "incoming"
  kms_master_key_id          = aws_kms_key.this.arn
  visibility_timeout_seconds = 6 * 120
  redrive_policy             = jsonencode({ deadLetterTargetArn = aws_sqs_queue.failed.arn, maxReceiveCount = 3 })
}

resource "aws_sqs_queue" "failed" {
  name              = "incoming-failed"
  kms_master_key_id = aws_kms_alias.this.name
}

data "aws_iam_policy_document" "queue" {
  statement {
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.incoming.arn]
    principals {
      type        = "AWS"
      identifiers = ["*"]
    }
    condition {
      test     = "ArnLike"
      variable = "aws:SourceArn"
      values   = ["arn:aws:s3:::incoming-*"]
    }
  }
}

resource "aws_sqs_queue_policy" "incoming" {
  queue_url = aws_sqs_queue.incoming.id
  policy    = data.aws_iam_policy_document.queue.json
}

resource "aws_s3_bucket_notification" "incoming" {
  bucket = aws_s3_bucket.incoming.id
  queue {
    queue_arn     = aws_sqs_queue.incoming.arn
    events        = ["s3:ObjectCreated:*"]
    filter_prefix = "raw/"
  }
  depends_on = [aws_sqs_queue_policy.incoming]
}

resource "aws_iam_role" "worker" {
  name_prefix = "worker-"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = ["lambda.amazonaws.com", "edgelambda.amazonaws.com"] } }]
  })
}

resource "aws_iam_role_policy_attachment" "worker" {
  for_each = {
    basic  = data.aws_iam_policy.basic.arn
    traces = "arn:aws:iam::aws:policy/AWSXRayDaemonWriteAccess"
    queue  = "arn:aws:iam::aws:policy/service-role/AWSLambdaSQSQueueExecutionRole"
  }
  role       = aws_iam_role.worker.name
  policy_arn = each.value
}

resource "aws_iam_role_policy" "worker" {
  role = aws_iam_role.worker.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["kms:Decrypt"], Resource = aws_kms_key.this.arn },
      # The same bucket, below another prefix.
      { Effect = "Allow", Action = ["s3:GetObject", "s3:PutObject"], Resource = "${aws_s3_bucket.incoming.arn}/*" },
    ]
  })
}

resource "aws_lambda_function" "worker" {
  function_name = "worker"
  role          = aws_iam_role.worker.arn
  image_uri     = "${data.aws_caller_identity.me.account_id}.dkr.ecr.eu-west-2.amazonaws.com/worker:latest"
  package_type  = "Image"
  timeout       = 120
  tracing_config {
    mode = "Active"
  }
}

resource "aws_lambda_event_source_mapping" "worker" {
  event_source_arn = aws_sqs_queue.incoming.arn
  function_name    = aws_lambda_function.worker.arn
  depends_on       = [aws_iam_role_policy_attachment.worker, aws_iam_role_policy.worker]
}

resource "aws_sns_topic" "jobs" {
  name              = "jobs"
  kms_master_key_id = aws_kms_key.this.id
}

resource "aws_sns_topic_policy" "jobs" {
  arn = aws_sns_topic.jobs.arn
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "As SNS itself gives it to a new topic"
        Effect    = "Allow"
        Principal = { AWS = "*" }
        Action    = ["SNS:GetTopicAttributes", "SNS:SetTopicAttributes", "SNS:Subscribe", "SNS:Publish", "SNS:Receive"]
        Resource  = aws_sns_topic.jobs.arn
        Condition = { StringEquals = { "AWS:SourceOwner" = data.aws_caller_identity.me.account_id } }
      },
      {
        Effect    = "Allow"
        Principal = { Service = "events.amazonaws.com" }
        Action    = "sns:Publish"
        Resource  = aws_sns_topic.jobs.arn
        Condition = { ArnEquals = { "aws:SourceArn" = aws_cloudwatch_event_rule.jobs.arn } }
      },
    ]
  })
}

resource "aws_cloudwatch_event_rule" "jobs" {
  name = "jobs"
  event_pattern = jsonencode({
    source        = ["aws.mediaconvert"],
    "detail-type" = ["MediaConvert Job State Change"],
    detail        = { status = ["COMPLETE", "ERROR"] }
  })
}

resource "aws_cloudwatch_event_target" "jobs" {
  rule = aws_cloudwatch_event_rule.jobs.name
  arn  = aws_sns_topic.jobs.arn
  input_transformer {
    input_paths    = { job = "$.detail.jobId" }
    input_template = "\"job <job>\""
  }
}
