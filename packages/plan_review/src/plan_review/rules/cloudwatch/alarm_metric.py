from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from plan_review.aws.arns import NAMINGS
from plan_review.evaluate.symbols import has_symbols
from plan_review.findings import Verdict
from plan_review.rules.found import Found
from plan_review.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.evaluate.items import Item
    from plan_review.rules.context import Context

_METRICS_PAGE = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/aws-services-cloudwatch-metrics.html"
_NAMED = {
    "FunctionName": "aws_lambda_function",
    "QueueName": "aws_sqs_queue",
    "TableName": "aws_dynamodb_table",
    "TopicName": "aws_sns_topic",
}
_NEARLY = 0.9


@dataclass(frozen=True, slots=True)
class _Namespace:
    metrics: frozenset[str]
    dimensions: frozenset[str]


def _namespace(metrics: str, dimensions: str) -> _Namespace:
    return _Namespace(frozenset(metrics.split()), frozenset(dimensions.split()))


_NAMESPACES = {
    "AWS/Lambda": _namespace(
        "Invocations Errors DeadLetterErrors DestinationDeliveryFailures Throttles OversizedRecordCount Duration "
        "PostRuntimeExtensionsDuration IteratorAge OffsetLag ConcurrentExecutions UnreservedConcurrentExecutions "
        "ProvisionedConcurrencyInvocations ProvisionedConcurrencySpilloverInvocations "
        "ProvisionedConcurrencyUtilization ProvisionedConcurrentExecutions ClaimedAccountConcurrency "
        "AsyncEventsReceived AsyncEventAge  "
        "AsyncEventsDropped RecursiveInvocationsDropped SignatureValidationErrors PolledEventCount InvokedEventCount "
        "FilteredOutEventCount FailedInvokeEventCount DeletedEventCount DroppedEventCount "
        "OnFailureDestinationDeliveredEventCount ProvisionedPollers",
        "FunctionName Resource ExecutedVersion EventSourceMappingUUID Region",
    ),
    "AWS/SQS": _namespace(
        "ApproximateAgeOfOldestMessage ApproximateNumberOfGroupsWithInflightMessages "
        "ApproximateNumberOfMessagesDelayed ApproximateNumberOfMessagesNotVisible "
        "ApproximateNumberOfMessagesVisible NumberOfEmptyReceives  "
        "NumberOfDeduplicatedSentMessages NumberOfMessagesDeleted NumberOfMessagesReceived NumberOfMessagesSent "
        "SentMessageSize ApproximateNumberOfNoisyGroups ApproximateNumberOfMessagesVisibleInQuietGroups "
        "ApproximateNumberOfMessagesNotVisibleInQuietGroups ApproximateNumberOfMessagesDelayedInQuietGroups "
        "ApproximateAgeOfOldestMessageInQuietGroups",
        "QueueName",
    ),
    "AWS/States": _namespace(
        "ExecutionTime ExecutionThrottled ExecutionsAborted ExecutionsFailed ExecutionsStarted ExecutionsSucceeded "
        "ExecutionsTimedOut ExecutionsRedriven RedrivenExecutionsAborted RedrivenExecutionsFailed "
        "RedrivenExecutionsTimedOut RedrivenExecutionsSucceeded ExpressExecutionMemory ExpressExecutionBilledDuration "
        "ExpressExecutionBilledMemory ActivityRunTime ActivityScheduleTime ActivityTime ActivitiesFailed "
        "ActivitiesHeartbeatTimedOut ActivitiesScheduled ActivitiesStarted ActivitiesSucceeded ActivitiesTimedOut "
        "LambdaFunctionRunTime LambdaFunctionScheduleTime LambdaFunctionTime LambdaFunctionsFailed "
        "LambdaFunctionsScheduled LambdaFunctionsStarted LambdaFunctionsSucceeded LambdaFunctionsTimedOut "
        "ServiceIntegrationRunTime ServiceIntegrationScheduleTime ServiceIntegrationTime ServiceIntegrationsFailed "
        "ServiceIntegrationsScheduled ServiceIntegrationsStarted ServiceIntegrationsSucceeded "
        "ServiceIntegrationsTimedOut ThrottledEvents ProvisionedBucketSize ProvisionedRefillRate ConsumedCapacity "
        "OpenExecutionCount OpenExecutionLimit",
        "StateMachineArn ActivityArn LambdaFunctionArn ServiceIntegrationResourceArn ServiceMetric APIName Alias "
        "Version",
    ),
    "AWS/MediaConvert": _namespace(
        "AudioOutputSeconds Errors HDOutputSeconds JobsCompletedCount JobsErroredCount JobsCanceledCount "
        "OutputSeconds SDOutputSeconds StandbyTime TranscodingTime UHDOutputSeconds 8KOutputSeconds "
        "AverageQVBRQuality AverageVideoBitrate MinQVBRQuality AvgBitrateTop AvgBitrateBottom BlackVideoDetected "
        "VideoPaddingInserted BlackVideoDetectedRatio VideoPaddingInsertedRatio QVBRAvgQualityHighBitrate "
        "QVBRAvgQualityLowBitrate QVBRMinQualityHighBitrate QVBRMinQualityLowBitrate",
        "Queue Job Operation JobTemplate",
    ),
}


