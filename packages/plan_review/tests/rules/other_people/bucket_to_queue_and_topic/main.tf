resource "aws_s3_bucket" "drop" { bucket = "drop-of-team-example" }
resource "aws_sqs_queue" "csv" {
  name = "csv"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "s3.amazonaws.com" }
      Action    = "sqs:SendMessage"
      Resource  = "arn:aws:sqs:*:*:csv"
      Condition = { ArnLike = { "aws:SourceArn" = "arn:aws:s3:::drop-of-team-example" } }
    }]
  })
}
resource "aws_sns_topic" "images" {
  name = "images"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "s3.amazonaws.com" }
      Action    = "sns:Publish"
      Resource  = "arn:aws:sns:*:*:images"
      Condition = { ArnLike = { "aws:SourceArn" = aws_s3_bucket.drop.arn } }
    }]
  })
}
resource "aws_s3_bucket_notification" "drop" {
  bucket = aws_s3_bucket.drop.id
  queue {
    queue_arn     = aws_sqs_queue.csv.arn
    events        = ["s3:ObjectCreated:*"]
    filter_suffix = ".csv"
  }
  topic {
    topic_arn     = aws_sns_topic.images.arn
    events        = ["s3:ObjectCreated:Put", "s3:ObjectCreated:CompleteMultipartUpload"]
    filter_suffix = ".png"
  }
  topic {
    topic_arn     = aws_sns_topic.images.arn
    events        = ["s3:ObjectRemoved:*"]
    filter_prefix = "images/"
  }
}
