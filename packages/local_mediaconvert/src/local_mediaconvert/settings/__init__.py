"""A job's settings: checked against the service model, the list of what is supported and AWS's rules; and read."""
