resource "aws_s3_bucket" "b" { bucket_prefix = "assets" }
resource "aws_cloudfront_origin_access_identity" "oai" { comment = "assets" }
resource "aws_s3_bucket_policy" "b" {
  bucket = aws_s3_bucket.b.bucket
  policy = <<POLICY
{
  "Version": "2008-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Principal": {"AWS": "${aws_cloudfront_origin_access_identity.oai.iam_arn}"},
      "Action": "s3:GetObject",
      "Resource": "arn:aws:s3:::${aws_s3_bucket.b.id}/*"
    }
  ]
}
POLICY
}
