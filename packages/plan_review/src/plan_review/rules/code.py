"""Code against policy: what a function's source does with AWS and its environment, and what it is given."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plan_review.code_calls import Analysis, BotoCall, analyse
from plan_review.code_calls.values import Items, Table, Text, Variable
from plan_review.evaluate.symbols import has_symbols
from plan_review.findings import Severity, Verdict
from plan_review.rules.api_calls import NAMING_ARGUMENTS, Demand, demands
from plan_review.rules.events.listeners import triggering_keys
from plan_review.rules.function_settings import RESERVED_VARIABLES
from plan_review.rules.needs import Need, collects, unmet
from plan_review.rules.rule import Found, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.code_calls.values import Values
    from plan_review.evaluate.items import Item
    from plan_review.rules.rule import Context

_HANDLER_PAGE = "https://docs.aws.amazon.com/lambda/latest/dg/python-handler.html"
_VARIABLES_PAGE = "https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html"
_SDK_PAGE = "https://docs.aws.amazon.com/service-authorization/latest/reference/"
# Read by the runtime, by extensions and by libraries, never by a function's own code.
_NOT_FOR_CODE = ("AWS_", "POWERTOOLS_", "LAMBDA_", "OTEL_", "DD_", "PYTHON", "NEW_RELIC_", "SENTRY_", "TZ", "LD_")


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
        roots = list(_roots(context, function))
        readable = roots and not has_symbols(handler)
        memory = context.evidence.memory
        analysis = analyse(handler, roots, memory=memory) if readable else Analysis(found=False)
        yield Code(function, analysis, variables if known else None)


def _roots(context: Context, function: Item) -> Iterator[Path]:
    """Yield the folders in which a function's code may stand: those given, and what is zipped up for it."""
    yield from context.evidence.code
    origin = context.configuration.origin
    for archive in context.view.items("data.archive_file"):
        output = archive.attribute("output_path")
        source = archive.get("source_dir") or str(Path(str(archive.get("source_file", ""))).parent)
        if function.get("filename") == output and origin is not None and isinstance(source, str):
            base = origin if origin.is_dir() else origin.parent
            if (base / source).is_dir():
                yield base / source


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


def _calls(context: Context, code: Code) -> Iterator[tuple[BotoCall, list[Demand] | None]]:
    """Yield the calls of a function with what they need; None where that is not known."""
    for call in code.analysis.calls:
        place = f"{call.file}:{call.line}"
        given = {name: texts(context, code, values, f"{place} {name}") for name, values in call.arguments}
        several = max((len(texts) for name, texts in given.items() if name.lower() in NAMING_ARGUMENTS), default=1)
        wanted: list[Demand] = []
        known = True
        for index in range(max(1, several)):
            arguments = {name: texts[index] if index < len(texts) else texts[-1] for name, texts in given.items()}
            if several > 1 and len(given.get("Bucket", ())) > 1:
                arguments.pop("Key", None)
            found = demands(context, call.service, call.operation, arguments, code.function)
            known = known and found is not None
            wanted += found or ()
        yield call, wanted if known else None


@rule_of_needs(
    "code-permission",
    title="A function's role allows every call to AWS that the function's code makes",
    why=(
        "The code is followed from the handler through the package: clients, resources, paginators and waiters, with "
        "the environment variables that name what they act on. What is chosen at run time must be allowed somewhere."
    ),
    consequence="AccessDeniedException: User is not authorized to perform the action, at the first such call",
    sources=(_SDK_PAGE,),
)
def code_permission(context: Context) -> Iterator[Need]:
    """Each call of the source finds an allow."""
    for code in codes(context):
        for call, wanted in _calls(context, code):
            for demand in wanted or ():
                yield from _of_demand(context, code, call, demand)


def _of_demand(context: Context, code: Code, call: BotoCall, demand: Demand) -> Iterator[Need]:
    resources = [(demand.resource, demand.any_resource, demand.owner, False)]
    at_run_time = demand.any_resource and demand.owner is None
    if at_run_time and demand.action == "s3:GetObject":
        # An object that is read from a bucket known at run time only is one of the bucket that invokes the function.
        anything = context.view.evaluator.opaque("a key")
        started_by = triggering_keys(context, code.function)
        resources += [(f"{bucket.arn}/{prefix}{anything}", True, bucket, True) for bucket, prefix in started_by]
    for resource, any_resource, owner, every in resources:
        yield Need(
            item=code.function,
            principal=context.role(code.function.get("role")),
            action=demand.action,
            resource=resource,
            owner=owner,
            any_resource=any_resource,
            every=every,
            conditions=demand.conditions,
            certain=call.certain and demand.certain,
            purpose=f"as {call.file}:{call.line} does with {call.service}.{call.operation}",
            path=("role",),
            subject=f"{call.file}:{call.line}",
        )


@rule(
    "unresolved-call",
    title="Every call to AWS in a function's code can be read",
    why="A call whose service, operation or receiver is computed cannot be held against the policy.",
    consequence="it may end in AccessDenied, and nothing here would tell",
    sources=(_SDK_PAGE,),
)
def unresolved_call(context: Context) -> Iterator[Found]:
    """Services and operations are written out; which action each takes is known."""
    for code in codes(context):
        for each in code.analysis.unresolved:
            yield _open(code, f"{each.file}:{each.line}", each.what, "a client made with a literal service name")
        for call, wanted in _calls(context, code):
            if wanted is None:
                what = f"which action {call.service}.{call.operation} takes is not known here"
                yield _open(code, f"{call.file}:{call.line}", what, "the service authorization reference")


