provider "aws" { region = "eu-west-1" }
provider "aws" {
  alias  = "us"
  region = "us-east-1"
}
resource "aws_acm_certificate" "edge" {
  provider          = aws.us
  domain_name       = "www.example.org"
  validation_method = "DNS"
  lifecycle { create_before_destroy = true }
}
resource "aws_sns_topic" "here" { name = "ops" }
resource "aws_sns_topic" "there" {
  provider = aws.us
  name     = "ops"
}
resource "aws_cloudwatch_metric_alarm" "edge" {
  provider            = aws.us
  alarm_name          = "edge-errors"
  namespace           = "AWS/CloudFront"
  metric_name         = "5xxErrorRate"
  dimensions          = { DistributionId = "E2EXAMPLE", Region = "Global" }
  statistic           = "Average"
  period              = 300
  evaluation_periods  = 2
  threshold           = 5
  comparison_operator = "GreaterThanThreshold"
  alarm_actions       = [aws_sns_topic.there.arn]
}
