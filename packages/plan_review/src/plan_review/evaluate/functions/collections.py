"""Functions of lists, sets, tuples, maps and objects, and conversions between types."""

from __future__ import annotations

import itertools
from typing import Any

from plan_review.evaluate.conversions import common, convert, same, set_of, truth, unify
from plan_review.evaluate.functions.graphemes import clusters
from plan_review.evaluate.functions.numeric import whole
from plan_review.evaluate.functions.registry import function, sequence
from plan_review.evaluate.numbers import Counted, Number
from plan_review.evaluate.symbols import has_symbols
from plan_review.evaluate.values import (
    ANY,
    BOOL,
    NOTHING,
    NULL,
    NUMBER,
    STRING,
    CollectionOf,
    Keyed,
    Many,
    Null,
    ObjectOf,
    RefusedError,
    TupleOf,
    UnknownError,
    is_known,
    list_of,
    map_of,
    object_of,
    tuple_of,
    type_of,
)

_LIST = CollectionOf("list", ANY)
_SET = CollectionOf("set", ANY)
_TEXTS = CollectionOf("list", STRING)
_TRUTHS = CollectionOf("list", BOOL)
_MAP_OF_LISTS = CollectionOf("map", _TEXTS)


def _keyed(value: Any) -> Keyed:
    if isinstance(value, Keyed):
        return value
    raise RefusedError if is_known(value) else UnknownError


def _known_many(value: Any) -> Many:
    """Return a list or set whose items can be compared."""
    found = sequence(value)
    if not is_known(found):
        raise UnknownError
    return found


@function("length", ANY, unknowns=True)
def _length(value: Any) -> Number:
    if isinstance(value, Keyed) and not has_symbols("".join(value.items)):
        return Counted(len(value.items))
    if isinstance(value, Many) and _is_of_known_length(value):
        return Counted(len(value.items))
    if isinstance(value, str):
        return Counted(len(clusters(value)))
    raise RefusedError if is_known(value) else UnknownError


def _is_of_known_length(value: Many) -> bool:
    """Whether nothing in a set, or in what may be one, can turn out to be the same as something else in it."""
    if value.kind in ("list", "tuple") or len(value.items) < 2 or is_known(value):  # noqa: PLR2004
        return True
    items = value.items
    distinct = not any(same(item, other) for at, item in enumerate(items) for other in items[:at])
    return value.kind == "either" and distinct and all(map(is_known, items))


@function("alltrue", _TRUTHS)
def _alltrue(values: Many) -> bool:
    return all(not isinstance(item, Null) and truth(item) for item in values.items)


@function("anytrue", _TRUTHS)
def _anytrue(values: Many) -> bool:
    return any(not isinstance(item, Null) and truth(item) for item in values.items)


@function("coalesce", rest=ANY, nulls=True, unknowns=True)
def _coalesce(*values: Any) -> Any:
    if not values:
        raise RefusedError
    kind = unify([type_of(value) for value in values if value != NULL] or [ANY])
    for value in values:
        if isinstance(value, Null):
            continue
        if isinstance(value, str) and has_symbols(value):
            raise UnknownError
        made = convert(value, kind)
        if made != "":
            return made
    raise RefusedError


@function("coalescelist", rest=ANY, nulls=True, unknowns=True)
def _coalescelist(*values: Any) -> Any:
    found = [sequence(value, "list", "tuple") for value in values]
    for each in found:
        if each.items:
            return each
    raise RefusedError


@function("compact", _TEXTS, unknowns=True)
def _compact(values: Any) -> Many:
    items = sequence(values).items
    if any(isinstance(item, str) and _all_unknown(item) for item in items):
        raise UnknownError
    return list_of([item for item in items if not isinstance(item, Null) and item != ""], STRING)


def _all_unknown(text: str) -> bool:
    return bool(text) and all(map(has_symbols, text))


@function("concat", rest=ANY, unknowns=True)
def _concat(*values: Any) -> Many:
    found = [sequence(value, "list", "tuple") for value in values]
    if not found:
        raise RefusedError
    items = itertools.chain.from_iterable(each.items for each in found)
    if all(each.kind == "list" for each in found):
        try:
            kind = unify([each.element for each in found])
        except RefusedError:
            return tuple_of(items)
        return list_of([convert(item, kind) for item in items], kind)
    return tuple_of(items)


@function("contains", ANY, ANY)
def _contains(values: Any, wanted: Any) -> bool:
    return any(same(item, wanted) for item in sequence(values).items)


