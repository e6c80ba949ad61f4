data "aws_iam_policy_document" "base" {
  statement {
    sid       = "Read"
    actions   = ["s3:GetObject"]
    resources = ["arn:aws:s3:::team-data/*"]
  }
}
data "aws_iam_policy_document" "more" {
  source_policy_documents   = [data.aws_iam_policy_document.base.json]
  override_policy_documents = [jsonencode({ Version = "2012-10-17", Statement = [{ Sid = "Read", Effect = "Allow", Action = ["s3:GetObject", "s3:GetObjectVersion"], Resource = "arn:aws:s3:::team-data/*" }] })]
  dynamic "statement" {
    for_each = { tables = ["dynamodb:GetItem"], queues = ["sqs:SendMessage"] }
    content {
      sid       = title(statement.key)
      actions   = statement.value
      resources = ["arn:aws:${statement.key == "tables" ? "dynamodb" : "sqs"}:eu-west-1:123456789012:${statement.key == "tables" ? "table/" : ""}team"]
    }
  }
}
resource "aws_iam_role" "r" {
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = ["sts:AssumeRole", "sts:TagSession"], Principal = { Service = "pods.eks.amazonaws.com" } }] })
}
resource "aws_iam_role_policy" "r" {
  role   = aws_iam_role.r.id
  policy = data.aws_iam_policy_document.more.json
}
