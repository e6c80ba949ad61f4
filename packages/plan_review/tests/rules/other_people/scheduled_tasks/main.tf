variable "environment" { type = string }
variable "vpc_id" {}
variable "private_subnets" { type = list(string) }
variable "create" { default = true }
variable "permissions_boundary" { default = null }

data "aws_iam_policy" "ecs_execution" { name = "AmazonECSTaskExecutionRolePolicy" }
data "aws_sns_topic" "oncall" { name = "oncall" }
data "aws_kms_alias" "sqs" { name = "alias/queues" }

resource "aws_ecs_cluster" "this" {
  count = var.create ? 1 : 0
  name  = "jobs-${var.environment}"
}

resource "aws_ecs_task_definition" "job" {
  count                    = var.create ? 1 : 0
  family                   = "job"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = 256
  memory                   = 512
  execution_role_arn       = aws_iam_role.execution[0].arn
  task_role_arn            = aws_iam_role.task[0].arn
  container_definitions    = jsonencode([{ name = "job", image = "job:latest", essential = true, environment = [{ name = "STAGE", value = var.environment }] }])
}

resource "aws_iam_role" "execution" {
  count                = var.create ? 1 : 0
  name                 = "job-execution-${var.environment}"
  permissions_boundary = var.permissions_boundary
  assume_role_policy   = data.aws_iam_policy_document.tasks.json
}

resource "aws_iam_role" "task" {
  count                = var.create ? 1 : 0
  name                 = "job-task-${var.environment}"
  permissions_boundary = var.permissions_boundary
  assume_role_policy   = data.aws_iam_policy_document.tasks.json
}

data "aws_iam_policy_document" "tasks" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["ecs-tasks.amazonaws.com"]
    }
  }
}

resource "aws_iam_role_policy_attachment" "execution" {
  count      = var.create ? 1 : 0
  role       = one(aws_iam_role.execution[*].name)
  policy_arn = data.aws_iam_policy.ecs_execution.arn
}

resource "aws_scheduler_schedule" "job" {
  count                        = var.create ? 1 : 0
  name                         = "job-${var.environment}"
  schedule_expression          = "rate(1 hours)"
  schedule_expression_timezone = "Europe/Berlin"
  state                        = var.environment == "live" ? "ENABLED" : "DISABLED"
  flexible_time_window {
    mode                      = "FLEXIBLE"
    maximum_window_in_minutes = 15
  }
  target {
    arn      = aws_ecs_cluster.this[0].arn
    role_arn = aws_iam_role.scheduler[0].arn
    ecs_parameters {
      task_definition_arn = aws_ecs_task_definition.job[0].arn_without_revision
      launch_type         = "FARGATE"
      network_configuration { subnets = var.private_subnets }
    }
    dead_letter_config { arn = aws_sqs_queue.missed.arn }
    retry_policy { maximum_retry_attempts = 2 }
  }
}

resource "aws_sqs_queue" "missed" {
  name              = "missed-jobs"
  kms_master_key_id = data.aws_kms_alias.sqs.target_key_id
}

resource "aws_iam_role" "scheduler" {
  count = var.create ? 1 : 0
  name  = "scheduler-${var.environment}"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "scheduler.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy" "scheduler" {
  count = var.create ? 1 : 0
  role  = aws_iam_role.scheduler[0].id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "ecs:RunTask", Resource = "${aws_ecs_task_definition.job[0].arn_without_revision}:*", Condition = { ArnEquals = { "ecs:cluster" = aws_ecs_cluster.this[0].arn } } },
      { Effect = "Allow", Action = "iam:PassRole", Resource = [aws_iam_role.execution[0].arn, aws_iam_role.task[0].arn], Condition = { StringLike = { "iam:PassedToService" = "ecs-tasks.amazonaws.com" } } },
      { Effect = "Allow", Action = "sqs:SendMessage", Resource = aws_sqs_queue.missed.arn }
    ]
  })
}

resource "aws_cloudwatch_metric_alarm" "missed" {
  alarm_name          = "missed-jobs"
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateNumberOfMessagesVisible"
  dimensions          = { QueueName = aws_sqs_queue.missed.name }
  statistic           = "Maximum"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  period              = 300
  evaluation_periods  = 1
  alarm_actions       = [data.aws_sns_topic.oncall.arn]
}
