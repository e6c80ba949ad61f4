"""Compute expressions as Terraform does; what cannot be told becomes a symbol."""

from __future__ import annotations

import functools
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol

from plan_review.evaluate import files, functions
from plan_review.evaluate.conversions import as_text, convert, truth
from plan_review.evaluate.descriptions import bare, described, step
from plan_review.evaluate.functions.registry import sequence
from plan_review.evaluate.items import Environment, Evaluation, Item
from plan_review.evaluate.numbers import Counted, is_number, rounded
from plan_review.evaluate.operators import binary, chosen, unary
from plan_review.evaluate.symbols import Kind, has_symbols, is_symbol
from plan_review.evaluate.template_text import filled, pairs
from plan_review.evaluate.values import (
    ANY,
    BOOL,
    NULL,
    NUMBER,
    Keyed,
    Many,
    Null,
    RefusedError,
    UnknownError,
    is_known,
    list_of,
    object_of,
    of_argument,
    parts,
    tuple_of,
    type_of,
)
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
)
from plan_review.language.lexer import ExpressionError
from plan_review.language.templates import TemplateError

if TYPE_CHECKING:
    Step = str | Index | Splat

# What computing raises where something is not known, or is not as it should be: then it is unknown.
_ERRORS = (
    UnknownError,
    ExpressionError,
    TemplateError,
    LookupError,
    TypeError,
    ValueError,
    ArithmeticError,
    RecursionError,
)


class Roots(Protocol):
    """Where expressions get the values of names from."""

    def root(self, node: Traversal, environment: Environment) -> tuple[Any, tuple[Step, ...]]:
        """Return the value that a reference begins with and the steps that remain."""


