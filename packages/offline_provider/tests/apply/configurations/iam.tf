resource "aws_iam_role" "role" {
  name               = "NAME"
  description        = "one"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Action = "sts:AssumeRole", Effect = "Allow", Principal = { Service = "lambda.amazonaws.com" } }]
  })
  tags               = { Team = "video" }
}
resource "aws_iam_role_policy" "policy" {
  name   = "access"
  role   = aws_iam_role.role.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Action = "s3:GetObject", Effect = "Allow", Resource = "*" }] })
}
