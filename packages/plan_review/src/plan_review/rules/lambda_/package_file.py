from __future__ import annotations

import re
from typing import TYPE_CHECKING

from plan_review.evaluate.symbols import has_symbols
from plan_review.findings import Severity, Verdict
from plan_review.rules.found import Found
from plan_review.rules.rule import rule
from plan_review.rules.shared.function_code import codes
from plan_review.rules.shared.packages import Package, layers_of, package_of, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.evaluate.items import Item
    from plan_review.rules.context import Context

_QUOTAS = "https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html"
_MB = 1024 * 1024
_MOST_ZIPPED = 50 * _MB
_MOST_UNPACKED = 250 * _MB
_READABLE, _EXECUTABLE = 0o004, 0o001  # by others, as Lambda's own user is
_BOOTSTRAP = "bootstrap"
_ENDINGS = {
    "python": (".py", ".pyc", ".so", "/__init__.py", "/__init__.pyc"),
    "nodejs": (".js", ".mjs", ".cjs", ".node"),
    "ruby": (".rb",),
}
_NO_ZIP = (
    "InvalidParameterValueException: Could not unzip uploaded file. Please check your file, then try to upload again."
)
_EMPTY = "InvalidParameterValueException: Uploaded file must be a non-empty zip"
_TOO_LARGE = (
    "RequestEntityTooLargeException: Request must be smaller than 70167211 bytes for the CreateFunction operation"
)
_TOO_LARGE_UNPACKED = "InvalidParameterValueException: Unzipped size must be smaller than 262144000 bytes"
_DENIED = "permission denied, when Lambda loads the file"


@rule(
    "package-file",
    title="A function's package is there, is a zip, fits the limits and holds the handler",
    why=(
        "Terraform reads the file when it applies, and Lambda opens it after that: what is wrong with it no plan "
        "tells, and a handler that is not in it is looked for when the first event comes."
    ),
    consequence="Runtime.ImportModuleError or Runtime.HandlerNotFound, at every invocation",
    sources=(
        _QUOTAS,
        "https://docs.aws.amazon.com/lambda/latest/dg/configuration-function-zip.html",
        "https://docs.aws.amazon.com/lambda/latest/dg/troubleshooting-deployment.html",
        "https://docs.aws.amazon.com/lambda/latest/dg/runtimes-custom.html",
    ),
)
def package_file(context: Context) -> Iterator[Found]:
    """Packages of functions and layers, opened where they are here."""
    told: set[str] = set()
    for item in context.view.items("aws_lambda_function", "aws_lambda_layer_version"):
        package = package_of(context, item)
        if package is None:
            continue
        if not package.known:
            if package.name not in told:
                told.add(package.name)
                yield from _not_open(context, item, package)
            continue
        for found in _sizes(context, item, package):
            if (size := f"{package.name} {found.message}") not in told:
                told.add(size)
                yield found
        if item.type == "aws_lambda_function":
            yield from _handler(context, item, package)


def _not_open(context: Context, item: Item, package: Package) -> Iterator[Found]:
    if package.problem:
        yield Found(
            item=item,
            path=("filename",),
            message=f"its package {package.name} cannot be opened: {package.problem}",
            remedy="make the package anew",
            consequence=_EMPTY if "empty" in package.problem else _NO_ZIP,
        )
    elif context.configuration.stack is not None:
        yield Found(
            item=item,
            path=("filename",),
            message=f"its package {package.name} is not there",
            remedy="synthesize the stack anew: what it is made of is put beside it",
            consequence=f"apply: unable to load {package.name}: no such file or directory",
        )
    elif item.type == "aws_lambda_function" and not any(
        code.function is item and not code.analysis.found for code in codes(context)
    ):
        # Who builds packages elsewhere, before each deployment, has none here: that is no mistake.
        yield Found(
            item=item,
            path=("filename",),
            verdict=Verdict.CANNOT_TELL,
            message=f"its package {package.name} is not on this machine",
            remedy="the package, built before the review as it is before a deployment",
            consequence=f"where it is not there at the deployment either: unable to load {package.name}",
        )


def _sizes(context: Context, item: Item, package: Package) -> Iterator[Found]:
    if package.size is not None and package.size > _MOST_ZIPPED:
        yield Found(
            item=item,
            path=("filename",),
            subject="zipped",
            message=f"its package {package.name} has {_in_mb(package.size)} zipped; {_in_mb(_MOST_ZIPPED)} are allowed",
            remedy="put it into a bucket, and give s3_bucket and s3_key, or leave out what it does not need",
            consequence=_TOO_LARGE,
        )
    layers = (layers_of(context, item) or []) if item.type == "aws_lambda_function" else []
    total = package.unpacked + sum(layer.unpacked for layer in layers)
    if total > _MOST_UNPACKED:
        with_layers = " with its layers" if layers else ""
        yield Found(
            item=item,
            path=("filename",),
            subject="unpacked",
            message=f"its package{with_layers} has {_in_mb(total)} unpacked; {_in_mb(_MOST_UNPACKED)} are allowed",
            remedy="leave out what it does not need, or use a container image",
            consequence=_TOO_LARGE_UNPACKED,
        )


