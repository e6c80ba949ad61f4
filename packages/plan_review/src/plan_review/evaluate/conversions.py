"""How values of one type become values of another, and which type several have in common.

Terraform leaves this to go-cty: https://github.com/zclconf/go-cty/blob/main/docs/convert.md and its package
``cty/convert``, whose order of trying is kept here because it decides the result.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

from plan_review.evaluate.numbers import NumberError, is_number, parsed, text_of
from plan_review.evaluate.symbols import has_symbols, is_symbol
from plan_review.evaluate.values import (
    ANY,
    BOOL,
    NOTHING,
    NUMBER,
    STRING,
    CollectionOf,
    Keyed,
    Many,
    Null,
    ObjectOf,
    Primitive,
    RefusedError,
    TupleOf,
    Type,
    Unknown,
    UnknownError,
    list_of,
    map_of,
    object_of,
    tuple_of,
    type_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_TRUTH = {"true": True, "1": True, "false": False, "0": False}


def convert(value: Any, to: Type) -> Any:  # noqa: PLR0911  # one for each kind of type
    """Return a value as one of type ``to``. Raises ``RefusedError`` or ``UnknownError``."""
    have = type_of(value)
    if isinstance(value, Null):
        if not _convertible(have, to):
            raise RefusedError
        return Null(have if to is ANY else to)
    if isinstance(value, str) and is_symbol(value):
        return value if to is ANY else Unknown(value, to)
    if to in (ANY, NOTHING) or (have == to and not _is_open(to, defaults=True)):
        return value
    if isinstance(to, Primitive):
        return _primitive(value, to)
    if isinstance(to, TupleOf) and isinstance(value, Many) and value.kind == "tuple":
        if len(value.items) != len(to.elements):
            raise RefusedError
        return tuple_of(convert(inner, each) for inner, each in zip(value.items, to.elements, strict=True))
    if isinstance(to, CollectionOf):
        return _collection(value, to)
    if isinstance(to, ObjectOf) and isinstance(value, Keyed):
        return _object(value, to)
    raise _mismatch(value)


def _is_open(kind: Type, *, defaults: bool = False) -> bool:
    """Whether a type leaves something to the value: ``any``, or, where asked for, an attribute's default."""
    if defaults and isinstance(kind, ObjectOf) and kind.defaults:
        return True
    return kind is ANY or any(_is_open(inner, defaults=defaults) for inner in _inner(kind))


def _mismatch(value: Any) -> Exception:
    """Return why a value cannot be converted: a resource as a whole might be, what has a type cannot."""
    return UnknownError() if type_of(value) is ANY else RefusedError()


def _primitive(value: Any, to: Primitive) -> Any:
    if to is STRING:
        return as_text(value)
    if not isinstance(value, str):
        raise _mismatch(value)
    if has_symbols(value):
        raise UnknownError
    if to is BOOL:
        if value not in _TRUTH:
            raise RefusedError
        return _TRUTH[value]
    try:
        return parsed(value)
    except NumberError as error:
        raise (RefusedError if error.certain else UnknownError) from error


