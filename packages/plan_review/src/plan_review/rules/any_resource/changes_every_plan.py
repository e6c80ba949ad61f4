from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from plan_review.language.traversals import functions_in
from plan_review.rules.found import Found
from plan_review.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.rules.context import Context

_EVER_NEW = ("bcrypt", "plantimestamp", "timestamp", "uuid")


def _strings(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, (dict, list)):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _strings(inner, (*path, key))


def _may_call(text: str) -> bool:
    return "${" in text and any(f"{name}(" in text for name in _EVER_NEW)


@rule(
    "changes-every-plan",
    title="No argument changes by itself from plan to plan",
    why="`timestamp()`, `plantimestamp()`, `uuid()` and `bcrypt()` give another value each time they are evaluated.",
    consequence="every plan shows a change, and what matters is lost in it; a name made so is replaced on every apply",
    sources=("https://developer.hashicorp.com/terraform/language/functions/timestamp",),
)
def changes_every_plan(context: Context) -> Iterator[Found]:
    """Such a value is ignored after creation, or kept by a resource."""
    for address, resource in sorted(context.configuration.resources.items()):
        ignored = json.dumps(resource.lifecycle.get("ignore_changes", []))
        for path, text in _strings(resource.arguments):
            # In a text within the expression they may be of another language, as $uuid() of JSONata is.
            name = min(functions_in(text).intersection(_EVER_NEW), default="") if _may_call(text) else ""
            if name and path and str(path[0]) not in ignored and "all" not in ignored and resource.mode == "managed":
                yield Found(
                    item=address,
                    path=path,
                    subject=name,
                    message=f"{path[0]} is made with {name}()",
                    remedy=f"use a value that stays, or put {path[0]} into lifecycle.ignore_changes",
                )
