"""What the real provider plans for single types by code of their own, where data cannot say it."""

from __future__ import annotations

from collections.abc import Callable

from offline_provider.protocol.values import UNKNOWN, Value

Adjust = Callable[[Value, Value], Value]


def adjust(type_name: str, planned: Value, prior: Value) -> Value:
    """Return the planned state as the type's own rule changes it; most types have none."""
    rule = _RULES.get(type_name)
    return rule(dict(planned), prior) if rule else planned


def _lambda_function(planned: Value, prior: Value) -> Value:
    """An environment without variables is taken for none; see also ``_published``."""
    environment = planned["environment"]
    if environment is not UNKNOWN and not any(
        item["variables"] is UNKNOWN or item["variables"] for item in environment
    ):
        planned["environment"] = []
    return _published(planned, prior, "version", "qualified_arn", "qualified_invoke_arn")


def _state_machine(planned: Value, prior: Value) -> Value:
    return _published(planned, prior, "revision_id", "state_machine_version_arn")


def _queue(planned: Value, prior: Value) -> Value:
    """A new queue with SQS's own encryption reuses no data key of KMS."""
    if prior is None and planned["sqs_managed_sse_enabled"] is True:
        reuse = planned["kms_data_key_reuse_period_seconds"]
        planned["kms_data_key_reuse_period_seconds"] = 0 if reuse is UNKNOWN else reuse
    return planned


def _published(planned: Value, prior: Value, *names: str) -> Value:
    """A change makes a new version where versions are published, and leaves everything about them alone where not."""
    if prior is not None and planned["publish"] is not True and planned["publish"] is not UNKNOWN:
        planned |= {name: prior[name] for name in names}
    return planned


_RULES: dict[str, Adjust] = {
    "aws_lambda_function": _lambda_function,
    "aws_sfn_state_machine": _state_machine,
    "aws_sqs_queue": _queue,
}
