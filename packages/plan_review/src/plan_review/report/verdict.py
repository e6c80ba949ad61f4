"""The verdict on a review in one line, and in one title with its counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plan_review.aws.stored_data import STORED_DATA
from plan_review.findings import Severity, Verdict
from plan_review.folding import fold
from plan_review.report.changes import DELETE, REPLACE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from plan_review.folding import Folded
    from plan_review.report.contents import Review


def plural(count: int, one: str, many: str = "") -> str:
    """Return a number with its word."""
    return f"{count} {one if count == 1 else many or one + 's'}"


def counts(folded: Sequence[Folded]) -> tuple[int, int, int]:
    """Return how many errors, warnings and points that cannot be told there are; what has one cause counts once."""
    unknown = sum(each.verdict is Verdict.CANNOT_TELL for each in folded)
    failing = sum(each.verdict is Verdict.MISSING and each.severity is Severity.ERROR for each in folded)
    return failing, len(folded) - failing - unknown, unknown


def told(folded: Sequence[Folded]) -> str:
    """Return the counts in words; empty where nothing is found."""
    failing, warnings, unknown = counts(folded)
    parts = [
        plural(failing, "error") if failing else "",
        plural(warnings, "warning") if warnings else "",
        f"{plural(unknown, 'point')} that cannot be told" if unknown else "",
    ]
    return ", ".join(part for part in parts if part)


def verdict(review: Review, folded: Sequence[Folded] | None = None) -> str:
    """Return the verdict in words, without marks; ``folded`` where the findings are folded already."""
    folded = fold(review.findings) if folded is None else folded
    words = told(folded)
    if counts(folded)[0]:
        return f"Do not apply: {words}"
    return words or "No findings"


def title(reviews: Sequence[Review | None]) -> str:
    """Return one line on several reviews, such as a check run shows; None stands for one that could not be made."""
    folded = [each for review in reviews if review is not None for each in fold(review.findings)]
    failed = sum(review is None for review in reviews)
    words = [told(folded) or ("" if failed else "no findings")]
    words += [f"{plural(failed, 'review')} could not be made"] if failed else []
    stacks = plural(len(reviews), "stack")
    return f"Plan review: {', '.join(word for word in words if word)} ({stacks})"


def harm(review: Review) -> str:
    """Return what is destroyed or replaced in a sentence; empty where nothing is."""
    harmful = [each for each in review.changes if each.action in {DELETE, REPLACE}]
    if not harmful:
        return ""
    data = [each for each in harmful if each.type in STORED_DATA]
    loss = f"; {plural(len(data), 'of them holds', 'of them hold')} data" if data else ""
    return f"{plural(len(harmful), 'resource is', 'resources are')} destroyed or replaced{loss}."
