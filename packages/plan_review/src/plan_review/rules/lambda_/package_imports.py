from __future__ import annotations

import ast
import importlib.util
import os
import re
import sys
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from plan_review.aws.lambda_runtimes import ADDED, BROUGHT, REMOVED, STANDARD, python_version
from plan_review.evaluate.symbols import has_symbols
from plan_review.findings import Severity, Verdict
from plan_review.rules.found import Found
from plan_review.rules.rule import rule
from plan_review.rules.shared.function_code import Code, codes
from plan_review.rules.shared.packages import layers_of, module_places, package_of, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.code_calls import Imported
    from plan_review.evaluate.items import Item
    from plan_review.rules.context import Context
    from plan_review.rules.shared.packages import Package

_SEARCHED = ("PYTHONPATH", "NODE_PATH", "NODE_OPTIONS", "AWS_LAMBDA_EXEC_WRAPPER")
# What Node's runtimes bring: version 2 of the SDK up to Node.js 16, version 3 after it.
# https://docs.aws.amazon.com/lambda/latest/dg/lambda-nodejs.html
_SDK_2, _SDK_3 = ("aws-sdk",), ("@aws-sdk/", "@smithy/", "@aws-crypto/")
_LAST_WITH_SDK_2 = 16
# Modules of Node.js itself: https://nodejs.org/api/
_NODE = frozenset(
    {
        *("assert", "async_hooks", "buffer", "child_process", "cluster", "console", "constants", "crypto", "dgram"),
        *("diagnostics_channel", "dns", "domain", "events", "fs", "http", "http2", "https", "inspector", "module"),
        *("net", "os", "path", "perf_hooks", "process", "punycode", "querystring", "readline", "repl", "sea"),
        *("sqlite", "stream", "string_decoder", "sys", "test", "timers", "tls", "trace_events", "tty", "url", "util"),
        *("v8", "vm", "wasi", "worker_threads", "zlib"),
    }
)
_IMPORT = re.compile(
    r"""(?<![\w.$])require\(\s*['"](?P<required>[^'"\n]+)['"]\s*\)"""
    r"""|^[ \t]*import\s+['"](?P<bare>[^'"\n]+)['"]"""
    r"""|^[ \t]*(?:import|export)\s[^;'"()]*?\sfrom\s*['"](?P<from>[^'"\n]+)['"]""",
    re.MULTILINE,
)
_LATER = re.compile(r"^\s|=>|\bfunction\b|[?&|]|\btry\b|\bif\b|\bresolve\b")  # before a call of require, in its line
_COMMENT = re.compile(r"/\*.*?\*/|^\s*//.*$", re.DOTALL | re.MULTILINE)
_SCRIPTS = ("", ".js", ".mjs", ".cjs", ".json", ".node", "/index.js", "/index.mjs", "/index.cjs", "/package.json")
_MOST_SCRIPT = 2_000_000  # bytes: what is longer is a bundle, which holds what it needs


@rule(
    "package-imports",
    title="A package holds what its code imports, for the version of its runtime",
    why=(
        "Lambda's runtimes bring the standard library and the AWS SDK. Everything else that the code imports has to be "
        "in the package or a layer, and is missed only when the function starts."
    ),
    consequence="Runtime.ImportModuleError: Unable to import module: No module named …, at every invocation",
    sources=(
        "https://docs.aws.amazon.com/lambda/latest/dg/python-package.html",
        "https://docs.aws.amazon.com/lambda/latest/dg/nodejs-package.html",
        "https://docs.python.org/3/whatsnew/3.12.html#removed",
        "https://docs.python.org/3/whatsnew/3.13.html#removed-modules-and-apis",
        "https://github.com/DataDog/datadog-serverless-functions/issues/903",
    ),
)
def package_imports(context: Context) -> Iterator[Found]:
    """Imports of Python and Node.js, and syntax and standard library of the runtime's Python."""
    told: set[tuple[str, int, str]] = set()
    for code in codes(context):
        version = python_version(code.function.get("runtime"))
        if version is not None and code.analysis.found:
            yield from _syntax(code, version)
            yield from _python(context, code, version, told)
    for function in context.view.items("aws_lambda_function"):
        package = package_of(context, function)
        if str(function.get("runtime", "")).startswith("nodejs") and package is not None and package.known:
            yield from _node(context, function, package)


