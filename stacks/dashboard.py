"""The dashboard: what comes in, what is transcoded, what fails, what waits for a person."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from cdktf_cdktf_provider_aws.cloudwatch_dashboard import CloudwatchDashboard
from constructs import Construct

from stacks.alarms import Metric
from stacks.naming import Names, fixed

Row = Sequence[tuple[str, Sequence[Metric]]]
# CloudWatch's grid is 24 wide (CloudWatch API Reference, "Dashboard body structure and syntax").
GRID_WIDTH = 24
ROW_HEIGHT = 6


class Dashboard(Construct):
    """Alarms on top, then rows of graphs, each a title and its metrics, in periods of five minutes."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        names: Names,
        region: str,
        alarm_arns: Sequence[str],
        rows: Sequence[Row],
    ) -> None:
        super().__init__(scope, id_)
        widgets: list[dict[str, Any]] = [
            {
                "type": "alarm",
                **_place(0, 0, GRID_WIDTH, ROW_HEIGHT // 2),
                "properties": {"title": "Alarms", "alarms": list(alarm_arns)},
            }
        ]
        for number, row in enumerate(rows):
            width = GRID_WIDTH // len(row)
            top = ROW_HEIGHT // 2 + number * ROW_HEIGHT
            widgets += [
                {
                    "type": "metric",
                    **_place(column * width, top, width, ROW_HEIGHT),
                    "properties": _graph(title, metrics, region),
                }
                for column, (title, metrics) in enumerate(row)
            ]
        body = json.dumps({"widgets": widgets})
        fixed(CloudwatchDashboard(self, "Dashboard", dashboard_name=names.of("overview"), dashboard_body=body))


def _place(left: int, top: int, width: int, height: int) -> dict[str, int]:
    return {"x": left, "y": top, "width": width, "height": height}


def _graph(title: str, metrics: Sequence[Metric], region: str) -> dict[str, Any]:
    return {
        "title": title,
        "view": "timeSeries",
        "stacked": False,
        "region": region,
        "period": 300,
        "metrics": [[metric.namespace, metric.name, *_flat(metric), {"stat": metric.statistic}] for metric in metrics],
    }


def _flat(metric: Metric) -> list[str]:
    return [part for dimension in metric.dimensions.items() for part in dimension]
