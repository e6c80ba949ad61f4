"""What changes in who may do what: policies as statements, before and after.

A policy that embeds an ARN which is not known yet is unknown in a plan as a whole. Its statements are then read from
the configuration, with what the plan does know filled in.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from plan_review.aws.policy_arguments import POLICY_ARGUMENTS
from plan_review.aws.policy_attachments import ATTACHMENTS
from plan_review.configuration.addresses import without_keys
from plan_review.evaluate.policy_documents import UNREADABLE as UNREADABLE_STATEMENT
from plan_review.evaluate.symbols import Kind, has_symbols
from plan_review.evaluate.view import View

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from plan_review.configuration.model import Configuration

_ACCOUNT = re.compile(r"\barn:aws[\w-]*:[\w-]*:[\w-]*:(\d{12}):")
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
    """Reads policies from the configuration, and fills in what a plan knows about the references in them."""

    def __init__(self, configuration: Configuration, plan: Mapping[str, Any]) -> None:
        self._view = View(configuration)
        self._changes = {entry["address"]: entry.get("change", {}) for entry in plan.get("resource_changes", [])}

    @cached_property
    def _account(self) -> str | None:
        """The account of what is deployed, where it is one."""
        before = json.dumps([change.get("before") for change in self._changes.values()])
        found = set(_ACCOUNT.findall(before))
        return found.pop() if len(found) == 1 else None

    def document(self, address: str, argument: str) -> Any:
        """Return a policy as the configuration has it, with text where it has references; None where it has none."""
        resource = self._view.configuration.resources.get(without_keys(address))
        items = self._view.evaluator.items(resource) if resource else []
        item = next((each for each in items if each.address == address), items[0] if items else None)
        value = item.get(argument) if item else None
        if not isinstance(value, str):
            return value
        try:
            return self._filled(json.loads(value))
        except ValueError:
            return self._text(value)

    def _filled(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {self._text(key): self._filled(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [self._filled(inner) for inner in value]
        return self._text(value) if isinstance(value, str) else value

    def _text(self, text: str) -> str:
        if not has_symbols(text):
            return text
        return "".join(self._known(character) for character in text)

    def _known(self, character: str) -> str:
        symbol = self._view.symbols.symbol(character)
        if symbol is None:
            return character
        if symbol.kind is Kind.CONTEXT and symbol.text == "account" and self._account:
            return self._account
        change = self._changes.get(symbol.address or "", {})
        unknown = change.get("after_unknown")
        after = (change.get("after") or {}).get(symbol.attribute)
        known = isinstance(after, str) and not (isinstance(unknown, dict) and unknown.get(symbol.attribute))
        return str(after) if known else "${" + symbol.text + "}"


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
    if kind in POLICY_ARGUMENTS:
        argument, _ = POLICY_ARGUMENTS[kind]
        new = after.get(argument)
        if exists and (unknown.get(argument) is True or (new is None and argument in unknown)):
            new = filler.document(address, argument)
        yield from _policy(address, argument, before.get(argument), new if exists else None)
    if kind == "aws_iam_role":
        yield from _policy(address, "inline_policy", before.get("inline_policy"), after.get("inline_policy"))
    if kind in ATTACHMENTS and not ATTACHMENTS[kind].inline:
        yield from _lines(address, "attachment", [_attachment(kind, before)] if before else [],
                          [_attachment(kind, after, unknown)] if exists else [])  # fmt: skip
    if kind == "aws_lambda_permission":
        known = {name: filler.document(address, name) for name in unknown if unknown[name] is True}
        filled = {**after, **{name: value for name, value in known.items() if isinstance(value, str)}}
        marks = {name: mark for name, mark in unknown.items() if not isinstance(known.get(name), str)}
        yield from _lines(address, "permission", [_permission(before)] if before else [],
                          [_permission(filled, marks)] if exists else [])  # fmt: skip


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
    if UNREADABLE_STATEMENT in statement:
        return f"(a statement that cannot be read: {statement[UNREADABLE_STATEMENT]})"
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
    attachment, marks = ATTACHMENTS[kind], unknown or {}
    return f"{_value(values, marks, attachment.policies)} attached to {_value(values, marks, attachment.holder)}"


def _permission(values: Mapping[str, Any], unknown: Mapping[str, Any] | None = None) -> str:
    marks = unknown or {}
    principal, action, function, source, account = (
        _value(values, marks, name) for name in ("principal", "action", "function_name", "source_arn", "source_account")
    )
    text = f"Allow {principal} {action} on {function}"
    text += f" from {source}" if source != "None" else ""
    return text + (f" of account {account}" if account != "None" else "")
