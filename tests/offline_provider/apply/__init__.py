"""Applying to the local cloud's emulator."""
