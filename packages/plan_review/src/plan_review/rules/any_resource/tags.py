from __future__ import annotations

from typing import TYPE_CHECKING

from plan_review.evaluate.symbols import has_symbols
from plan_review.rules.found import Found
from plan_review.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.rules.context import Context


_MOST_TAGS = 50


_LONGEST_KEY, _LONGEST_VALUE = 128, 256


@rule(
    "tags",
    title="Tags are those that AWS takes",
    why="Tags are put together from several places, and `aws:` is a prefix that AWS keeps for itself.",
    consequence="ValidationException, InvalidTag or TagPolicyException, when the resource is made",
    sources=("https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html",),
)
def tags(context: Context) -> Iterator[Found]:
    """Number, length and prefix of tags."""
    for item in context.view.all_items():
        given = item.get("tags") if item.resource.mode == "managed" and item.type.startswith("aws_") else None
        if not isinstance(given, dict):
            continue
        problems = [f'the tag "{key}" begins with aws:' for key in given if str(key).lower().startswith("aws:")]
        problems += [f'the key "{str(key)[:20]}…" is too long' for key in given if len(str(key)) > _LONGEST_KEY]
        problems += [
            f"the value of {key} has {len(value)} characters; {_LONGEST_VALUE} are allowed"
            for key, value in given.items()
            if isinstance(value, str) and len(value) > _LONGEST_VALUE and not has_symbols(value)
        ]
        if len(given) > _MOST_TAGS:
            problems.append(f"it has {len(given)} tags; {_MOST_TAGS} are allowed")
        for problem in problems:
            yield Found(item=item, path=("tags",), message=problem, remedy="leave out what is not needed")
