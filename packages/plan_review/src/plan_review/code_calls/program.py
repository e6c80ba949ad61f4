"""The modules, classes and functions of a package, parsed and named; nothing is imported or run."""

from __future__ import annotations

import ast
import os
import stat
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Import:
    """A name bound by an import: ``module``, or ``name`` within it."""

    module: str
    name: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Element:
    """A name bound to one of many: a loop's variable, a part of an unpacked value."""

    source: ast.expr


@dataclass(eq=False, slots=True)
class Module:
    """A module; ``names`` are all bindings of each name at its top.

    ``stores`` are what is put into mappings, by the last name of the mapping, with the function that does so.
    """

    name: str
    file: Path
    tree: ast.Module
    is_package: bool
    names: dict[str, list[Binding]] = field(default_factory=dict)
    functions: list[Function] = field(default_factory=list)
    classes: list[Class] = field(default_factory=list)
    stores: dict[str, list[tuple[ast.expr, Function | None]]] = field(default_factory=dict)


@dataclass(eq=False, slots=True)
class Class:
    """A class; ``attributes`` are what methods assign to ``self``, ``fields`` the annotations in its body in order."""

    name: str
    node: ast.ClassDef
    module: Module
    methods: dict[str, Function] = field(default_factory=dict)
    fields: dict[str, ast.expr] = field(default_factory=dict)
    names: dict[str, list[Binding]] = field(default_factory=dict)
    attributes: dict[str, list[tuple[ast.expr, Function]]] = field(default_factory=dict)

    @property
    def is_protocol(self) -> bool:
        """Whether it only says what others have."""
        return any(_last_name(base) in ("Protocol", "ABC") for base in self.node.bases)


@dataclass(eq=False, slots=True)
class Function:
    """A function or method; ``names`` are the bindings of its local names, its parameters apart."""

    name: str
    node: FunctionNode
    module: Module
    cls: Class | None = None
    outer: Function | None = None
    names: dict[str, list[Binding]] = field(default_factory=dict)
    inner: list[Function] = field(default_factory=list)
    decorators: tuple[str, ...] = ()

    @property
    def parameters(self) -> list[ast.arg]:
        """The parameters that can be given by position, in order."""
        return [*self.node.args.posonlyargs, *self.node.args.args]

    @property
    def takes_self(self) -> bool:
        """Whether the first parameter is the instance or class."""
        return self.cls is not None and "staticmethod" not in self.decorators

    @property
    def is_property(self) -> bool:
        """Whether reading the name calls it."""
        return any(name in ("property", "cached_property") for name in self.decorators)


Binding = ast.expr | Import | Function | Class | Element


def _last_name(node: ast.expr) -> str:
    if isinstance(node, ast.Call):
        node = node.func
    if isinstance(node, ast.Subscript):
        node = node.value
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


Stamps = tuple[tuple[str, "tuple[Path, bool, int] | None"], ...]
"""What tells whether a program has changed since it was read."""


class Program:
    """The modules below some folders, loaded when first asked for."""

    def __init__(self, roots: Sequence[Path]) -> None:
        self.roots = tuple(roots)
        self._roots = tuple(map(str, roots))
        self.modules: dict[str, Module | None] = {}
        self.problems: list[str] = []

    def module(self, name: str) -> Module | None:
        """Return a module of the package; None for one from elsewhere, or one that does not parse."""
        if name not in self.modules:
            self.modules[name] = None
            self.modules[name] = self._load(name)
        return self.modules[name]

    def _load(self, name: str) -> Module | None:
        found = self._file(name)
        if found is None:
            return None
        file, is_package, stamp = found
        try:
            return _module(name, file, is_package=is_package, stamp=stamp)
        except SyntaxError as error:
            self.problems.append(f"{file.name}:{error.lineno} is no Python: {error.msg}")
            return None
        except (UnicodeDecodeError, ValueError) as error:
            self.problems.append(f"{file.name} is no Python: {error}")
            return None

    def _file(self, name: str) -> tuple[Path, bool, int] | None:
        """Return the file of a module, whether it is a package's, and the time of its last change."""
        relative = name.replace(".", "/")
        for root in self._roots:
            for file, is_package in ((f"{root}/{relative}.py", False), (f"{root}/{relative}/__init__.py", True)):
                try:
                    found = os.stat(file)  # noqa: PTH116 - a thousand times in a review: paths as objects take longer
                except OSError:
                    continue
                if stat.S_ISREG(found.st_mode):
                    return Path(file), is_package, found.st_mtime_ns
        return None

    def file(self, name: str) -> Path | None:
        """Return the file of a module of the package."""
        found = self._file(name)
        return found[0] if found is not None else None

    def stamps(self) -> Stamps:
        """Return the files behind every name that was asked for, with the times of their last changes."""
        return tuple((name, self._file(name)) for name in sorted(self.modules))

    def loaded(self) -> Iterator[Module]:
        """Yield the modules loaded so far."""
        yield from (module for module in list(self.modules.values()) if module is not None)


@lru_cache(maxsize=512)
def _module(name: str, file: Path, *, is_package: bool, stamp: int) -> Module:
    """Parse a file; ``stamp`` is its time of change, so that a changed file is parsed anew."""
    del stamp
    tree = ast.parse(file.read_text(encoding="utf-8"))
    module = Module(name, file, tree, is_package)
    _Reader(module).read()
    return module


