provider "aws" { region = "us-west-2" }

data "aws_caller_identity" "current" {}
data "aws_region" "current" {}

resource "aws_s3_bucket" "films" { bucket_prefix = "films-" }

resource "aws_sqs_queue" "approvals" { name = "approvals" }

resource "aws_sns_topic" "done" { name = "films-done" }

resource "aws_dynamodb_table" "films" {
  name         = "films"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"
  attribute {
    name = "id"
    type = "S"
  }
}

resource "aws_lambda_function" "probe" {
  function_name = "probe-film"
  role          = aws_iam_role.probe.arn
  package_type  = "Image"
  image_uri     = "111122223333.dkr.ecr.us-west-2.amazonaws.com/probe:latest"
}

resource "aws_iam_role" "probe" {
  name               = "probe-film"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }] })
}

resource "aws_iam_role_policy_attachment" "probe" {
  for_each   = toset(["service-role/AWSLambdaBasicExecutionRole", "AmazonS3ReadOnlyAccess"])
  role       = aws_iam_role.probe.name
  policy_arn = "arn:aws:iam::aws:policy/${each.value}"
}

locals {
  retry = [{ ErrorEquals = ["Lambda.ServiceException", "Lambda.TooManyRequestsException", "States.TaskFailed"], IntervalSeconds = 2, MaxAttempts = 4, BackoffRate = 1.5, JitterStrategy = "FULL" }]
}

resource "aws_sfn_state_machine" "film" {
  name     = "film"
  role_arn = aws_iam_role.film.arn
  definition = jsonencode({
    Comment = "One film, from probe to approval"
    StartAt = "Probe"
    States = {
      Probe = {
        Type           = "Task"
        Resource       = "arn:aws:states:::lambda:invoke"
        Parameters     = { "FunctionName" = "${aws_lambda_function.probe.arn}:$LATEST", "Payload.$" = "$" }
        ResultSelector = { "seconds.$" = "$.Payload.seconds" }
        ResultPath     = "$.probe"
        Retry          = local.retry
        Catch          = [{ ErrorEquals = ["States.ALL"], ResultPath = "$.error", Next = "Tell" }]
        Next           = "LongEnough"
      }
      LongEnough = {
        Type = "Choice"
        Choices = [
          { And = [{ Variable = "$.probe.seconds", IsPresent = true }, { Variable = "$.probe.seconds", NumericGreaterThan = 10 }], Next = "Remember" }
        ]
        Default = "TooShort"
      }
      TooShort = { Type = "Fail", Error = "TooShort", CausePath = "States.Format('{} seconds', $.probe.seconds)" }
      Remember = {
        Type     = "Task"
        Resource = "arn:aws:states:::dynamodb:putItem"
        Parameters = {
          TableName = aws_dynamodb_table.films.name
          Item      = { id = { "S.$" = "$.id" }, seconds = { "N.$" = "States.Format('{}', $.probe.seconds)" } }
        }
        ResultPath = null
        Next       = "Chapters"
      }
      Chapters = {
        Type           = "Map"
        ItemsPath      = "$.chapters"
        MaxConcurrency = 5
        ItemProcessor = {
          ProcessorConfig = { Mode = "INLINE" }
          StartAt         = "Cut"
          States = {
            Cut = { Type = "Task", Resource = aws_lambda_function.probe.arn, TimeoutSeconds = 60, HeartbeatSeconds = 20, End = true }
          }
        }
        ResultPath = "$.cut"
        Next       = "Approve"
      }
      Approve = {
        Type     = "Task"
        Resource = "arn:aws:states:::sqs:sendMessage.waitForTaskToken"
        Parameters = {
          QueueUrl    = aws_sqs_queue.approvals.url
          MessageBody = { "film.$" = "$.id", "token.$" = "$$.Task.Token" }
        }
        TimeoutSeconds = 604800
        ResultPath     = "$.approval"
        Next           = "Both"
      }
      Both = {
        Type = "Parallel"
        Branches = [
          { StartAt = "Tell it", States = { "Tell it" = { Type = "Task", Resource = "arn:aws:states:::sns:publish", Parameters = { TopicArn = aws_sns_topic.done.arn, "Message.$" = "$.id", MessageAttributes = { kind = { DataType = "String", StringValue = "done" } } }, End = true } } },
          { StartAt = "Tag", States = { Tag = { Type = "Task", Resource = "arn:aws:states:::aws-sdk:s3:putObjectTagging", Parameters = { Bucket = aws_s3_bucket.films.bucket, "Key.$" = "$.id", Tagging = { TagSet = [{ Key = "state", Value = "done" }] } }, End = true } } }
        ]
        End = true
      }
      Tell = { Type = "Task", Resource = "arn:aws:states:::sns:publish", Parameters = { TopicArn = aws_sns_topic.done.arn, "Message.$" = "States.JsonToString($.error)" }, Next = "Failed" }
      Failed = { Type = "Fail" }
    }
  })
  logging_configuration {
    level                  = "ERROR"
    include_execution_data = false
    log_destination        = "${aws_cloudwatch_log_group.film.arn}:*"
  }
  tracing_configuration { enabled = true }
  depends_on = [aws_iam_role_policy.film]
}

resource "aws_cloudwatch_log_group" "film" { name = "/aws/vendedlogs/states/film" }

resource "aws_iam_role" "film" {
  name = "film"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = {
      Effect    = "Allow"
      Principal = { Service = "states.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = {
        StringEquals = { "aws:SourceAccount" = data.aws_caller_identity.current.account_id }
        ArnLike      = { "aws:SourceArn" = "arn:aws:states:${data.aws_region.current.name}:${data.aws_caller_identity.current.account_id}:stateMachine:*" }
      }
    }
  })
}

resource "aws_iam_role_policy" "film" {
  name = "film"
  role = aws_iam_role.film.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Sid = "Functions", Effect = "Allow", Action = "lambda:InvokeFunction", Resource = [aws_lambda_function.probe.arn, "${aws_lambda_function.probe.arn}:*"] },
      { Sid = "Table", Effect = "Allow", Action = ["dynamodb:PutItem"], Resource = aws_dynamodb_table.films.arn },
      { Sid = "Queue", Effect = "Allow", Action = "sqs:SendMessage", Resource = aws_sqs_queue.approvals.arn },
      { Sid = "Topic", Effect = "Allow", Action = "sns:Publish", Resource = aws_sns_topic.done.arn },
      { Sid = "Tags", Effect = "Allow", Action = "s3:PutObjectTagging", Resource = "${aws_s3_bucket.films.arn}/*" },
      { Sid = "Logs", Effect = "Allow", Action = ["logs:CreateLogDelivery", "logs:CreateLogStream", "logs:GetLogDelivery", "logs:UpdateLogDelivery", "logs:DeleteLogDelivery", "logs:ListLogDeliveries", "logs:PutLogEvents", "logs:PutResourcePolicy", "logs:DescribeResourcePolicies", "logs:DescribeLogGroups"], Resource = "*" },
      { Sid = "Traces", Effect = "Allow", Action = ["xray:PutTraceSegments", "xray:PutTelemetryRecords", "xray:GetSamplingRules", "xray:GetSamplingTargets"], Resource = "*" },
    ]
  })
}
