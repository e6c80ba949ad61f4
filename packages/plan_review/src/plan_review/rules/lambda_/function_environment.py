from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from plan_review.evaluate.symbols import has_symbols
from plan_review.rules.found import Found
from plan_review.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.rules.context import Context


_LAMBDA_QUOTAS = "https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html"


_ENVIRONMENT_BYTES = 4096


_VARIABLE = re.compile(r"[a-zA-Z][a-zA-Z0-9_]+")


RESERVED_VARIABLES = frozenset(
    {
        "_HANDLER",
        "_X_AMZN_TRACE_ID",
        "AWS_DEFAULT_REGION",
        "AWS_REGION",
        "AWS_EXECUTION_ENV",
        "AWS_LAMBDA_FUNCTION_NAME",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
        "AWS_LAMBDA_FUNCTION_VERSION",
        "AWS_LAMBDA_INITIALIZATION_TYPE",
        "AWS_LAMBDA_LOG_GROUP_NAME",
        "AWS_LAMBDA_LOG_STREAM_NAME",
        "AWS_ACCESS_KEY",
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "AWS_LAMBDA_RUNTIME_API",
        "LAMBDA_TASK_ROOT",
        "LAMBDA_RUNTIME_DIR",
    }
)
"""Variables that Lambda sets itself: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html"""


@rule(
    "function-environment",
    title="A function's variables fit in 4 KB, have valid names and none of Lambda's own",
    why="Lambda limits the variables of a function together, and keeps a number of names for itself.",
    consequence=(
        "InvalidParameterValueException: Lambda was unable to configure your environment variables because the "
        "environment variables you have provided contains reserved keys that are currently not supported for "
        "modification."
    ),
    sources=(_LAMBDA_QUOTAS, "https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html"),
)
def function_environment(context: Context) -> Iterator[Found]:
    """Size and names of the variables."""
    for function in context.view.items("aws_lambda_function"):
        variables = (function.block("environment") or {}).get("variables")
        if not isinstance(variables, dict):
            continue
        size = sum(len(f"{name}{value}".encode()) for name, value in variables.items())
        if size > _ENVIRONMENT_BYTES and not has_symbols(json.dumps(variables, ensure_ascii=False)):
            yield Found(
                item=function,
                path=("environment",),
                message=f"its variables take {size:,} bytes; {_ENVIRONMENT_BYTES:,} are allowed",
                remedy="keep what is long in a parameter or an object",
                consequence="InvalidParameterValueException: Your request has exceeded the 4KB limit",
            )
        for name in sorted(map(str, variables)):
            if name in RESERVED_VARIABLES or not (_VARIABLE.fullmatch(name) or has_symbols(name)):
                why = "is set by Lambda itself" if name in RESERVED_VARIABLES else "is no valid name"
                yield Found(
                    item=function,
                    path=("environment", 0, "variables", name),
                    subject=name,
                    message=f"the variable {name} {why}",
                    remedy="take it out"
                    if name in RESERVED_VARIABLES
                    else "begin with a letter; use letters, digits, _",
                )