class Computer:
    """Computes expressions, with what ``roots`` says that names stand for."""

    def __init__(self, evaluator: Evaluation, roots: Roots) -> None:
        self._evaluator = evaluator
        self._roots = roots

    def value(self, node: Expression, environment: Environment) -> Any:
        """Return what an expression comes to, a symbol where that is not known.

        Raises ``RefusedError`` where Terraform refuses it.
        """
        try:
            return self.known(node, environment)
        except _ERRORS:
            return self._evaluator.opaque(described(self._evaluator, node, environment))

    def known(self, node: Expression, environment: Environment) -> Any:
        """Return what an expression comes to, known as a whole or in parts. Raises one of several errors else."""
        if isinstance(node, Constant):
            return _constant(node.value)
        if isinstance(node, Traversal):
            value, steps = self._roots.root(node, environment)
            return self.steps(value, steps, environment)
        if isinstance(node, Select):
            return self.steps(self.known(node.base, environment), node.steps, environment)
        return self._composed(node, environment)

    def _composed(self, node: Expression, environment: Environment) -> Any:
        match node:
            case Text():
                return filled(node.source, environment, self.value, quoted=node.quoted, flush=node.flush)
            case Sequence():
                return tuple_of([self.value(item, environment) for item in node.items])
            case Mapping():
                return self._mapping(node, environment)
            case Call():
                return self._call(node, environment)
            case Operation():
                return self._operation(node, environment)
            case For():
                return self._loop(node, environment)
        raise UnknownError

    def _mapping(self, node: Mapping, environment: Environment) -> Keyed:
        made: dict[str, Any] = {}
        for key, inner in node.items:
            if isinstance(key, Traversal):
                raise RefusedError  # a.b = 1: neither a text nor a reference
            made[as_text(self.value(key, environment))] = self.value(inner, environment)
        return object_of(made)

    def _call(self, node: Call, environment: Environment) -> Any:
        name = node.name.removeprefix("core::")
        if name in ("try", "can"):
            return self._attempt(node, environment, truth_only=name == "can")
        arguments = [self.value(argument, environment) for argument in node.arguments]
        if node.expands:
            arguments = [*arguments[:-1], *sequence(arguments[-1]).in_order]
        if name == "templatefile":
            return self._templatefile(arguments)
        if name in files.FUNCTIONS:
            if not all(map(is_known, arguments)):
                raise UnknownError
            return files.call(self._evaluator.configuration, name, arguments)
        return functions.call(name, [self._plain(argument) for argument in arguments])

    def _attempt(self, node: Call, environment: Environment, *, truth_only: bool) -> Any:
        """Return the first argument that does not fail, or whether the only one does not.

        One of which that is not known leaves the whole unknown.
        """
        if not node.arguments or node.expands or (truth_only and len(node.arguments) > 1):
            raise RefusedError if not node.expands else UnknownError
        for argument in node.arguments:
            try:
                value = self.value(argument, environment)
            except RefusedError:
                continue
            if not self._cannot_fail(value):
                raise UnknownError
            return True if truth_only else value
        if truth_only:
            return False
        raise RefusedError

    def _cannot_fail(self, value: Any) -> bool:
        """Whether what is unknown in a value will be there whatever it comes to: an attribute of a resource."""
        symbols = [
            symbol for part in parts(value) if isinstance(part, str) for symbol in self._evaluator.symbols.symbols(part)
        ]
        return all(each.kind is not Kind.OPAQUE or (each.address and each.attribute) for each in symbols)

    def _templatefile(self, arguments: list[Any]) -> Any:
        if len(arguments) != 2:  # noqa: PLR2004  # a path and the variables
            raise RefusedError
        path, names = arguments
        if not isinstance(names, Keyed) or not is_known(path):
            raise UnknownError if isinstance(names, Keyed) or not is_known(names) else RefusedError
        text = files.contents(self._evaluator.configuration, as_text(path))
        return self.rendered(text, names.items)

    def rendered(self, text: str, names: dict[str, Any]) -> Any:
        """Return a template with its variables filled in. Raises ``RefusedError`` or ``UnknownError``."""
        if any(map(has_symbols, names)):
            raise UnknownError
        return filled(text, Environment(names=names, isolated=True), self.value)

    def _plain(self, value: Any) -> Any:
        """Return a value that functions can take: an instance of a resource becomes a symbol."""
        return self._evaluator.opaque(value.address, value.resource.address) if isinstance(value, Item) else value

    def _operation(self, node: Operation, environment: Environment) -> Any:
        operands = [functools.partial(self.value, operand, environment) for operand in node.operands]
        if node.operator == "?":
            branches = [functools.partial(self._branch, branch, environment) for branch in node.operands[1:]]
            return chosen(operands[0](), *branches)
        if len(operands) == 1:
            return unary(node.operator, operands[0]())
        if node.operator in ("&&", "||"):
            return self._logical(node, environment)
        return binary(node.operator, operands[0](), operands[1]())

    def _branch(self, node: Expression, environment: Environment) -> Any:
        """Return a branch of a conditional. One that is refused may still have a type, which counts."""
        try:
            return self._typed(self.value(node, environment))
        except RefusedError:
            if isinstance(node, (Call, Traversal, Select, For)):
                raise
            raise UnknownError from None

    def _typed(self, value: Any) -> Any:
        """Return a value whose type is known, be it that of some attribute. Raises ``UnknownError``."""
        if isinstance(value, str) and is_symbol(value) and type_of(value) is ANY:
            symbol = self._evaluator.symbols.symbol(value)
            if symbol is not None and symbol.kind is Kind.OPAQUE and not symbol.address:
                raise UnknownError
        return value

    def _logical(self, node: Operation, environment: Environment) -> Any:
        """Compute ``&&`` or ``||``: newer Terraforms leave out an operand where the other one decides."""
        sides: list[Any] = []
        for operand in node.operands:
            try:
                sides.append(convert(self._typed(self.value(operand, environment)), BOOL))
            except RefusedError:
                sides.append(None)
        if any(isinstance(side, Null) for side in sides):
            raise UnknownError
        if None in sides:
            raise UnknownError if (node.operator == "||") in sides else RefusedError
        return binary(node.operator, *sides)

    def _loop(self, node: For, environment: Environment) -> Any:
        source = self.value(node.collection, environment)
        if isinstance(source, Many) and source.kind == "set" and node.key is not None:
            source = replace(source, kind="list") if len(node.names) == 1 else source
        made: list[tuple[str, Any]] = []
        for key, value in pairs(source):
            key = Counted(key) if isinstance(key, int) and not isinstance(key, bool) else key  # noqa: PLW2901
            names = dict(zip(node.names, (key, value) if len(node.names) > 1 else (value,), strict=True))
            inner = replace(environment, names={**environment.names, **names})
            if node.condition is not None and not self._wanted(node.condition, inner):
                continue
            name = "" if node.key is None else as_text(self.value(node.key, inner))
            made.append((name, self.value(node.value, inner)))
        if node.key is None:
            return tuple_of(value for _, value in made)
        return _grouped(made) if node.grouped else _once(made)

    def _wanted(self, condition: Expression, environment: Environment) -> bool:
        found = self.value(condition, environment)
        if isinstance(found, Null):
            raise RefusedError
        return truth(found)

    def steps(self, value: Any, steps: tuple[Step, ...], environment: Environment) -> Any:
        """Return what is found by steps from a value."""
        for at, each in enumerate(steps):
            if isinstance(each, Splat):
                return self._splat(value, each, steps[at + 1 :], environment)
            key = each if isinstance(each, str) else self.value(each.key, environment)
            value = self._step(value, key, named=isinstance(each, str))
        return value

    def _splat(self, value: Any, splat: Splat, steps: tuple[Step, ...], environment: Environment) -> Any:
        if isinstance(value, str) and is_symbol(value):
            raise UnknownError
        if isinstance(value, Null) and type_of(value) is not NULL.type and _is_sequence_type(value):
            raise RefusedError
        many = isinstance(value, Many)
        items = value.items if isinstance(value, Many) else () if isinstance(value, Null) else (value,)
        inner = steps
        if not splat.whole:
            inner = tuple(_until_index(steps))
        made = [self.steps(item, inner, environment) for item in items]
        result: Any = tuple_of(made)
        if many and value.kind in ("list", "set"):
            if value.kind == "set" and len(items) > 1 and not is_known(value):
                raise UnknownError
            if steps and not made:
                raise UnknownError  # whether its elements have that attribute is a matter of their type
            result = list_of(made, type_of(made[0]) if made else value.element)
        return result if splat.whole else self.steps(result, steps[len(inner) :], environment)

    def _step(self, value: Any, key: Any, *, named: bool) -> Any:
        if isinstance(value, Item):
            return of_argument(self._evaluator.attribute(value, as_text(key)))
        if isinstance(value, str) and is_symbol(value):
            base = self._evaluator.symbols.symbol(value)
            text = f"{base.text if base else value}{step(bare(self._evaluator, key))}"
            address = base.address if base and base.attribute is None else None
            return self._evaluator.opaque(text, address, as_text(key) if address else None)
        if isinstance(key, Null) or not isinstance(value, (Many, Keyed)):
            raise RefusedError
        return _of_keyed(value, key) if isinstance(value, Keyed) else _of_many(value, key, named=named)


