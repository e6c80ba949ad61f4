"""Small configurations, one for each family of types, and changes to them.

``NAME`` in a text becomes a name of the test's own. A change replaces one text by another; all of one family are made
one after the other.
"""

from __future__ import annotations

from dataclasses import dataclass, field

_TRUST = """jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Action = "sts:AssumeRole", Effect = "Allow", Principal = { Service = "lambda.amazonaws.com" } }]
  })"""


@dataclass(frozen=True)
class Family:
    """A configuration, changes to it as (from, to, what Terraform is to do), and import ids by address.

    What it is to do is a mapping of addresses to actions; what is left out is not touched. An import id may refer to
    attributes of the state as ``{aws_x.name.attribute}``.
    """

    hcl: str
    changes: tuple[tuple[str, str, dict[str, str]], ...] = ()
    imports: dict[str, str] = field(default_factory=dict)


LOGS = Family(
    """
resource "aws_cloudwatch_log_group" "group" {
  name              = "/NAME/group"
  retention_in_days = 7
  tags              = { Team = "video", Cost = "low" }
}
resource "aws_cloudwatch_log_group" "made_up" { name_prefix = "/NAME/prefix-" }
""",
    (
        ("retention_in_days = 7", "retention_in_days = 30", {"aws_cloudwatch_log_group.group": "update"}),
        ("  retention_in_days = 30\n", "", {"aws_cloudwatch_log_group.group": "update"}),
        ('Cost = "low"', 'Owner = "me"', {"aws_cloudwatch_log_group.group": "update"}),
        ("/NAME/group", "/NAME/other", {"aws_cloudwatch_log_group.group": "replace"}),
    ),
    {"aws_cloudwatch_log_group.group": "/NAME/other"},
)

ALARMS = Family(
    """
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
""",
    (
        ("threshold           = 1.5", "threshold           = 2", {"aws_cloudwatch_metric_alarm.alarm": "update"}),
        ("period              = 60", "period              = 120", {"aws_cloudwatch_metric_alarm.alarm": "update"}),
        ('FunctionName = "f"', 'FunctionName = "g"', {"aws_cloudwatch_metric_alarm.alarm": "update"}),
        ("<hi>", "<ho>", {"aws_cloudwatch_dashboard.dashboard": "update"}),
        ('alarm_name          = "NAME"', 'alarm_name = "NAME-2"', {"aws_cloudwatch_metric_alarm.alarm": "replace"}),
    ),
    {"aws_cloudwatch_metric_alarm.alarm": "NAME-2", "aws_cloudwatch_dashboard.dashboard": "NAME"},
)

EVENTS = Family(
    """
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
""",
    (
        ('description   = "one"', 'description = "two"', {"aws_cloudwatch_event_rule.rule": "update"}),
        ('  description = "two"\n', "", {"aws_cloudwatch_event_rule.rule": "update"}),
        ('suffix = ".mp4"', 'suffix = ".mov"', {"aws_cloudwatch_event_rule.rule": "update"}),
        ("maximum_retry_attempts       = 3", "maximum_retry_attempts = 4", {"aws_cloudwatch_event_target.target": "update"}),
        ('state               = "DISABLED"', 'state = "ENABLED"', {"aws_cloudwatch_event_rule.nightly": "update"}),
        ('target_id = "queue"', 'target_id = "other"', {"aws_cloudwatch_event_target.target": "replace"}),
    ),
    {"aws_cloudwatch_event_rule.rule": "NAME", "aws_cloudwatch_event_target.target": "NAME/other"},
)