class _Reader:
    """Collects names, classes and functions of one module."""

    def __init__(self, module: Module) -> None:
        self.module = module

    def read(self) -> None:
        self._body(self.module.tree.body, self.module.names, cls=None, function=None)

    def _body(
        self,
        body: Sequence[ast.stmt],
        names: dict[str, list[Binding]],
        *,
        cls: Class | None,
        function: Function | None,
    ) -> None:
        for statement in body:
            self._statement(statement, names, cls=cls, function=function)

    def _statement(
        self, node: ast.stmt, names: dict[str, list[Binding]], *, cls: Class | None, function: Function | None
    ) -> None:
        if isinstance(node, FunctionNode):
            self._function(node, names, cls=cls, outer=function)
        elif isinstance(node, ast.ClassDef):
            self._class(node, names)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            self._import(node, names)
        else:
            self._bind(node, names, cls=cls, function=function)
            for block in _blocks(node):
                self._body(block, names, cls=cls, function=function)

    def _bind(
        self, node: ast.stmt, names: dict[str, list[Binding]], *, cls: Class | None, function: Function | None
    ) -> None:
        if (
            isinstance(node, ast.AnnAssign)
            and cls is not None
            and function is None
            and isinstance(node.target, ast.Name)
        ):
            cls.fields[node.target.id] = node.annotation
        if isinstance(node, ast.Assign):
            for target in node.targets:
                self._target(target, node.value, names, function)
        elif isinstance(node, (ast.AnnAssign, ast.AugAssign)) and node.value is not None:
            self._target(node.target, node.value, names, function)
        elif isinstance(node, (ast.For, ast.AsyncFor)):
            self._target(node.target, Element(node.iter), names, function)
        elif isinstance(node, (ast.With, ast.AsyncWith)):
            for item in node.items:
                if item.optional_vars is not None:
                    self._target(item.optional_vars, item.context_expr, names, function)
        self._walruses(node, names, function)

    def _walruses(self, node: ast.stmt, names: dict[str, list[Binding]], function: Function | None) -> None:
        for part in ast.iter_child_nodes(node):
            for walrus in ast.walk(part) if isinstance(part, ast.expr) else ():
                if isinstance(walrus, ast.NamedExpr):
                    self._target(walrus.target, walrus.value, names, function)

    def _target(
        self, target: ast.expr, value: Binding, names: dict[str, list[Binding]], function: Function | None
    ) -> None:
        if isinstance(target, ast.Name):
            names.setdefault(target.id, []).append(value)
        elif isinstance(target, (ast.Tuple, ast.List)):
            self._unpack(target.elts, value, names, function)
        elif isinstance(target, ast.Subscript) and isinstance(value, ast.expr):
            self.module.stores.setdefault(_last_name(target.value), []).append((value, function))
        elif isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name) and function is not None:
            first = function.parameters[0].arg if function.parameters else ""
            if function.cls is not None and target.value.id == first and isinstance(value, ast.expr):
                function.cls.attributes.setdefault(target.attr, []).append((value, function))

    def _unpack(
        self, targets: list[ast.expr], value: Binding, names: dict[str, list[Binding]], function: Function | None
    ) -> None:
        parts = value.elts if isinstance(value, (ast.Tuple, ast.List)) else None
        for index, target in enumerate(targets):
            known = parts is not None and len(parts) == len(targets)
            part = parts[index] if parts is not None and known else Element(_source(value)) if _source(value) else None
            if part is not None:
                self._target(target, part, names, function)

    def _import(self, node: ast.Import | ast.ImportFrom, names: dict[str, list[Binding]]) -> None:
        for alias in node.names:
            if isinstance(node, ast.Import):
                shown = alias.asname or alias.name.split(".")[0]
                names.setdefault(shown, []).append(Import(alias.name if alias.asname else shown))
            else:
                base = absolute(node, self.module)
                names.setdefault(alias.asname or alias.name, []).append(Import(base, alias.name))

    def _function(
        self, node: FunctionNode, names: dict[str, list[Binding]], *, cls: Class | None, outer: Function | None
    ) -> None:
        decorators = tuple(_last_name(decorator) for decorator in node.decorator_list)
        owner = cls if outer is None else None
        function = Function(node.name, node, self.module, owner, outer, decorators=decorators)
        self.module.functions.append(function)
        names.setdefault(node.name, []).append(function)
        if owner is not None:
            owner.methods[node.name] = function
        if outer is not None:
            outer.inner.append(function)
        self._body(node.body, function.names, cls=None, function=function)

    def _class(self, node: ast.ClassDef, names: dict[str, list[Binding]]) -> None:
        cls = Class(node.name, node, self.module)
        self.module.classes.append(cls)
        names.setdefault(node.name, []).append(cls)
        self._body(node.body, cls.names, cls=cls, function=None)


def absolute(node: ast.ImportFrom, module: Module) -> str:
    """Return the module that a ``from`` import takes from, relative ones resolved."""
    if not node.level:
        return node.module or ""
    parts = module.name.split(".")
    kept = parts[: len(parts) - node.level + (1 if module.is_package else 0)]
    return ".".join([*kept, *([node.module] if node.module else [])])


def _source(value: Binding) -> ast.expr:
    if isinstance(value, ast.expr):
        return value
    return value.source if isinstance(value, Element) else ast.Constant(None)


def _blocks(node: ast.stmt) -> Iterator[list[ast.stmt]]:
    for name in ("body", "orelse", "finalbody"):
        block = getattr(node, name, None)
        if isinstance(block, list):
            yield block
    for handler in getattr(node, "handlers", ()):
        yield handler.body
    for case in getattr(node, "cases", ()):
        yield case.body
