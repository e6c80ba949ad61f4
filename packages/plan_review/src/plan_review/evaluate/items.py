"""Instances of resources with their arguments evaluated: what the checks look at."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from plan_review.evaluate.values import NULL, object_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from plan_review.configuration.model import Configuration, Resource
    from plan_review.evaluate.symbols import SymbolTable
    from plan_review.language.expressions import Expression


@dataclass(frozen=True, slots=True)
class Environment:
    """What the names in an expression stand for: the module it is written in, and ``each``, ``count`` and loops.

    ``isolated`` says that there are no other names, as in a template file. The values are those of
    ``plan_review.evaluate.values``.
    """

    module: str = ""
    names: Mapping[str, Any] = field(default_factory=dict)
    isolated: bool = False


class Evaluation(Protocol):
    """The evaluator as items, and what is made of them, see it: ``plan_review.evaluate.evaluator.Evaluator``."""

    configuration: Configuration
    symbols: SymbolTable

    def opaque(self, text: str, address: str | None = None, attribute: str | None = None) -> str:
        """Return the symbol of something unknown."""

    def argument(self, item: Item, name: str) -> Any:
        """Return an argument of a resource's instance, evaluated; None where it is absent."""

    def attribute(self, item: Item, name: str) -> Any:
        """Return what ``type.name.attribute`` comes to."""

    def leaves_open(self, item: Item, name: str) -> bool:
        """Whether a dynamic block makes blocks of that name which are not known."""

    def account(self, item: Item) -> str:
        """Return the account that a resource is made in."""

    def region(self, item: Item) -> str:
        """Return the region that a resource is made in."""

    def evaluate(self, value: Any, environment: Environment) -> Any:
        """Return a JSON value with every ``${…}`` in it evaluated."""

    def typed(self, value: Any, environment: Environment) -> Any:
        """Return a JSON value with every ``${…}`` in it evaluated, as a value of Terraform's language."""

    def expression(self, node: Expression, environment: Environment) -> Any:
        """Return what an expression comes to; an opaque symbol where that cannot be told."""

    def rendered(self, text: str, names: Any) -> str:
        """Return a template with its variables filled in."""

    def shown(self, value: Any) -> str:
        """Return a value for a person to read."""


@dataclass(frozen=True, slots=True, eq=False)
class Item:
    """One instance of a resource; ``key`` is its ``for_each`` key or ``count`` index, None where there is one only.

    ``certain`` is false where the number of instances is unknown and this one stands for all of them.
    """

    resource: Resource
    evaluator: Evaluation
    key: Any = None
    each_value: Any = NULL
    certain: bool = True

    @property
    def type(self) -> str:
        """The resource type, such as ``aws_sqs_queue``."""
        return self.resource.type

    @property
    def address(self) -> str:
        """The address of the resource, with the index where that is known."""
        if self.key is None or not self.certain:
            return self.resource.address
        return (
            f'{self.resource.address}["{self.key}"]'
            if isinstance(self.key, str)
            else f"{self.resource.address}[{self.key}]"
        )

    @property
    def environment(self) -> Environment:
        """What names in this item's arguments stand for."""
        names: dict[str, Any] = {}
        if "for_each" in self.resource.arguments:
            names["each"] = object_of({"key": self.key, "value": self.each_value})
        elif self.key is not None:
            names["count"] = object_of({"index": self.key})
        return Environment(self.resource.module or "", names)

    def get(self, argument: str, default: Any = None) -> Any:
        """Return an argument's value, its unknown parts as symbols; ``default`` where absent or null."""
        value = self.evaluator.argument(self, argument)
        return default if value is None else value

    def attribute(self, name: str) -> Any:
        """Return an attribute as another resource sees it: an argument, or what follows from the arguments."""
        return self.evaluator.attribute(self, name)

    def blocks(self, name: str) -> list[dict[str, Any]]:
        """Return the nested blocks of that name; those of a ``dynamic`` block too, where they are known."""
        return blocks_of(self.get(name))

    def block(self, name: str) -> dict[str, Any] | None:
        """Return the only, or first, nested block of that name."""
        return next(iter(self.blocks(name)), None)

    def is_dynamic(self, name: str) -> bool:
        """Whether a ``dynamic`` block makes unknown blocks of that name, or the argument or one block is unknown."""
        return self.evaluator.leaves_open(self, name) or leaves_blocks_open(self.get(name))

    def values_at(self, path: tuple[str, ...]) -> Iterator[tuple[tuple[str | int, ...], Any]]:
        """Yield the values at a path of block names that ends in an argument, each with where it stands."""
        found: list[tuple[tuple[str | int, ...], Any]] = [((path[0],), self.get(path[0]))]
        for step in path[1:]:
            found = [
                ((*place, index, step), block.get(step))
                for place, value in found
                for index, block in enumerate(value if isinstance(value, list) else [value])
                if isinstance(block, dict)
            ]
        yield from found

    @property
    def arn(self) -> str:
        """The ARN."""
        return str(self.attribute("arn"))

    @property
    def account(self) -> str:
        """The account that it is made in."""
        return self.evaluator.account(self)

    @property
    def region(self) -> str:
        """The region that it is made in."""
        return self.evaluator.region(self)


def leaves_blocks_open(value: Any) -> bool:
    """Whether a nested value, or one of its blocks, is an unknown text."""
    return any(isinstance(each, str) for each in (value if isinstance(value, list) else [value]))


def blocks_of(value: Any) -> list[dict[str, Any]]:
    """Return the blocks that a nested value holds; none where it holds something else."""
    if isinstance(value, dict):
        return [value]
    return [block for block in value if isinstance(block, dict)] if isinstance(value, list) else []
