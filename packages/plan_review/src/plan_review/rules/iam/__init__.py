"""IAM: policies, roles, and who may do what."""
