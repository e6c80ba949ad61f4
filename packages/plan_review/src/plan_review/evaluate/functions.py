"""Terraform's functions, as far as names, ARNs and policies are made with them.

What each does: https://developer.hashicorp.com/terraform/language/functions . A function that is not here leaves its
result unknown. Arguments are plain values whose texts may hold symbols; a function that would have to look inside an
unknown part raises ``UnknownError``.
"""

from __future__ import annotations

import itertools
import json
import re
from typing import TYPE_CHECKING, Any

from plan_review.evaluate.symbols import has_symbols, is_symbol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class UnknownError(Exception):
    """The result depends on something that is not known."""


def as_text(value: Any) -> str:
    """Return a value as Terraform writes it into a template. Raises ``UnknownError`` for a list, map or null."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return str(int(value)) if float(value).is_integer() else str(value)
    raise UnknownError


def _list(value: Any) -> list[Any]:
    if isinstance(value, list):
        return value
    raise UnknownError


def _known(value: Any) -> Any:
    if isinstance(value, str) and has_symbols(value):
        raise UnknownError
    return value


def _format(pattern: Any, *values: Any) -> str:
    parts = re.split(r"(%%|%[sdv])", _known(as_text(pattern)))
    remaining = iter(values)
    try:
        made = ["%" if part == "%%" else as_text(next(remaining)) if part[:1] == "%" else part for part in parts]
    except StopIteration:
        raise UnknownError from None
    if any(part.startswith("%") and len(part) > 1 for part in parts[::2]):
        raise UnknownError
    return "".join(made)


def _flatten(value: Any) -> list[Any]:
    result: list[Any] = []
    for item in _list(value):
        if is_symbol(item):
            raise UnknownError
        result += _flatten(item) if isinstance(item, list) else [item]
    return result


def _distinct(value: Any) -> list[Any]:
    return [item for index, item in enumerate(_list(value)) if item not in value[:index]]


def _merge(*maps: Any) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for each in maps:
        if each is None:
            continue
        if not isinstance(each, dict):
            raise UnknownError
        result |= each
    return result


def _lookup(mapping: Any, key: Any, *default: Any) -> Any:
    if not isinstance(mapping, dict):
        raise UnknownError
    if key in mapping:
        return mapping[key]
    if has_symbols(as_text(key)) or not default:
        raise UnknownError
    return default[0]


def _one(value: Any) -> Any:
    items = _list(value)
    if len(items) > 1:
        raise UnknownError
    return items[0] if items else None


def _element(value: Any, index: Any) -> Any:
    items = _list(value)
    if not items or not isinstance(index, int):
        raise UnknownError
    return items[index % len(items)]


def _coalesce(*values: Any) -> Any:
    for value in values:
        if is_symbol(value):
            raise UnknownError
        if value is not None and value != "":
            return value
    raise UnknownError


def _replace(text: Any, part: Any, by: Any) -> str:
    if len(_known(as_text(part))) > 1 and as_text(part).startswith("/"):
        raise UnknownError  # a regular expression of Go's kind
    return str(_known(as_text(text)).replace(as_text(part), as_text(by)))


def _substr(text: Any, offset: Any, length: Any) -> str:
    text = _known(as_text(text))
    return str(text[offset:] if length < 0 else text[offset : offset + length])


def _split(separator: Any, text: Any) -> list[str]:
    """Split a text; no unknown part of an ARN holds a colon, so that an ARN can be taken apart at one."""
    separator, text = as_text(separator), as_text(text)
    if ":" not in separator:
        _known(text)
    return [str(part) for part in text.split(separator)]


def _set_product(*lists: Any) -> list[Any]:
    return [list(items) for items in itertools.product(*(_list(each) for each in lists))]


def _mapping(value: Any) -> dict[str, Any]:
    if isinstance(value, dict):
        return value
    raise UnknownError


def _known_items(value: Any) -> Any:
    return [_known(item) for item in _list(value)]


def _number(value: Any) -> int | float:
    if isinstance(value, (int, float)):
        return value
    try:
        number = float(_known(as_text(value)))
    except ValueError:
        raise UnknownError from None
    return int(number) if number.is_integer() else number


FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "coalesce": _coalesce,
    "compact": lambda value: [item for item in _list(value) if item not in (None, "")],
    "concat": lambda *lists: [item for each in lists for item in _list(each)],
    "contains": lambda value, item: item in _list(_known_items(value)),
    "distinct": _distinct,
    "element": _element,
    "flatten": _flatten,
    "format": _format,
    "formatlist": lambda pattern, *lists: [_format(pattern, *row) for row in zip(*map(_list, lists), strict=True)],
    "join": lambda separator, *lists: as_text(separator).join(as_text(item) for each in lists for item in _list(each)),
    "jsondecode": lambda text: json.loads(as_text(text)),
    "jsonencode": lambda value: json.dumps(value, ensure_ascii=False),
    "keys": lambda mapping: sorted(_mapping(mapping)),
    "length": lambda value: len(value) if isinstance(value, (list, dict)) else len(_known(as_text(value))),
    "lookup": _lookup,
    "lower": lambda text: _known(as_text(text)).lower(),
    "max": lambda *values: max(map(_number, values)),
    "merge": _merge,
    "min": lambda *values: min(map(_number, values)),
    "nonsensitive": lambda value: value,
    "one": _one,
    "replace": _replace,
    "sensitive": lambda value: value,
    "setproduct": _set_product,
    "setunion": lambda *lists: _distinct([item for each in lists for item in _list(each)]),
    "split": _split,
    "substr": _substr,
    "title": lambda text: _known(as_text(text)).title(),
    "tolist": _list,
    "tomap": _mapping,
    "tonumber": _number,
    "toset": _distinct,
    "tostring": as_text,
    "trimprefix": lambda text, part: as_text(text).removeprefix(as_text(part)),
    "trimspace": lambda text: _known(as_text(text)).strip(),
    "trimsuffix": lambda text, part: as_text(text).removesuffix(as_text(part)),
    "upper": lambda text: _known(as_text(text)).upper(),
    "values": lambda mapping: [value for _, value in sorted(_mapping(mapping).items())],
    "zipmap": lambda names, items: dict(zip(_list(names), _list(items), strict=True)),
}
