"""Terraform's plugin protocol, version 6: wire values, diagnostics, the gRPC server and its answers."""
