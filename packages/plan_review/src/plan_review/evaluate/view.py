"""One configuration, evaluated: its items, found by ARN, name or URL, and what depends on what."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from plan_review.aws.arns import NAMINGS
from plan_review.evaluate.evaluator import Evaluator
from plan_review.evaluate.items import Environment, Item
from plan_review.evaluate.symbols import is_symbol
from plan_review.findings import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from plan_review.configuration.model import Configuration
    from plan_review.evaluate.symbols import Symbol, SymbolTable

_NAMING_ATTRIBUTES = ("arn", "id", "url", "name", "key_id", "qualified_arn")


class View:
    """What the checks ask of a configuration."""

    def __init__(
        self, configuration: Configuration, plan: Mapping[str, Any] | None = None, *, made_up: bool = False
    ) -> None:
        self.configuration = configuration
        self.evaluator = Evaluator(configuration, plan, made_up=made_up)
        self._reach: dict[str, frozenset[str]] = {}

    @property
    def symbols(self) -> SymbolTable:
        """The unknown parts of this configuration's texts."""
        return self.evaluator.symbols

    def items(self, *types: str) -> list[Item]:
        """Return the instances of the resources of these types; ``data.aws_x`` names a data source."""
        return [item for resource in self.configuration.of_type(*types) for item in self.evaluator.items(resource)]

    def find(self, text: Any, *types: str) -> Item | None:
        """Return the resource or data source that an ARN, name, id or URL stands for; None where there is none.

        A managed resource wins over a data source that reads the same thing.
        """
        if not isinstance(text, str):
            return None
        for name in types:
            if (item := self._by_text(name).get(text)) is not None:
                return item
        symbol = self.symbol(text)
        if symbol is not None and symbol.address is not None:
            resource = self.configuration.resources.get(symbol.address)
            if resource is not None and resource.type in types:
                return next(iter(self.evaluator.items(resource)), None)
        return None

    def stands_for(self, text: Any, item: Item) -> Verdict:
        """Return whether an ARN, name, id or URL stands for this item; what is unknown may."""
        if not isinstance(text, str):
            return Verdict.MISSING
        attributes = [item.attribute(name) for name in ("arn", "id", "url", "name", "key_id", "bucket")]
        names = {name for name in attributes if isinstance(name, str)}
        if text in names:
            return Verdict.HOLDS
        if (other := self.find(text, item.type)) is not None and other.certain and item.certain:
            return Verdict.HOLDS if other.address == item.address else Verdict.MISSING
        if owners := self.owners(text, item.type):
            return Verdict.CANNOT_TELL if item.resource.address in owners else Verdict.MISSING
        matches = [self.symbols.matches(text, name) for name in names if item.certain]
        return Verdict.CANNOT_TELL if is_symbol(text) or Verdict.CANNOT_TELL in matches else Verdict.MISSING

    def owners(self, text: str, kind: str) -> set[str]:
        """Return the resources of a type whose attributes a text holds.

        What another type holds, such as a parameter's value or a module's output, may name anything.
        """
        addresses = {symbol.address for symbol in self.symbols.symbols(text) if symbol.address}
        return {
            each
            for each in addresses
            if each in self.configuration.resources and self.configuration.resources[each].type == kind
        }

    def symbol(self, text: Any) -> Symbol | None:
        """Return the symbol where a value is unknown as a whole."""
        return self.symbols.symbol(text) if is_symbol(text) else None

    def show(self, value: Any) -> str:
        """Return a value as a person would write it."""
        return self.evaluator.shown(value)

    def depends(self, address: str, on: str) -> bool:
        """Whether Terraform makes ``on`` before ``address``, by the references between them."""
        return on in self._reachable(address)

    def _reachable(self, address: str) -> frozenset[str]:
        found = self._reach.get(address)
        if found is None:
            seen: set[str] = set()
            waiting = [address]
            while waiting:
                for reference in self.configuration.references_from(waiting.pop()):
                    if reference.target not in seen:
                        seen.add(reference.target)
                        waiting.append(reference.target)
            found = self._reach[address] = frozenset(seen)
        return found

    def _by_text(self, name: str) -> dict[str, Item]:
        return self._texts.get(name, {})

    @cached_property
    def _texts(self) -> dict[str, dict[str, Item]]:
        texts: dict[str, dict[str, Item]] = {}
        for name, naming in NAMINGS.items():
            index = texts.setdefault(name, {})
            attributes = dict.fromkeys((*_NAMING_ATTRIBUTES, *naming.attributes, naming.argument or "id"))
            known = {"arn", naming.argument, *naming.attributes}
            for item in self.items(name, f"data.{name}"):
                for attribute in attributes:
                    value = item.attribute(attribute) if attribute in known else None
                    if isinstance(value, str) and value:
                        index.setdefault(value, item)
        return texts

    def modules_given(self, item: Item) -> list[str]:
        """Return the modules that are not read and are handed this resource: what they do with it is unknown."""
        attributes = [item.attribute(name) for name in ("arn", "name", "id", "url")]
        names = {text for text in attributes if isinstance(text, str)}
        return [
            module
            for module, texts, addresses in self._unread_modules
            if item.resource.address in addresses or not names.isdisjoint(texts)
        ]

    @cached_property
    def _unread_modules(self) -> list[tuple[str, set[str], set[str]]]:
        """The path, the texts handed over and the addresses that they belong to, of each module that is not read."""
        found: list[tuple[str, set[str], set[str]]] = []
        for path, scope in self.configuration.scopes.items():
            for name, call in sorted(scope.modules.items()):
                called = f"{path}.module.{name}" if path else f"module.{name}"
                if called not in self.configuration.scopes:
                    texts = set(_texts(self.evaluator.evaluate(dict(call), Environment(path))))
                    symbols = (symbol for text in texts for symbol in self.symbols.symbols(text))
                    found.append((called, texts, {symbol.address for symbol in symbols if symbol.address}))
        return found

    def all_items(self) -> Iterable[Item]:
        """Yield every instance of every resource and data source."""
        for address in sorted(self.configuration.resources):
            yield from self.evaluator.items(self.configuration.resources[address])


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Item):
        yield value.arn
    elif isinstance(value, (dict, list)):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _texts(inner)
