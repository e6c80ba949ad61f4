from __future__ import annotations

from typing import TYPE_CHECKING

from plan_review.findings import Severity
from plan_review.rules.found import Found
from plan_review.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.evaluate.items import Item
    from plan_review.rules.context import Context


@rule(
    "permission-replaced-with-function",
    title="A permission is tied to its function's replacement",
    why=(
        "A replaced function loses its permissions, and Terraform does not notice by itself. `replace_triggered_by`, "
        "or a reference to an attribute that planned_changes with the function, makes both go together."
    ),
    consequence="when the function is replaced one day, nothing may invoke it any more",
    sources=("https://developer.hashicorp.com/terraform/language/meta-arguments/lifecycle#replace_triggered_by",),
    severity=Severity.WARNING,
)
def permission_replaced_with_function(context: Context) -> Iterator[Found]:
    """Where some permissions of a configuration are tied, all are."""
    tied: list[tuple[Item, Item]] = []
    loose: list[tuple[Item, Item]] = []
    for permission in context.view.items("aws_lambda_permission"):
        function = context.view.find(permission.get("function_name"), "aws_lambda_function")
        if function is None:
            continue
        references = context.configuration.references_from(permission.resource.address)
        to_function = [each for each in references if each.target == function.resource.address]
        follows = any(
            each.kind == "replace_triggered_by" or each.attribute in ("arn", "qualified_arn") for each in to_function
        )
        (tied if follows else loose).append((permission, function))
    for permission, function in loose if tied else ():
        yield Found(
            item=permission,
            path=("lifecycle",),
            message=f"it is not tied to the replacement of {function.address}, as other permissions here are",
            remedy=f"lifecycle {{ replace_triggered_by = [{function.resource.address}.arn] }}",
        )