def _constant(value: Any) -> Any:
    if value is None:
        return NULL
    return rounded(value) if is_number(value) else value


def _is_sequence_type(value: Null) -> bool:
    return getattr(value.type, "kind", "tuple" if hasattr(value.type, "elements") else "") in ("list", "set", "tuple")


def _until_index(steps: tuple[Step, ...]) -> list[Step]:
    found: list[Step] = []
    for each in steps:
        if isinstance(each, Index) and not each.of_old:
            break
        found.append(each)
    return found


def _grouped(made: list[tuple[str, Any]]) -> Keyed:
    groups: dict[str, list[Any]] = {}
    for name, value in made:
        if has_symbols(name):
            raise UnknownError
        groups.setdefault(name, []).append(value)
    return object_of({name: tuple_of(values) for name, values in groups.items()})


def _once(made: list[tuple[str, Any]]) -> Keyed:
    if len({name for name, _ in made}) < len(made):
        raise UnknownError if any(has_symbols(name) for name, _ in made) else RefusedError
    return object_of(dict(made))


def _of_keyed(value: Keyed, key: Any) -> Any:
    name = as_text(key)
    if name in value.items:
        return value.items[name]
    if has_symbols(name) or any(map(has_symbols, value.items)):
        raise UnknownError
    raise RefusedError


def _of_many(value: Many, key: Any, *, named: bool) -> Any:
    if named or value.kind == "set":
        raise RefusedError
    index = convert(key, NUMBER)
    if isinstance(index, str):
        raise UnknownError
    if not isinstance(index, int) or not 0 <= index < len(value.items):
        raise RefusedError
    return value.items[index]  # what is a set after all has no index, and Terraform says so