def as_text(value: Any) -> str:
    """Return a value as Terraform writes it into a template. Raises ``RefusedError`` or ``UnknownError``."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    if is_number(value):
        return text_of(value)
    raise _mismatch(value) if not isinstance(value, Null) else RefusedError()


def _collection(value: Any, to: CollectionOf) -> Any:
    if to.kind == "map":
        if not isinstance(value, Keyed):
            raise _mismatch(value)
        items, element = _elements(list(value.items.values()), value, to.element)
        return map_of(dict(zip(value.items, items, strict=True)), element)
    if not isinstance(value, Many):
        raise _mismatch(value)
    items, element = _elements(list(value.items if to.kind == "set" else value.in_order), value, to.element)
    return set_of(items, element) if to.kind == "set" else list_of(items, element)


def _elements(items: list[Any], of: Many | Keyed, wanted: Type) -> tuple[list[Any], Type]:
    """Return the elements of a collection as one type: ``wanted``, or what they have in common where that is open."""
    if of.kind not in ("tuple", "object") and not _convertible(of.element, wanted):
        raise RefusedError
    if not items:
        return items, of.element if wanted is ANY else wanted
    made = [convert(item, wanted) for item in items]
    if not _is_open(wanted):
        return made, wanted
    element = common(made)
    return [convert(item, element) for item in made], element


def common(values: Sequence[Any]) -> Type:
    """Return the type that all of these values can have; ``any`` where there are none.

    Raises ``RefusedError`` where there is none.
    """
    return unify([type_of(value) for value in values]) if values else ANY


def _object(value: Keyed, to: ObjectOf) -> Keyed:
    optional = dict(to.defaults)
    made: dict[str, Any] = {}
    for name, kind in to.attributes:
        given = value.items.get(name)
        if given is None or (isinstance(given, Null) and optional.get(name) is not None):
            if name not in optional:
                raise RefusedError
            default = optional[name]
            made[name] = Null(kind) if default is None else convert(default, kind)
        else:
            made[name] = convert(given, kind)
    return object_of(made)


def set_of(items: Iterable[Any], element: Type) -> Many:
    """Return a set of items of one type: each once, in the order in which Terraform goes through them."""
    made: list[Any] = []
    for item in items:
        if not any(same(item, other) for other in made):
            made.append(item)
    return Many("set", tuple(sorted(made, key=_rank)), element)


def same(left: Any, right: Any) -> bool:
    """Return whether two values are equal and of one type; a number and the text of it are not."""
    return type_of(left) == type_of(right) and _raw(left) == _raw(right)


def _raw(value: Any) -> Any:
    if isinstance(value, Many):
        return [_raw(item) for item in value.items]
    if isinstance(value, Keyed):
        return {name: _raw(item) for name, item in value.items.items()}
    return (type_of(value), value) if not isinstance(value, Null) else Null()


def _rank(value: Any) -> tuple[int, Any]:
    """Return what a set's items are sorted by: texts and numbers by their value, what is composed by its bytes."""
    if isinstance(value, Null):
        return 3, ""
    if isinstance(value, str):
        return (0, value)
    if is_number(value):
        return 0, value
    return 1, _hash_text(value)


def _hash_text(value: Any) -> str:  # noqa: PLR0911  # one for each kind of value
    """Return what go-cty orders values of no natural order by (``appendSetHashBytes`` in ``cty/set_internals.go``)."""
    if isinstance(value, Null):
        return "~"
    if isinstance(value, bool):
        return "T" if value else "F"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t") + '"'
    if is_number(value):
        return text_of(value)
    if isinstance(value, Keyed) and value.kind == "map":
        return "{" + "".join(f"{_hash_text(name)}:{_hash_text(item)};" for name, item in value.items.items()) + "}"
    if isinstance(value, Keyed):
        return "<" + "".join(f"{_hash_text(item)};" for item in value.items.values()) + ">"
    if isinstance(value, Many):
        opening, closing = ("<", ">") if value.kind == "tuple" else ("[", "]")
        return opening + "".join(f"{_hash_text(item)};" for item in value.items) + closing
    return ""


def unify(types: Sequence[Type]) -> Type:
    """Return the type that values of all these types can become.

    Raises ``RefusedError`` where there is none, ``UnknownError`` where one is not known that decides it.
    """
    if NOTHING in types:
        return _unified_with_nothing([kind for kind in types if kind is not NOTHING])
    known = [kind for kind in types if kind is not ANY]
    if not known:
        return ANY
    if len(known) < len(types):
        if set(known) != {STRING}:
            raise UnknownError
        return STRING
    return _unified_alike(types) or _unified_by_preference(types)


def _unified_alike(types: Sequence[Type]) -> Type | None:
    """Return what types of one kind become, or of kinds that are alike; None where they are neither."""
    kinds = {_kind(kind) for kind in types}
    if kinds == {"object"}:
        return _unified_objects([kind for kind in types if isinstance(kind, ObjectOf)])
    if kinds == {"tuple"}:
        return _unified_tuples([kind for kind in types if isinstance(kind, TupleOf)])
    if len(kinds) == 1 and kinds <= {"list", "set", "map"}:
        return CollectionOf(next(iter(kinds)), unify([k.element for k in types if isinstance(k, CollectionOf)]))
    for mixed, kind in (({"map", "object"}, "map"), ({"list", "tuple"}, "list")):
        if kinds == mixed:
            return CollectionOf(kind, unify([inner for each in types for inner in _inner(each)]))
    if {"object", "tuple"} <= kinds:
        raise RefusedError
    return None


