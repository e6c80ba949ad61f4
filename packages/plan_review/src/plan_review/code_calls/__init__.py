"""What a Lambda function's Python code does with AWS and its environment, read from the source alone."""

from __future__ import annotations

from plan_review.code_calls.analysis import analyse
from plan_review.code_calls.remembered import Memory
from plan_review.code_calls.results import Analysis, BotoCall, Imported, Read, Unresolved

__all__ = ["Analysis", "BotoCall", "Imported", "Memory", "Read", "Unresolved", "analyse"]
