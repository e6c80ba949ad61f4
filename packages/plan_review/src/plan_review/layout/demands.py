"""What a project demands of its own resources although AWS would take less: declared in the layout, held here."""

from __future__ import annotations

import fnmatch
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from plan_review.evaluate.symbols import has_symbols
from plan_review.evaluate.view import View
from plan_review.findings import Edit, Finding, Verdict, argument_tie

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from plan_review.configuration.model import Configuration
    from plan_review.evaluate.items import Item
    from plan_review.language.paths import Path

_KEYS = {"type", "name", "stacks", "argument", "unless", "is", "not", "at_least", "present", "reason"}
_TESTS = ("is", "not", "at_least", "present")
_LIFECYCLE = {
    *("create_before_destroy", "ignore_changes", "postcondition", "precondition", "prevent_destroy"),
    "replace_triggered_by",
}
_WILDCARDS = frozenset("*?[")
_UNKNOWN = object()


class DemandError(ValueError):
    """A demand is not usable as written; the message says which, and what would be right."""


@dataclass(frozen=True, kw_only=True)
class Demand:
    """One argument that resources must, or must not, have.

    ``types``, ``names`` and ``stacks`` are patterns; ``unless`` names an argument that, where given, makes up for this
    one. ``test`` is ``is`` or ``not`` (``values`` are the values), ``at_least`` (one number), or ``present`` (one truth
    value).
    """

    number: int
    types: tuple[str, ...]
    names: tuple[str, ...] = ("*",)
    stacks: tuple[str, ...] = ("*",)
    argument: tuple[str, ...]
    unless: tuple[str, ...] = ()
    test: str
    values: tuple[Any, ...]
    reason: str

    def is_for(self, stack: str | None) -> bool:
        """Whether it is a demand on this stack; what no stack was synthesized to has no name."""
        return any(fnmatch.fnmatchcase(stack or "", pattern) for pattern in self.stacks)

    @property
    def wanted(self) -> str:
        """What must be, in words."""
        if self.test == "present":
            return "given" if self.values[0] else "left out"
        listed = " or ".join(map(_shown, self.values))
        return {"is": "", "not": "anything but ", "at_least": "at least "}[self.test] + listed


def parse(tables: Sequence[tuple[int, Any]]) -> tuple[Demand, ...]:
    """Make demands of parsed TOML. Raises ``DemandError`` where one is not usable."""
    return tuple(_demand(number, table) for number, table in tables)


def _demand(number: int, table: Any) -> Demand:
    where = f"demand {number}"
    if not isinstance(table, dict):
        raise DemandError(f"{where} is not a table")
    if unknown := sorted(set(table) - _KEYS):
        raise DemandError(f"{where}: unknown key {unknown[0]!r}; known are {', '.join(sorted(_KEYS))}")
    reason = table.get("reason")
    if not isinstance(reason, str) or not reason.strip():
        raise DemandError(f"{where}: the reason must be written, as text")
    tests = [name for name in _TESTS if name in table]
    if len(tests) != 1:
        raise DemandError(f"{where}: give one of {', '.join(_TESTS)}")
    return Demand(
        number=number,
        types=_texts(where, "type", table.get("type")),
        names=_texts(where, "name", table.get("name", "*")),
        stacks=_texts(where, "stacks", table.get("stacks", "*")),
        argument=_steps(where, "argument", table.get("argument")),
        unless=_steps(where, "unless", table["unless"]) if "unless" in table else (),
        test=tests[0],
        values=_values(where, tests[0], table[tests[0]]),
        reason=reason,
    )


def _texts(where: str, key: str, value: Any) -> tuple[str, ...]:
    listed = [value] if isinstance(value, str) else value
    if not isinstance(listed, list) or not listed or not all(isinstance(item, str) and item for item in listed):
        raise DemandError(f"{where}.{key} is {value!r}; write a name or pattern, or a list of them")
    return tuple(listed)


def _steps(where: str, key: str, value: Any) -> tuple[str, ...]:
    steps = tuple(value.split(".")) if isinstance(value, str) else ()
    if not steps or not all(step.isidentifier() for step in steps):
        raise DemandError(f'{where}.{key} is {value!r}; write an argument, through its blocks: "block.argument"')
    if steps[0] == "lifecycle" and (len(steps) < 2 or steps[1] not in _LIFECYCLE):  # noqa: PLR2004 - block, argument
        raise DemandError(f"{where}.{key} is {value!r}; lifecycle takes {', '.join(sorted(_LIFECYCLE))}")
    return steps


def _values(where: str, test: str, value: Any) -> tuple[Any, ...]:
    if test == "present" and not isinstance(value, bool):
        raise DemandError(f"{where}.present is {value!r}; write true or false")
    if test == "at_least" and (isinstance(value, bool) or not isinstance(value, int | float)):
        raise DemandError(f"{where}.at_least is {value!r}; write a number")
    listed = value if isinstance(value, list) and test in {"is", "not"} else [value]
    if not listed or not all(isinstance(item, str | int | float | bool) for item in listed):
        raise DemandError(f"{where}.{test} is {value!r}; write a value, or a list of values")
    return tuple(listed)


def check(configuration: Configuration, demands: Sequence[Demand]) -> Iterator[Finding]:
    """Return where resources are not as demanded, and demands on types of which there is no resource."""
    view = View(configuration)
    managed = [each for _, each in sorted(configuration.resources.items()) if each.mode == "managed"]
    for demand in demands:
        if not demand.is_for(configuration.stack):
            continue
        yield from _without_resource(demand, {each.type for each in managed})
        for resource in managed:
            if _matches(demand.types, resource.type) and _matches(demand.names, resource.name):
                for item in view.evaluator.items(resource):
                    yield from _violated(view, demand, item)


