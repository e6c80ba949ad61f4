variable "people" {
  type    = map(object({ groups = optional(list(string), ["readers"]) }))
  default = { ada = {}, bob = { groups = ["readers", "operators"] } }
}
resource "aws_iam_group" "g" {
  for_each = toset(flatten([for person in var.people : person.groups]))
  name     = each.value
}
resource "aws_iam_user" "u" {
  for_each = var.people
  name     = each.key
}
resource "aws_iam_user_group_membership" "m" {
  for_each = var.people
  user     = aws_iam_user.u[each.key].name
  groups   = each.value.groups
}
data "aws_iam_policy_document" "own" {
  statement {
    sid       = "OwnKeys"
    actions   = ["iam:CreateAccessKey", "iam:DeleteAccessKey", "iam:ListAccessKeys"]
    resources = ["arn:aws:iam::*:user/&{aws:username}"]
  }
  statement {
    sid         = "WithSecondFactor"
    effect      = "Deny"
    not_actions = ["iam:*", "sts:GetSessionToken"]
    resources   = ["*"]
    condition {
      test     = "BoolIfExists"
      variable = "aws:MultiFactorAuthPresent"
      values   = ["false"]
    }
  }
}
resource "aws_iam_policy" "own" { policy = data.aws_iam_policy_document.own.json }
resource "aws_iam_group_policy_attachment" "own" {
  for_each   = aws_iam_group.g
  group      = each.value.name
  policy_arn = aws_iam_policy.own.arn
}
