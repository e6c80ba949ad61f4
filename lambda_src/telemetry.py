"""Structured logs, metrics and traces of both functions; configured by the ``POWERTOOLS_*`` variables."""

from __future__ import annotations

import json
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.metrics import MetricUnit

from lambda_src.errors import RetryableError

if TYPE_CHECKING:
    from collections.abc import Iterator

# Names of objects are strangers' text: control, format and bidirectional characters must not reach a terminal raw.
logger = Logger(json_serializer=partial(json.dumps, default=str, separators=(",", ":"), ensure_ascii=True))
metrics = Metrics()
# Only calls to AWS are of interest; patching every library the SDK knows would import them all.
tracer = Tracer(patch_modules=["botocore"])


def count(name: str) -> None:
    """Add one to a metric."""
    metrics.add_metric(name=name, unit=MetricUnit.Count, value=1)


@contextmanager
def retries_counted() -> Iterator[None]:
    """Log and count a failure that is about to be tried again."""
    try:
        yield
    except RetryableError as error:
        logger.warning("left to a retry", error=type(error).__name__, reason=str(error))
        count("RetryableFailures")
        raise
