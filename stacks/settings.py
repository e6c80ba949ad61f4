"""Read nested settings into frozen dataclasses and report everything that is wrong at once.

A settings class is a frozen, keyword-only dataclass. A field without a default must be given; its annotation carries
what it means and what is allowed (see ``constraints``). Supported types are ``bool``, ``int``, ``str``, another
settings class, ``tuple[X, ...]``, ``dict[str, X]``, and each of them ``| None``.

A class may define the class method ``cross_check(read, path)``, which yields a ``Problem`` for settings that do not
fit together; ``read`` holds the fields that are sound in themselves.
"""

from __future__ import annotations

import dataclasses
import json
import types
import typing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from stacks.constraints import Constraint, Doc, FromKey, Matches, NotEmpty, nearest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

MISSING = dataclasses.MISSING
LONGEST_SHOWN_VALUE = 120

SettingsClass = TypeVar("SettingsClass")


@dataclass(frozen=True, slots=True)
class Amount:
    """How many entries a setting has, where that is what is wrong with it."""

    number: int
    unit: str


@dataclass(frozen=True, slots=True)
class Problem:
    """One wrong setting: its full path, what stands there, and what would be right.

    The value is ``MISSING`` for nothing, and an ``Amount`` where only the number of entries matters.
    """

    path: str
    value: object
    remedy: str

    def __str__(self) -> str:
        if self.value is MISSING:
            return f"{self.path} is missing: {self.remedy}"
        if isinstance(self.value, Amount):
            return f"{self.path} has {self.value.number} {self.value.unit}: {self.remedy}"
        shown = json.dumps(self.value, ensure_ascii=False)
        if len(shown) > LONGEST_SHOWN_VALUE:
            shown = f"{shown[:LONGEST_SHOWN_VALUE]}…"
        return f"{self.path} = {shown}: {self.remedy}"


class SettingsError(ValueError):
    """At least one setting is wrong; ``problems`` lists all of them in the order of the settings."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting as documentation shows it; ``default`` is ``MISSING`` where the setting must be given."""

    path: str
    type_name: str
    allowed: str
    default: object
    doc: str


def read(cls: type[SettingsClass], raw: object) -> SettingsClass:
    """Return ``raw`` (parsed JSON) as an instance of the settings class ``cls``.

    Raises ``SettingsError`` with every problem found, each with the full path of its key.
    """
    reader = _Reader()
    value = reader.read(cls, raw, "")
    if reader.problems:
        raise SettingsError(reader.problems)
    return typing.cast("SettingsClass", value)


def describe(cls: type, path: str = "") -> Iterator[Setting]:
    """Yield every setting below ``cls``; a list's items stand under ``[]``, a free key under ``<name>``."""
    for field in _fields(cls):
        if field.from_key:
            continue
        inner, _ = _without_none(field.hint)
        below = join(path, field.name)
        item, suffix = inner, ""
        if typing.get_origin(inner) is dict:
            item, suffix = _split(typing.get_args(inner)[1])[0], ".<name>"
        elif typing.get_origin(inner) is tuple:
            item, suffix = _split(typing.get_args(inner)[0])[0], "[]"
        if _is_settings(item) and (field.default is MISSING or not suffix):
            yield from describe(item, below + suffix)
            continue
        yield Setting(below, _type_name(field.hint), field.allowed, field.default, field.doc)
        if _is_settings(item):
            yield from describe(item, below + suffix)


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    hint: Any
    notes: tuple[Any, ...]
    default: object

    @property
    def from_key(self) -> bool:
        return any(isinstance(note, FromKey) for note in self.notes)

    @property
    def doc(self) -> str:
        return next((note.text for note in self.notes if isinstance(note, Doc)), "")

    @property
    def allowed(self) -> str:
        return "; ".join(map(str, _constraints(self.notes)))


def _fields(cls: type) -> Iterator[_Field]:
    hints = typing.get_type_hints(cls, include_extras=True)
    for field in dataclasses.fields(cls):
        hint, notes = _split(hints[field.name])
        default = field.default if field.default_factory is MISSING else field.default_factory()
        yield _Field(field.name, hint, notes, default)


def _split(hint: Any) -> tuple[Any, tuple[Any, ...]]:
    if typing.get_origin(hint) is typing.Annotated:
        inner, *notes = typing.get_args(hint)
        return inner, tuple(notes)
    return hint, ()


def _constraints(notes: Sequence[Any]) -> list[Constraint]:
    return [note for note in notes if isinstance(note, Constraint)]


def _is_settings(hint: Any) -> bool:
    return isinstance(hint, type) and dataclasses.is_dataclass(hint)


def _without_none(hint: Any) -> tuple[Any, bool]:
    if typing.get_origin(hint) in (types.UnionType, typing.Union):
        inner = [item for item in typing.get_args(hint) if item is not types.NoneType]
        return inner[0], True
    return hint, False


