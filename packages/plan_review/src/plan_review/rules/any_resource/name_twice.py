from __future__ import annotations

from typing import TYPE_CHECKING

from plan_review.aws.arns import NAMINGS
from plan_review.rules.found import Found
from plan_review.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.evaluate.items import Item
    from plan_review.rules.context import Context


@rule(
    "name-twice",
    title="No two resources of a kind have the same name",
    why="Names are unique in an account and region; two resources with one name are one thing to AWS, or an error.",
    consequence="EntityAlreadyExists, ResourceConflictException or the like; or two resources that manage one thing",
    sources=("https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html",),
)
def name_twice(context: Context) -> Iterator[Found]:
    """ARNs are unique among managed resources."""
    for kind, naming in NAMINGS.items():
        seen: dict[str, Item] = {}
        for item in context.view.items(kind):
            if naming.argument is None or not item.certain or item.get(naming.argument) is None:
                continue
            first = seen.setdefault(item.arn, item)
            if first is not item:
                yield Found(
                    item=item,
                    path=(naming.argument,),
                    message=f"{first.address} has the same name {context.view.show(item.get(naming.argument))}",
                    remedy="give it a name of its own",
                )
