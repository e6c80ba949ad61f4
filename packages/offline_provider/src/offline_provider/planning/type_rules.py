"""What the real provider plans for single types by code of their own, where data cannot say it."""

from __future__ import annotations

from collections.abc import Callable

from offline_provider.wire.values import UNKNOWN, Value

_KEPT_WHERE_LEFT_OUT: dict[str, dict[str, frozenset[Value]]] = {
    "aws_cloudwatch_event_rule": {"state": frozenset({"ENABLED"}), "is_enabled": frozenset({True, False})},
    "aws_dynamodb_table": {"table_class": frozenset({"STANDARD"})},
}
"""Arguments that are no computed values by the schema, but whose default is read back and then left alone."""

Adjust = Callable[[Value, Value, Value], Value]
"""(planned, prior, config) → planned"""


def adjust(type_name: str, planned: Value, prior: Value, config: Value) -> Value:
    """Return the planned state as the type's own rule changes it; most types have none.

    It is asked twice of a change: before it is known whether anything changes at all, and after.
    """
    rule = _RULES.get(type_name)
    return rule(dict(planned), prior, config) if rule else planned


def suppress(type_name: str, planned: Value, prior: Value, config: Value) -> Value:
    """Return the plan of a change without differences between a default and an argument that is left out."""
    kept = {
        name: prior[name]
        for name, values in _KEPT_WHERE_LEFT_OUT.get(type_name, {}).items()
        if config[name] is None and planned[name] in (None, "") and prior[name] in values
    }
    if type_name == "aws_cloudwatch_event_rule" and config["state"] is None and config["is_enabled"] is not None:
        kept["state"] = prior["state"]  # the older of the two arguments says it
    if type_name == "aws_kms_alias" and isinstance(planned["target_key_id"], str):
        given, before = planned["target_key_id"], prior["target_key_id"] or ""
        if given.rpartition("/")[2] == before.rpartition("/")[2]:
            kept["target_key_id"] = prior["target_key_id"]  # a key's id and its ARN are the same key
    return planned | kept


def _lambda_function(planned: Value, prior: Value, _config: Value) -> Value:
    """An environment without variables is taken for none; see also ``_log_levels`` and ``_published``."""
    environment = planned["environment"]
    if environment is not UNKNOWN and not any(
        item["variables"] is UNKNOWN or item["variables"] for item in environment
    ):
        planned["environment"] = []
    if prior is not None and planned["logging_config"] is not UNKNOWN:
        befores = prior["logging_config"] or [{}]
        planned["logging_config"] = [_log_levels(item, befores[0]) for item in planned["logging_config"]]
    return _published(planned, prior, "version", "qualified_arn", "qualified_invoke_arn")


def _log_levels(planned: Value, prior: Value) -> Value:
    """Levels that are left out stay as they are in JSON, and are empty in text, which has none."""
    levels = ("application_log_level", "system_log_level")
    kept = {name: prior.get(name) or "" if planned["log_format"] == "JSON" else "" for name in levels}
    return {**planned, **{name: value for name, value in kept.items() if planned[name] in (None, "")}}


def _table(planned: Value, prior: Value, _config: Value) -> Value:
    """The attribute of a time to live that is off is not planned where none was there: DynamoDB does not return it."""
    before = prior["ttl"][0]["attribute_name"] or "" if prior is not None and prior["ttl"] else None
    if not before and isinstance(planned["ttl"], list):
        planned["ttl"] = [
            item if item["enabled"] is not False else {**item, "attribute_name": before} for item in planned["ttl"]
        ]
    return planned


def _state_machine(planned: Value, prior: Value, _config: Value) -> Value:
    return _published(planned, prior, "revision_id", "state_machine_version_arn")


def _lifecycle(planned: Value, _prior: Value, config: Value) -> Value:
    """A filter says one thing: an empty prefix where it says nothing, and null for what it does not say."""
    rules = planned["rule"]
    if isinstance(rules, list) and isinstance(config["rule"], list) and UNKNOWN not in (*rules, *config["rule"]):
        pairs = zip(rules, config["rule"], strict=False)
        planned["rule"] = [rule | {"filter": _filters(rule["filter"], given["filter"])} for rule, given in pairs]
    return planned


def _filters(planned: Value, config: Value) -> Value:
    if UNKNOWN in (planned, config) or UNKNOWN in (*planned, *config):
        return planned
    sizes = ("object_size_greater_than", "object_size_less_than")
    made = []
    for item, given in zip(planned, config, strict=False):
        told = any(given[name] is UNKNOWN or given[name] for name in ("and", "tag", *sizes))
        prefix = ("" if not told else None) if given["prefix"] is None else item["prefix"]
        made.append(item | {name: given[name] for name in sizes} | {"prefix": prefix})
    return made


def _queue(planned: Value, prior: Value, _config: Value) -> Value:
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
    "aws_dynamodb_table": _table,
    "aws_lambda_function": _lambda_function,
    "aws_s3_bucket_lifecycle_configuration": _lifecycle,
    "aws_sfn_state_machine": _state_machine,
    "aws_sqs_queue": _queue,
}
