resource "aws_lambda_function" "hook" {
  function_name                  = "hook"
  role                           = aws_iam_role.hook.arn
  runtime                        = "provided.al2023"
  handler                        = "bootstrap"
  architectures                  = ["arm64"]
  s3_bucket                      = "artifacts"
  s3_key                         = "hook.zip"
  reserved_concurrent_executions = -1
  layers                         = [aws_lambda_layer_version.tools.arn]
  environment {
    variables = {
      QUEUE_URL   = aws_sqs_queue.jobs.id
      "LOG_LEVEL" = "debug"
    }
  }
  vpc_config {
    subnet_ids         = ["subnet-1", "subnet-2"]
    security_group_ids = ["sg-1"]
  }
  dead_letter_config { target_arn = aws_sqs_queue.jobs.arn }
  snap_start { apply_on = "None" }
  ephemeral_storage { size = 1024 }
  timeouts { create = "10m" }
}

resource "aws_lambda_layer_version" "tools" {
  layer_name = "tools"
  filename   = "tools.zip"
}

resource "aws_lambda_alias" "live" {
  name             = "live"
  function_name    = aws_lambda_function.hook.arn
  function_version = aws_lambda_function.hook.version
  lifecycle { ignore_changes = [function_version, routing_config] }
}

resource "aws_lambda_function_url" "hook" {
  function_name      = aws_lambda_function.hook.function_name
  qualifier          = aws_lambda_alias.live.name
  authorization_type = "AWS_IAM"
  invoke_mode        = "BUFFERED"
}

resource "aws_lambda_permission" "callers" {
  for_each = {
    api     = { principal = "apigateway.amazonaws.com", source = "${aws_apigatewayv2_api.hooks.execution_arn}/*/*" }
    logs    = { principal = "logs.eu-west-1.amazonaws.com", source = "arn:aws:logs:eu-west-1:111122223333:log-group:/app:*" }
    cognito = { principal = "cognito-idp.amazonaws.com", source = "arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_x" }
    secrets = { principal = "secretsmanager.amazonaws.com", source = null }
    alb     = { principal = "elasticloadbalancing.amazonaws.com", source = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/hook/1" }
    partner = { principal = "arn:aws:iam::444455556666:root", source = null }
  }
  statement_id  = "from-${each.key}"
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_alias.live.function_name
  qualifier     = aws_lambda_alias.live.name
  principal     = each.value.principal
  source_arn    = each.value.source
}

resource "aws_apigatewayv2_api" "hooks" {
  name          = "hooks"
  protocol_type = "HTTP"
}

resource "aws_apigatewayv2_integration" "hooks" {
  api_id                 = aws_apigatewayv2_api.hooks.id
  integration_type       = "AWS_PROXY"
  integration_uri        = aws_lambda_alias.live.invoke_arn
  payload_format_version = "2.0"
}

resource "aws_sqs_queue" "jobs" {
  name                              = "jobs"
  kms_master_key_id                 = "alias/aws/sqs"
  kms_data_key_reuse_period_seconds = 300
}

resource "aws_iam_role" "hook" {
  name                 = "hook"
  max_session_duration = 3600
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Principal = { Service = "lambda.amazonaws.com" }, Action = "sts:AssumeRole" },
      { Effect = "Allow", Principal = { Federated = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com" }, Action = "sts:AssumeRoleWithWebIdentity", Condition = { StringLike = { "token.actions.githubusercontent.com:sub" = "repo:example/hooks:*" } } }
    ]
  })
}

resource "aws_iam_policy_attachment" "vpc" {
  name       = "vpc"
  roles      = [aws_iam_role.hook.name]
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole"
}

resource "aws_iam_policy" "jobs" {
  name_prefix = "jobs-"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = {
      Effect   = "Allow"
      Action   = ["sqs:SendMessage", "sqs:GetQueueUrl"]
      Resource = aws_sqs_queue.jobs.arn
    }
  })
}

resource "aws_iam_role_policy_attachment" "jobs" {
  role       = aws_iam_role.hook.id
  policy_arn = aws_iam_policy.jobs.arn
}

resource "aws_lambda_function_event_invoke_config" "hook" {
  function_name                = aws_lambda_alias.live.function_name
  qualifier                    = aws_lambda_alias.live.name
  maximum_event_age_in_seconds = 3600
  maximum_retry_attempts       = 0
}

resource "aws_s3_bucket" "in" {
  bucket        = "hook-in-111122223333"
  force_destroy = false
}

resource "aws_s3_bucket_ownership_controls" "in" {
  bucket = aws_s3_bucket.in.id
  rule { object_ownership = "BucketOwnerPreferred" }
}

resource "aws_s3_bucket_acl" "in" {
  depends_on = [aws_s3_bucket_ownership_controls.in]
  bucket     = aws_s3_bucket.in.id
  acl        = "log-delivery-write"
}

resource "aws_s3_bucket_notification" "in" {
  bucket      = aws_s3_bucket.in.id
  eventbridge = true
}
