resource "aws_dynamodb_table" "table" {
  name         = "NAME"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "pk"
  attribute {
    name = "pk"
    type = "S"
  }
  ttl {
    attribute_name = "expires_at"
    enabled        = true
  }
  point_in_time_recovery { enabled = true }
}
resource "aws_dynamodb_table" "provisioned" {
  name           = "NAME-2"
  hash_key       = "pk"
  range_key      = "sk"
  read_capacity  = 1
  write_capacity = 1
  dynamic "attribute" {
    for_each = ["pk", "sk", "other"]
    content {
      name = attribute.value
      type = "S"
    }
  }
  global_secondary_index {
    name            = "by-other"
    hash_key        = "other"
    projection_type = "ALL"
    read_capacity   = 1
    write_capacity  = 1
  }
  local_secondary_index {
    name            = "local"
    range_key       = "other"
    projection_type = "KEYS_ONLY"
  }
}
