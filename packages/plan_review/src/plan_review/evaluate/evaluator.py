"""Evaluate expressions as Terraform would, leaving a symbol wherever only a deployment can tell."""

from __future__ import annotations

import functools
import json
from typing import TYPE_CHECKING, Any

from plan_review.evaluate.attributes import Attributes
from plan_review.evaluate.descriptions import described
from plan_review.evaluate.dynamic_blocks import expanded
from plan_review.evaluate.functions import FUNCTIONS, UnknownError, as_text
from plan_review.evaluate.items import Environment, Item, blocks_of
from plan_review.evaluate.operators import binary, chosen, unary
from plan_review.evaluate.symbols import Kind, Symbol, SymbolTable, has_symbols, is_symbol
from plan_review.evaluate.template_files import contents, folder_of, variables
from plan_review.language.expressions import (
    Call,
    Constant,
    Expression,
    For,
    Index,
    Mapping,
    Operation,
    Select,
    Sequence,
    Splat,
    Text,
    Traversal,
    parse,
)
from plan_review.language.lexer import ExpressionError, unescape
from plan_review.language.templates import TemplateError, split

if TYPE_CHECKING:
    from collections.abc import Iterable

    from plan_review.configuration.model import Configuration, Resource, Scope

    Step = str | Index | Splat

_MOST_INSTANCES = 200  # of one resource; beyond that one stands for all
_ERRORS = (UnknownError, KeyError, IndexError, TypeError, ValueError, ZeroDivisionError, OverflowError)


