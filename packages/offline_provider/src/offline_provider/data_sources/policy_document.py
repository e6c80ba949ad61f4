"""``aws_iam_policy_document``: the JSON that the real provider makes of it, byte for byte.

Documents are merged in this order: the sources, the statements, the overrides. A later statement takes the place of
one with the same ``Sid``, a later document's ``Id`` that of an earlier, and the newest ``Version`` stays.
"""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from offline_provider.data_sources.sdk_sets import ordered
from offline_provider.errors import DataSourceError
from offline_provider.planning.json_documents import escaped_for_html

if TYPE_CHECKING:
    from collections.abc import Mapping

_CURRENT_VERSION = "2012-10-17"
_ORDER = (
    "Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Principal", "NotPrincipal", "Condition",
)  # fmt: skip

Statement = dict[str, Any]


@dataclass(slots=True)
class _Document:
    version: str = ""
    id: str = ""
    statements: list[Statement] = field(default_factory=list)

    def merge(self, newer: _Document) -> None:
        self.id = newer.id or self.id
        self.version = max(self.version, newer.version)
        for statement in newer.statements:
            sid = statement.get("Sid")
            places = [index for index, own in enumerate(self.statements) if sid and own.get("Sid") == sid]
            if places:
                self.statements[places[0]] = statement
            else:
                self.statements.append(statement)

    def as_json(self, *, indent: int | None) -> str:
        content: dict[str, Any] = {"Version": self.version} if self.version else {}
        content |= {"Id": self.id} if self.id else {}
        content |= {"Statement": self.statements} if self.statements else {}
        separators = (",", ": ") if indent else (",", ":")
        return escaped_for_html(json.dumps(content, indent=indent, separators=separators, ensure_ascii=False))


def policy_document(config: Mapping[str, Any]) -> dict[str, Any]:
    """Return the data source's state. Raises ``DataSourceError`` for what the real provider refuses."""
    document = _Document()
    sids: set[str] = set()
    for index, text in enumerate(config.get("source_policy_documents") or []):
        source = _parsed(text, f"source document {index}")
        _refuse_repeated(source, sids, f"source document {index}")
        document.merge(source)
    version = config.get("version") or _CURRENT_VERSION
    own = _Document(version, config.get("policy_id") or "")
    statements = [_with_defaults(block) for block in config.get("statement") or []]
    own.statements = [_statement(block, version) for block in statements]
    _refuse_repeated(own, set(), "statement")
    document.merge(own)
    for index, text in enumerate(config.get("override_policy_documents") or []):
        document.merge(_parsed(text, f"override document {index}"))
    text = document.as_json(indent=2)
    return {
        **config,
        **{name: config[name] or None for name in ("source_policy_documents", "override_policy_documents")},
        "statement": statements or None,
        "version": version,
        "json": text,
        "minified_json": document.as_json(indent=None),
        "id": str(zlib.crc32(text.encode())),
    }


def _refuse_repeated(document: _Document, seen: set[str], where: str) -> None:
    for statement in document.statements:
        sid = statement.get("Sid")
        if sid and sid in seen:
            raise DataSourceError(f"duplicate Sid ({sid}) in {where}", "Remove the Sid or make it unique.")
        seen.add(sid or "")


def _with_defaults(block: Mapping[str, Any]) -> dict[str, Any]:
    """Return a statement block as it is stored: with its effect, and empty where nothing is given."""
    texts = {"sid": block["sid"] or "", "effect": block["effect"] or "Allow"}
    lists = {
        name: block.get(name) or []
        for name in (
            "actions",
            "not_actions",
            "resources",
            "not_resources",
            "principals",
            "not_principals",
            "condition",
        )
    }
    return {**block, **texts, **lists}


def _statement(block: Mapping[str, Any], version: str) -> Statement:
    found = {
        "Sid": block["sid"],
        "Effect": block["effect"],
        "Action": _strings(block["actions"]),
        "NotAction": _strings(block["not_actions"]),
        "Resource": _strings([_variables(item, version, "resources") for item in block["resources"]]),
        "NotResource": _strings([_variables(item, version, "not_resources") for item in block["not_resources"]]),
        "Principal": _principals(block["principals"], version),
        "NotPrincipal": _principals(block["not_principals"], version),
        "Condition": _conditions(block["condition"], version),
    }
    return {name: value for name, value in found.items() if value not in ("", None)}


