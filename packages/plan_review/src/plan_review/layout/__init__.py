"""The declared layout of a project, and whether a configuration keeps to it."""
