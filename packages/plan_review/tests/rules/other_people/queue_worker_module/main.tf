module "orders" {
  source      = "./modules/queue-worker"
  name        = "orders"
  concurrency = 4
}
module "refunds" {
  source = "./modules/queue-worker"
  name   = "refunds"
  alarms = [aws_sns_topic.ops.arn]
}
resource "aws_sns_topic" "ops" { name = "ops" }
output "queues" { value = [module.orders.queue_url, module.refunds.queue_url] }
