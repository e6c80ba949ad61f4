"""SNS topics and subscriptions."""
