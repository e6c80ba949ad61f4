"""Where expressions stand, the calls seen so far, and the nodes of a body."""

from __future__ import annotations

import ast
import functools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable

    from plan_review.code_calls.program import Class, Function, FunctionNode, Module
    from plan_review.code_calls.values import Values

_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_OF_INTEREST = (
    *_SCOPES,
    ast.Call,
    ast.Attribute,
    ast.Name,
    ast.Subscript,
    ast.Return,
    ast.Yield,
    ast.Assign,
    ast.If,
)


@dataclass(frozen=True, slots=True)
class Frame:
    """Where an expression stands: a module, the function if any, and arguments known of this very call."""

    module: Module
    function: Function | None = None
    cls: Class | None = None
    arguments: tuple[tuple[str, Values], ...] | None = None
    depth: int = 0


ValuesOf: TypeAlias = "Callable[[ast.expr, Frame], Values]"


"""What tells the values that an expression may have."""


@dataclass(slots=True)
class CallSites:
    """The calls seen so far, by what is called."""

    of: dict[Function | Class, list[tuple[ast.Call, Frame]]] = field(default_factory=dict)
    count: int = 0

    def add(self, target: Function | Class, node: ast.Call, frame: Frame) -> None:
        """Remember a call."""
        known = self.of.setdefault(target, [])
        if not any(entry[0] is node for entry in known):
            known.append((node, frame))
            self.count += 1


@functools.lru_cache(maxsize=8192)
def own_nodes(function: FunctionNode | ast.Module | ast.ClassDef) -> tuple[ast.AST, ...]:
    """Return the nodes of a body that matter here, those of functions and classes within it left out."""
    found: list[ast.AST] = []
    waiting: list[ast.AST] = list(reversed(function.body))
    while waiting:
        node = waiting.pop()
        if isinstance(node, _OF_INTEREST):
            found.append(node)
        if not isinstance(node, _SCOPES):
            waiting += reversed(list(ast.iter_child_nodes(node)))
        else:
            waiting += reversed(_evaluated_outside(node))
    return tuple(found)


def _evaluated_outside(node: FunctionNode | ast.ClassDef) -> list[ast.AST]:
    """Return what of a definition runs where it stands: decorators, defaults, bases."""
    outside: list[ast.AST] = list(node.decorator_list)
    if isinstance(node, ast.ClassDef):
        return [*outside, *node.bases, *(keyword.value for keyword in node.keywords)]
    return [*outside, *node.args.defaults, *(default for default in node.args.kw_defaults if default is not None)]
