"""Mistakes that people make, tried one at a time: which layer catches each, and how fast."""
