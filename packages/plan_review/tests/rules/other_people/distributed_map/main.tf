resource "aws_s3_bucket" "data" { bucket = "measurements-of-team" }
resource "aws_iam_role" "map" {
  name               = "map"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = { Service = "states.amazonaws.com" }, Action = "sts:AssumeRole" }] })
}
resource "aws_iam_role_policy" "map" {
  role = aws_iam_role.map.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "states:StartExecution", Resource = "arn:aws:states:eu-west-1:*:stateMachine:measure" },
      { Effect = "Allow", Action = ["states:DescribeExecution", "states:StopExecution"], Resource = "arn:aws:states:eu-west-1:*:execution:measure:*" },
      { Effect = "Allow", Action = "states:RedriveExecution", Resource = "arn:aws:states:eu-west-1:*:execution:measure/*" },
      { Effect = "Allow", Action = "s3:ListBucket", Resource = aws_s3_bucket.data.arn },
      { Effect = "Allow", Action = ["s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"], Resource = "${aws_s3_bucket.data.arn}/results/*" },
    ]
  })
}
provider "aws" { region = "eu-west-1" }
resource "aws_sfn_state_machine" "map" {
  name     = "measure"
  role_arn = aws_iam_role.map.arn
  definition = jsonencode({
    QueryLanguage = "JSONata"
    StartAt       = "Each"
    States = {
      Each = {
        Type       = "Map"
        ItemReader = { Resource = "arn:aws:states:::s3:listObjectsV2", Arguments = { Bucket = aws_s3_bucket.data.bucket, Prefix = "in/" } }
        ItemProcessor = {
          ProcessorConfig = { Mode = "DISTRIBUTED", ExecutionType = "STANDARD" }
          StartAt         = "Keep"
          States          = { Keep = { Type = "Pass", Output = "{% $states.input.Key %}", End = true } }
        }
        ResultWriter           = { Resource = "arn:aws:states:::s3:putObject", Arguments = { Bucket = aws_s3_bucket.data.bucket, Prefix = "results" } }
        MaxConcurrency         = 50
        ToleratedFailurePercentage = 5
        End                    = true
      }
    }
  })
  depends_on = [aws_iam_role_policy.map]
}
