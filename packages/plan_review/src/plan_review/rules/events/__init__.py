"""EventBridge: rules, schedules, patterns, and what they deliver to."""
