data "aws_region" "here" {}

data "aws_iam_policy_document" "workflow_trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["states.${data.aws_region.here.name}.amazonaws.com", "events.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "workflow" {
  name               = "nightly-report"
  assume_role_policy = data.aws_iam_policy_document.workflow_trust.json
}

data "aws_iam_policy_document" "workflow" {
  statement {
    sid       = "Run"
    actions   = ["ecs:RunTask"]
    resources = [replace(aws_ecs_task_definition.report.arn, "/:\\d+$/", ":*")]
  }
  statement {
    sid       = "Follow"
    actions   = ["ecs:StopTask", "ecs:DescribeTasks"]
    resources = ["arn:aws:ecs:*:*:task/${aws_ecs_cluster.reports.name}/*"]
  }
  statement {
    sid       = "Watch"
    actions   = ["events:PutTargets", "events:PutRule", "events:DescribeRule"]
    resources = ["arn:aws:events:*:*:rule/StepFunctionsGetEventsForECSTaskRule"]
  }
  statement {
    sid       = "Hand"
    actions   = ["iam:PassRole"]
    resources = [aws_iam_role.task.arn]
    condition {
      test     = "StringEquals"
      variable = "iam:PassedToService"
      values   = ["ecs-tasks.amazonaws.com"]
    }
  }
  statement {
    sid       = "Tell"
    actions   = ["lambda:InvokeFunction"]
    resources = [aws_lambda_function.tell.arn, "${aws_lambda_function.tell.arn}:*"]
  }
  statement {
    sid       = "Start"
    actions   = ["states:StartExecution"]
    resources = [aws_sfn_state_machine.nightly.id]
  }
}

resource "aws_iam_role_policy" "workflow" {
  role   = aws_iam_role.workflow.id
  policy = data.aws_iam_policy_document.workflow.json
}

resource "aws_sfn_state_machine" "nightly" {
  name     = "nightly"
  role_arn = aws_iam_role.workflow.arn
  definition = templatefile("${path.module}/nightly.asl.json", {
    cluster  = aws_ecs_cluster.reports.arn
    task     = aws_ecs_task_definition.report.arn
    function = aws_lambda_function.tell.arn
  })
}

resource "aws_cloudwatch_event_rule" "nightly" {
  name                = "nightly"
  schedule_expression = "cron(0 3 * * ? *)"
}

resource "aws_cloudwatch_event_target" "nightly" {
  rule     = aws_cloudwatch_event_rule.nightly.name
  arn      = aws_sfn_state_machine.nightly.id
  role_arn = aws_iam_role.workflow.arn
}

resource "aws_ecs_cluster" "reports" {
  name = "reports"
}

resource "aws_ecs_task_definition" "report" {
  family                = "report"
  execution_role_arn    = aws_iam_role.task.arn
  task_role_arn         = aws_iam_role.task.arn
  container_definitions = jsonencode([{ name = "report", image = "report:latest", memory = 512 }])
}

resource "aws_iam_role" "task" {
  name_prefix = "report-"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = { Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ecs-tasks.amazonaws.com" } }
  })
}

resource "aws_iam_role_policy_attachment" "task" {
  role       = aws_iam_role.task.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
}

variable "boundary" {
  type = string
}

resource "aws_iam_role" "tell" {
  permissions_boundary = var.boundary
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["sts:AssumeRole"], Principal = { Service = ["lambda.amazonaws.com"] } }]
  })
}

resource "aws_iam_role_policy_attachment" "logs" {
  role       = aws_iam_role.tell.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
}

resource "aws_lambda_function" "tell" {
  function_name = "tell"
  role          = aws_iam_role.tell.arn
  s3_bucket     = "packages"
  s3_key        = "tell.zip"
  handler       = "tell.handler"
  runtime       = "python3.13"
}

resource "aws_scheduler_schedule" "again" {
  name                = "again"
  schedule_expression = "rate(1 hour)"
  flexible_time_window {
    mode = "OFF"
  }
  target {
    arn      = aws_sfn_state_machine.nightly.arn
    role_arn = aws_iam_role.schedule.arn
  }
}

resource "aws_iam_role" "schedule" {
  name = "schedule"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "scheduler.amazonaws.com" } }]
  })
  inline_policy {
    name   = "start"
    policy = data.aws_iam_policy_document.schedule.json
  }
}

data "aws_iam_policy_document" "schedule" {
  statement {
    effect    = "Allow"
    actions   = ["states:StartExecution"]
    resources = [aws_sfn_state_machine.nightly.arn]
  }
}
