from __future__ import annotations

import difflib
import json
from functools import cache
from typing import TYPE_CHECKING

from plan_review.aws.choice_tables import DATA, GROWING, SHAPES, WRITTEN
from plan_review.evaluate.symbols import has_symbols
from plan_review.findings import Verdict
from plan_review.rules.found import Found, edits_at
from plan_review.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.rules.context import Context


_CLOSE = 0.8


@cache
def _choices() -> list[tuple[str, tuple[str, ...], frozenset[str], bool]]:
    """Return type, path, values and whether there may be more, of every argument."""
    data: dict[str, list[str]] = json.loads(DATA.read_text(encoding="utf-8"))
    listed = [
        (kind, tuple(path.split(".")), frozenset(data[shape]), shape in GROWING)
        for kind, arguments in SHAPES.items()
        for path, shape in arguments.items()
    ]
    written = [
        (kind, (path,), frozenset(values), False)
        for kind, arguments in WRITTEN.items()
        for path, values in arguments.items()
    ]
    return listed + written


@rule(
    "value-choice",
    title="An argument that takes one of a few values has one of them",
    why="Spelling and case count. HashiCorp's provider knows most of these lists, a stand-in for it none.",
    consequence="ValidationException or InvalidParameterValue, when the resource is made",
    sources=(
        "https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html",
        "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html",
        "https://github.com/boto/botocore/tree/develop/botocore/data",
    ),
)
def value_choice(context: Context) -> Iterator[Found]:
    """Values are those of the API's model; one that is new to it cannot be told."""
    for kind, path, values, grows in _choices():
        for item in context.view.items(kind):
            for place, given in item.values_at(path):
                for value in given if isinstance(given, list) else [given]:
                    if isinstance(value, str) and value and value not in values and not has_symbols(value):
                        near = difflib.get_close_matches(value, values, n=1, cutoff=_CLOSE if grows else 0.6)
                        yield Found(
                            item=item,
                            path=place,
                            subject=value,
                            verdict=Verdict.CANNOT_TELL if grows and not _is_slip(value, near) else Verdict.MISSING,
                            edits=edits_at(item, place, "set", near[0]) if near and value == given else (),
                            message=f'{place[-1]} is "{value}", which is none of its values',
                            remedy=f'did you mean "{near[0]}"?' if near else _one_of(values),
                        )


def _is_slip(value: str, near: list[str]) -> bool:
    """Whether a value is a known one but for what nobody names anew: case, separators, an ending left out."""
    plain = "".join(character for character in value.lower() if character.isalnum())
    return any("".join(each for each in name.lower() if each.isalnum()).startswith(plain) for name in near)


def _one_of(values: frozenset[str]) -> str:
    listed = sorted(values)
    return f"use one of {', '.join(listed[:12])}" + (" …" if len(listed) > 12 else "")  # noqa: PLR2004 - enough
