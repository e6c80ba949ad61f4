"""A plan as Terraform would make it for these few changes, for tests that run in milliseconds.

Which arguments force a replacement: the provider's documentation of each resource ("Forces new resource"). The program
``python -m tests.faults`` asks Terraform itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from plan_review.configuration.reading import read
from plan_review.evaluate.view import View

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.faults.mutation import Subject

_FORCES_NEW = {
    "aws_cloudwatch_log_group": {"name"},
    "aws_dynamodb_table": {"hash_key", "name"},
    "aws_kms_key": {"multi_region"},
    "aws_lambda_function": {"function_name", "package_type"},
    "aws_s3_bucket": {"bucket"},
    "aws_sns_topic": {"fifo_topic", "name"},
    "aws_sqs_queue": {"fifo_queue", "name"},
}


def plan(deployed: Subject, subject: Subject) -> dict[str, Any]:
    """Return the changes from what is deployed to a subject, in the shape of ``terraform show -json``."""
    before, after = _values(deployed.document), _values(subject.document)
    changes = [
        _change(address, before.get(address), after.get(address)) for address in sorted(before.keys() | after.keys())
    ]
    return {"format_version": "1.2", "resource_changes": changes}


def _values(document: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    configuration = read(document)
    view = View(configuration)
    return {
        address: {name: next(iter(view.evaluator.items(resource))).get(name) for name in resource.arguments}
        for address, resource in configuration.resources.items()
    }


def _change(address: str, before: dict[str, Any] | None, after: dict[str, Any] | None) -> dict[str, Any]:
    kind, name = address.split(".")
    changed = {key for key in {**(before or {}), **(after or {})} if (before or {}).get(key) != (after or {}).get(key)}
    forced = sorted(changed & _FORCES_NEW.get(kind, set()))
    if before is None or after is None:
        actions = ["create"] if before is None else ["delete"]
    else:
        actions = ["delete", "create"] if forced else ["update"] if changed else ["no-op"]
    change: dict[str, Any] = {"actions": actions, "before": before, "after": after}
    if before is not None and after is not None and forced:
        change["replace_paths"] = [[argument] for argument in forced]
    return {"address": address, "mode": "managed", "type": kind, "name": name, "change": change}
