"""What a plan knows: Terraform's own values, which count more than those that are computed here.

https://developer.hashicorp.com/terraform/internals/json-format#change-representation : ``after`` holds what is known,
``after_unknown`` is true where something is not.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from plan_review.configuration.addresses import without_keys
from plan_review.evaluate.symbols import Kind, has_symbols, is_symbol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from plan_review.configuration.model import Configuration, Resource
    from plan_review.evaluate.symbols import SymbolTable

_GOES = (["delete"], ["forget"])


@dataclass(frozen=True, slots=True)
class Difference:
    """A value that is computed here otherwise than Terraform has it: a mistake of the evaluator."""

    address: str
    argument: str
    computed: Any
    planned: Any


@dataclass(slots=True)
class Planned:
    """The values of the managed resources of a plan.

    ``made_up`` says that a stand-in answered for what AWS alone knows: what refers to a data source is not taken then.
    """

    configuration: Configuration
    symbols: SymbolTable
    plan: Mapping[str, Any] | None = None
    made_up: bool = False
    differences: list[Difference] = field(default_factory=list)
    _changes: dict[str, Mapping[str, Any]] = field(init=False)
    _keys: dict[str, list[Any]] = field(init=False)

    def __post_init__(self) -> None:
        """Index the plan by address."""
        self._changes, self._keys = {}, {}
        for entry in (self.plan or {}).get("resource_changes", []):
            change = entry.get("change", {})
            if entry.get("mode") == "managed" and change.get("actions") not in _GOES and "deposed" not in entry:
                self._changes[entry["address"]] = change
                self._keys.setdefault(without_keys(entry["address"]), []).append(entry.get("index"))

    def keys(self, resource: Resource) -> list[Any] | None:
        """Return the keys of a repeated resource's instances; None where the plan does not tell."""
        if self.plan is None or resource.mode != "managed" or self._in_repeated_module(resource):
            return None
        if self.made_up and self._rests_on_data(resource, "count"):
            return None
        none: list[Any] | None = (
            [] if self.plan.get("complete") is True else None
        )  # a plan of some targets leaves others out
        return self._keys.get(resource.address, none)

    def _in_repeated_module(self, resource: Resource) -> bool:
        """Whether a module around a resource is there several times, or not at all: it is read once here."""
        path: str | None = resource.module
        while path:
            parent = self.configuration.scopes[path].parent or ""
            call = self.configuration.scopes[parent].modules.get(path.rpartition("module.")[2], {})
            if "count" in call or "for_each" in call:
                return True
            path = parent
        return False

    def value(self, resource: Resource, address: str, argument: str, computed: Any) -> Any:
        """Return an argument's value: what the plan knows of it, else what is ``computed``."""
        change = self._changes.get(address)
        if change is None or argument not in (change.get("after") or {}) or "after_unknown" not in change:
            return computed  # Terraform always says what is not known: a plan that does not is cut short
        if self._is_left_alone(resource, argument):
            return computed
        if _holds_true((change["after_unknown"] or {}).get(argument)) and not isinstance(computed, (dict, list)):
            return computed
        if self.made_up and self._rests_on_data(resource, argument):
            return computed
        planned = change["after"][argument]
        if self._is_open(planned):
            return computed
        found = self._merged(computed, planned)
        if found != computed and not self._is_open(computed):
            self.differences.append(Difference(address, argument, computed, planned))
        return found

    def _is_left_alone(self, resource: Resource, argument: str) -> bool:
        ignored = resource.lifecycle.get("ignore_changes") or ()
        names = [ignored] if isinstance(ignored, str) else list(ignored)
        bare = [str(name).removeprefix("${").removesuffix("}").partition(".")[0].partition("[")[0] for name in names]
        return argument in bare or "all" in bare

    def _rests_on_data(self, resource: Resource, argument: str) -> bool:
        return any(
            self.configuration.resources[reference.target].mode == "data"
            for reference in self.configuration.references_from(resource.address)
            if reference.path[:1] in ((argument,), ("dynamic",), ("for_each",), ("count",))
            and reference.target in self.configuration.resources
        )

    def _is_open(self, value: Any) -> bool:
        """Whether a part of a value is unknown."""
        if isinstance(value, dict):
            return any(self._is_open(inner) or has_symbols(name) for name, inner in value.items())
        if isinstance(value, list):
            return any(map(self._is_open, value))
        return isinstance(value, str) and has_symbols(value)

    def _merged(self, computed: Any, planned: Any) -> Any:
        """Return what is computed with what the plan knows in the place of what is not known, or differs."""
        if is_symbol(computed):
            return _cleaned(planned) if self._means_anything(computed) else computed
        if planned is None or computed is None:
            return computed
        if isinstance(computed, dict) and isinstance(planned, dict):
            return {name: self._merged(inner, planned.get(name)) for name, inner in computed.items()}
        if isinstance(computed, (dict, list)) or isinstance(planned, (dict, list)):
            alone = isinstance(computed, list) and isinstance(planned, list) and len(computed) == len(planned) == 1
            return [self._merged(computed[0], planned[0])] if alone else computed
        return self._scalar(computed, planned)

    def _scalar(self, computed: Any, planned: Any) -> Any:
        if isinstance(computed, str) and has_symbols(computed):
            symbols = self.symbols.symbols(computed)
            return planned if all(each.kind is Kind.OPAQUE for each in symbols) else computed
        return computed if _same(computed, planned) else planned

    def _means_anything(self, symbol: str) -> bool:
        found = self.symbols.symbol(symbol)
        return found is not None and found.kind is Kind.OPAQUE


def _holds_true(unknown: Any) -> bool:
    if isinstance(unknown, dict):
        return any(map(_holds_true, unknown.values()))
    return any(map(_holds_true, unknown)) if isinstance(unknown, list) else unknown is True


def _same(computed: Any, planned: Any) -> bool:
    """Whether two values are the same once they have the type of the argument."""
    if computed == planned:
        return True
    texts = [str(value).lower() if isinstance(value, bool) else str(value) for value in (computed, planned)]
    if texts[0] == texts[1]:
        return True
    for read in (float, json.loads):  # providers write documents anew
        try:
            return bool(read(texts[0]) == read(texts[1]))
        except (ValueError, RecursionError):
            continue
    return False


def _cleaned(value: Any) -> Any:
    """Return a value of a plan without the arguments and blocks that nothing is given for."""
    if isinstance(value, dict):
        return {name: _cleaned(inner) for name, inner in value.items() if inner not in (None, [])}
    return [_cleaned(inner) for inner in value] if isinstance(value, list) else value
