"""The declared layout: what may depend on what, read from a TOML file that people can read too.

``python -m plan_review.layout.declaration FILE`` prints it as the Mermaid diagram that the docs show.
"""

from __future__ import annotations

import fnmatch
import re
import sys
import tomllib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plan_review.configuration.graph import cycles, shortest_cycle
from plan_review.layout import demands

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from plan_review.configuration.model import Resource

_UNIT_KEYS = {"title", "members", "constructs", "needs", "may_need"}
_EDGE_KEYS = {"from", "to", "reason"}
_SECTIONS = {"stacks", "unit", "required", "forbidden", "demand"}
_WILDCARDS = frozenset("*?[")


class LayoutError(ValueError):
    """A layout file is not usable as written; the message says where and what would be right."""


@dataclass(frozen=True, kw_only=True)
class Unit:
    """A part of the stack. ``needs`` and ``may_need`` map other units to what they are needed for."""

    name: str
    title: str
    members: tuple[str, ...]
    constructs: tuple[str, ...] = ()
    needs: Mapping[str, str]
    may_need: Mapping[str, str]

    @property
    def fixed(self) -> list[str]:
        """The members that are named without a wildcard: each must exist."""
        return [member for member in self.members if not _WILDCARDS & set(member)]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """Resources that must, or must never, lead to others, and why."""

    sources: tuple[str, ...]
    targets: tuple[str, ...]
    reason: str


@dataclass(frozen=True, kw_only=True)
class Layout:
    """What may depend on what: units and their edges, required order, forbidden reach; and what resources must have.

    ``stacks`` are patterns of the names of the stacks that are held against it.
    """

    stacks: tuple[str, ...] = ("*",)
    units: Mapping[str, Unit]
    required: tuple[Rule, ...] = ()
    forbidden: tuple[Rule, ...] = ()
    demands: tuple[demands.Demand, ...] = ()

    @cached_property
    def _patterns(self) -> list[tuple[str, re.Pattern[str]]]:
        return [
            (
                name,
                re.compile("|".join(fnmatch.translate(member) for member in unit.members if _WILDCARDS & set(member))),
            )
            for name, unit in self.units.items()
            if any(_WILDCARDS & set(member) for member in unit.members)
        ]

    @cached_property
    def _fixed(self) -> dict[str, str]:
        return {member: unit.name for unit in self.units.values() for member in unit.fixed}

    def units_of(self, resource: Resource) -> list[str]:
        """Return the units that a resource belongs to: one, where the layout is right.

        A fixed name counts before a pattern, and a pattern before the place in the construct tree.
        """
        for name in (resource.address, resource.name):
            if name in self._fixed:
                return [self._fixed[name]]
        by_name = [
            unit
            for unit, pattern in self._patterns
            if pattern.fullmatch(resource.address) or pattern.fullmatch(resource.name)
        ]
        if by_name or not resource.construct_path:
            return by_name
        inside = resource.construct_path.partition("/")[2]
        return [
            unit.name
            for unit in self.units.values()
            if any(fnmatch.fnmatchcase(inside, pattern) for pattern in unit.constructs)
        ]


def matches(patterns: Iterable[str], resource: Resource) -> bool:
    """Return whether one of the patterns is a resource's address or name."""
    return any(
        fnmatch.fnmatchcase(resource.address, pattern) or fnmatch.fnmatchcase(resource.name, pattern)
        for pattern in patterns
    )


def read(file: Path) -> Layout:
    """Read a layout. Raises ``LayoutError`` where the file cannot be read or does not say what it should."""
    try:
        document = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise LayoutError(f"{file.name}: cannot be read: {error.strerror}") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise LayoutError(f"{file.name}: cannot be read: {error}") from error
    try:
        return parse(document)
    except LayoutError as error:
        raise LayoutError(f"{file.name}: {error}") from error


