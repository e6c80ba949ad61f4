"""Functions that encode, decode and hash."""

from __future__ import annotations

import base64
import binascii
import csv
import hashlib
import io
import json
import re
import urllib.parse
import uuid
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from plan_review.evaluate.functions.registry import function
from plan_review.evaluate.numbers import NumberError, is_number, parsed, text_of
from plan_review.evaluate.symbols import has_symbols, is_symbol
from plan_review.evaluate.values import (
    ANY,
    NULL,
    STRING,
    Keyed,
    Loose,
    Many,
    Null,
    ObjectOf,
    RefusedError,
    UnknownError,
    list_of,
    object_of,
    tuple_of,
)
from plan_review.language.lexer import normal

if TYPE_CHECKING:
    from collections.abc import Callable

# What Go's encoding/json writes as an escape: it keeps texts safe within HTML.
_ESCAPED = re.compile('[<>&"\\\\\\x00-\\x1f\u2028\u2029]')
_SHORT = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}
_PLAIN_YAML = re.compile(r"[ -~]*")
_HASHES = ("md5", "sha1", "sha256", "sha512")
_CHARSETS = {"UTF-8": "utf-8", "UTF-16LE": "utf-16-le", "UTF-16BE": "utf-16-be", "US-ASCII": "ascii"}
_NAMESPACES = {
    "dns": uuid.NAMESPACE_DNS,
    "url": uuid.NAMESPACE_URL,
    "oid": uuid.NAMESPACE_OID,
    "x500": uuid.NAMESPACE_X500,
}


def json_text(value: Any) -> str:
    """Return a value as ``jsonencode`` writes it. Raises ``UnknownError`` where a part may not be a text."""
    if isinstance(value, Null):
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if is_number(value):
        return text_of(value)
    if isinstance(value, Loose):
        raise UnknownError
    if isinstance(value, str):
        return '"' + _ESCAPED.sub(lambda match: _SHORT.get(match[0]) or f"\\u{ord(match[0]):04x}", value) + '"'
    if isinstance(value, Many):
        items = value.items if value.kind == "either" else value.in_order  # in a document the order means nothing
        return "[" + ",".join(json_text(item) for item in items) + "]"
    if isinstance(value, Keyed):
        return "{" + ",".join(f"{json_text(name)}:{json_text(item)}" for name, item in value.items.items()) + "}"
    raise UnknownError


@function("jsonencode", ANY, nulls=True, unknowns=True)
def _jsonencode(value: Any) -> str:
    if isinstance(value, str) and is_symbol(value):
        raise UnknownError
    return json_text(value)


@function("jsondecode", STRING, unknowns=True)
def _jsondecode(text: Any) -> Any:
    if is_symbol(text):
        raise UnknownError
    try:
        return _decoded(json.loads(text, parse_int=parsed, parse_float=parsed, parse_constant=_refuse))
    except NumberError as error:
        raise UnknownError from error
    except (ValueError, RecursionError) as error:
        raise (UnknownError if has_symbols(text) else RefusedError) from error


def _refuse(_: str) -> Any:
    raise RefusedError


def _decoded(value: Any) -> Any:
    if value is None:
        return NULL
    if isinstance(value, list):
        return tuple_of(map(_decoded, value))
    if isinstance(value, dict):
        return object_of({normal(name): _decoded(inner) for name, inner in value.items()})
    return normal(value) if isinstance(value, str) else value


@function("yamlencode", ANY, nulls=True)
def _yamlencode(value: Any) -> str:
    if not isinstance(value, (str, Many, Keyed)):
        raise UnknownError
    return "\n".join(_yaml(value)) + "\n"


def _yaml(value: Any) -> list[str]:
    """Return the lines that ``yamlencode`` writes, of texts within which nothing needs an escape."""
    if isinstance(value, Many) and value.items:
        return [line for item in value.in_order for line in _listed(_yaml(item))]
    if isinstance(value, Keyed) and value.items:
        lines: list[str] = []
        for name, item in value.items.items():
            inner = _yaml(item)
            if isinstance(item, Many) and item.items:
                lines += [f"{_quoted(name)}:", *inner]
            elif isinstance(item, Keyed) and item.items:
                lines += [f"{_quoted(name)}:", *(f"  {line}" for line in inner)]
            else:
                lines.append(f"{_quoted(name)}: {inner[0]}")
        return lines
    if isinstance(value, str):
        return [_quoted(value)]
    if isinstance(value, Fraction):
        raise UnknownError
    return [json_text(value)]