TABLE = Family(
    """
resource "aws_dynamodb_table" "table" {
  name         = "NAME"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "pk"
  attribute {
    name = "pk"
    type = "S"
  }
  ttl {
    attribute_name = "expires_at"
    enabled        = true
  }
  point_in_time_recovery { enabled = true }
}
resource "aws_dynamodb_table" "provisioned" {
  name           = "NAME-2"
  hash_key       = "pk"
  range_key      = "sk"
  read_capacity  = 1
  write_capacity = 1
  dynamic "attribute" {
    for_each = ["pk", "sk", "other"]
    content {
      name = attribute.value
      type = "S"
    }
  }
  global_secondary_index {
    name            = "by-other"
    hash_key        = "other"
    projection_type = "ALL"
    read_capacity   = 1
    write_capacity  = 1
  }
  local_secondary_index {
    name            = "local"
    range_key       = "other"
    projection_type = "KEYS_ONLY"
  }
}
""",
    (
        ("point_in_time_recovery { enabled = true }", "point_in_time_recovery { enabled = false }", {"aws_dynamodb_table.table": "update"}),
        ("read_capacity  = 1", "read_capacity = 3", {"aws_dynamodb_table.provisioned": "update"}),
        ('hash_key     = "pk"\n', 'hash_key = "pk"\n  deletion_protection_enabled = true\n', {"aws_dynamodb_table.table": "update"}),
        ("deletion_protection_enabled = true", "deletion_protection_enabled = false", {"aws_dynamodb_table.table": "update"}),
        ('name         = "NAME"', 'name = "NAME-3"', {"aws_dynamodb_table.table": "replace"}),
    ),
    {"aws_dynamodb_table.table": "NAME-3", "aws_dynamodb_table.provisioned": "NAME-2"},
)

IAM = Family(
    f"""
resource "aws_iam_role" "role" {{
  name               = "NAME"
  description        = "one"
  assume_role_policy = {_TRUST}
  tags               = {{ Team = "video" }}
}}
resource "aws_iam_role_policy" "policy" {{
  name   = "access"
  role   = aws_iam_role.role.name
  policy = jsonencode({{ Version = "2012-10-17", Statement = [{{ Action = "s3:GetObject", Effect = "Allow", Resource = "*" }}] }})
}}
""",
    (
        ('description        = "one"', 'description = "two"', {"aws_iam_role.role": "update"}),
        ("lambda.amazonaws.com", "states.amazonaws.com", {"aws_iam_role.role": "update"}),
        ('description = "two"\n', 'description = "two"\n  max_session_duration = 7200\n', {"aws_iam_role.role": "update"}),
        ("s3:GetObject", "s3:PutObject", {"aws_iam_role_policy.policy": "update"}),
        ('Team = "video"', 'Team = "audio"', {"aws_iam_role.role": "update"}),
        ('  description = "two"\n', "", {"aws_iam_role.role": "update"}),
        ('name   = "access"', 'name = "other"', {"aws_iam_role_policy.policy": "replace"}),
    ),
    {"aws_iam_role.role": "NAME", "aws_iam_role_policy.policy": "NAME:other"},
)

KMS = Family(
    """
resource "aws_kms_key" "key" {
  description             = "one"
  enable_key_rotation     = true
  deletion_window_in_days = 7
}
resource "aws_kms_alias" "alias" {
  name          = "alias/NAME"
  target_key_id = aws_kms_key.key.key_id
}
resource "aws_kms_key_policy" "policy" {
  key_id = aws_kms_key.key.key_id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Sid = "Own", Effect = "Allow", Action = "kms:*", Resource = "*", Principal = { AWS = "123456789012" } }] })
}
""",
    (
        ('description             = "one"', 'description = "two"', {"aws_kms_key.key": "update"}),
        ("enable_key_rotation     = true", "enable_key_rotation = false", {"aws_kms_key.key": "update"}),
        ('Sid = "Own"', 'Sid = "Mine"', {"aws_kms_key_policy.policy": "update"}),
        ('"alias/NAME"', '"alias/NAME-2"', {"aws_kms_alias.alias": "replace"}),
    ),
    {
        "aws_kms_key.key": "{aws_kms_key.key.id}",
        "aws_kms_alias.alias": "alias/NAME-2",
        "aws_kms_key_policy.policy": "{aws_kms_key.key.id}",
    },
)

