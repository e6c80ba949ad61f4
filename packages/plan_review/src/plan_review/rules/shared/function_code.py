"""The code of functions, and the calls that it makes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plan_review.code_calls import Analysis, BotoCall, analyse
from plan_review.code_calls.values import Items, Table, Text, Variable
from plan_review.evaluate.symbols import has_symbols
from plan_review.rules.shared.api_calls import NAMING_ARGUMENTS, ApiNeed, needs_of_call
from plan_review.rules.shared.packages import package_of, sources_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.code_calls.values import Values
    from plan_review.evaluate.items import Item
    from plan_review.rules.context import Context


HANDLER_PAGE = "https://docs.aws.amazon.com/lambda/latest/dg/python-handler.html"


VARIABLES_PAGE = "https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html"


SDK_PAGE = "https://docs.aws.amazon.com/service-authorization/latest/reference/"


@dataclass(frozen=True, slots=True)
class Code:
    """A function with what its code does; ``variables`` is None where they cannot be told."""

    function: Item
    analysis: Analysis
    variables: dict[str, Any] | None


def codes(context: Context) -> list[Code]:
    """Return the Python functions of a configuration with the analysis of their code."""
    return context.shared("codes", lambda: list(_codes(context)))


def _codes(context: Context) -> Iterator[Code]:
    for function in context.view.items("aws_lambda_function"):
        handler = function.get("handler")
        if not str(function.get("runtime", "")).startswith("python") or not isinstance(handler, str):
            continue
        block = function.block("environment")
        variables = (block or {}).get("variables") or {}
        known = isinstance(variables, dict) and not function.is_dynamic("environment")
        roots = _readable(context, function, handler)
        readable = roots and not has_symbols(handler)
        memory = context.evidence.memory
        analysis = analyse(handler, roots, memory=memory) if readable else Analysis(found=False)
        yield Code(function, analysis, variables if known else None)


def _roots(context: Context, function: Item) -> Iterator[Path]:
    """Yield the folders in which a function's code may stand: those given, and what is zipped up for it."""
    yield from context.evidence.code
    base = context.configuration.folder
    for archive in context.view.items("data.archive_file"):
        output = archive.attribute("output_path")
        source = archive.get("source_dir") or str(Path(str(archive.get("source_file", ""))).parent)
        named = function.get("filename") == output and isinstance(source, str)
        if named and base is not None and (base / source).is_dir():
            yield base / source


def _readable(context: Context, function: Item, handler: str) -> list[Path]:
    """Return where a handler's code is looked for: the package itself is read where it stands nowhere else."""
    roots = list(_roots(context, function))
    relative = handler.rpartition(".")[0].replace(".", "/")
    if any((root / f"{relative}.py").is_file() or (root / relative).is_dir() for root in roots):
        return roots
    package = package_of(context, function)
    sources = sources_of(context, package, handler) if package is not None and package.known else None
    return [*roots, sources] if sources is not None and not roots else roots


def texts(context: Context, code: Code, values: Values, place: str) -> list[Any]:
    """Return the values that an argument may have, with the function's variables filled in; None is unknown."""
    found: list[Any] = []
    for value in sorted(values, key=repr):
        if isinstance(value, Text):
            found.append("".join(_part(context, code, part, place) for part in value.parts))
        elif isinstance(value, Items):
            found.append([each for entry in value.entries for each in texts(context, code, entry, place)])
        elif isinstance(value, Table):
            entries = {name: next(iter(texts(context, code, entry, place)), None) for name, entry in value.entries}
            found.append(entries)
    return found or [None]


def _part(context: Context, code: Code, part: str | Variable | None, place: str) -> str:
    if isinstance(part, str):
        return part
    if isinstance(part, Variable):
        given = (code.variables or {}).get(part.name)
        return given if isinstance(given, str) else context.view.evaluator.opaque(f"variable {part.name}")
    return context.view.evaluator.opaque(f"at run time, {place}")


def calls(context: Context, code: Code) -> Iterator[tuple[BotoCall, list[ApiNeed] | None]]:
    """Yield the calls of a function with what they need; None where that is not known."""
    for call in code.analysis.calls:
        place = f"{call.file}:{call.line}"
        given = {name: texts(context, code, values, f"{place} {name}") for name, values in call.arguments}
        several = max((len(texts) for name, texts in given.items() if name.lower() in NAMING_ARGUMENTS), default=1)
        wanted: list[ApiNeed] = []
        known = True
        for index in range(max(1, several)):
            arguments = {name: texts[index] if index < len(texts) else texts[-1] for name, texts in given.items()}
            if several > 1 and len(given.get("Bucket", ())) > 1:
                arguments.pop("Key", None)
            found = needs_of_call(context, call.service, call.operation, arguments, code.function)
            known = known and found is not None
            wanted += found or ()
        yield call, wanted if known else None


def elsewhere_found(context: Context, code: Code) -> bool:
    """Whether another function of the same package was found, so that the package is at hand."""
    return any(
        other.analysis.found and other.function.get("filename") == code.function.get("filename")
        for other in codes(context)
    )