def _listed(lines: list[str]) -> list[str]:
    return [f"- {lines[0]}", *(f"  {line}" for line in lines[1:])]


def _quoted(text: str) -> str:
    if not _PLAIN_YAML.fullmatch(text) or len(text) > 70 or set(text) & set('"\\'):  # noqa: PLR2004  # lines are folded at 80
        raise UnknownError
    return f'"{text}"'


@function("csvdecode", STRING)
def _csvdecode(text: str) -> Many:
    if '"' in text or "\r" in text:
        raise UnknownError  # Go and Python differ in what they take for quoted
    rows = [row for row in csv.reader(io.StringIO(text)) if row]
    if not rows or len(set(rows[0])) < len(rows[0]) or any(len(row) != len(rows[0]) for row in rows):
        raise RefusedError
    kind = ObjectOf(tuple((name, STRING) for name in sorted(rows[0])))
    return list_of([object_of(dict(zip(rows[0], row, strict=True))) for row in rows[1:]], kind)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8")


def text_from(content: bytes) -> str:
    """Return bytes as a text. Raises ``RefusedError`` where they are none."""
    try:
        return normal(content.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise RefusedError from error


@function("base64encode", STRING)
def _base64encode(text: str) -> str:
    return base64.b64encode(_bytes(text)).decode()


@function("base64decode", STRING)
def _base64decode(text: str) -> str:
    return text_from(_from_base64(text))


def _from_base64(text: str) -> bytes:
    try:
        return base64.b64decode(re.sub(r"[\r\n]", "", text), validate=True)
    except (binascii.Error, ValueError) as error:
        raise RefusedError from error


@function("textencodebase64", STRING, STRING)
def _textencodebase64(text: str, charset: str) -> str:
    if charset.upper() not in _CHARSETS or not text.isascii():
        raise UnknownError
    return base64.b64encode(text.encode(_CHARSETS[charset.upper()])).decode()


@function("textdecodebase64", STRING, STRING)
def _textdecodebase64(text: str, charset: str) -> str:
    if charset.upper() not in _CHARSETS:
        raise UnknownError
    try:
        return normal(_from_base64(text).decode(_CHARSETS[charset.upper()]))
    except UnicodeDecodeError as error:
        raise UnknownError from error


@function("urlencode", STRING)
def _urlencode(text: str) -> str:
    return urllib.parse.quote_plus(text, safe="~")


@function("uuidv5", STRING, STRING)
def _uuidv5(namespace: str, name: str) -> str:
    if namespace in _NAMESPACES:
        return str(uuid.uuid5(_NAMESPACES[namespace], name))
    try:
        return str(uuid.uuid5(uuid.UUID(namespace), name))
    except ValueError as error:
        raise UnknownError from error


def digest(algorithm: str, content: bytes, *, as_base64: bool) -> str:
    """Return a hash of bytes, in hexadecimal or base 64."""
    made = hashlib.new(algorithm, content, usedforsecurity=False)
    return base64.b64encode(made.digest()).decode() if as_base64 else made.hexdigest()


def _hashing(algorithm: str, *, as_base64: bool) -> Callable[[str], str]:
    return lambda text: digest(algorithm, _bytes(text), as_base64=as_base64)


for _name in _HASHES:
    function(_name, STRING)(_hashing(_name, as_base64=False))
for _name in ("sha256", "sha512"):
    function(f"base64{_name}", STRING)(_hashing(_name, as_base64=True))

FILE_HASHES = {f"file{name}": (name, False) for name in _HASHES}
"""Functions that hash a file, with the algorithm and whether the result is in base 64."""
FILE_HASHES |= {f"filebase64{name}": (name, True) for name in ("sha256", "sha512")}
