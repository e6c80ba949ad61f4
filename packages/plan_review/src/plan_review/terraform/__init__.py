"""Terraform itself: its commands, its plan and its graph, and how they agree with what was read here."""
