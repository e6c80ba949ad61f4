resource "aws_s3_bucket" "in" { bucket = "reports-in-of-team" }
resource "aws_s3_bucket_notification" "in" {
  bucket      = aws_s3_bucket.in.id
  eventbridge = true
}
resource "aws_ecs_cluster" "main" { name = "batch" }
data "aws_iam_policy_document" "trust" {
  for_each = toset(["ecs-tasks", "events"])
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["${each.key}.amazonaws.com"]
    }
  }
}
resource "aws_iam_role" "execution" {
  assume_role_policy = data.aws_iam_policy_document.trust["ecs-tasks"].json
}
resource "aws_iam_role_policy_attachment" "execution" {
  role       = aws_iam_role.execution.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
}
resource "aws_ecs_task_definition" "report" {
  family                   = "report"
  network_mode             = "awsvpc"
  requires_compatibilities = ["FARGATE"]
  cpu                      = "512"
  memory                   = "1024"
  execution_role_arn       = aws_iam_role.execution.arn
  container_definitions    = jsonencode([{ name = "report", image = "public.ecr.aws/docker/library/python:3.13", essential = true }])
}
resource "aws_iam_role" "events" {
  assume_role_policy = data.aws_iam_policy_document.trust["events"].json
}
data "aws_iam_policy_document" "run" {
  statement {
    actions   = ["ecs:RunTask"]
    resources = [aws_ecs_task_definition.report.arn_without_revision, "${aws_ecs_task_definition.report.arn_without_revision}:*"]
    condition {
      test     = "ArnLike"
      variable = "ecs:cluster"
      values   = [aws_ecs_cluster.main.arn]
    }
  }
  statement {
    actions   = ["iam:PassRole"]
    resources = [aws_iam_role.execution.arn]
    condition {
      test     = "StringLike"
      variable = "iam:PassedToService"
      values   = ["ecs-tasks.amazonaws.com"]
    }
  }
}
resource "aws_iam_role_policy" "events" {
  role   = aws_iam_role.events.id
  policy = data.aws_iam_policy_document.run.json
}
resource "aws_cloudwatch_event_rule" "in" {
  event_pattern = jsonencode({
    source      = ["aws.s3"]
    detail-type = ["Object Created"]
    detail      = { bucket = { name = [aws_s3_bucket.in.bucket] }, object = { key = [{ prefix = "daily/" }] } }
  })
}
resource "aws_cloudwatch_event_target" "report" {
  rule     = aws_cloudwatch_event_rule.in.name
  arn      = aws_ecs_cluster.main.arn
  role_arn = aws_iam_role.events.arn
  ecs_target {
    task_definition_arn = aws_ecs_task_definition.report.arn
    launch_type         = "FARGATE"
    network_configuration {
      subnets = ["subnet-1"]
    }
  }
  depends_on = [aws_iam_role_policy.events]
}
