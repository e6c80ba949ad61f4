data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["states.amazonaws.com"]
    }
  }
}
resource "aws_iam_role" "child" { assume_role_policy = data.aws_iam_policy_document.trust.json }
resource "aws_sfn_state_machine" "child" {
  name       = "child"
  role_arn   = aws_iam_role.child.arn
  definition = <<-EOT
    {"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}
  EOT
}
resource "aws_iam_role" "parent" { assume_role_policy = data.aws_iam_policy_document.trust.json }
data "aws_iam_policy_document" "parent" {
  statement {
    actions   = ["states:StartExecution"]
    resources = [aws_sfn_state_machine.child.arn]
  }
  statement {
    actions   = ["states:DescribeExecution", "states:StopExecution"]
    resources = ["arn:aws:states:*:*:execution:child:*"]
  }
  statement {
    actions   = ["events:PutTargets", "events:PutRule", "events:DescribeRule"]
    resources = ["arn:aws:events:*:*:rule/StepFunctionsGetEventsForStepFunctionsExecutionRule"]
  }
}
resource "aws_iam_role_policy" "parent" {
  role   = aws_iam_role.parent.id
  policy = data.aws_iam_policy_document.parent.json
}
resource "aws_sfn_state_machine" "parent" {
  name     = "parent"
  role_arn = aws_iam_role.parent.arn
  definition = templatefile("${path.module}/parent.asl.json", { child = aws_sfn_state_machine.child.arn })
  depends_on = [aws_iam_role_policy.parent]
}