@rule(
    "call-refused",
    title="Every call to AWS is one that the SDK sends",
    why=(
        "boto3 has a method for each operation of the API, and checks the names of arguments before it sends anything. "
        "A name that it does not know ends the function, not the call."
    ),
    consequence="AttributeError, or ParamValidationError: Parameter validation failed, at the first such call",
    sources=("https://boto3.amazonaws.com/v1/documentation/api/latest/guide/error-handling.html", _SDK_PAGE),
)
def call_refused(context: Context) -> Iterator[Found]:
    """Operations and arguments are those of the SDK's models; a newer SDK may know more."""
    for code in codes(context):
        for call in code.analysis.calls:
            if call.misuse:
                yield Found(
                    item=code.function,
                    verdict=Verdict.MISSING if call.surely and call.certain else Verdict.CANNOT_TELL,
                    subject=f"{call.file}:{call.line}",
                    message=f"{call.file}:{call.line}: {call.misuse}",
                    remedy="write it as the SDK's reference does",
                )


def _open(code: Code, place: str, what: str, remedy: str) -> Found:
    return Found(
        item=code.function,
        verdict=Verdict.CANNOT_TELL,
        subject=place,
        message=f"{place}: {what}",
        remedy=remedy,
    )


@rule(
    "function-code",
    title="A function's code is at hand",
    why="Without the source neither its calls nor its variables can be checked.",
    consequence="what its role must allow is not known",
    sources=(_HANDLER_PAGE,),
)
def function_code(context: Context) -> Iterator[Found]:
    """The package of the handler is found, for functions in Python."""
    for code in codes(context):
        if not code.analysis.found and not _elsewhere_found(context, code):
            yield Found(
                item=code.function,
                path=("handler",),
                verdict=Verdict.CANNOT_TELL,
                message=f"the code of its handler {code.function.get('handler')} is not here",
                remedy="the folder in which the handler's package stands, given with --project",
            )


def _elsewhere_found(context: Context, code: Code) -> bool:
    """Whether another function of the same package was found, so that the package is at hand."""
    return any(
        other.analysis.found and other.function.get("filename") == code.function.get("filename")
        for other in codes(context)
    )


@rule(
    "handler-exists",
    title="A function's handler is in its package",
    why="Lambda looks the handler up when the first event comes, not when the function is made.",
    consequence="Runtime.ImportModuleError or Runtime.HandlerNotFound, at every invocation",
    sources=(_HANDLER_PAGE,),
)
def handler_exists(context: Context) -> Iterator[Found]:
    """Module and function of the handler exist, in the language of the runtime."""
    yield from _of_another_language(context)
    for code in codes(context):
        problem = code.analysis.problem
        known = not has_symbols(str(code.function.get("handler")))
        if known and not code.analysis.found and _elsewhere_found(context, code):
            problem = "its module is not in the package"
        if problem:
            newer = code.analysis.unparsed and _is_newer(str(code.function.get("runtime")))
            yield Found(
                item=code.function,
                path=("handler",),
                verdict=Verdict.CANNOT_TELL if newer else Verdict.MISSING,
                message=f"its handler {code.function.get('handler')} cannot start: {problem}",
                remedy="name module and function as they stand in the package, and mend what it imports and takes",
            )


_ENDINGS = {"nodejs": (".js", ".mjs", ".cjs"), "ruby": (".rb",)}


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


@rule(
    "variable-not-set",
    title="Every environment variable that the code needs is set",
    why="The code is followed from the handler; a variable that is read without a default must be among those set.",
    consequence="the function fails at its first event, with a KeyError or its own message",
    sources=(_VARIABLES_PAGE,),
)
def variable_not_set(context: Context) -> Iterator[Found]:
    """What is read is set, unless there is a default."""
    for code in codes(context):
        seen: set[str] = set()
        for read in code.analysis.reads:
            given = code.variables is not None and read.name in code.variables
            elsewhere = read.name in RESERVED_VARIABLES or read.name in code.analysis.writes
            if given or elsewhere or read.required is False or read.name in seen:
                continue
            if read.required is None and any(
                other.required for other in code.analysis.reads if other.name == read.name
            ):
                continue
            seen.add(read.name)
            sure = read.required and code.variables is not None
            yield Found(
                item=code.function,
                path=("environment",),
                subject=read.name,
                verdict=Verdict.MISSING if sure else Verdict.CANNOT_TELL,
                message=(
                    f"{read.file}:{read.line} needs the variable {read.name}, which is not set"
                    if sure
                    else f"{read.file}:{read.line} reads the variable {read.name}, which is not known to be set"
                ),
                remedy=f"set {read.name}" if sure else "a default at the place where it is read",
            )


@rule(
    "variable-not-read",
    title="Every environment variable that is set is read",
    why="A variable that nothing reads is a misspelt one, or left over from code that is gone.",
    consequence="the setting has no effect",
    sources=(_VARIABLES_PAGE,),
    severity=Severity.WARNING,
)
def variable_not_read(context: Context) -> Iterator[Found]:
    """What is set is read by the code, a library or the runtime."""
    for code in codes(context):
        analysis = code.analysis
        if not analysis.found or analysis.problem or analysis.dynamic_environment:
            continue
        read = {each.name for each in analysis.reads}
        for name in sorted(code.variables or {}):
            if name not in read and not name.startswith(_NOT_FOR_CODE):
                yield Found(
                    item=code.function,
                    path=("environment", 0, "variables", name),
                    subject=name,
                    message=f"no code reads its variable {name}",
                    remedy="take it out, or spell it as the code does",
                )
