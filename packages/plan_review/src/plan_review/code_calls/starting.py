"""Whether Lambda can start a handler: its parameters, and the imports on the way to it."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from plan_review.code_calls.program import Function, Import, Module, absolute
from plan_review.code_calls.results import Imported

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from plan_review.code_calls.program import Program

_PARAMETERS = 2  # the event and the context
# Decorators that hand both on: of Powertools, of the X-Ray SDK, of Sentry and Datadog.
_HANDING_ON = frozenset(
    {"inject_lambda_context", "log_metrics", "capture_lambda_handler", "capture", "capture_method", "tracer", "logger"}
)
_SEARCHING = {("sys", "path"), ("sys", "meta_path"), ("site", "addsitedir"), ("zipimport", "zipimporter")}


def refused(module: Module, name: str) -> str:
    """Return why Lambda cannot call a handler; empty where it can, or that cannot be told."""
    bindings = module.names.get(name, [])
    function = bindings[-1] if bindings else None
    if not isinstance(function, Function) or not set(function.decorators) <= _HANDING_ON:
        return ""
    if isinstance(function.node, ast.AsyncFunctionDef):
        return f"{name} in {module.file.name} is asynchronous; Lambda would return what it makes without running it"
    arguments = function.node.args
    taken = len(function.parameters)
    needed = taken - len(arguments.defaults)
    if needed > _PARAMETERS or (taken < _PARAMETERS and arguments.vararg is None):
        return f"{name} in {module.file.name} takes {taken} arguments; Lambda gives it the event and the context"
    if any(default is None for default in arguments.kw_defaults):
        return f"{name} in {module.file.name} wants a keyword argument, which Lambda does not give"
    return ""


def missing_imports(program: Program, modules: Sequence[Module]) -> Iterator[str]:
    """Yield the imports of modules that run at start which name what the package does not have."""
    for module in modules:
        for node in _imports_at_start(module.tree.body):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    if _is_here(program, alias.name) and not _exists(program, alias.name):
                        yield f"{module.file.name}:{node.lineno} imports {alias.name}, which is not there"
                continue
            base = absolute(node, module)
            if not _is_here(program, base):
                continue
            if not _exists(program, base):
                yield f"{module.file.name}:{node.lineno} imports {base}, which is not there"
                continue
            source = program.module(base)
            for alias in node.names:
                if source is not None and not _has(program, source, alias.name):
                    yield f"{module.file.name}:{node.lineno} imports {alias.name} from {base}, which has none"


def _imports_at_start(body: Sequence[ast.stmt]) -> Iterator[ast.Import | ast.ImportFrom]:
    """Yield the imports at the top of a module; those that are tried, or under a condition, may be meant to fail."""
    for node in body:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            yield node


def imported(module: Module) -> Iterator[Imported]:
    """Yield what a module imports: when it is loaded, or, less certain, when a function of it runs.

    What is tried, under a condition, or for type checkers may be meant to fail, and is left out.
    """
    at_start = set(map(id, _imports_at_start(module.tree.body)))
    waiting: list[ast.AST] = [module.tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [absolute(node, module)]
            for name in filter(None, names):
                certain = id(node) in at_start
                yield Imported(name=name, file=module.file.name, line=node.lineno, certain=certain)
        elif not isinstance(node, (ast.Try, ast.TryStar, ast.If, ast.With, ast.expr)):
            waiting += ast.iter_child_nodes(node)


def searches_elsewhere(module: Module) -> bool:
    """Whether a module changes where modules are looked for, or loads one by a way of its own."""
    return any(
        isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and (node.value.id, node.attr) in _SEARCHING
        for node in ast.walk(module.tree)
    )


def _is_here(program: Program, name: str) -> bool:
    """Whether the package that a module belongs to is among the sources, with at least one file of Python."""
    top = name.split(".", maxsplit=1)[0]
    return bool(top) and any((root / top / "__init__.py").is_file() for root in program.roots)


def _exists(program: Program, name: str) -> bool:
    relative = name.replace(".", "/")
    # A file that does not parse, an extension module or a namespace package is there all the same.
    return any(
        (root / relative).is_dir()
        or next((root / relative).parent.glob(f"{(root / relative).name}.*"), None) is not None
        for root in program.roots
    )


def _has(program: Program, module: Module, name: str) -> bool:
    if name == "*" or name in module.names or name.startswith("__"):
        return True
    if {"__getattr__", "__path__"} & module.names.keys() or _exists(program, f"{module.name}.{name}"):
        return True
    # What is deleted, declared without a value, or comes with a star import, is not followed.
    starred = any(isinstance(each, Import) and each.name == "*" for given in module.names.values() for each in given)
    annotated = any(
        isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.target.id == name
        for node in ast.walk(module.tree)
    )
    return starred or annotated or "globals()" in ast.unparse(module.tree)
