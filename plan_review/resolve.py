"""What a value in a configuration is known to be before anything is deployed.

Inside this module, ``functions`` and ``documents`` a value is plain Python data whose leaves are literal, or a
``Known``, ``Template``, ``Unknown`` or ``Encoded``; ``resolve`` gives it the shape that its callers see.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from plan_review import expressions as ast
from plan_review.functions import FUNCTIONS, Encoded, Undecided, text_of
from plan_review.lexer import ExpressionError, unescape
from plan_review.loading import ConfigurationError
from plan_review.templates import TemplateError, split
from plan_review.traversals import in_string, name_of, render
from plan_review.values import Composite, Known, Literal, Template, Unknown, Value

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from plan_review.model import Configuration

_DEEPEST = 60
_OPERATORS = {
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "&&": lambda a, b: a and b,
    "||": lambda a, b: a or b,
    "<": lambda a, b: a < b,
    ">": lambda a, b: a > b,
    "<=": lambda a, b: a <= b,
    ">=": lambda a, b: a >= b,
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
}


@dataclass(frozen=True)
class Evaluator:
    """Evaluates what one module's expressions stand for; ``bound`` are the names of the ``for`` around them."""

    configuration: Configuration
    scope: str
    bound: Mapping[str, Any] = field(default_factory=dict)
    depth: int = 0

    def within(self, scope: str) -> Evaluator:
        """Return one that reads expressions of another module; names bound here are not known there."""
        return Evaluator(self.configuration, scope, {}, self.depth + 1)

    def value(self, value: Any) -> Any:
        """Evaluate an argument: a string with its expressions, or lists and mappings of those."""
        if isinstance(value, str):
            return self.string(value)
        if isinstance(value, list):
            return [self.value(item) for item in value]
        if isinstance(value, dict):
            return {self._key(self.string(key)): self.value(item) for key, item in value.items()}
        return value

    def string(self, text: str, *, quoted: bool = False) -> Any:
        """Evaluate a string; ``quoted`` says that its literal parts still hold backslash escapes."""
        if self.depth > _DEEPEST:
            return Unknown("it leads through too many names", (), text)
        if "${" not in text and "%{" not in text:
            return unescape(text) if quoted else text
        try:
            parts = split(text)
        except TemplateError as error:
            return Unknown(str(error), (), text)
        if any(part.kind == "directive" for part in parts):
            return Unknown("it holds a %{ } directive", self._addresses(text), text)
        found = [
            (unescape(part.text) if quoted else part.text) if part.kind == "literal" else self.expression(part.text)
            for part in parts
        ]
        return found[0] if len(found) == 1 else text_of(found)

    def expression(self, text: str) -> Any:
        """Evaluate the text of an expression."""
        try:
            return self.node(ast.parse(text))
        except ExpressionError as error:
            return Unknown(f"it cannot be read: {error}", (), text)
        except Undecided as undecided:
            return Unknown(str(undecided), self._addresses("${" + text + "}"), text)

    def node(self, node: ast.Expression) -> Any:  # noqa: PLR0911  # one for each form of expression
        """Evaluate a parsed expression. Raises ``Undecided`` where only Terraform can."""
        match node:
            case ast.Constant(value=value):
                return value
            case ast.Text(source=source):
                return self.string(source, quoted=True)
            case ast.Traversal():
                return self._traversal(node)
            case ast.Select(base=base, steps=steps):
                return self._steps(self.node(base), steps, "the value")
            case ast.Sequence(items=items):
                return [self.node(item) for item in items]
            case ast.Mapping(items=pairs):
                return {self._key(self.node(key)): self.node(value) for key, value in pairs}
            case ast.Call():
                return self._call(node)
            case ast.For():
                return self._for(node)
        return self._operation(node)

    def _key(self, key: Any) -> str:
        if isinstance(key, (Known, Unknown)):
            return "${" + key.text + "}"
        if isinstance(key, Template):
            return "".join(
                str(part.value) if isinstance(part, Literal) else "${" + part.text + "}" for part in key.parts
            )
        return str(key)

    def _addresses(self, text: str) -> tuple[str, ...]:
        prefix = f"{self.scope}." if self.scope else ""
        names = (prefix + name.name for name in in_string(text).found if name.kind == "resource")
        return tuple(dict.fromkeys(name for name in names if name in self.configuration.resources))

    def _traversal(self, node: ast.Traversal) -> Any:
        text = render(node)
        if node.root in self.bound:
            return self._steps(self.bound[node.root], node.steps, text)
        scope = self.configuration.scopes[self.scope]
        first = node.steps[0] if node.steps else None
        if node.root == "path" and first in {"module", "root"}:
            folder = scope.folder if first == "module" else self.configuration.scopes[""].folder
            if folder is not None:
                return str(folder.resolve())
        if node.root == "local" and isinstance(first, str) and first in scope.locals:
            return self._steps(
                replace(self, bound={}, depth=self.depth + 1).value(scope.locals[first]), node.steps[1:], text
            )
        if node.root == "var" and isinstance(first, str):
            return self._steps(self._variable(first), node.steps[1:], text)
        if node.root == "module" and isinstance(first, str):
            return self._output(node, first, text)
        name = name_of(node)
        address = f"{self.scope}.{name.name}" if self.scope and name else name.name if name else ""
        if name and (resource := self.configuration.resources.get(address)):
            return Known(resource, name.attribute, text)
        raise Undecided(f"{text} is known to Terraform only")

    def _variable(self, name: str) -> Any:
        scope = self.configuration.scopes[self.scope]
        if scope.inputs and name in scope.inputs:
            return self.within(scope.parent or "").value(scope.inputs[name])
        declared = scope.variables.get(name, {})
        if "default" in declared:
            return declared["default"]
        raise Undecided(f"var.{name} has no default")

    def _output(self, node: ast.Traversal, name: str, text: str) -> Any:
        called = f"{self.scope}.module.{name}" if self.scope else f"module.{name}"
        names = [step for step in node.steps[1:] if isinstance(step, str)]
        scope = self.configuration.scopes.get(called)
        if scope is None or not names or names[0] not in scope.outputs:
            raise Undecided(f"{text} comes out of a module that is not read")
        if names[0] != node.steps[1]:
            raise Undecided(f"{text} is one of several instances of a module")
        value = self.within(called).value(scope.outputs[names[0]].get("value"))
        return self._steps(value, node.steps[2:], text)

    def _steps(self, value: Any, steps: tuple[str | ast.Index | ast.Splat, ...], text: str) -> Any:
        for position, step in enumerate(steps):
            if isinstance(value, Known) and value.attribute is None and isinstance(step, str):
                value = Known(value.resource, step, f"{value.text}.{step}")
                continue
            if isinstance(value, Known):
                return replace(value, text=text)
            if isinstance(value, (Unknown, Template, Encoded)):
                return value if isinstance(value, Unknown) else Unknown(f"{text} is part of a string", (), text)
            if isinstance(step, ast.Splat):
                listed = value if isinstance(value, list) else [value]
                return [self._steps(item, steps[position + 1 :], text) for item in listed]
            key = step if isinstance(step, str) else self.node(step.key)
            value = _item(value, key, text)
        return value

    def _call(self, node: ast.Call) -> Any:
        if node.name == "try" and node.arguments:
            return self.node(node.arguments[0])
        if node.name == "can":
            raise Undecided("can() is decided by Terraform")
        arguments = [self.node(argument) for argument in node.arguments]
        if node.expands and arguments and isinstance(arguments[-1], list):
            arguments = [*arguments[:-1], *arguments[-1]]
        if node.name in {"file", "templatefile"}:
            return self._file(node.name, arguments)
        function = FUNCTIONS.get(node.name)
        if function is None:
            raise Undecided(f"{node.name}() is evaluated by Terraform")
        try:
            return function(*arguments)
        except (TypeError, ValueError, AttributeError, LookupError, StopIteration) as error:
            raise Undecided(f"{node.name}() of these values is evaluated by Terraform") from error

    def _file(self, name: str, arguments: list[Any]) -> Any:
        path = arguments[0] if arguments else None
        if not isinstance(path, str):
            raise Undecided(f"{name}() reads a file whose name is not known")
        folder = self.configuration.scopes[""].folder
        try:
            content = (folder / path if folder else _no_folder(path)).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError, ConfigurationError) as error:
            raise Undecided(f"{name}() reads {path}, which cannot be read") from error
        if name == "file":
            return content
        names = arguments[1] if len(arguments) > 1 and isinstance(arguments[1], dict) else {}
        return replace(self, bound=names, depth=self.depth + 1).string(content)

    def _for(self, node: ast.For) -> Any:
        collection = self.node(node.collection)
        if not isinstance(collection, (list, dict)):
            raise Undecided("it is made for each of a collection that is not known")
        pairs = list(collection.items()) if isinstance(collection, dict) else list(enumerate(collection))
        made: list[Any] = []
        for key, item in pairs:
            bound = {node.names[-1]: item, **({node.names[0]: key} if len(node.names) > 1 else {})}
            inner = replace(self, bound={**self.bound, **bound})
            if node.condition is not None:
                holds = inner.node(node.condition)
                if not isinstance(holds, bool):
                    raise Undecided("the condition of a for expression is not known")
                if not holds:
                    continue
            value = inner.node(node.value)
            made.append(value if node.key is None else (self._key(inner.node(node.key)), value))
        return made if node.key is None else dict(made)

    def _operation(self, node: ast.Operation) -> Any:
        operands = node.operands
        first = self.node(operands[0])
        if node.operator == "?":
            if not isinstance(first, bool):
                raise Undecided("its condition is known to Terraform only")
            return self.node(operands[1 if first else 2])
        if node.operator == "!" and isinstance(first, bool):
            return not first
        operator = _OPERATORS.get(node.operator)
        second = self.node(operands[1]) if len(operands) > 1 else Unknown("")
        plain = (str, int, float, bool, type(None))
        if operator and isinstance(first, plain) and isinstance(second, plain):
            try:
                return operator(first, second)
            except TypeError as error:
                raise Undecided(f"{node.operator} of these values is evaluated by Terraform") from error
        raise Undecided("it is computed from what only Terraform knows")


def _item(value: Any, key: Any, text: str) -> Any:
    if isinstance(value, dict) and isinstance(key, str) and key in value:
        return value[key]
    if isinstance(value, list) and isinstance(key, int) and key < len(value):
        return value[key]
    raise Undecided(f"{text} is known to Terraform only")


def _no_folder(path: str) -> Path:
    raise ConfigurationError(f"{path}: the configuration was read from no folder")


def _has_reference(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_has_reference, value.values()))
    if isinstance(value, list):
        return any(map(_has_reference, value))
    return isinstance(value, (Known, Unknown, Template, Encoded))


def _shaped(value: Any) -> Value:
    if isinstance(value, Encoded):
        return _shaped(value.rendered())
    if isinstance(value, (Known, Unknown, Template)):
        return value
    return Composite(value) if _has_reference(value) else Literal(value)


def resolve(configuration: Configuration, value: Any, module: str) -> Value:
    """Return what ``value`` is known to be; see ``Configuration.resolve``."""
    if isinstance(value, (Literal, Known, Template, Unknown, Composite)):
        return value
    if isinstance(value, str) and "${" not in value and "%{" not in value:
        return Literal(value)
    return _shaped(Evaluator(configuration, module).value(value))