def _type_name(hint: Any) -> str:
    inner, nullable = _without_none(hint)
    if typing.get_origin(inner) is tuple:
        name = "a list"
    else:
        name = {bool: "true or false", int: "a whole number", str: "a string"}.get(inner, "an object")
    return f"{name} or null" if nullable else name


def join(path: str, name: str) -> str:
    """Return the path of the setting ``name`` below ``path``; the top has the empty path."""
    return f"{path}.{name}" if path else name


class _Reader:
    """Walks raw JSON beside a type. Problems are collected; what is wrong reads as ``MISSING``."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def read(self, hint: Any, raw: object, path: str, notes: Sequence[Any] = ()) -> Any:
        inner, nullable = _without_none(hint)
        if raw is None and nullable:
            return None
        if _is_settings(inner):
            return self._settings(inner, raw, path)
        if typing.get_origin(inner) is tuple:
            return self._list(inner, raw, path)
        if typing.get_origin(inner) is dict:
            return self._mapping(inner, raw, path, notes)
        return self._scalar(hint, raw, path, notes)

    def _refuse(self, path: str, value: object, remedy: str) -> Any:
        self.problems.append(Problem(path or "the context", value, remedy))
        return MISSING

    def _scalar(self, hint: Any, raw: object, path: str, notes: Sequence[Any]) -> Any:
        kind, _ = _without_none(hint)
        if type(raw) is not kind:  # a bool is an int to isinstance, and no number of days is "true"
            return self._refuse(path, raw, _what_to_give(hint, notes))
        remedies = (constraint.remedy(raw) for constraint in _constraints(notes))
        wrong = next(filter(None, remedies), None)
        return self._refuse(path, raw, wrong) if wrong else raw

    def _list(self, hint: Any, raw: object, path: str) -> Any:
        if not isinstance(raw, list):
            return self._refuse(path, raw, "give a list")
        item_hint, notes = _split(typing.get_args(hint)[0])
        items = [self.read(item_hint, item, f"{path}[{index}]", notes) for index, item in enumerate(raw)]
        return MISSING if MISSING in items else tuple(items)

    def _mapping(self, hint: Any, raw: object, path: str, notes: Sequence[Any]) -> Any:
        """Read the sound entries; the constraints of the field hold for the keys, those of the item for the values."""
        if not isinstance(raw, dict):
            return self._refuse(path, raw, "give an object")
        if not raw and any(isinstance(note, NotEmpty) for note in notes):
            return self._refuse(path, raw, "give at least one entry")
        item_hint, item_notes = _split(typing.get_args(hint)[1])
        entries: dict[str, Any] = {}
        for key, value in raw.items():
            below = f"{path}.{key}"
            wrong = next(filter(None, (constraint.remedy(key) for constraint in _constraints(notes))), None)
            if wrong:
                self._refuse(below, value, f"its name does not do: {wrong}")
                continue
            item = self.read(item_hint, value, below, item_notes)
            if item is not MISSING:
                entries[key] = item
        return entries

    def _settings(self, cls: Any, raw: object, path: str) -> Any:
        fields = list(_fields(cls))
        known = [field.name for field in fields if not field.from_key]
        if not isinstance(raw, dict):
            return self._refuse(path, raw, f"give an object with {', '.join(known)}")
        problems_before = len(self.problems)
        for key in raw:
            if key not in known:
                remedy = f"no such setting{nearest(key, known)}; allowed: {', '.join(known)}"
                self._refuse(join(path, key), raw[key], remedy)
        values = {field.name: self._field(field, raw, path) for field in fields}
        sound = {name: value for name, value in values.items() if value is not MISSING}
        if hasattr(cls, "cross_check"):
            self.problems.extend(cls.cross_check(sound, path))
        return cls(**sound) if len(self.problems) == problems_before else MISSING

    def _field(self, field: _Field, raw: Mapping[str, object], path: str) -> Any:
        below = join(path, field.name)
        if field.from_key:
            return path.rpartition(".")[2]
        if field.name in raw:
            return self.read(field.hint, raw[field.name], below, field.notes)
        if field.default is MISSING:
            return self._refuse(below, MISSING, _what_to_give(field.hint, field.notes))
        return field.default


def _what_to_give(hint: Any, notes: Sequence[Any]) -> str:
    inner, _ = _without_none(hint)
    if _is_settings(inner):
        return f"give an object with {', '.join(field.name for field in _fields(inner))}"
    constraints = _constraints(notes) if inner in (bool, int, str) else []
    if len(constraints) == 1 and isinstance(constraints[0], Matches):
        return f"give {constraints[0]}"
    allowed = "; ".join(map(str, constraints))
    return f"give {_type_name(hint)}" + (f": {allowed}" if allowed else "")