@function("distinct", _LIST, unknowns=True)
def _distinct(values: Any) -> Many:
    items = sequence(values).items
    if len(items) > 1 and not is_known(values):
        raise UnknownError
    kept: list[Any] = []
    for item in items:
        if not any(same(item, other) for other in kept):
            kept.append(item)
    return list_of(kept, values.element)


@function("chunklist", _LIST, NUMBER, unknowns=True)
def _chunklist(values: Any, size: Any) -> Many:
    items, step = sequence(values).items, whole(size)
    if step < 0:
        raise RefusedError
    step = step or len(items) or 1
    chunks = [list_of(items[at : at + step], values.element) for at in range(0, len(items), step)]
    return list_of(chunks, CollectionOf("list", values.element))


@function("element", ANY, NUMBER, unknowns=True)
def _element(values: Any, index: Any) -> Any:
    items = sequence(values, "list", "tuple").items
    if isinstance(index, str):
        raise UnknownError
    if not items:
        raise RefusedError
    return items[whole(index) % len(items)]


@function("flatten", ANY, unknowns=True)
def _flatten(values: Any) -> Many:
    return tuple_of(_flat(sequence(values)))


def _flat(values: Many) -> list[Any]:
    made: list[Any] = []
    for item in values.in_order:
        if isinstance(item, Many):
            made += _flat(item)
        elif type_of(item) is ANY and not isinstance(item, Null):
            raise UnknownError  # it may be a list
        else:
            made.append(item)
    return made


@function("index", ANY, ANY)
def _index(values: Any, wanted: Any) -> Number:
    for place, item in enumerate(sequence(values, "list", "tuple").items):
        if same(item, wanted):
            return Counted(place)
    raise RefusedError


@function("keys", ANY, unknowns=True)
def _keys(value: Any) -> Many:
    found = _keyed(value)
    if has_symbols("".join(found.items)):
        raise UnknownError
    return list_of(found.items, STRING) if found.kind == "map" else tuple_of(found.items)


@function("values", ANY, unknowns=True)
def _values(value: Any) -> Many:
    found = _keyed(value)
    if has_symbols("".join(found.items)):
        raise UnknownError
    items = found.items.values()
    return list_of(items, found.element) if found.kind == "map" else tuple_of(items)


@function("lookup", ANY, STRING, rest=ANY, nulls=True, unknowns=True)
def _lookup(mapping: Any, key: Any, *default: Any) -> Any:
    if len(default) > 1 or isinstance(mapping, Null) or isinstance(key, Null):
        raise RefusedError
    found = _keyed(mapping)
    if has_symbols(key) or has_symbols("".join(found.items)):
        raise UnknownError
    if found.kind == "map" and default:
        made = convert(default[0], found.element)
        return found.items.get(key, made)
    if key in found.items:
        return found.items[key]
    if not default:
        raise RefusedError
    return default[0]


@function("matchkeys", _LIST, _LIST, _LIST)
def _matchkeys(values: Many, keys: Many, wanted: Many) -> Many:
    if len(values.items) != len(keys.items):
        raise RefusedError
    kind = unify([type_of(keys), type_of(wanted)])
    keys, wanted = convert(keys, kind), convert(wanted, kind)
    pairs = zip(values.items, keys.items, strict=True)
    return list_of([item for item, key in pairs if any(same(key, each) for each in wanted.items)], values.element)


@function("merge", rest=ANY, nulls=True, unknowns=True)
def _merge(*values: Any) -> Any:
    if not values:
        return object_of({})
    kinds = [type_of(value) for value in values]
    maps = [value for value in values if not isinstance(value, Null)]
    if any(kind not in (ANY, NOTHING) and not isinstance(kind, (CollectionOf, ObjectOf)) for kind in kinds):
        raise RefusedError
    if any(isinstance(kind, CollectionOf) and kind.kind != "map" for kind in kinds):
        raise RefusedError
    if not maps:
        return Null(kinds[0])
    merged: dict[str, Any] = {}
    for each in maps:
        merged |= _keyed(each).items
    if isinstance(kinds[0], CollectionOf) and all(kind == kinds[0] for kind in kinds):
        return map_of(merged, kinds[0].element)
    return object_of(merged)


@function("one", ANY, unknowns=True)
def _one(values: Any) -> Any:
    found = sequence(values)
    if len(found.items) > 1:
        if found.kind == "set" and not is_known(found):
            raise UnknownError
        raise RefusedError
    return found.items[0] if found.items else Null(found.element)


