"""The review on the pipeline's own stacks."""