LAMBDA = Family(
    f"""
resource "aws_iam_role" "role" {{
  name               = "NAME"
  assume_role_policy = {_TRUST}
}}
resource "aws_sqs_queue" "dead" {{ name = "NAME-dead" }}
resource "aws_cloudwatch_log_group" "group" {{ name = "/NAME" }}
resource "aws_lambda_function" "function" {{
  function_name    = "NAME"
  role             = aws_iam_role.role.arn
  runtime          = "python3.12"
  handler          = "code.handler"
  filename         = "code.zip"
  source_code_hash = filebase64sha256("code.zip")
  timeout          = 10
  environment {{ variables = {{ MODE = "one", LIMIT = "5" }} }}
  logging_config {{
    log_format            = "JSON"
    log_group             = aws_cloudwatch_log_group.group.name
    application_log_level = "INFO"
    system_log_level      = "INFO"
  }}
  tracing_config {{ mode = "Active" }}
}}
resource "aws_lambda_function_event_invoke_config" "config" {{
  function_name                = aws_lambda_function.function.function_name
  maximum_retry_attempts       = 1
  maximum_event_age_in_seconds = 600
  destination_config {{
    on_failure {{ destination = aws_sqs_queue.dead.arn }}
  }}
}}
resource "aws_lambda_permission" "permission" {{
  statement_id   = "Rule"
  action         = "lambda:InvokeFunction"
  function_name  = aws_lambda_function.function.function_name
  principal      = "events.amazonaws.com"
  source_arn     = "arn:aws:events:ap-southeast-1:123456789012:rule/r"
  source_account = "123456789012"
}}
""",
    (
        ("timeout          = 10", "timeout = 20", {"aws_lambda_function.function": "update"}),
        ('MODE = "one", LIMIT = "5"', 'MODE = "two"', {"aws_lambda_function.function": "update"}),
        ('  environment { variables = { MODE = "two" } }\n', "", {"aws_lambda_function.function": "update"}),
        ("timeout = 20", "timeout = 20\n  reserved_concurrent_executions = 3", {"aws_lambda_function.function": "update"}),
        ("maximum_retry_attempts       = 1", "maximum_retry_attempts = 0", {"aws_lambda_function_event_invoke_config.config": "update"}),
        ('statement_id   = "Rule"', 'statement_id = "Other"', {"aws_lambda_permission.permission": "replace"}),
    ),
    {
        "aws_lambda_function_event_invoke_config.config": "NAME",
        "aws_lambda_permission.permission": "NAME/Other",
    },
)

QUEUES = Family(
    """
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
""",
    (
        ("visibility_timeout_seconds = 60", "visibility_timeout_seconds = 90", {"aws_sqs_queue.queue": "update"}),
        ("maxReceiveCount = 3", "maxReceiveCount = 5", {"aws_sqs_queue.queue": "update"}),
        ("sqs:SendMessage", "sqs:ReceiveMessage", {"aws_sqs_queue.queue": "update"}),
        ('display_name = "one"', 'display_name = "two"', {"aws_sns_topic.topic": "update"}),
        ('event = ["done"]', 'event = ["done", "failed"]', {"aws_sns_topic_subscription.subscription": "update"}),
        ('Sid = "Publish"', 'Sid = "Other"', {"aws_sns_topic_policy.policy": "update"}),
        ('  filter_policy  = jsonencode({ event = ["done", "failed"] })\n', "", {"aws_sns_topic_subscription.subscription": "update"}),
        ('  display_name = "two"\n', "", {"aws_sns_topic.topic": "update"}),
    ),
    {
        "aws_sqs_queue.queue": "{aws_sqs_queue.queue.url}",
        "aws_sns_topic.topic": "{aws_sns_topic.topic.arn}",
        "aws_sns_topic_policy.policy": "{aws_sns_topic.topic.arn}",
        "aws_sns_topic_subscription.subscription": "{aws_sns_topic_subscription.subscription.arn}",
    },
)

WORKFLOW = Family(
    f"""
resource "aws_iam_role" "role" {{
  name               = "NAME"
  assume_role_policy = {_TRUST}
}}
resource "aws_iam_role_policy" "policy" {{
  name   = "logs"
  role   = aws_iam_role.role.name
  policy = jsonencode({{ Version = "2012-10-17", Statement = [{{ Action = "logs:*", Effect = "Allow", Resource = "*" }}] }})
}}
resource "aws_cloudwatch_log_group" "group" {{ name = "/aws/vendedlogs/states/NAME" }}
resource "aws_sfn_state_machine" "machine" {{
  name       = "NAME"
  role_arn   = aws_iam_role.role.arn
  definition = jsonencode({{ StartAt = "Begin", States = {{ Begin = {{ Type = "Pass", End = true }} }} }})
  logging_configuration {{
    include_execution_data = true
    level                  = "ALL"
    log_destination        = "${{aws_cloudwatch_log_group.group.arn}}:*"
  }}
  tracing_configuration {{ enabled = true }}
  depends_on = [aws_iam_role_policy.policy]
}}
resource "aws_media_convert_queue" "queue" {{
  name        = "NAME"
  description = "one"
}}
""",
    (
        ('level                  = "ALL"', 'level = "ERROR"', {"aws_sfn_state_machine.machine": "update"}),
        ('Type = "Pass"', 'Type = "Succeed"', {"aws_sfn_state_machine.machine": "update"}),
        ("tracing_configuration { enabled = true }", "tracing_configuration { enabled = false }", {"aws_sfn_state_machine.machine": "update"}),
        ('description = "one"', 'description = "two"', {"aws_media_convert_queue.queue": "update"}),
        ('description = "two"', 'status = "PAUSED"', {"aws_media_convert_queue.queue": "update"}),
    ),
    {"aws_sfn_state_machine.machine": "{aws_sfn_state_machine.machine.arn}", "aws_media_convert_queue.queue": "NAME"},
)

