"""What rules of several services read: calls, code, listeners, patterns, jobs. No rule stands here."""