def _syntax(code: Code, version: tuple[int, int]) -> Iterator[Found]:
    """What the runtime's Python does not read; one that is newer than this one reads more than can be told here."""
    for name in code.analysis.files if version < sys.version_info[:2] else ():
        file = Path(name)
        try:
            ast.parse(file.read_text(encoding="utf-8"), feature_version=version)
        except (OSError, UnicodeDecodeError):
            continue
        except SyntaxError as error:
            yield Found(
                item=code.function,
                path=("runtime",),
                subject=file.name,
                message=f"{file.name}:{error.lineno} is no Python of {code.function.get('runtime')}: {error.msg}",
                remedy="use a newer runtime, or write it as that version takes it",
                consequence="Runtime.UserCodeSyntaxError, at every invocation",
            )


def _python(context: Context, code: Code, version: tuple[int, int], told: set[tuple[str, int, str]]) -> Iterator[Found]:
    """Functions that share a module share what it lacks: ``told`` is what was said of the functions before."""
    elsewhere = code.analysis.searches_elsewhere or _is_told_where(code.function)
    package = package_of(context, code.function)
    if package is not None and not (package.known and package.has_module(_module_of(code.function))):
        package = None  # what is in it cannot be told, or it is another than the one that the code is in
    layers = layers_of(context, code.function)
    lacking: set[str] = set()
    for each in sorted(code.analysis.imports, key=lambda one: (not one.certain, one.file, one.line)):
        top = each.name.partition(".")[0]
        if top in lacking or top == "__future__":
            continue
        held = _holds(package, layers, each.name, version)
        if held is True or (package is None and _is_own(context, code, each.name)):
            continue
        found = _standard(code.function, each, version) if top in STANDARD else None
        if top not in STANDARD and top not in BROUGHT and not elsewhere:
            found = _lacking(context, code.function, each, package, held=held)
        if found is not None:
            lacking.add(top)
            if (each.file, each.line, top) not in told:
                told.add((each.file, each.line, top))
                yield found


def _module_of(function: Item) -> str:
    return str(function.get("handler", "")).rpartition(".")[0].replace("/", ".")


def _is_told_where(function: Item) -> bool:
    """Whether a variable says where modules are looked for, or it is not known whether one does."""
    variables = (function.block("environment") or {}).get("variables") or {}
    return (
        function.is_dynamic("environment")
        or not isinstance(variables, dict)
        or not set(_SEARCHED).isdisjoint(variables)
    )


def _holds(package: Package | None, layers: list[Package] | None, name: str, version: tuple[int, int]) -> bool | None:
    """Return whether a package, or a layer, holds a module; None where not all of them are known."""
    if package is not None and package.known and package.has_module(name):
        return True
    if layers is not None and any(layer.has_module(name, module_places(version)) for layer in layers):
        return True
    return None if package is None or not package.known or layers is None else False


def _is_own(context: Context, code: Code, name: str) -> bool:
    """Whether a module stands among the sources, where nothing else tells what the package holds."""
    relative = name.replace(".", "/")
    # Most files stand in few folders: each is asked once.
    folders = map(Path, dict.fromkeys(os.path.dirname(file) for file in code.analysis.files))  # noqa: PTH120 - fast
    roots = [*context.evidence.code, *folders]
    return any((root / relative).is_dir() or (root / f"{relative}.py").is_file() for root in roots)


def _standard(function: Item, each: Imported, version: tuple[int, int]) -> Found | None:
    top = each.name.partition(".")[0]
    gone, came = REMOVED.get(top), ADDED.get(top)
    if gone is not None and version >= gone:
        what = f"{top} is no longer in Python's standard library since {gone[0]}.{gone[1]}"
    elif came is not None and version < came:
        what = f"{top} is in Python's standard library from {came[0]}.{came[1]} on"
    else:
        return None
    return Found(
        item=function,
        path=("runtime",),
        subject=top,
        severity=None if each.certain else Severity.WARNING,
        message=f"{each.file}:{each.line} imports {each.name}: {what}, and the runtime is {function.get('runtime')}",
        remedy="use what has taken its place, or another runtime",
    )


def _lacking(
    context: Context, function: Item, each: Imported, package: Package | None, *, held: bool | None
) -> Found | None:
    top = each.name.partition(".")[0]
    if held is False and package is not None:
        return Found(
            item=function,
            path=("filename",),
            subject=top,
            severity=None if each.certain else Severity.WARNING,
            verdict=_unless_put_in_later(package),
            message=f"{each.file}:{each.line} imports {each.name}, which is not in its package {package.name}",
            remedy=_remedy(package, top),
            consequence=(
                f"Runtime.ImportModuleError: Unable to import module: No module named '{top}', at every invocation"
                if each.certain
                else f"ModuleNotFoundError: No module named '{top}', when it comes to that line"
            ),
        )
    if package is None and context.evidence.code and not function.get("layers") and not _is_installed(top):
        return Found(
            item=function,
            path=("filename",),
            subject=top,
            verdict=Verdict.CANNOT_TELL,
            message=f"{each.file}:{each.line} imports {each.name}: whether its package holds {top} cannot be told, and "
            "it is not installed here",
            remedy="the package itself beside the configuration, or the module installed where the package is built",
        )
    return None