def _matches(patterns: Sequence[str], name: str) -> bool:
    return any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)


def _without_resource(demand: Demand, types: set[str]) -> Iterator[Finding]:
    for name in demand.types:
        if not _WILDCARDS & set(name) and name not in types:
            yield Finding(
                rule_id="layout-missing-member",
                verdict=Verdict.MISSING,
                address=name,
                subject=f"demand {demand.number}",
                message=f"demand {demand.number} of the declared layout is on this type, and no resource has it",
                consequence="the layout says something about a resource that is not there",
                remedy="correct the type, take the demand out, or say for which stacks it is (stacks = [...])",
            )


def _violated(view: View, demand: Demand, item: Item) -> Iterator[Finding]:
    if demand.unless and any(_is_given(view, value) for _, value in _found(item, demand.unless)):
        return
    for place, value in _found(item, demand.argument):
        verdict = _verdict(view, demand, value)
        if verdict is Verdict.HOLDS:
            continue
        name = ".".join(demand.argument)
        given = "not given" if value is None else "not known" if value is _UNKNOWN else view.show(_shown(value))
        remedy = "set it to" if demand.test != "present" else "it must be"
        yield Finding(
            rule_id="layout-demand",
            verdict=verdict,
            address=item.address,
            path=place,
            subject=name,
            ties=(alike := frozenset({f"demand {demand.number} {item.resource.address}"})),
            after=argument_tie(item.address, place) | alike,
            edits=_edits(item, demand, place) if verdict is Verdict.MISSING else (),
            message=f"{name} is {given}; demand {demand.number} of the declared layout wants it {demand.wanted}",
            consequence=demand.reason,
            remedy=(
                "a value that is known before the deployment"
                if verdict is Verdict.CANNOT_TELL
                else f"{remedy} {demand.wanted}; where it is meant, change the demand in the layout"
            ),
        )


def _edits(item: Item, demand: Demand, place: Path) -> tuple[Edit, ...]:
    """Return how to give a resource what is demanded, where the demand says it."""
    if place != demand.argument or item.key is not None:  # the block itself is not there, or it is one of many
        return ()
    address = item.resource.address
    if demand.test == "present" and not demand.values[0]:
        return (Edit(address, place, "remove"),)
    if demand.test in {"is", "at_least"}:
        return (Edit(address, place, "set", demand.values[0]),)
    return ()


def _found(item: Item, steps: tuple[str, ...]) -> list[tuple[Path, Any]]:
    """Return the values at a path with where they stand: None where absent, ``_UNKNOWN`` where only Terraform knows."""
    first, *rest = steps
    if first == "lifecycle":
        return _walk(item.resource.lifecycle, (first,), rest)
    if item.evaluator.leaves_open(item, first):
        return [((first,), _UNKNOWN)]
    return _walk(item.get(first), (first,), rest)


def _walk(value: Any, place: Path, steps: Sequence[str]) -> list[tuple[Path, Any]]:
    if value is None or value == []:
        return [(place, None)]
    if not steps:
        return [(place, value)]
    if isinstance(value, list):
        return [found for index, each in enumerate(value) for found in _walk(each, (*place, index), steps)]
    if not hasattr(value, "get"):
        return [(place, _UNKNOWN)]
    if steps[0] in value.get("dynamic", {}):
        return [((*place, steps[0]), _UNKNOWN)]
    return _walk(value.get(steps[0]), (*place, steps[0]), steps[1:])


def _is_given(view: View, value: Any) -> bool:
    """Whether an argument has a value for certain: what refers to another resource has one."""
    if value is None or value is _UNKNOWN or not value:
        return False
    symbol = view.symbol(value)
    return symbol is None or symbol.address is not None


def _verdict(view: View, demand: Demand, value: Any) -> Verdict:
    unknown = value is _UNKNOWN or (isinstance(value, str) and has_symbols(value))
    if demand.test == "present":
        given = _is_given(view, value)
        if unknown and not given:
            return Verdict.CANNOT_TELL
        return Verdict.HOLDS if given is demand.values[0] else Verdict.MISSING
    if unknown:
        return Verdict.CANNOT_TELL
    if demand.test == "at_least":
        return (
            Verdict.HOLDS if (figure := _figure(value)) is not None and figure >= demand.values[0] else Verdict.MISSING
        )
    among = value is not None and _shown(value) in map(_shown, demand.values)
    return Verdict.HOLDS if among is (demand.test == "is") else Verdict.MISSING


def _figure(value: Any) -> float:
    """Return a number; what is none is less than any."""
    try:
        return -math.inf if isinstance(value, bool) else float(value)
    except (TypeError, ValueError):
        return -math.inf


def _shown(value: Any) -> str:
    """Return a value as Terraform turns it into text: ``"true"`` is taken for ``true``, and ``"3"`` for ``3``."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ", ".join(map(_shown, value))
    return str(value)


def types_and_arguments(demands: Sequence[Demand]) -> Mapping[str, list[tuple[str, ...]]]:
    """Return the arguments that are demanded of each type that is named in full, the lifecycle's left out."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for demand in demands:
        for name in demand.types:
            for steps in (demand.argument, demand.unless):
                if steps and steps[0] != "lifecycle" and not _WILDCARDS & set(name):
                    found.setdefault(name, []).append(steps)
    return found
