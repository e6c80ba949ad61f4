"""Stand-ins for HashiCorp's utility providers, which most configurations for AWS use beside it: they plan, no more.

What these providers make up is unknown until it is applied, and so it is here. Nothing is run and nothing is written:
no archive, no program, no request.
"""

from __future__ import annotations

from offline_provider.utility_providers.schemas import NAMES, versions

__all__ = ["NAMES", "versions"]
