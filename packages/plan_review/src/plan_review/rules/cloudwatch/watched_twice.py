from __future__ import annotations

import json
from typing import TYPE_CHECKING

from plan_review.evaluate.symbols import has_symbols, is_symbol
from plan_review.findings import Severity
from plan_review.rules.found import Found
from plan_review.rules.rule import rule
from plan_review.rules.shared.watched import Watched, watched

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.rules.context import Context

_SAME = ("comparison_operator", "threshold", "period", "evaluation_periods", "datapoints_to_alarm")


@rule(
    "watched-twice",
    title="No two alarms watch the same thing in the same way",
    why="An alarm that is copied and changed in its name alone tells twice of one thing, and of the other never.",
    consequence="one trouble is told twice, and what the second alarm was meant for is watched by nobody",
    sources=("https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html",),
    severity=Severity.WARNING,
)
def watched_twice(context: Context) -> Iterator[Found]:
    """Metric, dimensions, statistic, threshold and periods of two alarms are not all the same."""
    seen: dict[str, Watched] = {}
    for each in watched(context):
        if not each.is_alarm or each.path or not each.item.certain or _unknown(context, each):
            continue
        item = each.item
        how = [item.get(name) for name in _SAME]
        where = [
            item.region,
            item.account,
            each.namespace,
            each.metric,
            sorted(each.dimensions.items()),
            each.statistic,
        ]
        key = json.dumps([where, how], default=str)
        first = seen.setdefault(key, each)
        if first is not each:
            yield Found(
                item=item,
                path=("dimensions",),
                message=f"it watches {each.metric} just as {first.item.address} does",
                remedy="let it watch what it was made for, or take one of the two out",
            )


def _unknown(context: Context, each: Watched) -> bool:
    """Whether a part is not known, and may be another in each of two alarms; what names a resource is known enough."""
    values = [each.namespace, each.metric, *(str(each.item.get(name)) for name in _SAME)]
    if any(map(has_symbols, values)) or each.item.is_dynamic("dimensions"):
        return True
    for value in map(str, each.dimensions.values()):
        symbol = context.view.symbol(value) if is_symbol(value) else None
        if symbol is not None and symbol.address is None:
            return True
    return False
