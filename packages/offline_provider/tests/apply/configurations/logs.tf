resource "aws_cloudwatch_log_group" "group" {
  name              = "/NAME/group"
  retention_in_days = 7
  tags              = { Team = "video", Cost = "low" }
}
resource "aws_cloudwatch_log_group" "made_up" { name_prefix = "/NAME/prefix-" }
