from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from plan_review.evaluate.symbols import has_symbols
from plan_review.findings import Verdict
from plan_review.rules.found import Found
from plan_review.rules.rule import rule
from plan_review.rules.shared.function_code import HANDLER_PAGE, _roots, codes, elsewhere_found

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.rules.context import Context

_ENDINGS = {"nodejs": (".js", ".mjs", ".cjs"), "ruby": (".rb",)}


@rule(
    "handler-exists",
    title="A function's handler is in its package",
    why="Lambda looks the handler up when the first event comes, not when the function is made.",
    consequence="Runtime.ImportModuleError or Runtime.HandlerNotFound, at every invocation",
    sources=(HANDLER_PAGE,),
)
def handler_exists(context: Context) -> Iterator[Found]:
    """Module and function of the handler exist, in the language of the runtime."""
    yield from _of_another_language(context)
    for code in codes(context):
        problem = code.analysis.problem
        known = not has_symbols(str(code.function.get("handler")))
        if known and not code.analysis.found and elsewhere_found(context, code):
            problem = "its module is not in the package"
        if problem:
            newer = code.analysis.unparsed and _is_newer(str(code.function.get("runtime")))
            yield Found(
                item=code.function,
                path=("handler",),
                verdict=Verdict.CANNOT_TELL if newer else Verdict.MISSING,
                message=f"its handler {code.function.get('handler')} cannot start: {problem}",
                remedy="name module and function as they stand in the package, and fix what it imports and takes",
            )


def _of_another_language(context: Context) -> Iterator[Found]:
    """Yield the functions whose handler's module is in Python, and whose runtime is not."""
    for function in context.view.items("aws_lambda_function"):
        runtime, handler = str(function.get("runtime", "")), str(function.get("handler", ""))
        endings = next((each for name, each in _ENDINGS.items() if runtime.startswith(name)), ())
        module = handler.rpartition(".")[0].replace(".", "/")
        for root in _roots(context, function) if endings and module and not has_symbols(handler) else ():
            file = root / f"{module}.py"
            if file.is_file() and not any((root / f"{module}{ending}").is_file() for ending in endings):
                yield Found(
                    item=function,
                    path=("runtime",),
                    message=f"its runtime is {runtime}, and the module of its handler {handler} is {file.name}",
                    remedy="give a runtime of Python",
                )


def _is_newer(runtime: str) -> bool:
    """Whether a runtime's Python may have syntax that the Python of this review does not know."""
    version = runtime.removeprefix("python").split(".")
    return all(part.isdigit() for part in version) and tuple(map(int, version)) > sys.version_info[:2]