def _in_mb(size: int) -> str:
    return f"{size / _MB:,.1f} MB"


def _handler(context: Context, function: Item, package: Package) -> Iterator[Found]:
    runtime, handler = str(function.get("runtime", "")), str(function.get("handler", ""))
    if has_symbols(runtime + handler) or not handler or not runtime:
        return
    if runtime.startswith("provided"):
        yield from _bootstrap(context, function, package)
        return
    language = next((each for each in _ENDINGS if runtime.startswith(each)), "")
    if not language:
        yield from _compiled(function, package, runtime, handler)
        return
    file = _file_of(package, handler, language)
    if file is None:
        if not function.get("layers") and _module_matters(context, function, language):
            module = handler.rpartition(".")[0]
            yield Found(
                item=function,
                path=("handler",),
                message=f"the module {module} of its handler {handler} is not in its package {package.name}",
                remedy=f"name the handler as it stands in the package, which has {_near(package, language)}",
            )
        return
    mode = package.entries[file].mode
    if mode and not mode & _READABLE:
        yield Found(
            item=function,
            path=("filename",),
            message=f"{file} in its package may be read by its owner alone, and Lambda runs as another user",
            remedy="give files the mode 644 before they are zipped",
            consequence=_DENIED,
        )
    if language == "nodejs" and (problem := _not_exported(text_of(package, file), handler.rpartition(".")[2])):
        yield Found(
            item=function,
            path=("handler",),
            message=f"{file} in its package {problem}",
            remedy="name the handler as the module exports it",
            consequence="Runtime.HandlerNotFound, at every invocation",
        )


def _module_matters(context: Context, function: Item, language: str) -> bool:
    """Whether nothing else tells of it: code of Python that stands in the folder is looked at where it stands."""
    told = any(code.function is function and code.analysis.problem for code in codes(context))
    return language != "python" or not told


def _file_of(package: Package, handler: str, language: str) -> str | None:
    module = handler.rpartition(".")[0]
    module = module.replace(".", "/") if language == "python" else module.removeprefix("./")
    for name in package.entries:
        if any(name == f"{module}{ending}" for ending in _ENDINGS[language]):
            return name
        if language == "python" and name.startswith(f"{module}.") and name.endswith(".so"):
            return name
    return None


def _near(package: Package, language: str) -> str:
    """Return some of the files that a handler may be in."""
    files = [name for name in package.entries if name.endswith(_ENDINGS[language][0]) and "node_modules" not in name]
    shown = sorted(files, key=lambda name: (name.count("/"), name))[:3]
    return ", ".join(shown) or f"no file of {language}"


def _not_exported(text: str, name: str) -> str:
    """Say why a module of JavaScript does not export a name; nothing where it may, by whatever way."""
    if not text or re.search(rf"(?<![\w$]){re.escape(name)}(?![\w$])", text):
        return ""
    by_another_way = re.search(
        r"export\s*\*|module\.exports\s*=\s*(require|[\w$]+\s*[;(]|[\w$]+\s*$)|__exportStar", text
    )
    return "" if by_another_way else f'has nothing called "{name}"'


def _bootstrap(context: Context, function: Item, package: Package) -> Iterator[Found]:
    """A runtime of the operating system alone starts the file ``bootstrap``, of the package or a layer."""
    layers = layers_of(context, function)
    entry = package.entries.get(_BOOTSTRAP)
    if entry is None and (layers is None or any(_BOOTSTRAP in layer.entries for layer in layers)):
        return
    if entry is None:
        yield Found(
            item=function,
            path=("filename",),
            message=f"its runtime starts the file {_BOOTSTRAP}, which is not at the top of its package {package.name}",
            remedy=f"call the program {_BOOTSTRAP}, and zip it without its folder",
            consequence="Runtime.InvalidEntrypoint: Couldn't find valid bootstrap(s)",
        )
    elif entry.mode and not entry.mode & _EXECUTABLE:
        yield Found(
            item=function,
            path=("filename",),
            message=f"{_BOOTSTRAP} in its package may not be executed",
            remedy="give it the mode 755 before it is zipped",
            consequence="Runtime.InvalidEntrypoint, or fork/exec /var/task/bootstrap: permission denied",
        )


def _compiled(function: Item, package: Package, runtime: str, handler: str) -> Iterator[Found]:
    """Of Java and .NET the handler names a class, and a file of the package where that is not in an archive."""
    missing = ""
    if runtime.startswith("dotnet") and "::" in handler:
        assembly = f"{handler.partition('::')[0]}.dll"
        missing = assembly if assembly not in package.entries else ""
    elif runtime.startswith("java") and not any(name.endswith(".jar") for name in package.entries):
        file = f"{handler.partition('::')[0].replace('.', '/')}.class"
        missing = file if file not in package.entries else ""
    if missing and not function.get("layers"):
        yield Found(
            item=function,
            path=("handler",),
            message=f"its handler {handler} is in {missing}, which is not in its package {package.name}",
            remedy="name the handler as it stands in the package, and zip the files without their folder",
            consequence="the class of the handler is not found, at every invocation",
            severity=Severity.WARNING,
        )
