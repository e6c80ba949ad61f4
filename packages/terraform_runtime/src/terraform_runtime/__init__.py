"""Which Terraform runs on this machine, where it takes the AWS provider from, and how its processes end in order."""
