"""Lambda functions: their code, their settings, and what Lambda does under their role."""
