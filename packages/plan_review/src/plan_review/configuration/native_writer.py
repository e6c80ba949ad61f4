"""Write a configuration in Terraform's native syntax, for people to read: the other way round of ``native_syntax``."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from plan_review.configuration.argument_kinds import is_map
from plan_review.language.templates import split

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_IDENTIFIER = re.compile(r"[A-Za-z_][\w-]*")
_LONGEST_LINE = 80  # characters of a list or object in one line
_STEP = "  "
_LABELS = {"resource": 2, "data": 2, "variable": 1, "output": 1, "module": 1, "provider": 1, "check": 1}
_NAMES = {"depends_on", "ignore_changes", "replace_triggered_by", "provider"}
"""Arguments whose texts are names, which stand without quotes."""
_MAPS = {"required_providers"}
"""Blocks whose arguments are objects."""


def render(document: Mapping[str, Any]) -> str:
    """Return a document in Terraform's JSON as native syntax. Raises ``TemplateError`` where an expression is open."""
    return "\n\n".join("\n".join(block) for block in _blocks(document)) + "\n"


def _blocks(document: Mapping[str, Any]) -> Iterator[list[str]]:
    for section, content in document.items():
        for labels, body in _labelled(content, _LABELS.get(section, 0)):
            header = " ".join([section, *(f'"{label}"' for label in labels)])
            kind = f"data.{labels[0]}" if section == "data" else labels[0] if section == "resource" else section
            yield _block(header, body, kind)


def _labelled(content: Any, depth: int) -> Iterator[tuple[tuple[str, ...], Mapping[str, Any]]]:
    if depth:
        for label, inner in content.items():
            yield from (((label, *rest), body) for rest, body in _labelled(inner, depth - 1))
    else:
        yield from (((), body) for body in (content if isinstance(content, list) else [content]))


def _block(header: str, body: Mapping[str, Any], kind: str) -> list[str]:
    lines = [f"{header} {{"]
    arguments: list[tuple[str, list[str]]] = []
    blocks: list[list[str]] = []
    for name, value in body.items():
        if name == "dynamic":
            for label, inner in value.items():
                blocks += [_block(f'dynamic "{label}"', each, kind) for each in _each(inner)]
        elif _is_block(kind, header, name, value):
            blocks += [_block(name, each, kind) for each in _each(value)]
        else:
            arguments.append((name, _argument(name, value)))
    width = max((len(name) for name, text in arguments if len(text) == 1), default=0)
    for name, text in arguments:
        lines.append(f"{_STEP}{name.ljust(width) if len(text) == 1 else name} = {text[0]}")
        lines += [_STEP + line for line in text[1:]]
    for number, block in enumerate(blocks):
        lines += ([""] if arguments or number else []) + [_STEP + line if line else "" for line in block]
    return [f"{header} {{}}"] if len(lines) == 1 else [*lines, "}"]


def _each(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _is_block(kind: str, header: str, name: str, value: Any) -> bool:
    if header in _MAPS or kind in ("variable", "output", "locals", "module") or name == "for_each":
        return False
    entries = _each(value)
    if not entries or not all(isinstance(each, dict) for each in entries):
        return False
    if name in ("lifecycle", "content", "required_providers", "backend", "default_tags", "assume_role"):
        return True
    return not is_map(kind, name, entries[0])


def _argument(name: str, value: Any) -> list[str]:
    if name in _NAMES:
        names = [each.removeprefix("${").removesuffix("}") if isinstance(each, str) else each for each in _each(value)]
        return [f"[{', '.join(map(str, names))}]" if isinstance(value, list) else str(names[0])]
    return _value(value)


def _value(value: Any) -> list[str]:
    """Return an expression, in one line where it is short."""
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, dict):
        return _braced("{", [[f"{_key(name)} = {text[0]}", *text[1:]] for name, text in _values(value)], "}")
    if isinstance(value, list):
        return _braced("[", [_value(each) for each in value], "]")
    return [json.dumps(value)]


def _values(value: Mapping[str, Any]) -> Iterator[tuple[str, list[str]]]:
    for name, inner in value.items():
        yield name, _value(inner)


def _key(name: str) -> str:
    return name if _IDENTIFIER.fullmatch(name) else _quoted(name)


def _braced(opening: str, entries: list[list[str]], closing: str) -> list[str]:
    flat = ", ".join(entry[0] for entry in entries)
    space = " " if opening == "{" and entries else ""
    if all(len(entry) == 1 for entry in entries) and len(flat) < _LONGEST_LINE:
        return [f"{opening}{space}{flat}{space}{closing}"]
    comma = "," if opening == "[" else ""
    lines = [opening]
    for entry in entries:
        lines += [_STEP + line for line in [*entry[:-1], entry[-1] + comma]]
    return [*lines, closing]


def _text(text: str) -> list[str]:
    if text.lstrip()[:1] in ("{", "["):
        try:
            document = json.loads(text)
        except ValueError:
            return [_quoted(text)]
        first, *rest = _value(document)
        return [f"jsonencode({first}", *rest[:-1], f"{rest[-1]})"] if rest else [f"jsonencode({first})"]
    return [_quoted(text)]


def _quoted(text: str) -> str:
    parts = split(text)
    if len(parts) == 1 and parts[0].kind == "expression":
        return parts[0].text
    shown = []
    for part in parts:
        if part.kind == "literal":
            shown.append(json.dumps(part.text, ensure_ascii=False)[1:-1].replace("${", "$${").replace("%{", "%%{"))
        else:
            shown.append(("${" if part.kind == "expression" else "%{") + part.text + "}")
    return f'"{"".join(shown)}"'
