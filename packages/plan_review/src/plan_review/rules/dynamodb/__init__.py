"""DynamoDB tables and their items."""
