"""Step Functions: state machines, their tasks, logs and traces."""
