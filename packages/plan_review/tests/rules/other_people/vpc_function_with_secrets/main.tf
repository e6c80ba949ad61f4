data "aws_iam_policy_document" "assume" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}

data "aws_vpc" "main" { default = true }
data "aws_subnets" "private" {
  filter {
    name   = "vpc-id"
    values = [data.aws_vpc.main.id]
  }
}
resource "aws_security_group" "f" {
  name_prefix = "f"
  vpc_id      = data.aws_vpc.main.id
  egress {
    from_port   = 0
    to_port     = 0
    protocol    = "-1"
    cidr_blocks = ["0.0.0.0/0"]
  }
}
resource "aws_secretsmanager_secret" "db" { name = "team/db" }
resource "aws_iam_role" "f" { assume_role_policy = data.aws_iam_policy_document.assume.json }
data "aws_iam_policy_document" "f" {
  statement {
    actions   = ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"]
    resources = [aws_secretsmanager_secret.db.arn]
  }
  statement {
    actions   = ["ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DeleteNetworkInterface"]
    resources = ["*"]
  }
}
resource "aws_iam_policy" "f" { policy = data.aws_iam_policy_document.f.json }
resource "aws_iam_role_policy_attachments_exclusive" "f" {
  role_name   = aws_iam_role.f.name
  policy_arns = [aws_iam_policy.f.arn, "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"]
}
resource "aws_iam_role_policy_attachment" "f" {
  role       = aws_iam_role.f.name
  policy_arn = aws_iam_policy.f.arn
}
resource "aws_iam_role_policy_attachment" "logs" {
  role       = aws_iam_role.f.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
}
resource "aws_lambda_function" "f" {
  function_name = "db"
  role          = aws_iam_role.f.arn
  runtime       = "java17"
  handler       = "Main"
  s3_bucket     = "artifacts-of-team"
  s3_key        = "db.jar"
  timeout       = 15
  vpc_config {
    subnet_ids         = data.aws_subnets.private.ids
    security_group_ids = [aws_security_group.f.id]
  }
  environment { variables = { SECRET = aws_secretsmanager_secret.db.name } }
  depends_on = [aws_iam_role_policy_attachment.f]
}
