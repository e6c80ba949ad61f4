"""Terraform's language as text: its words, templates and expressions, and the names that they use."""
