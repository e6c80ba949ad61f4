"""Terraform's functions, those whose result can be told without Terraform and that configurations use often.

A function is given plain data whose leaves may be references, and raises ``Undecided`` where these stand in the way.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from plan_review.values import Known, Literal, Template, Unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_MARK = "\ue000"


class Undecided(Exception):  # noqa: N818  # not an error: Terraform knows more than the configuration says
    """A value that only Terraform can tell; the message says why."""


@dataclass(frozen=True, slots=True)
class Encoded:
    """The JSON text of ``value``, kept as data while its references are not filled in."""

    value: Any

    def rendered(self) -> Any:
        """Return the text: a string, or a ``Template`` where there are references in it."""
        inner: list[Any] = []

        def hold(value: Any) -> Any:
            if isinstance(value, dict):
                return {key: hold(item) for key, item in sorted(value.items())}
            if isinstance(value, list):
                return [hold(item) for item in value]
            if isinstance(value, Encoded):
                value = value.rendered()
            if isinstance(value, Template):
                return "".join(part.value if isinstance(part, Literal) else hold(part) for part in value.parts)
            if isinstance(value, (Known, Unknown)):
                inner.append(value)
                return f"{_MARK}{len(inner) - 1}{_MARK}"
            return value

        pieces = json.dumps(hold(self.value), separators=(",", ":"), ensure_ascii=False).split(_MARK)
        return text_of([inner[int(piece)] if index % 2 else piece for index, piece in enumerate(pieces)])


def text_of(parts: Sequence[Any]) -> Any:
    """Join parts to a string, or to a ``Template`` where one is a reference."""
    flat: list[Literal | Known | Unknown] = []
    for part in parts:
        inner = part.rendered() if isinstance(part, Encoded) else part
        if isinstance(inner, Template):
            flat.extend(inner.parts)
        elif isinstance(inner, (Known, Unknown)):
            flat.append(inner)
        elif isinstance(inner, (list, dict)):
            flat.append(Unknown("a collection where a string should stand"))
        else:
            flat.append(Literal(_as_text(inner)))
    joined: list[Literal | Known | Unknown] = []
    for piece in flat:
        if isinstance(piece, Literal) and joined and isinstance(joined[-1], Literal):
            joined[-1] = Literal(joined[-1].value + piece.value)
        elif piece != Literal(""):
            joined.append(piece)
    if len(joined) == 1 and not isinstance(joined[0], Literal):
        return joined[0]
    if all(isinstance(piece, Literal) for piece in joined):
        return "".join(piece.value for piece in joined if isinstance(piece, Literal))
    return Template(tuple(joined))


def _as_text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise Undecided("it is made from what only Terraform knows")
    return value


def _list(value: Any) -> list[Any]:
    if isinstance(value, (list, tuple)):
        return list(value)
    raise Undecided("it is made from a list that only Terraform knows")


def _dict(value: Any) -> dict[str, Any]:
    if isinstance(value, dict):
        return value
    raise Undecided("it is made from a mapping that only Terraform knows")


def _format(template: Any, *values: Any) -> Any:
    pieces = re.split(r"(%%|%[sdvq])", _text(template))
    remaining = list(values)
    parts: list[Any] = []
    for piece in pieces:
        if piece == "%%":
            parts.append("%")
        elif piece in {"%s", "%d", "%v"}:
            parts.append(remaining.pop(0))
        elif "%" in piece:
            raise Undecided("format() with this verb is evaluated by Terraform")
        else:
            parts.append(piece)
    return text_of(parts)


def _join(separator: Any, *lists: Any) -> Any:
    items = [item for listed in lists for item in _list(listed)]
    parts: list[Any] = []
    for item in items:
        parts.extend([_text(separator), item] if parts else [item])
    return text_of(parts)


def _merge(*mappings: Any) -> dict[str, Any]:
    return {key: value for mapping in mappings for key, value in _dict(mapping).items()}


def _flatten(value: Any) -> list[Any]:
    flat: list[Any] = []
    for item in _list(value):
        if isinstance(item, Unknown):
            raise Undecided(item.reason)
        flat.extend(_flatten(item) if isinstance(item, list) else [item])
    return flat


def _unique(value: Any) -> list[Any]:
    found: list[Any] = []
    for item in _list(value):
        if item not in found:
            found.append(item)
    return found


def _lookup(mapping: Any, key: Any, *default: Any) -> Any:
    found = _dict(mapping)
    return found[key] if key in found else default[0]


def _decode(text: Any) -> Any:
    return text.value if isinstance(text, Encoded) else json.loads(_text(text))


def _replace(text: Any, old: Any, new: Any) -> str:
    if len(_text(old)) > 1 and old.startswith("/") and old.endswith("/"):
        raise Undecided("replace() by pattern is evaluated by Terraform")
    return _text(text).replace(old, _text(new))


def _coalesce(*values: Any) -> Any:
    return next(value for value in values if value not in (None, ""))


def _same(value: Any) -> Any:
    return value


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "jsonencode": Encoded,
    "jsondecode": _decode,
    "format": _format,
    "join": _join,
    "concat": lambda *lists: [item for listed in lists for item in _list(listed)],
    "coalesce": _coalesce,
    "merge": _merge,
    "flatten": _flatten,
    "distinct": _unique,
    "toset": _unique,
    "tolist": _list,
    "tomap": _dict,
    "tostring": lambda value: value if isinstance(value, (Known, Template, Unknown)) else _as_text(value),
    "sensitive": _same,
    "nonsensitive": _same,
    "keys": lambda mapping: sorted(_dict(mapping)),
    "values": lambda mapping: [value for _, value in sorted(_dict(mapping).items())],
    "element": lambda listed, index: _list(listed)[index % len(listed)],
    "lookup": _lookup,
    "length": lambda value: len(value) if isinstance(value, (list, dict, str)) else _text(value),
    "one": lambda value: _list(value)[0] if value else None,
    "lower": lambda value: _text(value).lower(),
    "upper": lambda value: _text(value).upper(),
    "trimspace": lambda value: _text(value).strip(),
    "trimsuffix": lambda value, suffix: _text(value).removesuffix(_text(suffix)),
    "trimprefix": lambda value, prefix: _text(value).removeprefix(_text(prefix)),
    "replace": _replace,
    "split": lambda separator, value: _text(value).split(_text(separator)),
    "contains": lambda listed, value: value in _list(listed),
}