class Evaluator:
    """Evaluates everything in one configuration; results are kept, so that each argument is evaluated once."""

    def __init__(self, configuration: Configuration) -> None:
        self.configuration = configuration
        self.symbols = SymbolTable()
        self._attributes = Attributes(self)
        self._items: dict[str, list[Item]] = {}
        self._arguments: dict[tuple[str, Any, str], Any] = {}
        self._under_way: set[tuple[str, Any, str]] = set()

    def opaque(self, text: str, address: str | None = None, attribute: str | None = None) -> str:
        """Return the symbol of something unknown."""
        return self.symbols.character(Symbol(Kind.OPAQUE, text, address, attribute))

    def items(self, resource: Resource) -> list[Item]:
        """Return the instances of a resource; one that stands for all where their number is unknown."""
        found = self._items.get(resource.address)
        if found is None:
            self._items[resource.address] = [Item(resource, self, certain=not resource.repeated)]  # ends recursion
            found = self._items[resource.address] = self._instances(resource)
        return found

    def _instances(self, resource: Resource) -> list[Item]:
        outer = Environment(resource.module or "")
        if "count" in resource.arguments:
            count = self.evaluate(resource.arguments["count"], outer)
            if isinstance(count, int) and count <= _MOST_INSTANCES:
                return [Item(resource, self, index) for index in range(count)]
            return [Item(resource, self, self.opaque(f"count.index < {self.shown(count)}"), certain=False)]
        if "for_each" not in resource.arguments:
            return [Item(resource, self)]
        source = self.evaluate(resource.arguments["for_each"], outer)
        if isinstance(source, list) and len(source) == 1 and isinstance(source[0], dict):
            source = source[0]  # a mapping that was read as a block: a list of objects cannot stand here
        if (
            isinstance(source, list)
            and len(source) <= _MOST_INSTANCES
            and all(isinstance(each, str) for each in source)
        ):
            return [Item(resource, self, each, each) for each in source]
        if isinstance(source, dict) and len(source) <= _MOST_INSTANCES:
            return [
                Item(resource, self, key, value, certain=not has_symbols(str(key)))
                for key, value in sorted(source.items(), key=lambda pair: str(pair[0]))
            ]
        text = self.shown(source)
        return [
            Item(
                resource, self, self.opaque(f"each.key of {text}"), self.opaque(f"each.value of {text}"), certain=False
            )
        ]

    def argument(self, item: Item, name: str) -> Any:
        """Return an argument of a resource's instance, evaluated; None where it is absent."""
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
            if name in item.resource.dynamic and (made := expanded(self, item, name)) is not None:
                value = [*blocks_of(value), *made] or None
        finally:
            self._under_way.discard(place)
        self._arguments[place] = value
        return value

    def leaves_open(self, item: Item, name: str) -> bool:
        """Whether a dynamic block makes blocks of that name which are not known."""
        return name in item.resource.dynamic and expanded(self, item, name) is None

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
        if not isinstance(value, str) or ("${" not in value and "%{" not in value):
            return value
        return self._template(value, environment, quoted=False)

    def _template(self, text: str, environment: Environment, *, quoted: bool) -> Any:
        try:
            parts = split(text)
            if len(parts) == 1 and parts[0].kind == "expression":
                return self.expression(parse(parts[0].text), environment)
            return "".join(self._part(part.kind, part.text, environment, quoted=quoted) for part in parts)
        except (TemplateError, ExpressionError):
            return self.opaque(text)

    def _part(self, kind: str, text: str, environment: Environment, *, quoted: bool) -> str:
        if kind == "literal":
            return unescape(text) if quoted else text
        if kind == "directive":
            raise TemplateError("a directive")
        value = self.expression(parse(text), environment)
        try:
            return as_text(value)
        except UnknownError:
            return self.opaque(text)

    def expression(self, node: Expression, environment: Environment) -> Any:
        """Return what an expression comes to; an opaque symbol where that cannot be told."""
        try:
            return self._known(node, environment)
        except _ERRORS:
            return self.opaque(self.described(node, environment))

    def _known(self, node: Expression, environment: Environment) -> Any:
        if isinstance(node, Constant):
            return node.value
        if isinstance(node, Traversal):
            return self._steps(*self._root(node, environment), environment)
        if isinstance(node, Select):
            return self._steps(self._known(node.base, environment), node.steps, environment)
        return self._composed(node, environment)

    def _composed(self, node: Expression, environment: Environment) -> Any:
        match node:
            case Text():
                value = self._template(node.source, environment, quoted=True)
            case Sequence():
                value = [self.expression(item, environment) for item in node.items]
            case Mapping():
                pairs = [(self.expression(key, environment), inner) for key, inner in node.items]
                value = {as_text(key): self.expression(inner, environment) for key, inner in pairs}
            case Call():
                value = self._call(node, environment)
            case Operation():
                value = self._operation(node, environment)
            case For():
                value = self._loop(node, environment)
        return value

    def _call(self, node: Call, environment: Environment) -> Any:
        if node.name in ("try", "coalesce"):
            for argument in node.arguments if node.name == "try" else ():
                try:
                    return self._known(argument, environment)
                except _ERRORS:
                    continue
        arguments = [self.expression(argument, environment) for argument in node.arguments]
        if node.expands:
            arguments = [*arguments[:-1], *FUNCTIONS["tolist"](arguments[-1])]
        if node.name in ("file", "templatefile"):
            text = contents(self.configuration, as_text(arguments[0]))
            return text if node.name == "file" else self.rendered(text, arguments[1])
        return self.plain(FUNCTIONS[node.name](*map(self.plain, arguments)))

    def rendered(self, text: str, names: Any) -> str:
        """Return a template with its variables filled in. Raises ``UnknownError`` where it takes more than that."""
        environment = Environment(names=variables(names))
        parts = split(text)
        return "".join(self._part(part.kind, part.text, environment, quoted=False) for part in parts)

    def plain(self, value: Any) -> Any:
        """Return a value that functions can take: an item as a whole becomes a symbol."""
        return self.opaque(value.address, value.resource.address) if isinstance(value, Item) else value

    def _operation(self, node: Operation, environment: Environment) -> Any:
        operands = [functools.partial(self.expression, operand, environment) for operand in node.operands]
        if node.operator == "?":
            return chosen(operands[0](), operands[1], operands[2])
        if len(operands) == 1:
            return unary(node.operator, operands[0]())
        return binary(node.operator, operands[0](), operands[1]())

    def _loop(self, node: For, environment: Environment) -> Any:
        source = self.expression(node.collection, environment)
        if not isinstance(source, (dict, list)):
            raise UnknownError
        made: list[Any] = []
        for key, value in source.items() if isinstance(source, dict) else enumerate(source):
            names = dict(zip(node.names, (key, value) if len(node.names) > 1 else (value,), strict=True))
            inner = Environment(environment.module, environment.each, {**environment.names, **names})
            wanted = True if node.condition is None else self._known(node.condition, inner)
            if not isinstance(wanted, bool):
                raise UnknownError
            if wanted:
                result = self.expression(node.value, inner)
                made.append(result if node.key is None else (as_text(self._known(node.key, inner)), result))
        return made if node.key is None else dict(made)

    def _root(self, node: Traversal, environment: Environment) -> tuple[Any, tuple[Step, ...]]:
        """Return the value that a reference begins with and the steps that remain."""
        root, steps = node.root, node.steps
        if root in environment.names:
            return environment.names[root], steps
        first = steps[0] if steps else None
        if not isinstance(first, str):
            raise UnknownError
        scope = self.configuration.scopes.get(environment.module)
        if root == "path":
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
            if scope.inputs is not None and name in scope.inputs:
                return self.evaluate(scope.inputs[name], Environment(scope.parent or "")), steps[1:]
            if "default" not in scope.variables[name]:
                raise UnknownError
            return scope.variables[name]["default"], steps[1:]
        inner = self.configuration.scopes[f"{scope.path}.module.{name}" if scope.path else f"module.{name}"]
        output = steps[1] if len(steps) > 1 else None
        if not isinstance(output, str):
            raise UnknownError
        return self.evaluate(inner.outputs[output]["value"], Environment(inner.path)), steps[2:]

    def _shared(self, place: str, value: Any, environment: Environment) -> Any:
        key = (place, None, "")
        if key in self._under_way:
            raise UnknownError
        if key not in self._arguments:
            self._under_way.add(key)
            try:
                self._arguments[key] = self.evaluate(value, environment)
            finally:
                self._under_way.discard(key)
        return self._arguments[key]

    def _instance(
        self, resource: Resource, steps: tuple[Step, ...], environment: Environment
    ) -> tuple[Any, tuple[Step, ...]]:
        items = self.items(resource)
        if not resource.repeated:
            return items[0], steps
        if not steps:
            return {item.key: item for item in items}, steps
        if isinstance(steps[0], Splat):
            if not all(item.certain for item in items):
                raise UnknownError
            return items, steps
        if not isinstance(steps[0], Index):
            raise UnknownError
        key = self.expression(steps[0].key, environment)
        for item in items:
            if item.key == key:
                return item, steps[1:]
        if not items or (items[0].certain and not has_symbols(str(key))):
            raise IndexError(key)
        uncertain = Item(resource, self, key, self.opaque(f"each.value at {self.shown(key)}"), certain=False)
        return uncertain, steps[1:]

    def _steps(self, value: Any, steps: Iterable[Step], environment: Environment) -> Any:
        steps = tuple(steps)
        for at, step in enumerate(steps):
            if isinstance(step, Splat):
                items = value if isinstance(value, list) else [] if value is None else [value]
                if is_symbol(value):
                    raise UnknownError
                return [self._steps(item, steps[at + 1 :], environment) for item in items]
            key = step if isinstance(step, str) else self.expression(step.key, environment)
            value = self._step(value, key)
        return value

    def _step(self, value: Any, key: Any) -> Any:
        if isinstance(value, Item):
            return self.attribute(value, str(key))
        if is_symbol(value):
            base = self.symbols.symbol(value)
            text = f"{base.text if base else value}.{self.shown(key)}"
            address = base.address if base and base.attribute is None else None
            return self.opaque(text, address, str(key) if address else None)
        if isinstance(value, list) and isinstance(key, int):
            return value[key]
        if isinstance(value, dict):
            return value[key]
        raise UnknownError

    def shown(self, value: Any) -> str:
        """Return a value for a person to read."""
        if isinstance(value, Item):
            return value.address
        if isinstance(value, (dict, list)) and any(isinstance(inner, Item) for inner in value):
            return ", ".join(self.shown(inner) for inner in value)
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=self.shown)
        return self.symbols.show(text)

    def described(self, node: Expression, environment: Environment) -> str:
        """Return the text of an unknown expression, so that the same one is the same symbol everywhere."""
        return described(self, node, environment)
