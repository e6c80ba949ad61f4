"""What is watched: an alarm for each way to lose time, money or events, and a dashboard."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from constructs import Construct

from stacks.alarms import Alarms, Metric
from stacks.dashboard import Dashboard

if TYPE_CHECKING:
    from cdktf_cdktf_provider_aws.lambda_function import LambdaFunction
    from cdktf_cdktf_provider_aws.media_convert_queue import MediaConvertQueue
    from cdktf_cdktf_provider_aws.sfn_state_machine import SfnStateMachine
    from cdktf_cdktf_provider_aws.sqs_queue import SqsQueue

    from stacks.config import AlarmsConfig
    from stacks.naming import Names
    from stacks.notifications import Notifications

METRICS_NAMESPACE = "MediaPipeline"
JOB_EVENTS_SERVICE = "job-events"
"""What the functions count is kept by the service that counts (Powertools for AWS Lambda, "Metrics": the dimension
``service`` is ``POWERTOOLS_SERVICE_NAME``)."""
EXECUTION_METRICS = ("ExecutionsStarted", "ExecutionsSucceeded", "ExecutionsFailed", "ExecutionsTimedOut")


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """The resources whose metrics are watched."""

    orchestrator: LambdaFunction
    job_events: LambdaFunction
    reconciler: LambdaFunction
    transcoding_queue: MediaConvertQueue
    state_machine: SfnStateMachine
    upload_dead_letters: SqsQueue
    job_event_dead_letters: SqsQueue
    reconciliation_dead_letters: SqsQueue


class Observability(Construct):
    """The alarms, ProcessingErrorAlarm among them, and the dashboard that shows them with the metrics behind."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        names: Names,
        region: str,
        settings: AlarmsConfig,
        notifications: Notifications,
        observed: Observed,
    ) -> None:
        super().__init__(scope, id_)
        self._observed = observed
        self._dead_letters = {
            "upload-dead-letters": observed.upload_dead_letters,
            "job-event-dead-letters": observed.job_event_dead_letters,
            "reconciliation-dead-letters": observed.reconciliation_dead_letters,
            "notification-dead-letters": notifications.dead_letters,
        }
        alarms = Alarms(self, "Alarms", names=names, settings=settings, notifications=notifications)
        self._alarm_on_errors(alarms)
        self._alarm_on_waiting(alarms)
        Dashboard(
            self,
            "Overview",
            names=names,
            region=region,
            alarm_arns=[alarm.arn for alarm in alarms.alarms],
            rows=[self._job_graphs(), self._function_graphs(), self._waiting_graphs()],
        )

    def _alarm_on_errors(self, alarms: Alarms) -> None:
        alarms.on_errors(
            "ProcessingErrorAlarm",
            "processing-errors",
            "The orchestrator fails on uploads; it is tried again, then the upload waits in the dead-letter queue",
            _of_function(self._observed.orchestrator, "Errors"),
        )
        alarms.on_errors(
            "JobEventsErrorAlarm",
            "job-events-errors",
            "The job-events function fails; records and notices of finished jobs come late",
            _of_function(self._observed.job_events, "Errors"),
        )
        alarms.on_errors(
            "ReconcilerErrorAlarm",
            "reconciler-errors",
            "The reconciler fails on uploads that have stopped moving; they stay as they are until it can",
            _of_function(self._observed.reconciler, "Errors"),
        )
        alarms.on_errors(
            "FailedJobsAlarm",
            "failed-jobs",
            "MediaConvert jobs end in an error",
            self._of_queue("JobsErroredCount"),
        )

    def _alarm_on_waiting(self, alarms: Alarms) -> None:
        throttled = "Lambda refuses invocations for lack of concurrency; their events wait for up to six hours"
        for id_, name, function in (
            ("OrchestratorThrottleAlarm", "orchestrator-throttles", self._observed.orchestrator),
            ("JobEventsThrottleAlarm", "job-events-throttles", self._observed.job_events),
            ("ReconcilerThrottleAlarm", "reconciler-throttles", self._observed.reconciler),
        ):
            alarms.on_any(id_, name, throttled, _of_function(function, "Throttles"))
        dead = "Events or notices could not be handled and wait for a person"
        for id_, (name, queue) in zip(
            (
                "UploadDeadLetterAlarm",
                "JobEventDeadLetterAlarm",
                "ReconciliationDeadLetterAlarm",
                "NotificationDeadLetterAlarm",
            ),
            self._dead_letters.items(),
            strict=True,
        ):
            alarms.on_any(id_, name, dead, _waiting_in(queue))
        alarms.on_any(
            "JobWithoutRecordAlarm",
            "jobs-without-record",
            "A job has ended that the job table holds no record of, so nobody was told; it was paid for",
            Metric(namespace=METRICS_NAMESPACE, name="JobsWithoutRecord", dimensions={"service": JOB_EVENTS_SERVICE}),
        )
        alarms.on_any(
            "ExecutionTimeoutAlarm",
            "execution-timeouts",
            "An execution of the state machine ran out of time, and so could not tell anyone itself",
            self._of_state_machine("ExecutionsTimedOut"),
        )

    def _job_graphs(self) -> list[tuple[str, list[Metric]]]:
        return [
            ("Jobs", [self._of_queue("JobsCompletedCount"), self._of_queue("JobsErroredCount")]),
            ("Transcoding time (ms)", [self._of_queue("TranscodingTime", "Average")]),
        ]

    def _function_graphs(self) -> list[tuple[str, list[Metric]]]:
        functions = (self._observed.orchestrator, self._observed.job_events, self._observed.reconciler)
        troubles = [_of_function(function, name) for function in functions for name in ("Errors", "Throttles")]
        return [
            ("Invocations", [_of_function(function, "Invocations") for function in functions]),
            ("Errors and throttles", troubles),
            ("Duration (ms, 99th percentile)", [_of_function(function, "Duration", "p99") for function in functions]),
        ]

    def _waiting_graphs(self) -> list[tuple[str, list[Metric]]]:
        return [
            ("Dead letters", [_waiting_in(queue) for queue in self._dead_letters.values()]),
            ("Executions", [self._of_state_machine(name) for name in EXECUTION_METRICS]),
        ]

    def _of_queue(self, metric: str, statistic: str = "Sum") -> Metric:
        dimensions = {"Queue": self._observed.transcoding_queue.arn}
        return Metric(namespace="AWS/MediaConvert", name=metric, dimensions=dimensions, statistic=statistic)

    def _of_state_machine(self, metric: str) -> Metric:
        dimensions = {"StateMachineArn": self._observed.state_machine.arn}
        return Metric(namespace="AWS/States", name=metric, dimensions=dimensions)


def _of_function(function: LambdaFunction, metric: str, statistic: str = "Sum") -> Metric:
    dimensions = {"FunctionName": function.function_name}
    return Metric(namespace="AWS/Lambda", name=metric, dimensions=dimensions, statistic=statistic)


def _waiting_in(queue: SqsQueue) -> Metric:
    return Metric(
        namespace="AWS/SQS",
        name="ApproximateNumberOfMessagesVisible",
        dimensions={"QueueName": queue.name},
        statistic="Maximum",
    )