@rule(
    "alarm-metric",
    title="An alarm watches a metric that exists, by dimensions that it has",
    why="CloudWatch takes any name of a metric and of a dimension; an alarm on one that is never sent has no data.",
    consequence="the alarm stays in INSUFFICIENT_DATA, or OK where missing data is not breaching, and never goes off",
    sources=(
        "https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html",
        "https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html",
        _METRICS_PAGE,
    ),
)
def alarm_metric(context: Context) -> Iterator[Found]:
    """Names are the service's own; one that is nearly so is misspelt, one that is not is not known here."""
    for alarm in context.view.items("aws_cloudwatch_metric_alarm"):
        namespace = str(alarm.get("namespace", ""))
        known = _NAMESPACES.get(namespace)
        if known is None:
            right = next((name for name in _NAMESPACES if name.lower() == namespace.lower()), None)
            if right is not None:
                message = f'no metric has the namespace "{namespace}"'
                yield Found(item=alarm, path=("namespace",), message=message, remedy=f'did you mean "{right}"?')
            continue
        yield from _misspelt(context, alarm)
        metric = alarm.get("metric_name")
        dimensions = alarm.get("dimensions")
        names = list(dimensions) if isinstance(dimensions, dict) else []
        for path, name, expected in [
            ("metric_name", metric, known.metrics),
            *(("dimensions", str(name), known.dimensions) for name in names),
        ]:
            if not isinstance(name, str) or name in expected or has_symbols(name):
                continue
            near = difflib.get_close_matches(name, expected, n=1)
            what = "metric" if path == "metric_name" else "dimension"
            yield Found(
                item=alarm,
                path=(path,),
                subject=name,
                verdict=Verdict.MISSING if near else Verdict.CANNOT_TELL,
                message=f'{alarm.get("namespace")} has no {what} "{name}" that is known here',
                remedy=f'did you mean "{near[0]}"?' if near else "the service's list of metrics",
            )


def _misspelt(context: Context, alarm: Item) -> Iterator[Found]:
    """Yield the dimensions whose value is nearly, and not quite, the name of something in this configuration."""
    dimensions = alarm.get("dimensions")
    for dimension, value in dimensions.items() if isinstance(dimensions, dict) else ():
        kind = _NAMED.get(dimension)
        if kind is None or not isinstance(value, str) or has_symbols(value):
            continue
        naming = NAMINGS[kind].argument or ""
        names = [str(item.attribute(naming)) for item in context.view.items(kind, f"data.{kind}")]
        near = difflib.get_close_matches(value, names, n=1, cutoff=_NEARLY) if value not in names else []
        if near:
            yield Found(
                item=alarm,
                path=("dimensions",),
                subject=dimension,
                verdict=Verdict.CANNOT_TELL,
                message=f'there is no {dimension} "{value}" here, and there is "{near[0]}"',
                remedy="a reference in the place of the name",
            )
