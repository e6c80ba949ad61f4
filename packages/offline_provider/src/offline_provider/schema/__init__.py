"""Terraform schemas as plain values, their wire form, and the one file that keeps them between runs."""
