from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from plan_review.evaluate.symbols import has_symbols
from plan_review.findings import Severity
from plan_review.rules.found import Found
from plan_review.rules.rule import rule
from plan_review.rules.shared.functions import function_of
from plan_review.rules.shared.machines import machines
from states_language.definition import arguments_of, integration, states_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.evaluate.items import Item
    from plan_review.rules.context import Context

_ALIAS = "aws_lambda_alias"
_LATEST = "$LATEST"
_VERSIONS = "https://docs.aws.amazon.com/lambda/latest/dg/configuration-versions.html"
_QUALIFIED = (
    "aws_lambda_permission",
    "aws_lambda_function_event_invoke_config",
    "aws_lambda_provisioned_concurrency_config",
    "aws_lambda_function_url",
)
_BY_ARN = {"aws_cloudwatch_event_target": "arn", "aws_lambda_event_source_mapping": "function_name"}
_END = re.compile(r":function:[^:]+:([A-Za-z0-9$_-]+)$")


@rule(
    "qualifier-exists",
    title="A function is called by an alias or a version that there is",
    why="An alias is named by a text, and that there is none of that name Lambda says only when it is used.",
    consequence="ResourceNotFoundException: Cannot find alias arn",
    sources=(_VERSIONS, "https://docs.aws.amazon.com/lambda/latest/dg/configuration-aliases.html"),
    severity=Severity.WARNING,
)
def qualifier_exists(context: Context) -> Iterator[Found]:
    """Qualifiers of permissions, settings and tasks, and at the end of ARNs."""
    for item in context.view.items(*_QUALIFIED):
        function = function_of(context, item.get("function_name"))
        if function is not None:
            yield from _unknown(context, item, function, item.get("qualifier"), ("qualifier",))
            if item.type == "aws_lambda_provisioned_concurrency_config" and item.get("qualifier") == _LATEST:
                yield Found(
                    item=item,
                    path=("qualifier",),
                    severity=Severity.ERROR,
                    message="it is for $LATEST, which can have no provisioned concurrency",
                    remedy="use an alias, or a published version",
                    consequence="InvalidParameterValueException: Provisioned Concurrency Configs cannot be applied to "
                    "unpublished function versions.",
                )
    for kind, argument in _BY_ARN.items():
        for item in context.view.items(kind):
            match = _END.search(str(item.get(argument)))
            function = function_of(context, item.get(argument))
            if match is not None and function is not None:
                yield from _unknown(context, item, function, match[1], (argument,))
    yield from _of_tasks(context)


def _of_tasks(context: Context) -> Iterator[Found]:
    for machine, body in machines(context):
        for state in states_of(body):
            called = integration(state.body.get("Resource")) if state.type == "Task" else None
            if called is None or called.service != "lambda":
                continue
            arguments = arguments_of(state)
            function = function_of(context, arguments.get("FunctionName"))
            if function is not None:
                yield from _unknown(
                    context, machine, function, arguments.get("Qualifier"), ("definition",), "/".join(state.path)
                )


def _unknown(  # noqa: PLR0917 - what a finding is made of
    context: Context, item: Item, function: Item, qualifier: Any, path: tuple[str, ...], subject: str = ""
) -> Iterator[Found]:
    if not isinstance(qualifier, str) or qualifier in ("", _LATEST) or qualifier.isdigit() or has_symbols(qualifier):
        return
    of_functions = [(function_of(context, each.get("function_name")), each) for each in context.view.items(_ALIAS)]
    names = [str(alias.get("name")) for owner, alias in of_functions if owner in (function, None)]
    if function.resource.mode != "managed" or qualifier in names or any(map(has_symbols, names)):
        return
    there = f"there are {', '.join(sorted(names))}" if names else "it has none here"
    yield Found(
        item=item,
        path=path,
        subject=subject,
        message=f'{function.address} has no alias "{qualifier}" in this configuration; {there}',
        remedy="make the alias here, and refer to it, or name one that there is",
    )
