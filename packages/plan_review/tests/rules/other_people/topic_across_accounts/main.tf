variable "publishers" {
  type    = list(string)
  default = ["111122223333", "444455556666"]
}
resource "aws_sns_topic" "shared" { name = "shared" }
data "aws_iam_policy_document" "shared" {
  statement {
    sid       = "OthersPublish"
    actions   = ["sns:Publish"]
    resources = [aws_sns_topic.shared.arn]
    principals {
      type        = "AWS"
      identifiers = formatlist("arn:aws:iam::%s:root", var.publishers)
    }
  }
  statement {
    sid       = "OthersSubscribe"
    actions   = ["sns:Subscribe"]
    resources = [aws_sns_topic.shared.arn]
    principals {
      type        = "AWS"
      identifiers = var.publishers
    }
    condition {
      test     = "StringEquals"
      variable = "sns:Protocol"
      values   = ["sqs", "lambda"]
    }
  }
}
resource "aws_sns_topic_policy" "shared" {
  arn    = aws_sns_topic.shared.arn
  policy = data.aws_iam_policy_document.shared.json
}
