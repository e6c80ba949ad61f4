"""Structured logs, metrics and traces of both functions; configured by the ``POWERTOOLS_*`` variables."""

from __future__ import annotations

from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.metrics import MetricUnit

logger = Logger()
metrics = Metrics()
# Only calls to AWS are of interest; patching every library the SDK knows would import them all.
tracer = Tracer(patch_modules=["botocore"])


def count(name: str) -> None:
    """Add one to a metric."""
    metrics.add_metric(name=name, unit=MetricUnit.Count, value=1)
