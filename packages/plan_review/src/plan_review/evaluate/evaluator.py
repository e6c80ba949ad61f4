"""Evaluate a configuration as Terraform would, leaving a symbol wherever only a deployment can tell."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from plan_review.evaluate.attributes import Attributes
from plan_review.evaluate.computing import Computer
from plan_review.evaluate.descriptions import bare, described
from plan_review.evaluate.dynamic_blocks import expanded
from plan_review.evaluate.files import folder_of
from plan_review.evaluate.items import Environment, Item, blocks_of
from plan_review.evaluate.planned import Planned
from plan_review.evaluate.symbols import Kind, Symbol, SymbolTable, has_symbols
from plan_review.evaluate.template_text import filled
from plan_review.evaluate.values import (
    NULL,
    Keyed,
    Many,
    Null,
    Primitive,
    RefusedError,
    Unknown,
    UnknownError,
    object_of,
    plain,
    tuple_of,
    typed,
)
from plan_review.evaluate.variables import declared_type, final_value
from plan_review.language.expressions import Expression, Index, Splat, Traversal
from plan_review.language.lexer import ExpressionError, normal
from plan_review.language.templates import TemplateError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from plan_review.configuration.model import Configuration, Resource, Scope

    Step = str | Index | Splat

_MOST_INSTANCES = 200  # of one resource; beyond that one stands for all


class Evaluator:
    """Evaluates everything in one configuration; results are kept, so that each argument is evaluated once."""

    def __init__(
        self, configuration: Configuration, plan: Mapping[str, Any] | None = None, *, made_up: bool = False
    ) -> None:
        """Take known values from a plan; ``made_up`` says that a stand-in answered for what AWS alone knows."""
        self.configuration = configuration
        self.symbols = SymbolTable()
        self.planned = Planned(configuration, self.symbols, plan, made_up)
        self._attributes = Attributes(self)
        self._computer = Computer(self, self)
        self._items: dict[str, list[Item]] = {}
        self._arguments: dict[tuple[str, Any, str], Any] = {}
        self._shared_values: dict[str, Any] = {}
        self._under_way: set[Any] = set()
        self._open: set[tuple[str, Any, str]] = set()  # arguments whose dynamic blocks are not known

    def opaque(self, text: str, address: str | None = None, attribute: str | None = None) -> str:
        """Return the symbol of something unknown."""
        return self.symbols.character(Symbol(Kind.OPAQUE, text, address, attribute))

    def items(self, resource: Resource) -> list[Item]:
        """Return the instances of a resource; one that stands for all where their number is unknown."""
        found = self._items.get(resource.address)
        if found is None:
            self._items[resource.address] = [Item(resource, self, certain=not resource.repeated)]  # ends recursion
            found = self._items[resource.address] = self._as_planned(resource, self._instances(resource))
        return found

    def _as_planned(self, resource: Resource, items: list[Item]) -> list[Item]:
        """Return the instances that a plan tells of, where how many there are is not known here."""
        keys = None if all(item.certain for item in items) else self.planned.keys(resource)
        if keys is None:
            return items
        return [Item(resource, self, key, self.opaque(f"each.value of {resource.address}[{key}]")) for key in keys]

    def _instances(self, resource: Resource) -> list[Item]:
        outer = Environment(resource.module or "")
        if "count" in resource.arguments:
            count = self.evaluate(resource.arguments["count"], outer)
            if isinstance(count, int) and count <= _MOST_INSTANCES:
                return [Item(resource, self, index) for index in range(count)]
            return [Item(resource, self, self.opaque(f"count.index < {bare(self, count)}"), certain=False)]
        if "for_each" not in resource.arguments:
            return [Item(resource, self)]
        source = self.typed(resource.arguments["for_each"], outer)
        pairs = _each(source)
        if pairs is not None and len(pairs) <= _MOST_INSTANCES:
            return [Item(resource, self, key, value, certain=not has_symbols(key)) for key, value in pairs]
        text = bare(self, plain(source))
        key, value = self.opaque(f"each.key of {text}"), self.opaque(f"each.value of {text}")
        return [Item(resource, self, key, value, certain=False)]

    def argument(self, item: Item, name: str) -> Any:
        """Return an argument of a resource's instance, evaluated; None where it is absent.

        An empty text is absent: the provider asks for arguments by ``GetOk``, which takes it so.
        https://pkg.go.dev/github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema#ResourceData.GetOk
        """
        if name not in item.resource.arguments and name not in item.resource.dynamic:
            return None
        place = (item.resource.address, item.key, name)
        if place in self._arguments:
            return self._arguments[place]
        if place in self._under_way:
            return self.opaque(f"{item.address}.{name}", item.resource.address, name)
        self._under_way.add(place)
        try:
            value = self.evaluate(item.resource.arguments.get(name), item.environment)
            if name in item.resource.dynamic:
                value = self._with_dynamic(item, name, value)
            value = self.planned.value(item.resource, item.address, name, value)
            if value == "" and item.resource.mode == "managed":
                value = None
        finally:
            self._under_way.discard(place)
        self._arguments[place] = value
        return value

    def _with_dynamic(self, item: Item, name: str, given: Any) -> Any:
        """Return the blocks that are given and those that dynamic blocks make, all from the plan where that tells."""
        made = expanded(self, item, name)
        if made is not None:
            return [*blocks_of(given), *made] or None
        unknown = self.opaque(f"{item.address}.{name}")
        planned = self.planned.value(item.resource, item.address, name, unknown)
        if planned != unknown:
            return planned
        self._open.add((item.resource.address, item.key, name))
        return given

    def leaves_open(self, item: Item, name: str) -> bool:
        """Whether a dynamic block makes blocks of that name which are not known."""
        if name not in item.resource.dynamic:
            return False
        self.argument(item, name)
        return (item.resource.address, item.key, name) in self._open

    def attribute(self, item: Item, name: str) -> Any:
        """Return what ``type.name.attribute`` comes to."""
        return self._attributes.attribute(item, name)

    def account(self, item: Item) -> str:
        """Return the account that a resource is made in."""
        return self._attributes.account(item)

    def region(self, item: Item) -> str:
        """Return the region that a resource is made in."""
        return self._attributes.region(item)

    def evaluate(self, value: Any, environment: Environment) -> Any:
        """Return a JSON value with every ``${…}`` in it evaluated."""
        if isinstance(value, dict):
            return {
                str(self.evaluate(key, environment)): self.evaluate(inner, environment) for key, inner in value.items()
            }
        if isinstance(value, list):
            return [self.evaluate(inner, environment) for inner in value]
        if not isinstance(value, str):
            return value
        if "${" not in value and "%{" not in value:
            return normal(value)
        return plain(self.typed(value, environment))

    def typed(self, value: Any, environment: Environment) -> Any:
        """Return a JSON value with every ``${…}`` in it evaluated, as a value of Terraform's language."""
        try:
            return self._typed(value, environment)
        except RefusedError:
            text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
            return self.opaque(text.removeprefix("${").removesuffix("}"))

    def _typed(self, value: Any, environment: Environment) -> Any:
        if isinstance(value, dict):
            pairs = ((self._typed(key, environment), inner) for key, inner in value.items())
            return object_of({str(plain(key)): self._typed(inner, environment) for key, inner in pairs})
        if isinstance(value, list):
            return tuple_of([self._typed(inner, environment) for inner in value])
        if not isinstance(value, str):
            return typed(value)
        if "${" not in value and "%{" not in value:
            return normal(value)
        try:
            return filled(value, environment, self._computer.value)
        except (TemplateError, ExpressionError, UnknownError):
            return self.opaque(value)

    def expression(self, node: Expression, environment: Environment) -> Any:
        """Return what an expression comes to; an opaque symbol where that cannot be told."""
        return plain(self.computed(node, environment))

    def computed(self, node: Expression, environment: Environment) -> Any:
        """Return what an expression comes to, as a value of Terraform's language."""
        try:
            return self._computer.value(node, environment)
        except RefusedError:
            return self.opaque(described(self, node, environment))

    def rendered(self, text: str, names: Any) -> str:
        """Return a template with its variables filled in. Raises ``UnknownError`` where it takes more than that."""
        given = typed(names)
        if not isinstance(given, Keyed):
            raise UnknownError
        try:
            return str(plain(self._computer.rendered(text, given.items)))
        except (RefusedError, TemplateError, ExpressionError) as error:
            raise UnknownError from error

    def root(self, node: Traversal, environment: Environment) -> tuple[Any, tuple[Step, ...]]:
        """Return the value that a reference begins with and the steps that remain."""
        root, steps = node.root, node.steps
        if root in environment.names:
            return environment.names[root], steps
        if environment.isolated:
            raise RefusedError
        first = steps[0] if steps else None
        if not isinstance(first, str):
            raise UnknownError
        scope = self.configuration.scopes.get(environment.module)
        if root == "path":
            if first not in ("module", "root"):
                raise UnknownError  # path.cwd is where Terraform is started
            return folder_of(self.configuration, environment.module if first == "module" else ""), steps[1:]
        if root in ("var", "local", "module") and scope is not None:
            return self._input(root, first, scope, steps)
        if root in ("terraform", "self", "each", "count"):
            raise UnknownError
        depth = 2 if root == "data" else 1
        prefix = f"{environment.module}." if environment.module else ""
        address = prefix + ".".join((root, *(str(step) for step in steps[:depth])))
        resource = self.configuration.resources.get(address)
        if resource is None:
            raise UnknownError
        return self._instance(resource, steps[depth:], environment)

    def _input(self, root: str, name: str, scope: Scope, steps: tuple[Step, ...]) -> tuple[Any, tuple[Step, ...]]:
        here = Environment(scope.path)
        if root == "local":
            return self._shared(f"{scope.path}.local.{name}", scope.locals[name], here), steps[1:]
        if root == "var":
            return self._variable(scope, name), steps[1:]
        inner = self.configuration.scopes[f"{scope.path}.module.{name}" if scope.path else f"module.{name}"]
        output = steps[1] if len(steps) > 1 else None
        call = scope.modules.get(name, {})
        if not isinstance(output, str) or "count" in call or "for_each" in call:
            raise UnknownError
        return self._shared(
            f"{inner.path}.output.{output}", inner.outputs[output]["value"], Environment(inner.path)
        ), steps[2:]

    def _variable(self, scope: Scope, name: str) -> Any:
        place = f"{scope.path}.var.{name}"
        if place not in self._shared_values:
            self._shared_values[place] = self._variable_value(scope, name)
        return self._shared_values[place]

    def _variable_value(self, scope: Scope, name: str) -> Any:
        declaration = scope.variables[name]
        kind = declared_type(declaration, lambda node: self._computer.value(node, Environment(isolated=True)))
        given = default = None
        if scope.inputs is not None and name in scope.inputs:
            given = self._shared(f"{scope.path}.given.{name}", scope.inputs[name], Environment(scope.parent or ""))
        if "default" in declaration:
            default = self.typed(declaration["default"], Environment(isolated=True))
        if given is None and default is None:
            symbol = self.opaque(f"{scope.path}.var.{name}" if scope.path else f"var.{name}")
            return Unknown(symbol, kind) if isinstance(kind, Primitive) else symbol
        return final_value(declaration, kind, given, default)

    def _shared(self, place: str, value: Any, environment: Environment) -> Any:
        if place in self._under_way:
            raise UnknownError
        if place not in self._shared_values:
            self._under_way.add(place)
            try:
                self._shared_values[place] = self._typed(value, environment)
            finally:
                self._under_way.discard(place)
        return self._shared_values[place]

    def _instance(
        self, resource: Resource, steps: tuple[Step, ...], environment: Environment
    ) -> tuple[Any, tuple[Step, ...]]:
        items = self.items(resource)
        if not resource.repeated:
            return items[0], steps
        by_count = "count" in resource.arguments
        certain = all(item.certain for item in items)
        if not steps or isinstance(steps[0], Splat):
            if not certain:
                raise UnknownError
            return (tuple_of(items) if by_count else object_of({str(item.key): item for item in items})), steps
        if not isinstance(steps[0], Index):
            raise UnknownError
        key = plain(self._computer.value(steps[0].key, environment))
        for item in items:
            if item.key == key or str(item.key) == str(key):
                return item, steps[1:]
        if certain and not has_symbols(str(key)):
            raise RefusedError
        uncertain = Item(resource, self, key, self.opaque(f"each.value at {bare(self, key)}"), certain=False)
        return uncertain, steps[1:]

    def shown(self, value: Any) -> str:
        """Return a value for a person to read."""
        if isinstance(value, Item):
            return value.address
        if isinstance(value, (dict, list)) and any(isinstance(inner, Item) for inner in value):
            return ", ".join(self.shown(inner) for inner in value)
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=self.shown)
        return self.symbols.show(text)


def _each(source: Any) -> list[tuple[str, Any]] | None:
    """Return what ``each`` stands for in turn; None where that is not known, or Terraform refuses it."""
    if isinstance(source, Many) and all(isinstance(item, str) for item in source.items):
        return [(item, item) for item in source.items]
    if isinstance(source, Keyed):
        return list(source.items.items())
    return [] if isinstance(source, Null) and source != NULL else None
