variable "organization" { default = "o-a1b2c3d4e5" }
resource "aws_cloudwatch_event_bus" "central" { name = "central" }
data "aws_iam_policy_document" "bus" {
  statement {
    sid       = "OrganizationPuts"
    actions   = ["events:PutEvents"]
    resources = [aws_cloudwatch_event_bus.central.arn]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:PrincipalOrgID"
      values   = [var.organization]
    }
  }
}
resource "aws_cloudwatch_event_bus_policy" "central" {
  event_bus_name = aws_cloudwatch_event_bus.central.name
  policy         = data.aws_iam_policy_document.bus.json
}
resource "aws_cloudwatch_event_archive" "central" {
  name             = "central"
  event_source_arn = aws_cloudwatch_event_bus.central.arn
  retention_days   = 30
}
resource "aws_cloudwatch_log_group" "events" { name = "/aws/events/central" }
resource "aws_cloudwatch_log_resource_policy" "events" {
  policy_name = "events-to-logs"
  policy_document = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = ["events.amazonaws.com", "delivery.logs.amazonaws.com"] }
      Action    = ["logs:CreateLogStream", "logs:PutLogEvents"]
      Resource  = "${aws_cloudwatch_log_group.events.arn}:*"
    }]
  })
}
resource "aws_cloudwatch_event_rule" "all" {
  name           = "everything"
  event_bus_name = aws_cloudwatch_event_bus.central.name
  event_pattern  = jsonencode({ account = ["111122223333", "444455556666"] })
}
resource "aws_cloudwatch_event_target" "logs" {
  rule           = aws_cloudwatch_event_rule.all.name
  event_bus_name = aws_cloudwatch_event_bus.central.name
  arn            = aws_cloudwatch_log_group.events.arn
  depends_on     = [aws_cloudwatch_log_resource_policy.events]
}
