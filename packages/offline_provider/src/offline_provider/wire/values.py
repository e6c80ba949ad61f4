"""Values on the wire: msgpack as Terraform writes it, with a marker for what is not known yet.

A value is what JSON can hold, plus ``UNKNOWN``. A refined unknown ("not null, begins with arn:") is read as
``UNKNOWN`` too: the real provider answers with unrefined ones.
"""

from __future__ import annotations

import json
from typing import Any, Final, NoReturn

import msgpack  # type: ignore[import-untyped]  # no types are published

from offline_provider.wire.messages import pb

Value = Any  # JSON's recursion plus UNKNOWN has no useful static type

_REFINED_EXTENSION = 12
"""See ``UnknownVal`` in go-cty's ``docs/refinements.md``: extension 0 is plain, 12 refined."""


class _Unknown:
    """The type of ``UNKNOWN``."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "UNKNOWN"

    def __reduce__(self) -> str:
        return "UNKNOWN"

    def __bool__(self) -> NoReturn:
        raise TypeError("an unknown value is neither true nor false; compare it with `is UNKNOWN`")


UNKNOWN: Final = _Unknown()


def decode(dynamic: Any) -> Value:
    """Return the value of a protocol ``DynamicValue``; an empty one is ``None``."""
    if dynamic.msgpack:
        return msgpack.unpackb(dynamic.msgpack, ext_hook=_read_extension, strict_map_key=False)
    if dynamic.json:
        return json.loads(dynamic.json)
    return None


def encode(value: Value) -> Any:
    """Return a protocol ``DynamicValue`` that holds the value as msgpack."""
    return pb.DynamicValue(msgpack=msgpack.packb(value, default=_write_extension))


def _read_extension(code: int, data: bytes) -> Value:
    if code in (0, _REFINED_EXTENSION):
        return UNKNOWN
    raise ValueError(f"msgpack extension {code} is not one that Terraform writes ({data!r})")


def _write_extension(value: object) -> Value:
    if value is UNKNOWN:
        return msgpack.ExtType(0, b"\0")
    raise TypeError(f"{type(value).__name__} is no Terraform value")


def is_wholly_known(value: Value) -> bool:
    """Tell whether no part of the value is unknown."""
    if value is UNKNOWN:
        return False
    if isinstance(value, dict):
        return all(is_wholly_known(item) for item in value.values())
    if isinstance(value, list):
        return all(is_wholly_known(item) for item in value)
    return True
