"""The metrics of some services: their names, the dimensions that they come with, and the unit of each.

The lists are those of https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html ,
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html ,
https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html ,
https://docs.aws.amazon.com/mediaconvert/latest/ug/what-mediaconvert-sends.html ,
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html ,
https://docs.aws.amazon.com/sns/latest/dg/sns-monitoring-using-cloudwatch.html and
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

COUNT, MILLISECONDS, SECONDS, BYTES, PERCENT = "Count", "Milliseconds", "Seconds", "Bytes", "Percent"


@dataclass(frozen=True, slots=True)
class Namespace:
    """Metrics of a service by name, each with its unit, None where that is not said; names of dimensions.

    ``complete`` is false where there may be metrics that are not listed. ``always`` are dimensions without which no
    metric of the service comes; ``besides`` those that a metric needs as well.
    """

    units: Mapping[str, str | None]
    dimensions: frozenset[str]
    complete: bool = True
    always: frozenset[str] = frozenset()
    besides: Mapping[str, frozenset[str]] = field(default_factory=dict)
    never: Mapping[str, frozenset[str]] = field(default_factory=dict)


def _units(default: str | None, names: str, **others: str) -> dict[str, str | None]:
    """Return names with their units; ``others`` are lists of names by unit, ``unsaid`` those whose unit is not said."""
    found: dict[str, str | None] = dict.fromkeys(names.split(), default)
    for unit, listed in others.items():
        found |= dict.fromkeys(listed.split(), None if unit == "unsaid" else unit.capitalize())
    return found


_TABLE = frozenset({"TableName"})
_OPERATION = frozenset({"Operation"})

NAMESPACES: Mapping[str, Namespace] = {
    "AWS/Lambda": Namespace(
        _units(
            COUNT,
            "Invocations Errors DeadLetterErrors DestinationDeliveryFailures Throttles OversizedRecordCount "
            "ConcurrentExecutions UnreservedConcurrentExecutions ProvisionedConcurrencyInvocations "
            "ProvisionedConcurrencySpilloverInvocations ProvisionedConcurrentExecutions ClaimedAccountConcurrency "
            "AsyncEventsReceived AsyncEventsDropped RecursiveInvocationsDropped",
            milliseconds="Duration PostRuntimeExtensionsDuration IteratorAge AsyncEventAge",
            unsaid="OffsetLag ProvisionedConcurrencyUtilization SignatureValidationErrors PolledEventCount "
            "InvokedEventCount FilteredOutEventCount FailedInvokeEventCount DeletedEventCount DroppedEventCount "
            "OnFailureDestinationDeliveredEventCount ProvisionedPollers",
        ),
        frozenset({"FunctionName", "Resource", "ExecutedVersion", "EventSourceMappingUUID", "Region"}),
    ),
    "AWS/SQS": Namespace(
        _units(
            COUNT,
            "ApproximateNumberOfGroupsWithInflightMessages ApproximateNumberOfMessagesDelayed "
            "ApproximateNumberOfMessagesNotVisible ApproximateNumberOfMessagesVisible NumberOfEmptyReceives "
            "NumberOfDeduplicatedSentMessages NumberOfMessagesDeleted NumberOfMessagesReceived NumberOfMessagesSent",
            seconds="ApproximateAgeOfOldestMessage",
            bytes="SentMessageSize",
            unsaid="ApproximateNumberOfNoisyGroups ApproximateNumberOfMessagesVisibleInQuietGroups "
            "ApproximateNumberOfMessagesNotVisibleInQuietGroups ApproximateNumberOfMessagesDelayedInQuietGroups "
            "ApproximateAgeOfOldestMessageInQuietGroups",
        ),
        frozenset({"QueueName"}),
        always=frozenset({"QueueName"}),
    ),
    "AWS/States": Namespace(
        _units(
            COUNT,
            "ExecutionThrottled ExecutionsAborted ExecutionsFailed ExecutionsStarted ExecutionsSucceeded "
            "ExecutionsTimedOut ExecutionsRedriven RedrivenExecutionsAborted RedrivenExecutionsFailed "
            "RedrivenExecutionsTimedOut RedrivenExecutionsSucceeded ActivitiesFailed ActivitiesHeartbeatTimedOut "
            "ActivitiesScheduled ActivitiesStarted ActivitiesSucceeded ActivitiesTimedOut LambdaFunctionsFailed "
            "LambdaFunctionsScheduled LambdaFunctionsStarted LambdaFunctionsSucceeded LambdaFunctionsTimedOut "
            "ServiceIntegrationsFailed ServiceIntegrationsScheduled ServiceIntegrationsStarted "
            "ServiceIntegrationsSucceeded ServiceIntegrationsTimedOut ThrottledEvents",
            milliseconds="ExecutionTime ActivityRunTime ActivityScheduleTime ActivityTime LambdaFunctionRunTime "
            "LambdaFunctionScheduleTime LambdaFunctionTime ServiceIntegrationRunTime ServiceIntegrationScheduleTime "
            "ServiceIntegrationTime",
            unsaid="ExpressExecutionMemory ExpressExecutionBilledDuration ExpressExecutionBilledMemory "
            "ProvisionedBucketSize ProvisionedRefillRate ConsumedCapacity OpenExecutionCount OpenExecutionLimit",
        ),
        frozenset(
            {
                *("StateMachineArn", "ActivityArn", "LambdaFunctionArn", "ServiceIntegrationResourceArn"),
                *("ServiceMetric", "APIName", "Alias", "Version"),
            }
        ),
    ),
    "AWS/MediaConvert": Namespace(
        _units(
            COUNT,
            "Errors JobsCompletedCount JobsErroredCount JobsCanceledCount",
            milliseconds="StandbyTime TranscodingTime",
            unsaid="AudioOutputSeconds HDOutputSeconds OutputSeconds SDOutputSeconds UHDOutputSeconds 8KOutputSeconds "
            "AverageQVBRQuality AverageVideoBitrate MinQVBRQuality AvgBitrateTop AvgBitrateBottom BlackVideoDetected "
            "VideoPaddingInserted BlackVideoDetectedRatio VideoPaddingInsertedRatio QVBRAvgQualityHighBitrate "
            "QVBRAvgQualityLowBitrate QVBRMinQualityHighBitrate QVBRMinQualityLowBitrate",
        ),
        frozenset({"Queue", "Job", "Operation", "JobTemplate"}),
    ),
    "AWS/DynamoDB": Namespace(
        _units(
            COUNT,
            "ConditionalCheckFailedRequests ConsumedReadCapacityUnits ConsumedWriteCapacityUnits "
            "ProvisionedReadCapacityUnits ProvisionedWriteCapacityUnits ReadThrottleEvents WriteThrottleEvents "
            "ReturnedItemCount SystemErrors ThrottledRequests TimeToLiveDeletedItemCount TransactionConflict "
            "UserErrors",
            milliseconds="SuccessfulRequestLatency ReplicationLatency AgeOfOldestUnreplicatedRecord",
            bytes="ReturnedBytes",
            unsaid="AccountMaxReads AccountMaxTableLevelReads AccountMaxTableLevelWrites AccountMaxWrites "
            "AccountProvisionedReadCapacityUtilization AccountProvisionedWriteCapacityUtilization "
            "MaxProvisionedTableReadCapacityUtilization MaxProvisionedTableWriteCapacityUtilization "
            "OnlineIndexConsumedWriteCapacity OnlineIndexPercentageProgress OnlineIndexThrottleEvents "
            "PendingReplicationCount ReturnedRecordsCount FailedToReplicateRecordCount ThrottledPutRecordCount",
        ),
        frozenset(
            {
                *("TableName", "Operation", "GlobalSecondaryIndexName", "StreamLabel", "ReceivingRegion"),
                *("DelegatedOperation", "OperationType", "Verb"),
            }
        ),
        complete=False,
        besides=dict.fromkeys(
            ("ReturnedItemCount", "SuccessfulRequestLatency", "SystemErrors", "ThrottledRequests"), _OPERATION
        ),
        never={"UserErrors": _TABLE},
    ),
    "AWS/SNS": Namespace(
        _units(
            COUNT,
            "NumberOfMessagesPublished NumberOfNotificationsDelivered NumberOfNotificationsFailed "
            "NumberOfNotificationsFilteredOut NumberOfNotificationsRedrivenToDlq "
            "NumberOfNotificationsFailedToRedriveToDlq",
            bytes="PublishSize",
            unsaid="SMSMonthToDateSpentUSD SMSSuccessRate",
        ),
        frozenset({"TopicName", "Application", "Country", "Platform", "SMSType", "PhoneNumber"}),
        complete=False,
    ),
    "AWS/Events": Namespace(
        _units(
            COUNT,
            "Invocations FailedInvocations MatchedEvents TriggeredRules ThrottledRules InvocationsSentToDlq "
            "InvocationsFailedToBeSentToDlq InvocationAttempts RetryInvocationAttempts SuccessfulInvocationAttempts",
            milliseconds="IngestionToInvocationStartLatency IngestionToInvocationCompleteLatency",
        ),
        frozenset({"RuleName", "EventBusName", "EventSourceName"}),
        complete=False,
    ),
}
AGES = frozenset({"IteratorAge", "AsyncEventAge", "ApproximateAgeOfOldestMessage", "AgeOfOldestUnreplicatedRecord"})
"""Metrics whose values are ages: their sum grows with the number of data points, and says nothing."""

FAILURES = frozenset(
    {
        *("Errors", "Throttles", "DeadLetterErrors", "DestinationDeliveryFailures", "AsyncEventsDropped"),
        *("ExecutionsFailed", "ExecutionsTimedOut", "ExecutionsAborted", "ExecutionThrottled", "JobsErroredCount"),
        *("FailedInvocations", "NumberOfNotificationsFailed", "SystemErrors", "UserErrors"),
    }
)
"""Metrics that count what went wrong, and have no data, or zeros, while nothing does."""

SINGLE = frozenset({("AWS/Lambda", "Errors"), ("AWS/Lambda", "DeadLetterErrors")})
"""Metrics that Lambda sends once an invocation, 1 or 0, so that no data point is above 1 but a sum."""
