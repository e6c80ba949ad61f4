from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from plan_review.evaluate.symbols import has_symbols
from plan_review.findings import Severity, Verdict
from plan_review.rules.events.pattern_values import PATTERNS_PAGE
from plan_review.rules.found import Found
from plan_review.rules.rule import rule
from plan_review.rules.shared.event_patterns import ENVELOPE, defects
from plan_review.rules.shared.rule_patterns import pattern_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.rules.context import Context


@rule(
    "event-pattern",
    title="An event pattern is valid and names fields that events have",
    why="A pattern is a text to Terraform. EventBridge refuses some mistakes; others make a rule that never matches.",
    consequence="InvalidEventPatternException: Event pattern is not valid",
    sources=(PATTERNS_PAGE, "https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html"),
)
def event_pattern(context: Context) -> Iterator[Found]:
    """Lists at the leaves, operators that exist, top-level fields of the envelope."""
    for item in context.view.items("aws_cloudwatch_event_rule"):
        text = item.get("event_pattern")
        pattern = pattern_of(item)
        if pattern is None and text is not None and has_symbols(str(text)):
            yield Found(
                item=item,
                path=("event_pattern",),
                verdict=Verdict.CANNOT_TELL,
                severity=Severity.WARNING,
                message=f"what {context.view.show(text)} matches is not known here",
                remedy="a pattern that is written out, or a variable with a default",
            )
        if text is None or (pattern is None and has_symbols(str(text))):
            continue
        if pattern is None:
            yield Found(item=item, path=("event_pattern",), message="its pattern is no JSON object", remedy="fix it")
            continue
        for defect in defects(pattern):
            yield Found(
                item=item,
                path=("event_pattern",),
                subject=defect.path,
                message=f"{defect.path or 'the pattern'}: {defect.what}",
                remedy=defect.remedy,
            )
        for name in sorted(set(pattern) - ENVELOPE):
            near = difflib.get_close_matches(name.replace("_", "-"), ENVELOPE, n=1)
            yield Found(
                item=item,
                path=("event_pattern",),
                subject=name,
                message=f'no event has a field "{name}" at its top',
                remedy=f'did you mean "{near[0]}"?' if near else 'put it under "detail"',
                consequence="the rule is accepted and never matches",
            )
