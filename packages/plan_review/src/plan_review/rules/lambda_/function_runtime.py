from __future__ import annotations

import re
from typing import TYPE_CHECKING

from plan_review.rules.found import Found
from plan_review.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.rules.context import Context


# Runtimes for which functions can no longer be created, by the table of deprecated runtimes.
_RETIRED = re.compile(
    r"nodejs(4\.3|4\.3-edge|6\.10|8\.10|10\.x|12\.x|14\.x)?|python2\.7|python3\.[67]|ruby2\.[57]|java8|go1\.x"
    r"|dotnetcore[123]\.[01]|dotnet5\.0|provided"
)


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
    """No runtime of those that are gone; one is named where the package is a zip."""
    for function in context.view.items("aws_lambda_function"):
        runtime = function.get("runtime")
        if isinstance(runtime, str) and _RETIRED.fullmatch(runtime):
            yield Found(
                item=function,
                path=("runtime",),
                message=f"its runtime {runtime} is retired",
                remedy="use a current one, such as python3.13",
            )
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
