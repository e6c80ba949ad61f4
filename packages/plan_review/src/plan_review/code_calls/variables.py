"""Environment variables that code reads, and whether it can do without."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from plan_review.code_calls.frames import own_nodes
from plan_review.code_calls.recording import place
from plan_review.code_calls.results import Read
from plan_review.code_calls.values import ClassValue, Environ, External, FunctionValue, Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.code_calls.frames import Frame
    from plan_review.code_calls.inference import Inference


class Variables:
    """What one walk through the code finds of environment variables."""

    def __init__(self, inference: Inference) -> None:
        self.inference = inference
        self.reads: dict[tuple[int, str], Read] = {}
        self.writes: set[str] = set()
        self.dynamic = False

    def subscript(self, node: ast.Subscript, frame: Frame) -> None:
        """Note ``os.environ["NAME"]``, read or written."""
        if not any(isinstance(value, Environ) for value in self.inference.of(node.value, frame)):
            return
        names = self._names(node.slice, frame)
        if isinstance(node.ctx, ast.Store):
            self.writes.update(names)
        elif isinstance(node.ctx, ast.Load):
            self._read(node, frame, names, required=True)

    def call(self, node: ast.Call, frame: Frame) -> None:
        """Note a call that reads a variable, or all of them."""
        environ = isinstance(node.func, ast.Attribute) and any(
            isinstance(value, Environ) for value in self.inference.of(node.func.value, frame)
        )
        getenv = any(
            isinstance(value, External) and value.name == "os.getenv" for value in self.inference.of(node.func, frame)
        )
        method = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        if getenv or (environ and method in ("get", "pop", "setdefault")):
            has_default = len(node.args) > 1 or any(keyword.arg == "default" for keyword in node.keywords)
            required = False if has_default else _raises_without(node, frame)
            names = self._names(node.args[0], frame) if node.args else []
            self._read(node, frame, names, required=required)
            if method == "setdefault":
                self.writes.update(names)
        elif (environ and method in ("copy", "items", "keys", "values")) or (
            not environ and self._passes_environ(node, frame)
        ):
            self.dynamic = True

    def _passes_environ(self, node: ast.Call, frame: Frame) -> bool:
        """Whether ``os.environ`` as a whole goes to something outside of the package."""
        given = [
            each
            for each in (*node.args, *(keyword.value for keyword in node.keywords))
            if isinstance(each, (ast.Name, ast.Attribute))
        ]
        handed = any(isinstance(value, Environ) for each in given for value in self.inference.of(each, frame))
        inside = any(isinstance(value, (FunctionValue, ClassValue)) for value in self.inference.of(node.func, frame))
        return handed and not inside

    def _names(self, node: ast.expr, frame: Frame) -> list[str]:
        found = [value.literal for value in self.inference.of(node, frame) if isinstance(value, Text)]
        return [name for name in found if name is not None]

    def _read(self, node: ast.expr, frame: Frame, names: list[str], *, required: bool | None) -> None:
        if not names:
            self.dynamic = True
        for name in names:
            self.reads[id(node), name] = Read(name=name, required=required, file=place(frame), line=node.lineno)


def _raises_without(node: ast.Call, frame: Frame) -> bool | None:
    """Whether the function fails where the variable is absent: it tests what it read, and raises."""
    if frame.function is None:
        return None
    assigned = {
        target.id
        for part in own_nodes(frame.function.node)
        if isinstance(part, ast.Assign) and part.value is node
        for target in part.targets
        if isinstance(target, ast.Name)
    }
    for part in own_nodes(frame.function.node):
        if isinstance(part, ast.If) and assigned & set(_names_in(part.test)) and _raises(part):
            return True
    return None


def _raises(node: ast.If) -> bool:
    return any(isinstance(inner, ast.Raise) for statement in node.body for inner in ast.walk(statement))


def _names_in(node: ast.expr) -> Iterator[str]:
    yield from (part.id for part in ast.walk(node) if isinstance(part, ast.Name))