@function("reverse", ANY, unknowns=True)
def _reverse(values: Any) -> Many:
    found = sequence(values)
    items = found.in_order[::-1]
    return tuple_of(items) if found.kind == "tuple" else list_of(items, found.element)


@function("setproduct", rest=ANY, unknowns=True)
def _setproduct(*values: Any) -> Many:
    found = [sequence(value) for value in values]
    if len(found) < 2:  # noqa: PLR2004  # a product has two sides
        raise RefusedError
    kinds = [common(each.items) if each.kind == "tuple" else each.element for each in found]
    columns = [[convert(item, kind) for item in each.in_order] for each, kind in zip(found, kinds, strict=True)]
    rows = [tuple_of(row) for row in itertools.product(*columns)]
    kind = TupleOf(tuple(kinds))
    return set_of(rows, kind) if any(each.kind == "set" for each in found) else list_of(rows, kind)


@function("setunion", _SET, rest=_SET)
def _setunion(*values: Many) -> Many:
    return _combined(values, lambda _item, _others: True)


@function("setintersection", _SET, rest=_SET)
def _setintersection(*values: Many) -> Many:
    return _combined(values, lambda item, others: all(any(same(item, each) for each in other) for other in others))


@function("setsubtract", _SET, _SET)
def _setsubtract(values: Many, less: Many) -> Many:
    kind = _set_type(values, less)
    first, second = (
        [convert(item, kind) for item in values.items],
        [convert(item, kind) for item in less.items],
    )
    return set_of([item for item in first if not any(same(item, each) for each in second)], kind)


def _set_type(*values: Many) -> Any:
    """Return the type of the elements; of an empty set that has none, the others decide."""
    if any(each.element is NOTHING for each in values):
        raise UnknownError
    return unify([each.element for each in values if each.items or each.element is not ANY] or [ANY])


def _combined(values: tuple[Many, ...], wanted: Any) -> Many:
    kind = _set_type(*values)
    columns = [[convert(item, kind) for item in each.items] for each in values]
    return set_of([item for item in itertools.chain(*columns) if wanted(item, columns)], kind)


@function("slice", ANY, NUMBER, NUMBER, unknowns=True)
def _slice(values: Any, start: Any, end: Any) -> Many:
    found = sequence(values, "list", "tuple")
    if isinstance(start, str) or isinstance(end, str):
        raise UnknownError
    first, last = whole(start), whole(end)
    if not 0 <= first <= last <= len(found.items):
        raise RefusedError
    items = found.items[first:last]
    return list_of(items, found.element) if found.kind == "list" else tuple_of(items)


@function("sort", _TEXTS)
def _sort(values: Many) -> Many:
    if any(isinstance(item, Null) for item in values.items):
        raise RefusedError
    return list_of(sorted(values.items), STRING)


@function("transpose", _MAP_OF_LISTS)
def _transpose(mapping: Keyed) -> Keyed:
    made: dict[str, list[str]] = {}
    for name, values in mapping.items.items():
        for item in sequence(values).items:
            if isinstance(item, Null):
                raise RefusedError
            made.setdefault(item, []).append(name)
    return map_of({name: list_of(sorted(names), STRING) for name, names in made.items()}, _TEXTS)


@function("zipmap", _TEXTS, ANY, unknowns=True)
def _zipmap(names: Any, values: Any) -> Keyed:
    keys, found = sequence(names).items, sequence(values, "list", "tuple")
    if len(keys) != len(found.items) or any(isinstance(key, Null) for key in keys):
        raise RefusedError
    if any(has_symbols(key) for key in keys):
        raise UnknownError
    made = dict(zip(keys, found.items, strict=True))
    return map_of(made, found.element) if found.kind == "list" else object_of(made)


@function("tolist", ANY, nulls=True, unknowns=True)
def _tolist(value: Any) -> Any:
    return convert(value, _LIST)


@function("toset", ANY, nulls=True, unknowns=True)
def _toset(value: Any) -> Any:
    return convert(value, _SET)


@function("tomap", ANY, nulls=True, unknowns=True)
def _tomap(value: Any) -> Any:
    return convert(value, CollectionOf("map", ANY))


@function("tobool", ANY, nulls=True)
def _tobool(value: Any) -> Any:
    return convert(value, BOOL)


@function("tostring", ANY, nulls=True, unknowns=True)
def _tostring(value: Any) -> Any:
    return convert(value, STRING)


@function("sensitive", ANY, nulls=True, unknowns=True)
def _sensitive(value: Any) -> Any:
    return value


@function("nonsensitive", ANY, nulls=True, unknowns=True)
def _nonsensitive(value: Any) -> Any:
    return value
