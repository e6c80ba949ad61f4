"""Follow a Lambda handler through its package: the calls to AWS it can make, the variables it reads."""

from __future__ import annotations

import ast
from functools import lru_cache
from typing import TYPE_CHECKING

from plan_review.code_calls import remembered
from plan_review.code_calls.frames import CallSites, Frame, own_nodes
from plan_review.code_calls.inference import Inference
from plan_review.code_calls.program import Class, Function, Module, Program, absolute
from plan_review.code_calls.recording import Recorder
from plan_review.code_calls.results import Analysis, Unresolved
from plan_review.code_calls.starting import imported, missing_imports, refused, searches_elsewhere
from plan_review.code_calls.values import ClassValue, FunctionValue, Instance, Operation, Service
from plan_review.code_calls.variables import Variables

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from plan_review.code_calls.program import Stamps

_MOST_ROUNDS = 8
_MOST_KEPT = 64  # analyses
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
# Decorators that leave a function to whoever calls it.
_PLAIN_DECORATORS = frozenset(
    {
        "abstractmethod",
        "cache",
        "cached_property",
        "contextmanager",
        "getter",
        "lru_cache",
        "overload",
        "property",
        "setter",
        "singledispatch",
        "staticmethod",
        "wraps",
    }
)
# Parts of Powertools that call AWS by themselves.
_LIBRARIES = {
    "aws_lambda_powertools.utilities.parameters": ("ssm", "secretsmanager", "appconfig", "dynamodb"),
    "aws_lambda_powertools.utilities.idempotency": ("dynamodb",),
    "aws_lambda_powertools.utilities.feature_flags": ("appconfig",),
    "aws_lambda_powertools.utilities.data_masking": ("kms",),
    "aws_lambda_powertools.utilities.streaming": ("s3",),
}


_known: dict[tuple[str, tuple[Path, ...]], tuple[Analysis, Program, Stamps]] = {}


def analyse(handler: str, roots: Sequence[Path], *, memory: remembered.Memory | None = None) -> Analysis:
    """Analyse the code behind a handler such as ``package.module.function``, which stands in one of ``roots``.

    An analysis is kept for as long as no file that it looked for changes; beyond this process in the file of
    ``memory``, where one is given.
    """
    key = (handler, tuple(roots))
    if key in _known:
        analysis, program, stamps = _known[key]
        if program.stamps() == stamps:
            return analysis
    module, _, function = handler.rpartition(".")
    program = Program(roots)
    recalled = remembered.recall(memory, handler, program) if memory is not None else None
    analysis = recalled or _analyse(program, module.replace("/", "."), function)
    if memory is not None and recalled is None:
        remembered.keep(memory, handler, program, analysis)
    if len(_known) >= _MOST_KEPT:
        _known.clear()
    _known[key] = (analysis, program, program.stamps())
    return analysis


def _analyse(program: Program, module_name: str, function_name: str) -> Analysis:
    top = module_name.split(".", maxsplit=1)[0]
    here = any((root / f"{top}.py").is_file() or (root / top).is_dir() for root in program.roots)
    module = program.module(module_name)
    if module is None:
        problem = program.problems[0] if program.problems else f"there is no module {module_name}"
        return Analysis(found=here, problem=problem if here else "", unparsed=bool(program.problems))
    if function_name not in module.names:
        return Analysis(found=True, problem=f"{module.file.name} has no {function_name}")
    if problem := refused(module, function_name):
        return Analysis(found=True, problem=problem)
    try:
        return _Walk(program).run(module, function_name)
    except RecursionError:
        deep = Unresolved(what="the code is nested too deeply to be followed", file=module.file.name, line=1)
        return Analysis(found=True, unresolved=(deep,), dynamic_environment=True)


