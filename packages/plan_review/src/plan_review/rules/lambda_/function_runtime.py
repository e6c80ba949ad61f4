from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from plan_review.aws.lambda_runtimes import LIFETIMES, Lifetime
from plan_review.findings import Severity
from plan_review.rules.found import Found
from plan_review.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.evaluate.items import Item
    from plan_review.rules.context import Context


@rule(
    "function-runtime",
    title="A function's runtime is one that Lambda still takes",
    why="Lambda retires runtimes; after a while functions with them can be neither created nor updated.",
    consequence=(
        "InvalidParameterValueException: The runtime parameter is no longer supported for creating or updating AWS "
        "Lambda functions."
    ),
    sources=("https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html#runtimes-deprecated",),
)
def function_runtime(context: Context) -> Iterator[Found]:
    """No runtime that is gone, or has no more patches; one is named where the package is a zip."""
    for function in context.view.items("aws_lambda_function"):
        runtime = function.get("runtime")
        lifetime = LIFETIMES.get(runtime) if isinstance(runtime, str) else None
        if lifetime is not None:
            yield from _age(function, str(runtime), lifetime)
        zipped = function.get("package_type", "Zip") == "Zip" and function.get("image_uri") is None
        for argument in ("runtime", "handler"):
            if zipped and function.get(argument) is None and argument not in function.resource.dynamic:
                yield Found(
                    item=function,
                    path=(argument,),
                    subject=argument,
                    message=f"it has no {argument}",
                    remedy=f"give {argument}, or package_type = Image",
                    consequence=f"ValidationException: {argument.capitalize()} is mandatory for deployment packages",
                )


def _age(function: Item, runtime: str, lifetime: Lifetime) -> Iterator[Found]:
    today = dt.datetime.now(tz=dt.UTC).date()
    remedy = f"use a current one, such as {_newest(runtime, today)}"
    if today >= lifetime.no_new:
        yield Found(
            item=function,
            path=("runtime",),
            message=f"its runtime {runtime} is retired: Lambda makes no function with it since {lifetime.no_new}",
            remedy=remedy,
        )
    elif today >= lifetime.deprecated:
        yield Found(
            item=function,
            path=("runtime",),
            severity=Severity.WARNING,
            message=f"its runtime {runtime} is deprecated since {lifetime.deprecated}",
            remedy=remedy,
            consequence=f"it gets no more security updates; as announced, no function can be made with it from "
            f"{lifetime.no_new} on, and none updated from {lifetime.no_change} on",
        )


def _newest(runtime: str, today: dt.date) -> str:
    """Return the runtime of the same language that is taken for longest; for what has none, the bare one."""
    language = runtime.rstrip("0123456789.x").removesuffix("-edge").rstrip("0123456789.x") or runtime
    language = language.removesuffix("core").removesuffix(".al")
    same = [name for name, each in LIFETIMES.items() if name.startswith(language) and each.deprecated > today]
    return max(same, key=lambda name: LIFETIMES[name].deprecated, default="provided.al2023")
