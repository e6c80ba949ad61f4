"""Unknown expressions as a person reads them."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from plan_review.evaluate.symbols import has_symbols, is_symbol
from plan_review.evaluate.values import plain
from plan_review.language import expressions as ast
from plan_review.language.templates import TemplateError, split

if TYPE_CHECKING:
    from plan_review.evaluate.items import Environment, Evaluation

_NAME = re.compile(r"[^\W\d][\w-]*")


def described(evaluator: Evaluation, node: ast.Expression, environment: Environment) -> str:
    """Return an unknown expression as Terraform writes it, what is known in it replaced by its value.

    The same one is the same text everywhere, and so the same symbol; for another instance it is another.
    """
    return _Writer(evaluator, environment).expression(node, frozenset())


class _Writer:
    def __init__(self, evaluator: Evaluation, environment: Environment) -> None:
        self._evaluator = evaluator
        self._environment = environment

    def expression(self, node: ast.Expression, bound: frozenset[str]) -> str:  # noqa: C901, PLR0911  # one for each form
        """Return the text of an expression; ``bound`` are the names that loops around it give a value."""

        def text(inner: ast.Expression) -> str:
            return self.expression(inner, bound)

        match node:
            case ast.Constant(value=value):
                return json.dumps(plain(value), ensure_ascii=False)
            case ast.Text(source=source):
                return f'"{self._template(source, bound)}"'
            case ast.Traversal():
                return self._traversal(node, bound)
            case ast.Select(base=base, steps=steps):
                return f"({text(base)})" + self._steps(steps, bound)
            case ast.Call(name=name, arguments=arguments, expands=expands):
                return f"{name}({', '.join(map(text, arguments))}{'...' if expands else ''})"
            case ast.Sequence(items=items):
                return f"[{', '.join(map(text, items))}]"
            case ast.Mapping(items=pairs):
                return "{" + ", ".join(f"{text(key)} = {text(item)}" for key, item in pairs) + "}"
            case ast.Operation(operator="?", operands=(condition, yes, no)):
                return f"{text(condition)} ? {text(yes)} : {text(no)}"
            case ast.Operation(operator=sign, operands=(operand,)):
                return f"{sign}{text(operand)}"
            case ast.Operation(operator=sign, operands=operands):
                return "(" + f" {sign} ".join(map(text, operands)) + ")"
        return self._loop(node, bound)

    def _loop(self, node: ast.For, bound: frozenset[str]) -> str:
        inside = bound | frozenset(node.names)
        made = f"for {', '.join(node.names)} in {self.expression(node.collection, bound)} : "
        if node.key is not None:
            made += f"{self.expression(node.key, inside)} => "
        made += self.expression(node.value, inside) + ("..." if node.grouped else "")
        if node.condition is not None:
            made += f" if {self.expression(node.condition, inside)}"
        return f"[{made}]" if node.key is None else f"{{{made}}}"

    def _template(self, source: str, bound: frozenset[str]) -> str:
        try:
            parts = split(source)
        except TemplateError:
            return source
        made = ""
        for part in parts:
            if part.kind == "literal":
                made += part.text
            elif part.kind == "expression":
                made += f"${{{self.expression(ast.parse(part.text), bound)}}}"
            else:
                made += f"%{{ {part.text} }}"
        return made

    def _traversal(self, node: ast.Traversal, bound: frozenset[str]) -> str:
        if node.root not in bound and node.root in self._environment.names:
            return self._known(self._evaluator.expression(node, self._environment))
        module = self._environment.module
        own = node.root in ("var", "local", "module") and module
        return (f"{module}." if own else "") + node.root + self._steps(node.steps, bound)

    def _steps(self, steps: tuple[str | ast.Index | ast.Splat, ...], bound: frozenset[str]) -> str:
        made = ""
        for step in steps:
            if isinstance(step, str):
                made += f".{step}"
            elif isinstance(step, ast.Splat):
                made += "[*]" if step.whole else ".*"
            else:
                made += f"[{self.expression(step.key, bound)}]"
        return made

    def _known(self, value: Any) -> str:
        return bare(self._evaluator, value)


def bare(evaluator: Evaluation, value: Any) -> str:
    """Return a value as it stands in an expression: a text in quotes, something unknown by its name."""
    if is_symbol(value):
        symbol = evaluator.symbols.symbol(value)
        return symbol.text if symbol else str(value)
    if isinstance(value, str) and not has_symbols(value):
        return json.dumps(value, ensure_ascii=False)
    shown = evaluator.shown(value)
    return f'"{shown}"' if isinstance(value, str) else shown


def step(key: str) -> str:
    """Return a step to an attribute or element as Terraform writes it; ``key`` is as ``bare`` returns it."""
    name = key.strip('"')
    return f".{name}" if _NAME.fullmatch(name) and key.startswith('"') else f"[{key}]"
