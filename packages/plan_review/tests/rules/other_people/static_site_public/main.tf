resource "aws_s3_bucket" "www" { bucket = "www.example.org" }
resource "aws_s3_bucket_website_configuration" "www" {
  bucket = aws_s3_bucket.www.id
  index_document { suffix = "index.html" }
  error_document { key = "404.html" }
}
resource "aws_s3_bucket_ownership_controls" "www" {
  bucket = aws_s3_bucket.www.id
  rule { object_ownership = "BucketOwnerPreferred" }
}
resource "aws_s3_bucket_cors_configuration" "www" {
  bucket = aws_s3_bucket.www.id
  cors_rule {
    allowed_methods = ["GET"]
    allowed_origins = ["https://*.example.org"]
  }
}
resource "aws_s3_bucket_lifecycle_configuration" "www" {
  bucket = aws_s3_bucket.www.id
  rule {
    id     = "previews"
    status = "Enabled"
    filter {
      and {
        prefix = "preview/"
        tags   = { keep = "no" }
      }
    }
    expiration { days = 14 }
  }
}
