from __future__ import annotations

from typing import TYPE_CHECKING

from plan_review.rules.changes.planned_changes import planned_changes
from plan_review.rules.found import Found
from plan_review.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.rules.context import Context


@rule(
    "permission-lost",
    title="A function that is replaced gets its permissions again",
    why=(
        "Permissions are part of the function in AWS and go with it. Terraform keeps `aws_lambda_permission` in its "
        "state, sees no difference, and does not make it anew."
    ),
    consequence="after the apply nothing may invoke the function, until a second plan finds the permissions gone",
    sources=(
        "https://github.com/hashicorp/terraform-provider-aws/issues/41166",
        "https://developer.hashicorp.com/terraform/language/meta-arguments/lifecycle#replace_triggered_by",
    ),
)
def permission_lost(context: Context) -> Iterator[Found]:
    """Every permission of a replaced function is replaced with it."""
    found = {change.address: change for change in planned_changes(context)}
    replaced = [change for change in found.values() if change.type == "aws_lambda_function" and change.replaces]
    for change in replaced:
        for permission in context.view.items("aws_lambda_permission"):
            function = context.view.find(permission.get("function_name"), "aws_lambda_function")
            if function is None or function.address != change.address:
                continue
            own = found.get(permission.address)
            if own is None or "create" not in own.actions:
                yield Found(
                    item=permission,
                    subject=change.address,
                    message=f"{change.address} is replaced, and its permission is not",
                    remedy=f"lifecycle {{ replace_triggered_by = [{change.address}] }} on the permission",
                )
