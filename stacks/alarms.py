"""Alarms: errors, dead letters, throttles and executions that ran out of time. All go to the notification topic."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cdktf_cdktf_provider_aws.cloudwatch_metric_alarm import CloudwatchMetricAlarm
from constructs import Construct

from stacks.naming import Names, fixed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stacks.config import AlarmsConfig
    from stacks.notifications import Notifications

ALWAYS_PERIOD_SECONDS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """A metric of an AWS service for one resource."""

    namespace: str
    name: str
    dimensions: Mapping[str, str]
    statistic: str = "Sum"


class Alarms(Construct):
    """Each alarm tells the topic when it fires and when it is over; silence is not taken for trouble."""

    def __init__(
        self, scope: Construct, id_: str, *, names: Names, settings: AlarmsConfig, notifications: Notifications
    ) -> None:
        super().__init__(scope, id_)
        self._names = names
        self._settings = settings
        self._notifications = notifications
        self.alarms: list[CloudwatchMetricAlarm] = []

    def on_errors(self, id_: str, name: str, description: str, metric: Metric) -> None:
        """Fire when the errors of one period reach the threshold of the settings."""
        self._alarm(
            id_,
            name,
            description,
            metric,
            threshold=self._settings.error_threshold,
            period_seconds=self._settings.period_minutes * 60,
        )

    def on_any(self, id_: str, name: str, description: str, metric: Metric) -> None:
        """Fire at the first occurrence."""
        self._alarm(id_, name, description, metric, threshold=1, period_seconds=ALWAYS_PERIOD_SECONDS)

    def _alarm(
        self, id_: str, name: str, description: str, metric: Metric, *, threshold: int, period_seconds: int
    ) -> None:
        actions = [self._notifications.topic.arn]
        alarm = CloudwatchMetricAlarm(
            self,
            id_,
            alarm_name=self._names.of(name),
            alarm_description=description,
            namespace=metric.namespace,
            metric_name=metric.name,
            dimensions=metric.dimensions,
            statistic=metric.statistic,
            comparison_operator="GreaterThanOrEqualToThreshold",
            threshold=threshold,
            period=period_seconds,
            evaluation_periods=1,
            treat_missing_data="notBreaching",
            alarm_actions=actions,
            ok_actions=actions,
            # Before that an alarm that fires could not tell anyone.
            depends_on=list(self._notifications.alarms_may_publish),
        )
        self.alarms.append(fixed(alarm))
