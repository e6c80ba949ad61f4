"""What alarms and dashboards watch: metrics by namespace, name and dimensions, wherever they are written."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from plan_review.evaluate.items import blocks_of
from plan_review.rules.shared.json_text import parsed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from plan_review.evaluate.items import Item
    from plan_review.rules.context import Context

_SAME, _REST = ".", "..."  # of a dashboard's metric: as in the one before


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """One metric that ``item`` watches.

    ``place`` names the part of it, a widget's title, empty for an alarm; ``region`` is what a widget says of it.
    ``names`` is what people call it: names and titles; ``words`` is all that they wrote about it.
    """

    item: Item
    path: tuple[str | int, ...]
    namespace: str
    metric: str
    dimensions: Mapping[str, Any] = field(default_factory=dict)
    statistic: str = ""
    unit: str = ""
    region: str = ""
    place: str = ""
    names: str = ""
    words: str = ""

    @property
    def is_alarm(self) -> bool:
        """Whether an alarm watches it."""
        return self.item.type == "aws_cloudwatch_metric_alarm"


def watched(context: Context) -> list[Watched]:
    """Return every metric that alarms and dashboards of a configuration watch."""
    return context.shared("watched", lambda: [*_of_alarms(context), *_of_dashboards(context)])


def _of_alarms(context: Context) -> Iterator[Watched]:
    for alarm in context.view.items("aws_cloudwatch_metric_alarm"):
        names = f"{alarm.resource.name} {alarm.get('alarm_name', '')}"
        if alarm.get("metric_name") is not None:
            yield Watched(
                item=alarm,
                path=(),
                namespace=_text(alarm.get("namespace")),
                metric=_text(alarm.get("metric_name")),
                dimensions=_mapping(alarm.get("dimensions")),
                statistic=_text(alarm.get("statistic") or alarm.get("extended_statistic")),
                unit=_text(alarm.get("unit")),
                names=names,
                words=f"{names} {alarm.get('alarm_description', '')}",
            )
        for index, query in enumerate(alarm.blocks("metric_query")):
            for metric in blocks_of(query.get("metric")):
                yield Watched(
                    item=alarm,
                    path=("metric_query", index, "metric", 0),
                    namespace=_text(metric.get("namespace")),
                    metric=_text(metric.get("metric_name")),
                    dimensions=_mapping(metric.get("dimensions")),
                    statistic=_text(metric.get("stat")),
                    unit=_text(metric.get("unit")),
                    place=f'query "{query.get("id")}"',
                )


def _text(value: Any) -> str:
    """Return a text, as it is; nothing of anything else."""
    return value if isinstance(value, str) else ""


def _mapping(value: Any) -> Mapping[str, Any]:
    found = next(iter(blocks_of(value)), {})
    return {str(name): inner for name, inner in found.items()}


def widgets(dashboard: Item) -> list[Any]:
    """Return the widgets of a dashboard; none where its body is no JSON, or not known."""
    body = parsed(dashboard.get("dashboard_body")) or {}
    found = body.get("widgets")
    return found if isinstance(found, list) else []


def _of_dashboards(context: Context) -> Iterator[Watched]:
    for dashboard in context.view.items("aws_cloudwatch_dashboard"):
        for widget in widgets(dashboard):
            properties = widget.get("properties") if isinstance(widget, dict) else None
            if isinstance(properties, dict) and widget.get("type") == "metric":
                yield from _of_widget(dashboard, properties)


def _of_widget(dashboard: Item, properties: Mapping[str, Any]) -> Iterator[Watched]:
    before: list[Any] = []
    metrics = properties.get("metrics")
    for entry in metrics if isinstance(metrics, list) else ():
        texts = [part for part in entry if isinstance(part, str)] if isinstance(entry, list) else []
        options = entry[-1] if isinstance(entry, list) and entry and isinstance(entry[-1], dict) else {}
        texts = _whole(texts, before)
        if len(texts) < 2 or "expression" in options:  # noqa: PLR2004 - a namespace and a name
            continue
        before = texts
        title = str(properties.get("title", ""))
        yield Watched(
            item=dashboard,
            path=("dashboard_body",),
            namespace=texts[0],
            metric=texts[1],
            dimensions=dict(zip(texts[2::2], texts[3::2], strict=False)),
            statistic=_text(options.get("stat", properties.get("stat"))),
            region=_text(options.get("region", properties.get("region"))),
            place=f'widget "{title}"',
            names=str(options.get("label") or title),
            words=f"{title} {options.get('label', '')}",
        )


def _whole(texts: list[str], before: list[str]) -> list[str]:
    """Return a dashboard's metric with what it takes from the one before put in its place."""
    if _REST in texts:
        at = texts.index(_REST)
        texts = before[: max(0, len(before) - len(texts) + 1)] + texts[at + 1 :]
    return [before[index] if text == _SAME and index < len(before) else text for index, text in enumerate(texts)]
