resource "aws_iam_role" "api" {
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "apigateway.amazonaws.com" } }] })
}
resource "aws_iam_role" "sfn" {
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "states.amazonaws.com" } }] })
}
resource "aws_sfn_state_machine" "echo" {
  name     = "echo"
  type     = "EXPRESS"
  role_arn = aws_iam_role.sfn.arn
  definition = jsonencode({
    StartAt = "Choose"
    States = {
      Choose = {
        Type    = "Choice"
        Choices = [{ Variable = "$.n", NumericGreaterThan = 3, Next = "Many" }]
        Default = "Few"
      }
      Many = { Type = "Pass", Result = "many", End = true }
      Few  = { Type = "Fail", Error = "TooFew", CausePath = "$.why" }
    }
  })
}
resource "aws_iam_role_policy" "api" {
  role   = aws_iam_role.api.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "states:StartSyncExecution", Resource = aws_sfn_state_machine.echo.arn }] })
}
resource "aws_apigatewayv2_api" "api" {
  name          = "echo"
  protocol_type = "HTTP"
}
resource "aws_apigatewayv2_integration" "echo" {
  api_id                 = aws_apigatewayv2_api.api.id
  integration_type       = "AWS_PROXY"
  integration_subtype    = "StepFunctions-StartSyncExecution"
  credentials_arn        = aws_iam_role.api.arn
  payload_format_version = "1.0"
  request_parameters     = { StateMachineArn = aws_sfn_state_machine.echo.arn, Input = "$request.body" }
}
