"""The generated messages of the plugin protocol, and gRPC: the one place that imports packages without types."""

from __future__ import annotations

import os

# Terraform is started while the server runs. gRPC's fork handlers are of no use to a child that executes another
# program at once, and they print warnings; the setting is read when gRPC is imported.
os.environ.setdefault("GRPC_ENABLE_FORK_SUPPORT", "false")

import grpc  # type: ignore[import-untyped]
from tf.gen import tfplugin_pb2 as pb  # type: ignore[import-untyped]

__all__ = ["grpc", "pb"]
