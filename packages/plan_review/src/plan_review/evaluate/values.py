"""The values and types of Terraform's language.

https://developer.hashicorp.com/terraform/language/expressions/types . A text is a ``str`` whose unknown parts are
symbols (``plan_review.evaluate.symbols``), a truth value a ``bool``, a number what ``plan_review.evaluate.numbers``
says. A text that is one symbol stands for something of any type. An instance of a resource is a value too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Self

from plan_review.evaluate.numbers import Counted, is_number
from plan_review.evaluate.symbols import has_symbols, is_symbol

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


_NUMBER_OR_TRUTH = re.compile(r"[+-]?[\d.]+(?:[eE][+-]?\d+)?|true|false")


class UnknownError(Exception):
    """The result depends on something that is not known."""


class RefusedError(Exception):
    """Terraform refuses to compute this, whatever the unknown parts are."""


class Primitive(StrEnum):
    """The types of single values; ``any`` for what has no type yet, and that of a ``null`` which can be of any type."""

    STRING = "string"
    NUMBER = "number"
    BOOL = "bool"
    ANY = "any"
    NOTHING = "nothing"


STRING, NUMBER, BOOL, ANY = Primitive.STRING, Primitive.NUMBER, Primitive.BOOL, Primitive.ANY
NOTHING = Primitive.NOTHING


@dataclass(frozen=True, slots=True)
class CollectionOf:
    """A ``list``, ``set`` or ``map`` whose elements are of one type."""

    kind: str
    element: Type


@dataclass(frozen=True, slots=True)
class TupleOf:
    """A sequence in which each place has its own type."""

    elements: tuple[Type, ...]


@dataclass(frozen=True, slots=True)
class ObjectOf:
    """Named attributes, each of its own type, sorted by name.

    As a constraint of a variable, ``defaults`` holds the optional ones with what stands for one that is left out.
    """

    attributes: tuple[tuple[str, Type], ...]
    defaults: tuple[tuple[str, Any], ...] = field(default=(), compare=False)


Type = Primitive | CollectionOf | TupleOf | ObjectOf


class Unknown(str):
    """One symbol whose type is known."""

    __slots__ = ("type",)
    type: Type

    def __new__(cls, symbol: str, kind: Type) -> Self:
        """Give a symbol its type."""
        made = super().__new__(cls, symbol)
        made.type = kind
        return made


class Loose(str):
    """A text that an argument is given and that may be a number or truth value there: its type is the provider's."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Null:
    """Nothing; it may have a type."""

    type: Type = NOTHING


@dataclass(frozen=True, slots=True)
class Many:
    """A ``list``, ``set`` or ``tuple``. ``element`` is the type of a list's or set's elements.

    The items of a set are in the order in which Terraform goes through them. What an argument is given is ``either`` a
    list or a set, which is the provider's to say.
    """

    kind: str
    items: tuple[Any, ...]
    element: Type = ANY

    @property
    def in_order(self) -> tuple[Any, ...]:
        """The items, where their order is known. Raises ``UnknownError``."""
        if self.kind in ("set", "either") and len(self.items) > 1 and not is_known(self):
            raise UnknownError
        return self.items


@dataclass(frozen=True, slots=True)
class Keyed:
    """A ``map`` or ``object``, sorted by key. ``element`` is the type of a map's elements."""

    kind: str
    items: dict[str, Any]
    element: Type = ANY


NULL = Null()


def tuple_of(items: Iterable[Any]) -> Many:
    """Return a tuple."""
    return Many("tuple", tuple(items))


def list_of(items: Iterable[Any], element: Type) -> Many:
    """Return a list whose items are of one type already."""
    return Many("list", tuple(items), element)


def object_of(items: dict[str, Any]) -> Keyed:
    """Return an object."""
    return Keyed("object", dict(sorted(items.items())))


def map_of(items: dict[str, Any], element: Type) -> Keyed:
    """Return a map whose items are of one type already."""
    return Keyed("map", dict(sorted(items.items())), element)


def type_of(value: Any) -> Type:  # noqa: PLR0911  # one line for each kind of value
    """Return the type of a value; ``any`` where that is not known."""
    if isinstance(value, Unknown):
        return value.type
    if isinstance(value, str):
        return ANY if is_symbol(value) or isinstance(value, Loose) else STRING
    if isinstance(value, bool):
        return BOOL
    if is_number(value):
        return NUMBER
    if isinstance(value, Null):
        return value.type
    if isinstance(value, Many) and value.kind != "either":
        if value.kind == "tuple":
            return TupleOf(tuple(map(type_of, value.items)))
        return CollectionOf(value.kind, value.element)
    if isinstance(value, Keyed):
        if value.kind == "object":
            return ObjectOf(tuple((name, type_of(inner)) for name, inner in value.items.items()))
        return CollectionOf("map", value.element)
    return ANY


def parts(value: Any) -> Iterator[Any]:
    """Yield a value and every value inside it."""
    yield value
    if isinstance(value, Many):
        for inner in value.items:
            yield from parts(inner)
    elif isinstance(value, Keyed):
        for inner in value.items.values():
            yield from parts(inner)


def is_known(value: Any) -> bool:
    """Whether nothing in a value is unknown: no symbol, and no resource, whose attributes may be."""
    return all(map(_is_known_part, parts(value)))


def _is_known_part(part: Any) -> bool:
    if isinstance(part, str):
        return not has_symbols(part) and not isinstance(part, Loose)
    if isinstance(part, Many):
        return part.kind != "either"
    if isinstance(part, Keyed):
        return not has_symbols("".join(part.items))
    return isinstance(part, (bool, Null, int, Fraction))


def plain(value: Any) -> Any:
    """Return a value as Python has it: for those who ask what it is, not of which type."""
    if isinstance(value, Null):
        return None
    if isinstance(value, Many):
        return [plain(inner) for inner in value.items]
    if isinstance(value, Keyed):
        return {name: plain(inner) for name, inner in value.items.items()}
    if isinstance(value, Fraction):
        return float(value)
    if isinstance(value, Counted):
        return int(value)
    return str(value) if isinstance(value, (Unknown, Loose)) else value


def of_argument(value: Any) -> Any:
    """Return what an argument is given as the value of an attribute, whose exact type only the provider knows."""
    if isinstance(value, list) and len(value) > 1:
        return Many("either", tuple(map(of_argument, value)))
    if isinstance(value, list):
        return Many("tuple", tuple(map(of_argument, value)))
    if isinstance(value, dict):
        return Keyed("object", {str(name): of_argument(inner) for name, inner in sorted(value.items())})
    if isinstance(value, str) and (_NUMBER_OR_TRUTH.fullmatch(value) is not None):
        return Loose(value)
    return typed(value)


def typed(value: Any) -> Any:
    """Return a Python value as one of Terraform's language: a list is a tuple, a mapping an object."""
    if value is None:
        return NULL
    if isinstance(value, list):
        return tuple_of(map(typed, value))
    if isinstance(value, dict):
        return object_of({str(name): typed(inner) for name, inner in value.items()})
    return Fraction(repr(value)) if isinstance(value, float) else value
