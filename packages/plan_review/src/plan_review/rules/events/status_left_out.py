from __future__ import annotations

import ast
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plan_review.evaluate.symbols import has_symbols
from plan_review.findings import Severity
from plan_review.rules.found import Found
from plan_review.rules.rule import rule
from plan_review.rules.shared.function_code import codes
from plan_review.rules.shared.functions import function_of
from plan_review.rules.shared.rule_patterns import pattern_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.evaluate.items import Item
    from plan_review.rules.context import Context

# Source of events → the field that says what has become of something, and its values.
_STATUSES: dict[str, tuple[tuple[str, ...], frozenset[str]]] = {
    "aws.mediaconvert": (
        ("detail", "status"),
        frozenset({"COMPLETE", "ERROR", "CANCELED", "PROGRESSING", "STATUS_UPDATE", "INPUT_INFORMATION", "QUEUE_HOP"}),
    ),
    "aws.states": (("detail", "status"), frozenset({"RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"})),
    "aws.batch": (
        ("detail", "status"),
        frozenset({"SUBMITTED", "PENDING", "RUNNABLE", "STARTING", "RUNNING", "SUCCEEDED", "FAILED"}),
    ),
    "aws.codebuild": (
        ("detail", "build-status"),
        frozenset({"IN_PROGRESS", "SUCCEEDED", "FAILED", "STOPPED", "TIMED_OUT"}),
    ),
    "aws.glue": (("detail", "state"), frozenset({"STARTING", "RUNNING", "SUCCEEDED", "FAILED", "TIMEOUT", "STOPPED"})),
    "aws.transcribe": (("detail", "TranscriptionJobStatus"), frozenset({"COMPLETED", "FAILED"})),
}


@rule(
    "status-left-out",
    title="A rule lets through every status that the code behind it acts on",
    why=(
        "What the code does with a status that its rule leaves out it never does: a job that failed stays in progress "
        "for ever, and nobody is told."
    ),
    consequence="the events of that status are not delivered, and what waits for them waits without end",
    sources=(
        "https://docs.aws.amazon.com/mediaconvert/latest/ug/mediaconvert_event_list.html",
        "https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html",
        "https://docs.aws.amazon.com/batch/latest/userguide/batch_cwe_events.html",
    ),
    severity=Severity.WARNING,
)
def status_left_out(context: Context) -> Iterator[Found]:
    """The statuses of a rule's pattern, against those that the code of its target names."""
    for code in codes(context):
        rules = list(_rules(context, code.function)) if code.analysis.files else []
        for source, (path, known) in _STATUSES.items():
            of_source = [(item, pattern) for item, pattern in rules if pattern.get("source") == [source]]
            passed = [_values(pattern, path) for _, pattern in of_source]
            if not passed or any(values is None for values in passed):
                continue
            let_through = {value for values in passed for value in values or ()}
            named = known & _named(tuple(code.analysis.files))
            if not named & let_through:
                continue  # the code does not tell statuses apart
            for status in sorted(named - let_through):
                yield Found(
                    item=of_source[0][0],
                    path=("event_pattern",),
                    subject=status,
                    message=f"it leaves {status} out, on which the code of {code.function.address} acts",
                    remedy=f'add "{status}" to {".".join(path)}, or take out of the code what is never used',
                )


def _rules(context: Context, function: Item) -> Iterator[tuple[Item, dict[str, Any]]]:
    for target in context.view.items("aws_cloudwatch_event_target"):
        if function_of(context, target.get("arn")) is function:
            item = context.view.find(target.get("rule"), "aws_cloudwatch_event_rule")
            pattern = pattern_of(item) if item is not None else None
            if item is not None and pattern is not None:
                yield item, pattern


def _values(pattern: dict[str, Any], path: tuple[str, ...]) -> list[str] | None:
    """Return the values that a pattern lets through; None where these are all, or by more than their text."""
    here: Any = pattern
    for step in path:
        here = here.get(step) if isinstance(here, dict) else None
    if not isinstance(here, list) or "$or" in pattern or not all(_is_told(value) for value in here):
        return None
    return here


def _is_told(value: Any) -> bool:
    return isinstance(value, str) and not has_symbols(value)


@lru_cache(maxsize=64)
def _named(files: tuple[str, ...]) -> frozenset[str]:
    """Return the texts in capitals that sources hold, those apart that only say how something is logged."""
    found: set[str] = set()
    for name in files:
        try:
            tree = ast.parse(Path(name).read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, SyntaxError, ValueError):
            continue
        found |= {
            node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)
        }
    return frozenset(text for text in found if text.isupper())
