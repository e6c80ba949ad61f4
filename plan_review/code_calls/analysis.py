"""Follow a Lambda handler through its package: the calls to AWS it can make, the variables it reads."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from plan_review.code_calls.boto import COLLECTIONS, METHODS
from plan_review.code_calls.inference import CallSites, Frame, Inference, own_nodes
from plan_review.code_calls.program import Class, Function, Module, Program, absolute
from plan_review.code_calls.values import (
    NOTHING,
    ClassValue,
    Client,
    Environ,
    External,
    FunctionValue,
    Instance,
    Operation,
    Service,
    Table,
    Text,
    Values,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

_MOST_ROUNDS = 8
# Methods of built-in types: a call of one on something unknown says nothing about a method of the package.
_BUILTIN_METHODS = frozenset(
    name for kind in (str, bytes, dict, list, set, tuple, int, float) for name in dir(kind) if not name.startswith("_")
) | {
    "read",
    "write",
    "close",
    "search",
    "match",
    "fullmatch",
    "group",
    "debug",
    "info",
    "warning",
    "error",
    "exception",
}
_CAMEL = re.compile(r"_([a-z])")
# Parts of Powertools that call AWS by themselves.
_LIBRARIES = {
    "aws_lambda_powertools.utilities.parameters": ("ssm", "secretsmanager", "appconfig", "dynamodb"),
    "aws_lambda_powertools.utilities.idempotency": ("dynamodb",),
    "aws_lambda_powertools.utilities.feature_flags": ("appconfig",),
    "aws_lambda_powertools.utilities.data_masking": ("kms",),
    "aws_lambda_powertools.utilities.streaming": ("s3",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class BotoCall:
    """A call to AWS. ``arguments`` are what is known of them; ``certain`` is false where it may never be reached."""

    service: str
    operation: str
    arguments: tuple[tuple[str, Values], ...]
    file: str
    line: int
    certain: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Unresolved:
    """A call that may be one to AWS and cannot be told."""

    what: str
    file: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """An environment variable that is read. ``required`` is None where its absence may be handled."""

    name: str
    required: bool | None
    file: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """What a handler does. ``problem`` says why it cannot start; ``found`` whether its code is here at all."""

    found: bool
    problem: str = ""
    calls: tuple[BotoCall, ...] = ()
    unresolved: tuple[Unresolved, ...] = ()
    reads: tuple[Read, ...] = ()
    writes: frozenset[str] = frozenset()
    dynamic_environment: bool = False
    libraries: frozenset[str] = frozenset()


def analyse(handler: str, roots: Sequence[Path]) -> Analysis:
    """Analyse the code behind a handler such as ``package.module.function``, which stands in one of ``roots``."""
    module, _, function = handler.rpartition(".")
    module = module.replace("/", ".")
    stamp = tuple(
        file.stat().st_mtime_ns for root in roots for file in sorted((root / module.split(".")[0]).rglob("*.py"))
    )
    return _analyse(module, function, tuple(roots), stamp)


@lru_cache(maxsize=64)
def _analyse(module_name: str, function_name: str, roots: tuple[Path, ...], stamp: tuple[int, ...]) -> Analysis:
    del stamp
    program = Program(roots)
    top = module_name.split(".", maxsplit=1)[0]
    here = any((root / f"{top}.py").is_file() or (root / top).is_dir() for root in roots)
    module = program.module(module_name)
    if module is None:
        problem = program.problems[0] if program.problems else f"there is no module {module_name}"
        return Analysis(found=here, problem=problem if here else "")
    if function_name not in module.names:
        return Analysis(found=True, problem=f"{module.file.name} has no {function_name}")
    return _Walk(program).run(module, function_name)


class _Walk:
    """One handler's walk through the program, repeated until no new call is seen."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.sites = CallSites()
        self.inference = Inference(program, self.sites)
        self.reached: dict[Function, bool] = {}
        self.modules: list[Module] = []
        self.calls: dict[tuple[int, str], BotoCall] = {}
        self.unresolved: dict[int, Unresolved] = {}
        self.reads: dict[tuple[int, str], Read] = {}
        self.writes: set[str] = set()
        self.dynamic = False
        self.libraries: set[str] = set()

    def run(self, module: Module, name: str) -> Analysis:
        """Walk from a handler."""
        before = (-1, -1, -1)
        for _ in range(_MOST_ROUNDS):
            self._round(module, name)
            now = (len(self.reached), self.sites.count, len(self.modules))
            if now == before:
                break
            before = now
        return Analysis(
            found=True,
            calls=tuple(sorted(self.calls.values(), key=lambda call: (call.file, call.line, call.operation))),
            unresolved=tuple(sorted(self.unresolved.values(), key=lambda one: (one.file, one.line))),
            reads=tuple(sorted(self.reads.values(), key=lambda read: (read.name, read.file, read.line))),
            writes=frozenset(self.writes),
            dynamic_environment=self.dynamic,
            libraries=frozenset(self.libraries),
        )

    def _round(self, module: Module, name: str) -> None:
        self.inference = Inference(self.program, self.sites)
        self.calls, self.unresolved, self.reads = {}, {}, {}
        self.dynamic = False
        self._import(module)
        for value in self.inference.global_name(module, name):
            self._reach_value(value, certain=True)
        for each in list(self.modules):
            self._body(each.tree, Frame(each), certain=True)
            for cls in each.classes:
                self._body(cls.node, Frame(each, None, cls), certain=True)
        done: set[Function] = set()
        while waiting := [function for function in self.reached if function not in done]:
            for function in waiting:
                done.add(function)
                frame = Frame(function.module, function, function.cls)
                self._body(function.node, frame, certain=self.reached[function])

    def _import(self, module: Module) -> None:
        """Modules run when they are imported, and import others."""
        if module in self.modules:
            return
        self.modules.append(module)
        parts = module.name.split(".")
        names = [".".join(parts[:count]) for count in range(1, len(parts))]
        for name in [*names, *_imports(module)]:
            for library, services in _LIBRARIES.items():
                if name.startswith(library):
                    self.libraries.update(services)
            inner = self.program.module(name) if name else None
            if inner is not None:
                self._import(inner)

    def _reach(self, function: Function, *, certain: bool) -> None:
        if certain or function not in self.reached:
            self.reached[function] = certain or self.reached.get(function, False)
        if function.module not in self.modules:
            self._import(function.module)

    def _reach_value(self, value: object, *, certain: bool) -> None:
        if isinstance(value, FunctionValue):
            self._reach(value.function, certain=certain)
        elif isinstance(value, (ClassValue, Instance)):
            for name in ("__init__", "__post_init__", "__new__", "__enter__", "__exit__", "__call__"):
                if (method := self.inference.method(value.cls, name)) is not None:
                    self._reach(method, certain=certain)

    def _body(
        self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Module | ast.ClassDef, frame: Frame, *, certain: bool
    ) -> None:
        for part in own_nodes(node):
            if isinstance(part, ast.Call):
                self._call(part, frame, certain=certain)
            elif isinstance(part, ast.Attribute) and isinstance(part.ctx, ast.Load):
                self._attribute(part, frame, certain=certain)
            elif isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load):
                self._name(part, frame, certain=certain)
            elif isinstance(part, ast.Subscript):
                self._subscript(part, frame)
            elif isinstance(part, (ast.FunctionDef, ast.AsyncFunctionDef)) and frame.function is not None:
                for inner in frame.function.inner:
                    self._reach(inner, certain=certain)

    def _name(self, node: ast.Name, frame: Frame, *, certain: bool) -> None:
        if frame.function is not None and node.id in frame.function.names:
            return
        bindings = frame.module.names.get(node.id)
        if bindings and any(not isinstance(binding, ast.expr) for binding in bindings):
            for value in self.inference.of(node, frame):
                self._reach_value(value, certain=certain) if isinstance(value, FunctionValue) else None

    def _attribute(self, node: ast.Attribute, frame: Frame, *, certain: bool) -> None:
        for owner in self.inference.of(node.value, frame):
            if isinstance(owner, (Instance, ClassValue)):
                for cls in self.inference.implementations(owner.cls):
                    method = self.inference.method(cls, node.attr)
                    if method is not None:
                        self._reach(method, certain=certain)
            elif isinstance(owner, Service) and (owner.service, owner.kind) in COLLECTIONS:
                operation = COLLECTIONS[str(owner.service), owner.kind].get(node.attr)
                if operation is not None:
                    self._record(node, frame, str(owner.service), operation, owner.known, certain=certain)
        for value in self.inference.of(node, frame):
            if isinstance(value, FunctionValue):
                self._reach(value.function, certain=certain)

    def _call(self, node: ast.Call, frame: Frame, *, certain: bool) -> None:
        self._environment_call(node, frame)
        callees = self.inference.of(node.func, frame)
        for callee in callees:
            if isinstance(callee, FunctionValue):
                self.sites.add(callee.function, node, frame)
                self._reach(callee.function, certain=certain)
            elif isinstance(callee, ClassValue):
                self._construct(callee.cls, node, frame, certain=certain)
            elif isinstance(callee, Operation) and callee.kind != "Session":
                self._operation(node, frame, callee, certain=certain)
        self._client_of_unknown_service(node, frame)
        if not callees and isinstance(node.func, ast.Attribute):
            self._unknown_method(node, node.func, frame)
        if isinstance(node.func, ast.Name) and node.func.id == "getattr" and node.args:
            self._computed(node, frame)

    def _construct(self, cls: Class, node: ast.Call, frame: Frame, *, certain: bool) -> None:
        self.sites.add(cls, node, frame)
        for each in self.inference.lineage(cls):
            if "BaseSettings" in {getattr(base, "id", getattr(base, "attr", "")) for base in each.node.bases}:
                self.dynamic = True
        constructor = self.inference.method(cls, "__init__")
        if constructor is not None:
            self.sites.add(constructor, node, frame)
        self._reach_value(ClassValue(cls), certain=certain)

    def _operation(self, node: ast.Call, frame: Frame, operation: Operation, *, certain: bool) -> None:
        if operation.service is None or operation.name is None:
            self._unresolve(node, frame, "the service or operation of this call is computed")
            return
        if operation.name in ("get_paginator", "get_waiter") or (
            not operation.kind and operation.name in _CONSTRUCTORS
        ):
            return
        if operation.kind == "paginator":
            names = [text.literal for _, values in operation.known for text in values if isinstance(text, Text)]
            if names and names[0] is None:
                self._unresolve(node, frame, "which operation is paginated or waited for is computed")
            elif names:
                self._record(node, frame, operation.service, str(names[0]), (), certain=certain)
            return
        if operation.name == "generate_presigned_url":
            self._presigned(node, frame, operation, certain=certain)
            return
        key = (operation.service, operation.kind)
        name = METHODS.get(key, {}).get(operation.name, operation.name)
        self._record(node, frame, operation.service, name, operation.known, certain=certain)

    def _presigned(self, node: ast.Call, frame: Frame, operation: Operation, *, certain: bool) -> None:
        names = (
            [text.literal for text in self.inference.of(node.args[0], frame) if isinstance(text, Text)]
            if node.args
            else []
        )
        names += [
            text.literal
            for keyword in node.keywords
            if keyword.arg == "ClientMethod"
            for text in self.inference.of(keyword.value, frame)
            if isinstance(text, Text)
        ]
        if not names or names[0] is None:
            self._unresolve(node, frame, "which operation is presigned is computed")
            return
        inner: tuple[tuple[str, Values], ...] = ()
        for keyword in node.keywords:
            for table in self.inference.of(keyword.value, frame) if keyword.arg == "Params" else ():
                inner = table.entries if isinstance(table, Table) else inner
        self._record(node, frame, str(operation.service), names[0], inner, certain=certain, keywords=False)

    def _record(
        self,
        node: ast.Call | ast.Attribute,
        frame: Frame,
        service: str,
        operation: str,
        known: tuple[tuple[str, Values], ...],
        *,
        certain: bool,
        keywords: bool = True,
    ) -> None:
        arguments = dict(known)
        for keyword in node.keywords if isinstance(node, ast.Call) and keywords else ():
            if keyword.arg is not None:
                arguments[keyword.arg] = self.inference.of(keyword.value, frame)
                continue
            tables = self.inference.of(keyword.value, frame)
            for table in tables:
                if isinstance(table, Table):
                    for name, values in table.entries:
                        arguments[name] = arguments.get(name, NOTHING) | values
            if not tables or any(not isinstance(table, Table) or table.open for table in tables):
                arguments["*"] = NOTHING
        key = (id(node), f"{service}:{operation}")
        self.calls[key] = BotoCall(
            service=service,
            operation=operation,
            arguments=tuple(sorted(arguments.items())),
            file=self._file(frame),
            line=node.lineno,
            certain=certain,
        )

    def _file(self, frame: Frame) -> str:
        parts = frame.module.name.replace(".", "/")
        return f"{parts}/__init__.py" if frame.module.is_package else f"{parts}.py"

    def _unresolve(self, node: ast.expr, frame: Frame, what: str) -> None:
        self.unresolved[id(node)] = Unresolved(what=what, file=self._file(frame), line=node.lineno)

    def _client_of_unknown_service(self, node: ast.Call, frame: Frame) -> None:
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        for value in self.inference.of(node, frame) if name in ("client", "resource") else ():
            if isinstance(value, (Client, Service)) and value.service is None:
                self._unresolve(node, frame, "the service of this client is computed")

    def _computed(self, node: ast.Call, frame: Frame) -> None:
        for value in self.inference.of(node.args[0], frame):
            if isinstance(value, (Client, Service)):
                names = self.inference.of(node.args[1], frame) if len(node.args) > 1 else NOTHING
                literal = [text.literal for text in names if isinstance(text, Text) and text.literal]
                if not literal:
                    self._unresolve(node, frame, f"the operation of {value.service} is computed by getattr")
                for name in literal:
                    self._record(node, frame, str(value.service), name, (), certain=False, keywords=False)

    def _unknown_method(self, node: ast.Call, func: ast.Attribute, frame: Frame) -> None:
        """A method of something unknown may be one of the package's, or an operation of a client."""
        if func.attr in _BUILTIN_METHODS or self.inference.of(func.value, frame):
            return
        for module in self.modules:
            for cls in module.classes:
                if func.attr in cls.methods:
                    self.sites.add(cls.methods[func.attr], node, frame)
                    self._reach(cls.methods[func.attr], certain=False)
        if self._is_operation(func.attr):
            self._unresolve(node, frame, f"what {ast.unparse(func)} is called on is not known")

    def _is_operation(self, name: str) -> bool:
        if "_" not in name:
            return False
        from plan_review.policies import iam_actions  # noqa: PLC0415 - data that few functions need

        return any(iam_actions.proper_name(f"{service}:{name.replace('_', '')}") for service in _COMMON_SERVICES)

    def _subscript(self, node: ast.Subscript, frame: Frame) -> None:
        if not any(isinstance(value, Environ) for value in self.inference.of(node.value, frame)):
            return
        names = self._names(node.slice, frame)
        if isinstance(node.ctx, ast.Store):
            self.writes.update(names)
        elif isinstance(node.ctx, ast.Load):
            self._read(node, frame, names, required=True)

    def _environment_call(self, node: ast.Call, frame: Frame) -> None:
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
            self.reads[id(node), name] = Read(name=name, required=required, file=self._file(frame), line=node.lineno)


_CONSTRUCTORS = ("Table", "Bucket", "Object", "Queue", "Topic", "get_queue_by_name")
_COMMON_SERVICES = (
    "dynamodb",
    "s3",
    "sqs",
    "sns",
    "lambda",
    "states",
    "events",
    "mediaconvert",
    "secretsmanager",
    "ssm",
)


@lru_cache(maxsize=512)
def _imports(module: Module) -> tuple[str, ...]:
    """Return the names that a module imports when it runs; what only type checkers see is left out."""
    names: list[str] = []
    waiting: list[ast.AST] = list(module.tree.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            waiting += node.orelse
        elif isinstance(node, ast.ImportFrom):
            base = absolute(node, module)
            names += [base, *(f"{base}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.stmt):
            waiting += [
                child for child in ast.iter_child_nodes(node) if isinstance(child, (ast.stmt, ast.ExceptHandler))
            ]
        elif isinstance(node, ast.ExceptHandler):
            waiting += node.body
    return tuple(names)


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
