"""``aws_iam_policy_document`` data sources, assembled as the provider does.

https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/iam_policy_document : statements of
``source_policy_documents`` come first, a statement replaces an earlier one with the same ``sid``, those of
``override_policy_documents`` come last and replace too; ``&{…}`` stands for IAM's own ``${…}``.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from plan_review.evaluate.items import blocks_of, leaves_blocks_open

if TYPE_CHECKING:
    from plan_review.evaluate.items import Item

UNREADABLE = "Unreadable"
"""Key of a statement that stands for what could not be read; its value says what."""

_ELEMENTS = {"actions": "Action", "not_actions": "NotAction", "resources": "Resource", "not_resources": "NotResource"}
_PRINCIPALS = {"principals": "Principal", "not_principals": "NotPrincipal"}
_BLOCKS = (*_PRINCIPALS, "condition")


def policy_document(item: Item) -> str:
    """Return the document as JSON; a part that cannot be read is a statement with the key ``UNREADABLE``."""
    statements: list[dict[str, Any]] = []
    for source in _sources(item, "source_policy_documents", "source_json"):
        _add(statements, source)
    _add(statements, [_statement(block, item) for block in item.blocks("statement")])
    if item.is_dynamic("statement"):
        statements.append({UNREADABLE: f"{item.address} makes statements that are not known here"})
    for source in _sources(item, "override_policy_documents", "override_json"):
        _add(statements, source)
    document = {"Version": item.get("version", "2012-10-17"), "Statement": statements}
    if item.get("policy_id"):
        document["Id"] = item.get("policy_id")
    return json.dumps(document, ensure_ascii=False)


def _add(statements: list[dict[str, Any]], more: list[dict[str, Any]]) -> None:
    for statement in more:
        sid = statement.get("Sid")
        if isinstance(sid, str) and sid:
            statements[:] = [earlier for earlier in statements if earlier.get("Sid") != sid]
        statements.append(statement)


def _sources(item: Item, many: str, one: str) -> list[list[dict[str, Any]]]:
    given = item.get(many, [])
    documents = given if isinstance(given, list) else [given]
    return [_parsed(item, many, text) for text in [*documents, item.get(one)] if text not in (None, "")]


def _parsed(item: Item, argument: str, text: Any) -> list[dict[str, Any]]:
    try:
        document = json.loads(text)
        found = blocks_of(document["Statement"])
    except (TypeError, ValueError, KeyError):
        shown = item.evaluator.shown(text)
        return [{UNREADABLE: f"{argument} of {item.address} takes {shown}"}]
    return found


def _statement(block: dict[str, Any], item: Item) -> dict[str, Any]:
    if "dynamic" in block or any(leaves_blocks_open(block.get(name)) for name in _BLOCKS):
        return {UNREADABLE: f"{item.address} has a statement of which a part is not known here"}
    statement: dict[str, Any] = {"Effect": block.get("effect") or "Allow"}
    if block.get("sid"):
        statement["Sid"] = block["sid"]
    for argument, element in _ELEMENTS.items():
        if block.get(argument):
            statement[element] = _iam_text(block[argument])
    for argument, element in _PRINCIPALS.items():
        if block.get(argument):
            statement[element] = _principals(block[argument])
    for condition in blocks_of(block.get("condition")):
        tests = statement.setdefault("Condition", {}).setdefault(str(condition.get("test")), {})
        tests.setdefault(str(condition.get("variable")), []).extend(_values(condition.get("values")))
    return statement


def _principals(blocks: Any) -> Any:
    principals: dict[str, list[Any]] = {}
    for block in blocks_of(blocks):
        identifiers = _values(block.get("identifiers"))
        if block.get("type") == "*" or (block.get("type") == "AWS" and identifiers == ["*"]):
            return "*"
        principals.setdefault(str(block.get("type")), []).extend(identifiers)
    return principals if isinstance(blocks, (list, dict)) else blocks


def _values(value: Any) -> list[Any]:
    return [_iam_text(item) for item in value] if isinstance(value, list) else [_iam_text(value)]


def _iam_text(value: Any) -> Any:
    if isinstance(value, list):
        return [_iam_text(item) for item in value]
    return value.replace("&{", "${") if isinstance(value, str) else value