def _unless_put_in_later(package: Package) -> Verdict:
    """Of sources that get their dependencies before they are zipped, it cannot be told what they will be."""
    return Verdict.MISSING if package.complete else Verdict.CANNOT_TELL


def _remedy(package: Package, name: str) -> str:
    if package.complete:
        return f"put {name} into the package or a layer, or take the import out"
    return f"the folder {package.name} as it is zipped, with {name} where that is put into it before"


def _is_installed(top: str) -> bool:
    try:
        return importlib.util.find_spec(top) is not None
    except (ImportError, ValueError):
        return False


def _node(context: Context, function: Item, package: Package) -> Iterator[Found]:
    """Follow a handler through the files of its package; a bundle and what is below node_modules are left alone."""
    handler = str(function.get("handler", ""))
    version = re.match(r"nodejs(\d+)", str(function.get("runtime")))
    start = _script(package, handler.rpartition(".")[0].removeprefix("./"))
    if version is None or start is None or has_symbols(handler) or _is_told_where(function):
        return
    layered = bool(function.get("layers")) and layers_of(context, function) is None
    layers = layers_of(context, function) or []
    waiting, seen, told = [start], {start}, set[str]()
    while waiting:
        file = waiting.pop()
        text = text_of(package, file) if package.entries[file].size <= _MOST_SCRIPT else ""
        for name, certain in _required(text):
            if name.startswith("."):
                target = _script(package, _joined(file, name))
                if target is None and name not in told:
                    told.add(name)
                    yield _not_packaged(function, package, file, name, certain=certain)
                elif target is not None and target not in seen and target.endswith(("js", "cjs", "mjs")):
                    seen.add(target)
                    waiting.append(target)
            elif not (
                name in told or layered or _is_brought(name, int(version[1])) or _is_there(package, layers, name)
            ):
                told.add(name)
                yield _not_packaged(function, package, file, name, certain=certain)


def _required(text: str) -> Iterator[tuple[str, bool]]:
    """Yield what a module of JavaScript imports, and whether it does so when it is loaded."""
    bare = _COMMENT.sub("", text)
    for match in _IMPORT.finditer(bare):
        line = bare[bare.rfind("\n", 0, match.start()) + 1 : match.start()]
        yield match["required"] or match["bare"] or match["from"], not _LATER.search(line)


def _script(package: Package, name: str) -> str | None:
    return next((f"{name}{ending}" for ending in _SCRIPTS if f"{name}{ending}" in package.entries), None)


def _joined(file: str, name: str) -> str:
    """Return where within the package a relative import leads to."""
    parts = list(PurePosixPath(file).parent.parts)
    for step in name.split("/"):
        if step == "..":
            parts = parts[:-1]
        elif step not in (".", ""):
            parts.append(step)
    return "/".join(parts)


def _is_brought(name: str, version: int) -> bool:
    if name.startswith(("node:", "/", "#")) or name.partition("/")[0] in _NODE:
        return True
    return name.startswith(_SDK_3) if version > _LAST_WITH_SDK_2 else name.partition("/")[0] in _SDK_2


def _is_there(package: Package, layers: list[Package], name: str) -> bool:
    parts = name.split("/")
    top = "/".join(parts[:2]) if name.startswith("@") else parts[0]
    inside = f"node_modules/{top}/"
    return any(entry.startswith(inside) or f"/{inside}" in entry for entry in package.entries) or any(
        f"/{inside}" in entry for layer in layers for entry in layer.entries
    )


def _not_packaged(function: Item, package: Package, file: str, name: str, *, certain: bool) -> Found:
    return Found(
        item=function,
        path=("filename",),
        subject=name,
        severity=None if certain else Severity.WARNING,
        verdict=Verdict.MISSING if name.startswith(".") else _unless_put_in_later(package),
        message=f"{file} imports {name}, which is not in its package {package.name}",
        remedy=_remedy(package, name),
        consequence=f"Runtime.ImportModuleError: Cannot find module '{name}'",
    )
