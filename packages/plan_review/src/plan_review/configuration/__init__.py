"""A Terraform configuration as plain values: its files, its resources, and what refers to what."""