def _unified_by_preference(types: Sequence[Type]) -> Type:
    if any(map(_is_open, types)):
        raise UnknownError
    for wanted in _by_preference(types):
        if all(_convertible(kind, wanted) for kind in types):
            return wanted
    raise RefusedError


def _unified_with_nothing(types: Sequence[Type]) -> Type:
    if not all(isinstance(kind, Primitive) for kind in types):
        raise UnknownError  # Terraform makes something of some of these
    return unify(types) if types else NOTHING


def _kind(kind: Type) -> str:
    if isinstance(kind, CollectionOf):
        return kind.kind
    if isinstance(kind, (ObjectOf, TupleOf)):
        return "object" if isinstance(kind, ObjectOf) else "tuple"
    return str(kind)


def _inner(kind: Type) -> list[Type]:
    if isinstance(kind, CollectionOf):
        return [kind.element]
    if isinstance(kind, ObjectOf):
        return [each for _, each in kind.attributes]
    return list(kind.elements) if isinstance(kind, TupleOf) else []


def _unified_objects(types: Sequence[ObjectOf]) -> Type:
    names = [[name for name, _ in kind.attributes] for kind in types]
    if all(each == names[0] for each in names):
        columns = zip(*([each for _, each in kind.attributes] for kind in types), strict=True)
        return ObjectOf(tuple(zip(names[0], map(unify, map(list, columns)), strict=True)))
    every = [each for kind in types for _, each in kind.attributes]
    return CollectionOf("map", unify(every)) if every else types[0]


def _unified_tuples(types: Sequence[TupleOf]) -> Type:
    if len({len(kind.elements) for kind in types}) == 1:
        return TupleOf(tuple(map(unify, map(list, zip(*(kind.elements for kind in types), strict=True)))))
    every = list(itertools.chain.from_iterable(kind.elements for kind in types))
    return CollectionOf("list", unify(every)) if every else types[0]


def _by_preference(types: Sequence[Type]) -> list[Type]:
    """Return the types, those first that others more likely become: a text, a list before a set."""
    order = {"string": 0, "list": 0, "map": 0, "tuple": 1, "object": 1, "set": 2, "number": 3, "bool": 3}
    return sorted(types, key=lambda kind: order[_kind(kind)])


def _convertible(have: Type, to: Type) -> bool:
    """Whether values of one type may become values of another."""
    if have == to or have is NOTHING or ANY in (have, to):
        return True
    if isinstance(have, Primitive) and isinstance(to, Primitive):
        return to is STRING or have is STRING
    if isinstance(to, CollectionOf):
        sources = {"list": {"list", "set", "tuple"}, "set": {"list", "set", "tuple"}, "map": {"map", "object"}}
        return _kind(have) in sources[to.kind] and all(_convertible(each, to.element) for each in _inner(have))
    if isinstance(to, ObjectOf) and isinstance(have, ObjectOf):
        given, optional = dict(have.attributes), dict(to.defaults)
        return all(
            _convertible(given[name], kind) if name in given else name in optional for name, kind in to.attributes
        )
    if isinstance(to, TupleOf) and isinstance(have, TupleOf):
        return len(to.elements) == len(have.elements) and all(map(_convertible, have.elements, to.elements))
    return False


def number(value: Any) -> Any:
    """Return a value as a number that is known. Raises ``RefusedError`` or ``UnknownError``."""
    return _definite(convert(value, NUMBER))


def truth(value: Any) -> bool:
    """Return a value as a truth value that is known. Raises ``RefusedError`` or ``UnknownError``."""
    made = _definite(convert(value, BOOL))
    if not isinstance(made, bool):
        raise UnknownError
    return made


def _definite(value: Any) -> Any:
    if isinstance(value, Null):
        raise RefusedError
    if isinstance(value, str):
        raise UnknownError
    return value
