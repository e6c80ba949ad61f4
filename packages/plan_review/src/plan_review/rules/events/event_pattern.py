from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

from plan_review.evaluate.symbols import has_symbols
from plan_review.findings import Severity, Verdict
from plan_review.rules.events.pattern_values import PATTERNS_PAGE
from plan_review.rules.found import Found
from plan_review.rules.rule import rule
from plan_review.rules.shared.event_patterns import ENVELOPE, Defect, defects
from plan_review.rules.shared.json_text import fault, parsed, repeated_keys

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.evaluate.items import Item
    from plan_review.language.paths import Path
    from plan_review.rules.context import Context

# Patterns on whole events: type → argument.
_ON_EVENTS = {"aws_cloudwatch_event_rule": "event_pattern", "aws_cloudwatch_event_archive": "event_pattern"}
# Patterns on records, in blocks: type → the path to the pattern.
_ON_RECORDS: dict[str, tuple[str, ...]] = {
    "aws_lambda_event_source_mapping": ("filter_criteria", "filter", "pattern"),
    "aws_pipes_pipe": ("source_parameters", "filter_criteria", "filter", "pattern"),
}
_LAST_COUNTS = "the pattern is accepted, and what stands earlier is not looked at"


@rule(
    "event-pattern",
    title="An event pattern is valid and names fields that events have",
    why="A pattern is a text to Terraform. EventBridge refuses some mistakes; others make a rule that never matches.",
    consequence="InvalidEventPatternException: Event pattern is not valid",
    sources=(
        PATTERNS_PAGE,
        "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html",
        "https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html",
        "https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html",
    ),
)
def event_pattern(context: Context) -> Iterator[Found]:
    """Lists at the leaves, operators that exist with operands of their type, top-level fields of the envelope."""
    for kind, argument in _ON_EVENTS.items():
        for item in context.view.items(kind):
            yield from _checked(context, item, (argument,), item.get(argument))
            yield from _outside(item, argument)
    for kind, place in _ON_RECORDS.items():
        for item in context.view.items(kind):
            for path, value in item.values_at(place):
                yield from _checked(context, item, path, value)


def _checked(context: Context, item: Item, path: Path, text: Any) -> Iterator[Found]:
    if text in (None, ""):
        return
    pattern = parsed(text)
    if pattern is None and has_symbols(str(text)):
        yield Found(
            item=item,
            path=path,
            verdict=Verdict.CANNOT_TELL,
            severity=Severity.WARNING,
            message=f"what {context.view.show(text)} matches is not known here",
            remedy="a pattern that is written out, or a variable with a default",
        )
        return
    problem = fault(text) if isinstance(text, str) else ""
    if pattern is None or problem:
        reason = f": {problem}" if problem else ""
        yield Found(item=item, path=path, message=f"its pattern is no JSON object{reason}", remedy="write an object")
        return
    repeated = [
        Defect(
            name,
            "it stands twice in one object; only the last counts",
            "join the two",
            certain=False,
            consequence=_LAST_COUNTS,
        )
        for name in repeated_keys(text)
    ]
    for defect in [*repeated, *defects(pattern)]:
        yield Found(
            item=item,
            path=path,
            subject=defect.path,
            severity=None if defect.certain else Severity.WARNING,
            message=f"{context.view.show(defect.path) or 'the pattern'}: {context.view.show(defect.what)}",
            remedy=context.view.show(defect.remedy),
            consequence=defect.consequence,
        )


def _outside(item: Item, argument: str) -> Iterator[Found]:
    """Yield the fields at the top of a pattern that no event has there."""
    names = set(parsed(item.get(argument)) or ()) - ENVELOPE
    for name in sorted(name for name in names if "." not in name and not has_symbols(name)):
        near = difflib.get_close_matches(name.replace("_", "-"), ENVELOPE, n=1)
        yield Found(
            item=item,
            path=(argument,),
            subject=name,
            message=f'no event has a field "{name}" at its top',
            remedy=f'did you mean "{near[0]}"?' if near else 'put it under "detail"',
            consequence="the rule is accepted and never matches",
        )