class _Walk:
    """One handler's walk through the program, repeated until no new call is seen."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.sites = CallSites()
        self.inference = Inference(program, self.sites)
        self.recorder = Recorder(self.inference)
        self.variables = Variables(self.inference)
        self.reached: dict[Function, bool] = {}
        self.modules: list[Module] = []
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
        calls, reads = self.recorder.calls.values(), self.variables.reads.values()
        return Analysis(
            found=True,
            problem=next(missing_imports(self.program, self.modules), "") or next(iter(self.program.problems), ""),
            unparsed=bool(self.program.problems),
            calls=tuple(sorted(calls, key=lambda call: (call.file, call.line, call.operation))),
            unresolved=tuple(sorted(self.recorder.unresolved.values(), key=lambda one: (one.file, one.line))),
            reads=tuple(sorted(reads, key=lambda read: (read.name, read.file, read.line))),
            writes=frozenset(self.variables.writes),
            dynamic_environment=self.variables.dynamic,
            libraries=frozenset(self.libraries),
            files=tuple(sorted(str(module.file) for module in self.modules)),
            imports=tuple(dict.fromkeys(each for module in self.modules for each in imported(module))),
            searches_elsewhere=any(searches_elsewhere(module) for module in self.modules),
        )

    def _round(self, module: Module, name: str) -> None:
        """Walk once, with what earlier rounds have learnt of calls."""
        self.inference = Inference(self.program, self.sites)
        self.recorder = Recorder(self.inference)
        self.variables = Variables(self.inference)
        self._begin(module, name)
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

    def _begin(self, module: Module, name: str) -> None:
        """Reach what Lambda calls: the handler, or what a framework keeps behind it."""
        self._import(module)
        handlers = self.inference.global_name(module, name)
        for value in handlers:
            self._reach_value(value, certain=True)
        if not any(isinstance(value, (FunctionValue, ClassValue, Instance)) for value in handlers):
            # The handler is made by something that is not known here: any function of its module may be behind it.
            for function in module.functions:
                self._reach(function, certain=False)
        for each in list(self.modules):
            for function in each.functions:
                if self._is_registered(function):
                    self._reach(function, certain=True)

    def _is_registered(self, function: Function) -> bool:
        """Whether a decorator of something outside of the package keeps the function, as a web framework's does."""
        frame = Frame(function.module, function.outer, function.cls)
        for decorator in function.node.decorator_list:
            called = decorator.func if isinstance(decorator, ast.Call) else decorator
            if isinstance(called, ast.Attribute) and called.attr not in _PLAIN_DECORATORS:
                values = self.inference.of(called, frame)
                if not any(isinstance(value, FunctionValue) for value in values):
                    return True
        return False

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
                self.variables.subscript(part, frame)
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
            elif isinstance(owner, Service):
                self.recorder.collection(node, frame, owner, certain=certain)
        for value in self.inference.of(node, frame):
            if isinstance(value, FunctionValue):
                self._reach(value.function, certain=certain)

    def _call(self, node: ast.Call, frame: Frame, *, certain: bool) -> None:
        self.variables.call(node, frame)
        callees = self.inference.of(node.func, frame)
        for callee in callees:
            if isinstance(callee, FunctionValue):
                self.sites.add(callee.function, node, frame)
                self._reach(callee.function, certain=certain)
            elif isinstance(callee, ClassValue):
                self._construct(callee.cls, node, frame, certain=certain)
            elif isinstance(callee, Operation) and callee.kind != "Session":
                self.recorder.operation(node, frame, callee, certain=certain)
        self.recorder.client(node, frame)
        if not callees and isinstance(node.func, ast.Attribute):
            self._unknown_method(node, node.func, frame)
        if isinstance(node.func, ast.Name) and node.func.id == "getattr" and node.args:
            self.recorder.computed(node, frame)

    def _construct(self, cls: Class, node: ast.Call, frame: Frame, *, certain: bool) -> None:
        self.sites.add(cls, node, frame)
        for each in self.inference.lineage(cls):
            if "BaseSettings" in {getattr(base, "id", getattr(base, "attr", "")) for base in each.node.bases}:
                self.variables.dynamic = True
        constructor = self.inference.method(cls, "__init__")
        if constructor is not None:
            self.sites.add(constructor, node, frame)
        self._reach_value(ClassValue(cls), certain=certain)

    def _unknown_method(self, node: ast.Call, func: ast.Attribute, frame: Frame) -> None:
        """A method of something unknown may be one of the package's, or an operation of a client."""
        if func.attr in _BUILTIN_METHODS or self.inference.of(func.value, frame):
            return
        for module in self.modules:
            for cls in module.classes:
                if func.attr in cls.methods:
                    self.sites.add(cls.methods[func.attr], node, frame)
                    self._reach(cls.methods[func.attr], certain=False)
        self.recorder.maybe_operation(node, func, frame)


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
