"""Applying to a real emulator with real Terraform."""
