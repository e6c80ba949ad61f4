from __future__ import annotations

from typing import TYPE_CHECKING

from plan_review.evaluate.symbols import has_symbols
from plan_review.findings import Severity
from plan_review.rules.found import Found
from plan_review.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.evaluate.items import Item
    from plan_review.rules.context import Context

_OF_OWNERS = ("owner-alias", "owner-id", "image-id")


@rule(
    "image-owner",
    title="The newest image is looked for among those of an owner that is named",
    why="Everyone can publish an image under any name, and a search for the most recent one by name alone takes it.",
    consequence="instances start from a stranger's image as soon as one is published under that name",
    sources=(
        "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/ami",
        "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/sharing-amis.html",
    ),
    severity=Severity.WARNING,
)
def image_owner(context: Context) -> Iterator[Found]:
    """Searches for the most recent image name owners, or filter by owner or image id."""
    for item in context.view.items("data.aws_ami"):
        if (
            item.get("most_recent") is True
            and item.get("allow_unsafe_filter") is not True
            and not item.get("owners")
            and not _filters_by_owner(item)
        ):
            yield Found(
                item=item,
                path=("owners",),
                message="it takes the most recent image by that name, whoever published it",
                remedy='name the owners, such as owners = ["amazon"] or the account of whoever publishes it',
            )


def _filters_by_owner(item: Item) -> bool:
    names = [str(block.get("name")) for block in item.blocks("filter")]
    return item.is_dynamic("filter") or any(name in _OF_OWNERS or has_symbols(name) for name in names)
