"""The fast bindings: what they do, when they step back, and that no byte changes."""
