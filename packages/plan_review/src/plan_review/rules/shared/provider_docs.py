"""Where the AWS provider documents its resources."""

from __future__ import annotations

PROVIDER_DOCS = "https://registry.terraform.io/providers/hashicorp/aws/latest/docs"
RESOURCE_DOCS = f"{PROVIDER_DOCS}/resources"