def parse(document: Mapping[str, Any]) -> Layout:
    """Make a layout of parsed TOML. Raises ``LayoutError`` where a key is unknown, missing, or of the wrong type."""
    _known_keys("the file", document, _SECTIONS)
    tables = document.get("unit", {})
    if not isinstance(tables, dict) or not tables:
        raise LayoutError("it declares no unit; write [unit.NAME] with members and needs")
    units = {name: _unit(name, table) for name, table in tables.items()}
    for unit in units.values():
        for other in (*unit.needs, *unit.may_need):
            if other not in units or other == unit.name:
                raise LayoutError(f"unit.{unit.name} needs {other!r}, which is no other unit")
    members = [member for unit in units.values() for member in unit.members]
    if twice := sorted({member for member in members if members.count(member) > 1}):
        raise LayoutError(f"{twice[0]!r} is a member of two units")
    try:
        demanded = demands.parse(_tables(document, "demand"))
    except demands.DemandError as error:
        raise LayoutError(str(error)) from error
    layout = Layout(
        stacks=_texts("stacks", document.get("stacks", "*")),
        units=units,
        required=tuple(_rule("required", number, table) for number, table in _tables(document, "required")),
        forbidden=tuple(_rule("forbidden", number, table) for number, table in _tables(document, "forbidden")),
        demands=demanded,
    )
    graph = unit_graph(layout)
    for component in cycles(graph):
        path = " → ".join(shortest_cycle(graph, component))
        raise LayoutError(f"the declared needs form a cycle: {path}; a layout that allows one cannot keep one out")
    return layout


def unit_graph(layout: Layout) -> dict[str, list[str]]:
    """Return every edge that the layout allows."""
    return {name: [*unit.needs, *unit.may_need] for name, unit in layout.units.items()}


def _known_keys(where: str, table: Any, known: set[str]) -> None:
    if not isinstance(table, dict):
        raise LayoutError(f"{where} is not a table")
    if unknown := sorted(set(table) - known):
        raise LayoutError(f"{where}: unknown key {unknown[0]!r}; known are {', '.join(sorted(known))}")


def _texts(where: str, value: Any) -> tuple[str, ...]:
    listed = [value] if isinstance(value, str) else value
    if not isinstance(listed, list) or not all(isinstance(item, str) and item for item in listed):
        raise LayoutError(f"{where} is {value!r}; write a name, or a list of names")
    return tuple(listed)


def _reasons(where: str, value: Any) -> dict[str, str]:
    if not isinstance(value, dict) or not all(isinstance(text, str) and text.strip() for text in value.values()):
        raise LayoutError(f'{where} is {value!r}; write {{ other-unit = "what for" }}')
    return dict(value)


def _unit(name: str, table: Any) -> Unit:
    where = f"unit.{name}"
    _known_keys(where, table, _UNIT_KEYS)
    members = _texts(f"{where}.members", table.get("members", []))
    constructs = _texts(f"{where}.constructs", table.get("constructs", []))
    if not members and not constructs:
        raise LayoutError(f"{where} has neither members nor constructs")
    title = table.get("title", name)
    if not isinstance(title, str):
        raise LayoutError(f"{where}.title is {title!r}; write a text")
    return Unit(
        name=name,
        title=title,
        members=members,
        constructs=constructs,
        needs=_reasons(f"{where}.needs", table.get("needs", {})),
        may_need=_reasons(f"{where}.may_need", table.get("may_need", {})),
    )


def _tables(document: Mapping[str, Any], section: str) -> list[tuple[int, Any]]:
    tables = document.get(section, [])
    if not isinstance(tables, list):
        raise LayoutError(f"write [[{section}]], with two brackets, once per rule")
    return list(enumerate(tables, start=1))


def _rule(section: str, number: int, table: Any) -> Rule:
    where = f"{section} {number}"
    _known_keys(where, table, _EDGE_KEYS)
    reason = table.get("reason")
    if not isinstance(reason, str) or not reason.strip():
        raise LayoutError(f"{where}: the reason must be written, as text")
    sources, targets = (_texts(f"{where}.{key}", table.get(key, [])) for key in ("from", "to"))
    if not sources or not targets:
        raise LayoutError(f"{where}: both from and to must be given")
    return Rule(sources=sources, targets=targets, reason=reason)


def mermaid(layout: Layout) -> str:
    """Return the layout as a Mermaid flowchart: a unit's arrow points to what it needs, with what for."""
    rows = ["flowchart TD"]
    rows += [f'    {_id(name)}["{_label(unit.title)}"]' for name, unit in layout.units.items()]
    for name, unit in layout.units.items():
        for other, reason in {**unit.needs, **unit.may_need}.items():
            rows.append(f'    {_id(name)} -->|"{_label(reason)}"| {_id(other)}')
    return "\n".join(rows) + "\n"


def _id(name: str) -> str:
    return "u_" + re.sub(r"\W", "_", name)


def _label(text: str) -> str:
    return text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;").replace(">", "&gt;")


def main(arguments: list[str]) -> int:
    """Print the diagram of the layout file that is named; 2 where it cannot be read."""
    if len(arguments) != 1:
        print("usage: python -m plan_review.layout FILE", file=sys.stderr)
        return 2
    try:
        print(mermaid(read(Path(arguments[0]))), end="")
    except LayoutError as error:
        print(error, file=sys.stderr)
        return 2
    return 0
