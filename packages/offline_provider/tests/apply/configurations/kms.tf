resource "aws_kms_key" "key" {
  description             = "one"
  enable_key_rotation     = true
  deletion_window_in_days = 7
}
resource "aws_kms_alias" "alias" {
  name          = "alias/NAME"
  target_key_id = aws_kms_key.key.key_id
}
resource "aws_kms_key_policy" "policy" {
  key_id = aws_kms_key.key.key_id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Sid = "Own", Effect = "Allow", Action = "kms:*", Resource = "*", Principal = { AWS = "123456789012" } }] })
}
