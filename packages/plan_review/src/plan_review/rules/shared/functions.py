"""The function behind a name, an ARN, an alias or a version."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from plan_review.evaluate.items import Item
    from plan_review.rules.context import Context

_FUNCTION = ":function:"


def function_of(context: Context, text: Any) -> Item | None:
    """Return the function that a text names, with or without a qualifier; None where it is not here."""
    found = context.view.find(text, "aws_lambda_function", "aws_lambda_alias")
    if found is None and isinstance(text, str) and _FUNCTION in text:
        name = text.rpartition(_FUNCTION)[2].partition(":")[0]
        found = context.view.find(name, "aws_lambda_function")
    if found is not None and found.type == "aws_lambda_alias":
        return context.view.find(found.get("function_name"), "aws_lambda_function")
    return found
