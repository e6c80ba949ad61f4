"""IAM policies as a configuration states them: who may do what, on what, and under which conditions."""
