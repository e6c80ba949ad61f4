"""CloudWatch: alarms and dashboards."""

from __future__ import annotations

from offline_provider.applying.fields import Fields, nonzero, pairs, structure, structures
from offline_provider.applying.resource_type import Call, Read, ResourceType, Tags

_METRIC: Fields = {
    "dimensions": pairs("Metric.Dimensions", "Name"),
    "metric_name": "Metric.MetricName",
    "namespace": nonzero("Metric.Namespace"),
    "period": "Period",
    "stat": "Stat",
    "unit": nonzero("Unit"),
}
_QUERY: Fields = {
    "account_id": nonzero("AccountId"),
    "expression": nonzero("Expression"),
    "id": "Id",
    "label": nonzero("Label"),
    "period": nonzero("Period"),
    "return_data": "ReturnData",
    "metric": structure("MetricStat", _METRIC),
}
_ALARM: Fields = {
    "actions_enabled": "ActionsEnabled",
    "alarm_actions": "AlarmActions",
    "alarm_description": "AlarmDescription",
    "alarm_name": "AlarmName",
    "comparison_operator": "ComparisonOperator",
    "datapoints_to_alarm": nonzero("DatapointsToAlarm"),
    "dimensions": pairs("Dimensions", "Name"),
    "evaluate_low_sample_count_percentiles": "EvaluateLowSampleCountPercentile",
    "evaluation_periods": "EvaluationPeriods",
    "extended_statistic": "ExtendedStatistic",
    "insufficient_data_actions": "InsufficientDataActions",
    "metric_name": "MetricName",
    "metric_query": structures("Metrics", _QUERY),
    "namespace": "Namespace",
    "ok_actions": "OKActions",
    "period": nonzero("Period"),
    "statistic": "Statistic",
    "threshold": "Threshold",
    "threshold_metric_id": "ThresholdMetricId",
    "treat_missing_data": "TreatMissingData",
    "unit": "Unit",
}
_PUT_ALARM = Call("put_metric_alarm", _ALARM)

METRIC_ALARM = ResourceType(
    service="cloudwatch",
    what="metric alarm",
    called="alarm_name",
    identity=lambda alarm: str(alarm["alarm_name"]),
    create=(_PUT_ALARM,),
    reads=(
        Read(
            "describe_alarms",
            lambda alarm: {"AlarmNames": [alarm["alarm_name"]], "AlarmTypes": ["MetricAlarm"]},
            {**_ALARM, "arn": "AlarmArn"},
            pick=lambda response, _alarm: next(iter(response["MetricAlarms"]), None),
        ),
    ),
    # An alarm that says nothing of missing data treats it as missing, and reads back with that default.
    derive=lambda _alarm, found: {"treat_missing_data": found["treat_missing_data"] or "missing"},
    update=(_PUT_ALARM,),
    delete=(Call("delete_alarms", lambda alarm: {"AlarmNames": [alarm["alarm_name"]]}),),
    importing=lambda identifier: {"alarm_name": identifier},
    tags=Tags(key=("ResourceARN", "arn")),
    gone=frozenset({"ResourceNotFound", "ResourceNotFoundException"}),
)

_PUT_DASHBOARD = Call("put_dashboard", {"dashboard_name": "DashboardName", "dashboard_body": "DashboardBody"})

DASHBOARD = ResourceType(
    service="cloudwatch",
    what="dashboard",
    called="dashboard_name",
    identity=lambda dashboard: str(dashboard["dashboard_name"]),
    create=(_PUT_DASHBOARD,),
    reads=(
        Read(
            "get_dashboard",
            {"dashboard_name": "DashboardName"},
            {"dashboard_name": "DashboardName", "dashboard_arn": "DashboardArn", "dashboard_body": "DashboardBody"},
        ),
    ),
    update=(_PUT_DASHBOARD,),
    delete=(Call("delete_dashboards", lambda dashboard: {"DashboardNames": [dashboard["dashboard_name"]]}),),
    importing=lambda identifier: {"dashboard_name": identifier},
    gone=frozenset({"ResourceNotFound", "DashboardNotFoundError"}),
    verbatim=frozenset({"dashboard_body"}),
)

TYPES = {"aws_cloudwatch_metric_alarm": METRIC_ALARM, "aws_cloudwatch_dashboard": DASHBOARD}