BUCKET = Family(
    """
resource "aws_sqs_queue" "queue" {
  name   = "NAME"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sqs:SendMessage", Resource = "*", Principal = { Service = "s3.amazonaws.com" } }] })
}
resource "aws_s3_bucket" "bucket" {
  bucket        = "NAME"
  force_destroy = true
  tags          = { Team = "video" }
}
resource "aws_s3_bucket_public_access_block" "block" {
  bucket            = aws_s3_bucket.bucket.id
  block_public_acls = true
}
resource "aws_s3_bucket_ownership_controls" "ownership" {
  bucket = aws_s3_bucket.bucket.id
  rule { object_ownership = "BucketOwnerEnforced" }
}
resource "aws_s3_bucket_server_side_encryption_configuration" "encryption" {
  bucket = aws_s3_bucket.bucket.id
  rule {
    apply_server_side_encryption_by_default { sse_algorithm = "AES256" }
  }
}
resource "aws_s3_bucket_policy" "policy" {
  bucket = aws_s3_bucket.bucket.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Sid = "Tls", Effect = "Deny", Action = "s3:*", Resource = "${aws_s3_bucket.bucket.arn}/*", Principal = "*", Condition = { Bool = { "aws:SecureTransport" = "false" } } }] })
}
resource "aws_s3_bucket_versioning" "versioning" {
  bucket = aws_s3_bucket.bucket.id
  versioning_configuration { status = "Enabled" }
}
resource "aws_s3_bucket_lifecycle_configuration" "lifecycle" {
  bucket = aws_s3_bucket.bucket.id
  rule {
    id     = "old"
    status = "Enabled"
    filter { prefix = "tmp/" }
    expiration { days = 30 }
    noncurrent_version_expiration { noncurrent_days = 7 }
    abort_incomplete_multipart_upload { days_after_initiation = 2 }
  }
  depends_on = [aws_s3_bucket_versioning.versioning]
}
resource "aws_s3_bucket_notification" "notification" {
  bucket      = aws_s3_bucket.bucket.id
  eventbridge = true
}
""",
    (
        ("block_public_acls = true", "block_public_policy = true", {"aws_s3_bucket_public_access_block.block": "update"}),
        ('Sid = "Tls"', 'Sid = "Other"', {"aws_s3_bucket_policy.policy": "update"}),
        ("expiration { days = 30 }", "expiration { days = 60 }", {"aws_s3_bucket_lifecycle_configuration.lifecycle": "update"}),
        ('filter { prefix = "tmp/" }', "filter {}", {"aws_s3_bucket_lifecycle_configuration.lifecycle": "update"}),
        ('status = "Enabled" }', 'status = "Suspended" }', {"aws_s3_bucket_versioning.versioning": "update"}),
        ('Team = "video"', 'Team = "audio", More = "x"', {"aws_s3_bucket.bucket": "update"}),
        ("eventbridge = true", 'queue {\n    queue_arn = aws_sqs_queue.queue.arn\n    events = ["s3:ObjectCreated:*"]\n    filter_suffix = ".mp4"\n  }', {"aws_s3_bucket_notification.notification": "update"}),
    ),
    {
        f"aws_s3_bucket{kind}": "NAME"
        for kind in (
            "_public_access_block.block", "_ownership_controls.ownership", "_policy.policy", "_versioning.versioning",
            "_server_side_encryption_configuration.encryption", "_lifecycle_configuration.lifecycle",
            "_notification.notification", ".bucket",
        )
    },
)  # fmt: skip

FAMILIES = {
    "logs": LOGS, "alarms": ALARMS, "events": EVENTS, "table": TABLE, "iam": IAM, "kms": KMS, "lambda": LAMBDA,
    "queues": QUEUES, "workflow": WORKFLOW, "bucket": BUCKET,
}  # fmt: skip
