"""Calls of code and of state machines, and what they need."""