def _variables(text: str, version: str, where: str) -> str:
    """Turn ``&{…}``, which Terraform leaves alone, into IAM's ``${…}``."""
    if "&{" in text and version != _CURRENT_VERSION:
        raise DataSourceError(f"{where} hold &{{ ({text})", f"Policy variables need version {_CURRENT_VERSION}.")
    return text.replace("&{", "${")


def _strings(values: list[str]) -> Any:
    if not values:
        return None
    return values[0] if len(values) == 1 else sorted(values, reverse=True)


def _principals(blocks: list[Mapping[str, Any]], version: str) -> Any:
    pairs = []
    for block in ordered(blocks, frozenset({"identifiers"})):
        identifiers = [_variables(item, version, "principals") for item in block["identifiers"] or []]
        pairs.append((block["type"], _strings(identifiers) or []))
    return _joined_principals(pairs)


def _joined_principals(pairs: list[tuple[str, Any]]) -> Any:
    if pairs == [("*", "*")]:
        return "*"
    joined: dict[str, Any] = {}
    for kind, identifiers in pairs:
        before: Any = joined.get(kind)
        if isinstance(identifiers, str) and before is None:
            joined[kind] = identifiers
            continue
        listed: list[Any] = [] if before is None else _listed(before)
        joined[kind] = listed + ([identifiers] if isinstance(identifiers, str) else sorted(identifiers, reverse=True))
    return {kind: joined[kind] for kind in sorted(joined)} or None


def _conditions(blocks: list[Mapping[str, Any]], version: str) -> Any:
    triples: list[tuple[str, str, Any]] = []
    for block in ordered(blocks):
        values = [_variables(item, version, "condition values") for item in block["values"] or []]
        triples.append((block["test"], block["variable"], values[0] if len(values) == 1 else values))
    joined: dict[str, dict[str, Any]] = {}
    for test, variable, values in triples:
        variables = joined.setdefault(test, {})
        if variable not in variables:
            variables[variable] = values
        else:
            variables[variable] = _single([*_listed(variables[variable]), *_listed(values)])
    return {test: dict(sorted(joined[test].items())) for test in sorted(joined)} or None


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _parsed(text: str | None, where: str) -> _Document:
    if not text:
        return _Document()
    try:
        value = json.loads(text)
    except ValueError as error:
        raise DataSourceError(f"the {where} is not JSON", f"{error}") from error
    if not isinstance(value, dict):
        raise DataSourceError(f"the {where} is no policy", "A policy document is a JSON object.")
    members = {name.lower(): item for name, item in value.items()}
    statements = members.get("statement") or []
    if not isinstance(statements, list) or not all(isinstance(item, dict) for item in statements):
        raise DataSourceError(f"the {where} is no policy", "Its Statement must be a list of objects.")
    return _Document(
        members.get("version") or "",
        members.get("id") or "",
        [_parsed_statement(item, where) for item in statements],
    )


def _parsed_statement(value: Mapping[str, Any], where: str) -> Statement:
    members = {name.lower(): item for name, item in value.items()}
    result = {}
    for name in _ORDER:
        item = members.get(name.lower())
        if name in ("Principal", "NotPrincipal") and item is not None:
            item = _parsed_principals(item, where)
        elif name == "Condition" and item is not None:
            item = _parsed_conditions(item, where)
        if item is None or (item == "" and name in ("Sid", "Effect")):
            continue
        result[name] = item
    return result


def _parsed_principals(value: Any, where: str) -> Any:
    if value == "*":
        return "*"
    if not isinstance(value, dict) or not all(_is_text(item) for item in value.values()):
        raise DataSourceError(f"the {where} is no policy", 'A principal is "*" or an object of strings and lists.')
    return _joined_principals(list(value.items()))


def _parsed_conditions(value: Any, where: str) -> Any:
    shaped = isinstance(value, dict) and all(
        isinstance(keys, dict) and all(_is_text(item) for item in keys.values()) for keys in value.values()
    )
    if not shaped:
        raise DataSourceError(f"the {where} is no policy", "Condition values are strings, or lists of strings.")
    return {
        test: {variable: _single(keys[variable]) for variable in sorted(keys)} for test, keys in sorted(value.items())
    } or None


def _single(values: Any) -> Any:
    return values[0] if isinstance(values, list) and len(values) == 1 else values


def _is_text(value: Any) -> bool:
    return isinstance(value, str) or (isinstance(value, list) and all(isinstance(item, str) for item in value))
