"""What changes in who may do what: policies as statements, before and after.

A policy that embeds an ARN which is not known yet is unknown in a plan as a whole. Its statements are then read from
the configuration, with what the plan does know filled in.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from plan_review.addresses import module_of, without_keys
from plan_review.values import Known, Literal, Template, Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from plan_review.model import Configuration

# Which arguments of which types hold a policy document.
_DOCUMENTS: Mapping[str, tuple[str, ...]] = {
    "aws_iam_role": ("assume_role_policy",),
    "aws_iam_role_policy": ("policy",),
    "aws_iam_policy": ("policy",),
    "aws_iam_user_policy": ("policy",),
    "aws_iam_group_policy": ("policy",),
    "aws_s3_bucket": ("policy",),
    "aws_s3_bucket_policy": ("policy",),
    "aws_sqs_queue": ("policy",),
    "aws_sqs_queue_policy": ("policy",),
    "aws_sns_topic": ("policy",),
    "aws_sns_topic_policy": ("policy",),
    "aws_kms_key": ("policy",),
    "aws_kms_key_policy": ("policy",),
    "aws_ecr_repository_policy": ("policy",),
    "aws_secretsmanager_secret_policy": ("policy",),
    "aws_cloudwatch_log_resource_policy": ("policy_document",),
    "aws_cloudwatch_event_bus_policy": ("policy",),
    "aws_dynamodb_resource_policy": ("policy",),
    "aws_efs_file_system_policy": ("policy",),
    "aws_glacier_vault": ("access_policy",),
    "aws_organizations_policy": ("content",),
    "aws_vpc_endpoint": ("policy",),
    "aws_vpc_endpoint_policy": ("policy",),
    "aws_backup_vault_policy": ("policy",),
    "aws_opensearch_domain_policy": ("access_policies",),
    "aws_api_gateway_rest_api_policy": ("policy",),
    "aws_sqs_queue_redrive_allow_policy": (),
}
# What attaches a policy that stands elsewhere: the holder, then the policy.
_ATTACHMENTS: Mapping[str, tuple[str, str]] = {
    "aws_iam_role_policy_attachment": ("role", "policy_arn"),
    "aws_iam_user_policy_attachment": ("user", "policy_arn"),
    "aws_iam_group_policy_attachment": ("group", "policy_arn"),
    "aws_iam_policy_attachment": ("roles", "policy_arn"),
}
_LISTED = ("Action", "NotAction", "Resource", "NotResource")
UNREADABLE = "(a policy that cannot be read)"


@dataclass(frozen=True, slots=True)
class PolicyChange:
    """The statements of one policy, a line each, that go and come; ``kept`` is how many stay."""

    address: str
    what: str
    removed: tuple[str, ...]
    added: tuple[str, ...]
    kept: int


class _Filler:
    """Fills in what a plan knows about the references of a configuration."""

    def __init__(self, configuration: Configuration, plan: Mapping[str, Any]) -> None:
        self._configuration = configuration
        self._after: dict[str, tuple[Mapping[str, Any], Mapping[str, Any]]] = {}
        for entry in plan.get("resource_changes", []):
            change = entry.get("change", {})
            unknown = change.get("after_unknown")
            self._after[entry["address"]] = (change.get("after") or {}, unknown if isinstance(unknown, dict) else {})

    def text(self, value: Any) -> str:
        """Return a value as text; a reference that the plan does not know stays ``${…}``."""
        if isinstance(value, Literal):
            return str(value.value)
        if isinstance(value, Template):
            return "".join(map(self.text, value.parts))
        if isinstance(value, Known):
            after, unknown = self._after.get(value.resource.address, ({}, {}))
            known = after.get(value.attribute or "")
            plain = value.text.count(".") == len(value.resource.address.split(".")) - 2 * bool(value.resource.module)
            if isinstance(known, str) and plain and not unknown.get(value.attribute or ""):
                return known
            return "${" + value.text + "}"
        if isinstance(value, Unknown):
            return "${" + (value.text or "…") + "}"
        return str(value)

    def document(self, address: str, argument: str) -> Any:
        """Return a policy as the configuration has it, with text where it has references; None where it has none."""
        resource = self._configuration.resources.get(address)
        if resource is None or argument not in resource.arguments:
            return None
        found = self._configuration.document(resource.arguments[argument], module_of(address) or None)
        return self._plain(found)

    def _plain(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {key: self._plain(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [self._plain(inner) for inner in value]
        return self.text(value) if isinstance(value, (Literal, Template, Known, Unknown)) else value


def read(plan: Mapping[str, Any], configuration: Configuration) -> list[PolicyChange]:
    """Return every policy whose statements change, in the order of addresses."""
    filler = _Filler(configuration, plan)
    entries = sorted(plan.get("resource_changes", []), key=lambda entry: str(entry["address"]))
    return [found for entry in entries for found in _of_resource(entry, filler)]


def _of_resource(entry: Mapping[str, Any], filler: _Filler) -> Iterator[PolicyChange]:
    change = entry.get("change", {})
    if change.get("actions") == ["no-op"]:
        return
    address, kind = entry["address"], entry.get("type", "")
    before, after = change.get("before") or {}, change.get("after") or {}
    unknown = change.get("after_unknown") if isinstance(change.get("after_unknown"), dict) else {}
    exists = change.get("after") is not None
    for argument in _DOCUMENTS.get(kind, ()):
        new = after.get(argument)
        if exists and (unknown.get(argument) is True or (new is None and argument in unknown)):
            new = filler.document(without_keys(address), argument)
        yield from _policy(address, argument, before.get(argument), new if exists else None)
    if kind == "aws_iam_role":
        yield from _policy(address, "inline_policy", before.get("inline_policy"), after.get("inline_policy"))
    if kind in _ATTACHMENTS:
        yield from _lines(address, "attachment", [_attachment(kind, before)] if before else [],
                          [_attachment(kind, after, unknown)] if exists else [])  # fmt: skip
    if kind == "aws_lambda_permission":
        yield from _lines(address, "permission", [_permission(before)] if before else [],
                          [_permission(after, unknown)] if exists else [])  # fmt: skip


def _policy(address: str, argument: str, before: Any, after: Any) -> Iterator[PolicyChange]:
    yield from _lines(address, argument, _statements(before), _statements(after))


def _lines(address: str, what: str, before: Sequence[str], after: Sequence[str]) -> Iterator[PolicyChange]:
    removed = tuple(line for line in before if line not in after)
    added = tuple(line for line in after if line not in before)
    if removed or added:
        yield PolicyChange(address, what, removed, added, len(before) - len(removed))


def _statements(policy: Any) -> list[str]:
    """Return a policy's statements, a line each, whatever order their parts were written in."""
    if policy in (None, "", [], {}):
        return []
    if isinstance(policy, list):  # inline policies of a role
        return [line for inner in policy if isinstance(inner, dict) for line in _statements(inner.get("policy"))]
    document = policy
    if isinstance(policy, str):
        try:
            document = json.loads(policy)
        except ValueError:
            return [UNREADABLE if "${" not in policy else policy]
    if not isinstance(document, dict):
        return [UNREADABLE]
    statements = document.get("Statement", [])
    return [_statement(each) for each in (statements if isinstance(statements, list) else [statements])]


