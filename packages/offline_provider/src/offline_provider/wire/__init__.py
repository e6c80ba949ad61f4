"""The plugin protocol's messages, and what they carry: values, schemas, diagnostics."""
