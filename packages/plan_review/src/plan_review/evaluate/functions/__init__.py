"""Terraform's functions: https://developer.hashicorp.com/terraform/language/functions .

A function that is not here, and whatever depends on the clock, on chance or on the machine, leaves its result unknown.
"""

from plan_review.evaluate.functions import collections, encodings, formats, networks, numeric, patterns, texts, times
from plan_review.evaluate.functions.registry import call

__all__ = ["call", "collections", "encodings", "formats", "networks", "numeric", "patterns", "texts", "times"]
