data "aws_iam_policy_document" "assume" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["pipes.amazonaws.com"]
    }
  }
}

resource "aws_sqs_queue" "in" { name = "in" }
resource "aws_cloudwatch_event_bus" "bus" { name = "team" }
resource "aws_iam_role" "pipe" { assume_role_policy = data.aws_iam_policy_document.assume.json }
resource "aws_iam_role_policy" "pipe" {
  role = aws_iam_role.pipe.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"], Resource = aws_sqs_queue.in.arn },
      { Effect = "Allow", Action = "events:PutEvents", Resource = aws_cloudwatch_event_bus.bus.arn },
    ]
  })
}
resource "aws_pipes_pipe" "pipe" {
  name       = "in-to-bus"
  role_arn   = aws_iam_role.pipe.arn
  source     = aws_sqs_queue.in.arn
  target     = aws_cloudwatch_event_bus.bus.arn
  depends_on = [aws_iam_role_policy.pipe]
  source_parameters {
    sqs_queue_parameters { batch_size = 1 }
    filter_criteria {
      filter { pattern = jsonencode({ body = { kind = [{ "anything-but" = ["test"] }] } }) }
    }
  }
  target_parameters {
    eventbridge_event_bus_parameters {
      detail_type = "Message"
      source      = "team.queue"
    }
  }
}