def _statement(statement: Any) -> str:
    if not isinstance(statement, dict):
        return UNREADABLE
    words = [str(statement.get("Effect", "Allow"))]
    if statement.get("Sid"):
        words.insert(0, f"[{statement['Sid']}]")
    words.extend(
        ("" if key == "Principal" else "all but ") + _principal(statement[key])
        for key in ("Principal", "NotPrincipal")
        if key in statement
    )
    words.append(_listed(statement, "Action", "NotAction"))
    if resources := _listed(statement, "Resource", "NotResource"):
        words.append(f"on {resources}")
    if statement.get("Condition"):
        words.append(f"if {_condition(statement['Condition'])}")
    return " ".join(word for word in words if word)


def _texts(value: Any) -> list[str]:
    return sorted({str(item) for item in (value if isinstance(value, list) else [value])})


def _listed(statement: Mapping[str, Any], key: str, opposite: str) -> str:
    if key in statement:
        return ", ".join(_texts(statement[key]))
    return f"all but {', '.join(_texts(statement[opposite]))}" if opposite in statement else ""


def _principal(value: Any) -> str:
    if not isinstance(value, dict):
        return str(value)
    return ", ".join(
        each if kind == "Service" else f"{kind} {each}" for kind in sorted(value) for each in _texts(value[kind])
    )


def _condition(value: Any) -> str:
    if not isinstance(value, dict):
        return str(value)
    return " and ".join(
        f"{key} {operator} {' or '.join(_texts(given))}"
        for operator, keys in sorted(value.items())
        for key, given in (sorted(keys.items()) if isinstance(keys, dict) else [("?", keys)])
    )


def _value(values: Mapping[str, Any], unknown: Mapping[str, Any], name: str) -> str:
    if unknown.get(name) is True:
        return "(known after apply)"
    found = values.get(name)
    return ", ".join(map(str, found)) if isinstance(found, list) else str(found)


def _attachment(kind: str, values: Mapping[str, Any], unknown: Mapping[str, Any] | None = None) -> str:
    holder, policy = _ATTACHMENTS[kind]
    return f"{_value(values, unknown or {}, policy)} attached to {_value(values, unknown or {}, holder)}"


def _permission(values: Mapping[str, Any], unknown: Mapping[str, Any] | None = None) -> str:
    marks = unknown or {}
    principal, action, function, source, account = (
        _value(values, marks, name) for name in ("principal", "action", "function_name", "source_arn", "source_account")
    )
    text = f"Allow {principal} {action} on {function}"
    text += f" from {source}" if source != "None" else ""
    return text + (f" of account {account}" if account != "None" else "")
