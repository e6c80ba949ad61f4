from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from plan_review.rules.found import Found
from plan_review.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.rules.context import Context

_EVER_NEW = re.compile(r"\b(timestamp|plantimestamp|uuid|bcrypt)\(")


def _strings(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, (dict, list)):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _strings(inner, (*path, key))


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
            match = _EVER_NEW.search(text) if "${" in text else None
            if match and path and str(path[0]) not in ignored and "all" not in ignored and resource.mode == "managed":
                yield Found(
                    item=address,
                    path=path,
                    subject=match[1],
                    message=f"{path[0]} is made with {match[1]}()",
                    remedy=f"use a value that stays, or put {path[0]} into lifecycle.ignore_changes",
                )
