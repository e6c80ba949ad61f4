from __future__ import annotations

import copy
import functools
from typing import TYPE_CHECKING, Any

import boto3
import botocore.session
import pytest
from botocore.loaders import Loader

from tests.local.ministack.support import ACCOUNT, CREDENTIALS, REGION, unique

if TYPE_CHECKING:
    from tests.local.ministack.support import Emulator

TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:topic"
PLAIN = {
    "AlarmDescription": "a <b> & c",
    "ActionsEnabled": False,
    "OKActions": [TOPIC],
    "AlarmActions": [TOPIC, f"{TOPIC}-2"],
    "InsufficientDataActions": [TOPIC],
    "MetricName": "Errors",
    "Namespace": "AWS/Lambda",
    "Statistic": "Sum",
    "Dimensions": [{"Name": "FunctionName", "Value": "f"}, {"Name": "Resource", "Value": "f"}],
    "Period": 300,
    "Unit": "Count",
    "EvaluationPeriods": 3,
    "DatapointsToAlarm": 2,
    "Threshold": 1.5,
    "ComparisonOperator": "GreaterThanOrEqualToThreshold",
    "TreatMissingData": "notBreaching",
}
PERCENTILE = {key: value for key, value in PLAIN.items() if key not in {"Statistic", "AlarmDescription", "Unit"}} | {
    "ExtendedStatistic": "p99.9",
    "EvaluateLowSampleCountPercentile": "ignore",
}
MATH = {
    "EvaluationPeriods": 2,
    "Threshold": 0.5,
    "ComparisonOperator": "GreaterThanThreshold",
    "TreatMissingData": "ignore",
    "Metrics": [
        {"Id": "rate", "Expression": "errors / 2", "Label": "Rate", "ReturnData": True},
        {
            "Id": "errors",
            "ReturnData": False,
            "MetricStat": {
                "Metric": {
                    "Namespace": "AWS/Lambda",
                    "MetricName": "Errors",
                    "Dimensions": [{"Name": "FunctionName", "Value": "f"}],
                },
                "Period": 60,
                "Stat": "Sum",
                "Unit": "Count",
            },
        },
    ],
}


class OneProtocol(Loader):
    """botocore's models, with CloudWatch speaking one protocol only."""

    def __init__(self, protocol: str) -> None:
        super().__init__()
        self.protocol = protocol

    def load_service_model(self, service_name: str, type_name: str, api_version: str | None = None) -> Any:
        model = copy.deepcopy(super().load_service_model(service_name, type_name, api_version))
        if (service_name, type_name) == ("cloudwatch", "service-2"):
            model["metadata"].update(protocol=self.protocol, protocols=[self.protocol])
        return model


@functools.cache
def client_for(endpoint: str, protocol: str) -> Any:
    session = botocore.session.get_session()
    session.register_component("data_loader", OneProtocol(protocol))
    made = boto3.session.Session(botocore_session=session, **CREDENTIALS)
    return made.client("cloudwatch", endpoint_url=endpoint)


@pytest.fixture(params=["query", "json"])
def client(emulator: Emulator, request: pytest.FixtureRequest) -> Any:
    """CloudWatch in the protocol that Terraform's provider speaks, and in boto3's own."""
    return client_for(emulator.endpoint, request.param)


@pytest.mark.parametrize("wanted", [PLAIN, PERCENTILE, MATH], ids=["plain", "percentile", "math"])
def test_an_alarm_reads_back_as_it_was_put(client: Any, wanted: dict[str, Any]) -> None:
    name = unique("alarm")
    client.put_metric_alarm(AlarmName=name, **wanted)
    (alarm,) = client.describe_alarms(AlarmNames=[name])["MetricAlarms"]
    assert {key: alarm.get(key) for key in wanted} == wanted
    absent = {"Statistic", "Period", "MetricName", "Namespace"} if "Metrics" in wanted else set()
    assert absent.isdisjoint(alarm)
    assert ("Statistic" in alarm) == ("Statistic" in wanted)
    assert alarm["ActionsEnabled"] is wanted.get("ActionsEnabled", True)
    assert alarm["StateValue"] == "INSUFFICIENT_DATA"


def test_a_change_replaces_the_whole_alarm(client: Any) -> None:
    name = unique("alarm")
    client.put_metric_alarm(AlarmName=name, **PLAIN)
    client.put_metric_alarm(AlarmName=name, **MATH)
    (alarm,) = client.describe_alarms(AlarmNames=[name])["MetricAlarms"]
    assert alarm["Metrics"] == MATH["Metrics"]
    assert {"MetricName", "AlarmDescription", "Dimensions"}.isdisjoint(alarm) or not alarm["Dimensions"]


def test_a_composite_alarm_reads_back_as_it_was_put(client: Any) -> None:
    name = unique("alarm")
    client.put_metric_alarm(AlarmName=name, **PLAIN)
    wanted = {
        "AlarmRule": f'ALARM("{name}") AND NOT OK("{name}")',
        "AlarmDescription": "any",
        "ActionsEnabled": True,
        "AlarmActions": [TOPIC],
        "OKActions": [],
    }
    client.put_composite_alarm(AlarmName=f"{name}-any", **wanted)
    (alarm,) = client.describe_alarms(AlarmNames=[f"{name}-any"], AlarmTypes=["CompositeAlarm"])["CompositeAlarms"]
    assert {key: alarm.get(key) for key in wanted} == wanted


def test_alarms_come_page_by_page(client: Any) -> None:
    prefix = unique("alarm")
    names = [f"{prefix}-{number}" for number in range(3)]
    for name in names:
        client.put_metric_alarm(AlarmName=name, **PLAIN)
    pages = client.get_paginator("describe_alarms").paginate(AlarmNamePrefix=prefix, PaginationConfig={"PageSize": 2})
    assert [[alarm["AlarmName"] for alarm in page["MetricAlarms"]] for page in pages] == [names[:2], names[2:]]
