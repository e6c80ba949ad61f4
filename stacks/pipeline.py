"""The stack of one environment: it wires the units and makes every grant that crosses from one to another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cdktf import AssetType, TerraformAsset, TerraformOutput, TerraformStack

from lambda_src.errors import RETRYABLE_ERROR_NAMES
from lambda_src.output_layout import manifest_key
from stacks import event_patterns
from stacks.event_route import EventRoute
from stacks.function import FunctionDefaults, FunctionPackage
from stacks.job_events import JobEvents
from stacks.job_table import JobTable
from stacks.naming import Names, fixed
from stacks.notifications import Notifications
from stacks.observability import JOB_EVENTS_SERVICE, METRICS_NAMESPACE, Observability, Observed
from stacks.orchestrator import Orchestrator
from stacks.policy import Statement
from stacks.provider import keep_state, use_aws
from stacks.reconciler import SCHEDULE, Reconciler
from stacks.storage import Storage
from stacks.transcoder import Transcoder
from stacks.workflow import Workflow
from stacks.workflow_definition import WorkflowParts

if TYPE_CHECKING:
    from pathlib import Path

    from constructs import Construct

    from stacks.config import EnvironmentConfig


class PipelineStack(TerraformStack):
    """One deployment of the pipeline.

    Dependencies point one way. EventBridge invokes the orchestrator, which knows storage, transcoder, job table and
    notifications. The state machine and the reconciler know the orchestrator; nothing that the orchestrator needs knows
    either, so no cycle can form.
    """

    def __init__(
        self,
        scope: Construct,
        environment: EnvironmentConfig,
        *,
        package: Path,
        package_hash: str,
        aws_provider_version: str | None = None,
    ) -> None:
        super().__init__(scope, environment.stack_id)
        self._environment = environment
        self._names = Names(environment=environment.name, account_id=environment.account_id)
        use_aws(self, environment, version=aws_provider_version)
        keep_state(self, environment)
        asset = TerraformAsset(self, "LambdaPackage", path=str(package), type=AssetType.FILE)
        self._functions = FunctionDefaults(
            names=self._names,
            package=FunctionPackage(filename=asset.path, hash=package_hash),
            settings=environment.functions,
            log_retention_days=environment.logs.retention_days,
        )

        self._storage = Storage(
            self,
            "Storage",
            names=self._names,
            uploads=environment.uploads,
            output=environment.output,
            removable=environment.removable,
        )
        self._jobs = JobTable(self, "Jobs", names=self._names, removable=environment.removable)
        self._notifications = Notifications(
            self, "Notifications", names=self._names, settings=environment.notifications
        )
        self._transcoder = Transcoder(self, "Transcoder", names=self._names, region=environment.region)
        self._transcoder.grant(*self._read_uploads(), self._write_output("*"))
        self._uploads_route = self._route_uploads()
        self._jobs_route = self._route_job_states()
        self._reconciliation_route = self._route_reconciliation()
        self._orchestrator = self._make_orchestrator()
        self._job_events = self._make_job_events()
        self._reconciler = self._make_reconciler()
        self._open_routes()
        self._workflow = self._make_workflow()
        self._observe()
        self._output()

    def _function_environment(self, service: str) -> dict[str, str]:
        """Return the variables that all functions read."""
        return {
            "ENVIRONMENT": self._environment.name,
            "JOB_TABLE": self._jobs.table.name,
            "TOPIC_ARN": self._notifications.topic.arn,
            "OUTPUT_BUCKET": self._storage.output.bucket,
            "RECORD_TTL_DAYS": str(self._environment.records.retention_days),
            "POWERTOOLS_SERVICE_NAME": service,
            "POWERTOOLS_METRICS_NAMESPACE": METRICS_NAMESPACE,
        }

    def _make_orchestrator(self) -> Orchestrator:
        ladder = self._environment.ladder
        return Orchestrator(
            self,
            "Orchestrator",
            defaults=self._functions,
            concurrency=self._environment.functions.orchestrator_concurrency,
            dead_letters=self._uploads_route.dead_letters,
            environment={
                **self._function_environment("orchestrator"),
                "UPLOAD_BUCKET": self._storage.uploads.bucket,
                "KEY_PREFIX": self._environment.uploads.key_prefix,
                "MEDIACONVERT_ROLE_ARN": self._transcoder.role.arn,
                "MEDIACONVERT_QUEUE_ARN": self._transcoder.queue.arn,
                "SEGMENT_SECONDS": str(ladder.segment_seconds),
                "MAX_HEIGHT": str(ladder.max_height),
            },
            grants=(
                *self._read_uploads(),
                self._list_versions(),
                self._use_table("dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"),
                self._write_output(manifest_key("*")),
                *self._may_transcode(),
                self._may_cancel_jobs(),
                *self._notifications.may_publish(),
            ),
        )

    def _make_job_events(self) -> JobEvents:
        return JobEvents(
            self,
            "JobEvents",
            defaults=self._functions,
            dead_letters=self._jobs_route.dead_letters,
            environment=self._function_environment(JOB_EVENTS_SERVICE),
            grants=(
                self._use_table("dynamodb:GetItem", "dynamodb:UpdateItem"),
                self._list_versions(),
                self._write_output(manifest_key("*")),
                self._may_cancel_jobs(),
                *self._notifications.may_publish(),
            ),
        )

    def _make_reconciler(self) -> Reconciler:
        orchestrator = self._orchestrator.function
        return Reconciler(
            self,
            "Reconciler",
            defaults=self._functions,
            dead_letters=self._reconciliation_route.dead_letters,
            environment={
                **self._function_environment("reconciler"),
                "ORCHESTRATOR_FUNCTION": orchestrator.function_name,
            },
            grants=(
                self._use_table("dynamodb:GetItem", "dynamodb:UpdateItem"),
                Statement(sid="FindWhatIsDue", actions=("dynamodb:Query",), resources=(self._jobs.due_index_arn,)),
                self._list_versions(),
                self._write_output(manifest_key("*")),
                Statement(sid="AskForJobs", actions=("mediaconvert:GetJob",), resources=(self._transcoder.job_arns,)),
                Statement(sid="ResumeUploads", actions=("lambda:InvokeFunction",), resources=(orchestrator.arn,)),
                *self._notifications.may_publish(),
            ),
        )

    def _read_uploads(self) -> tuple[Statement, ...]:
        """Return what reading an upload takes; without ListBucket S3 answers 403, not 404, for one that is gone."""
        uploads = self._storage.uploads
        below_prefix = f"{uploads.arn}/{self._environment.uploads.key_prefix}*"
        return (
            Statement(sid="ReadUploads", actions=("s3:GetObject",), resources=(below_prefix,)),
            Statement(sid="TellWhatIsGone", actions=("s3:ListBucket",), resources=(uploads.arn,)),
        )

    def _list_versions(self) -> Statement:
        """Return what telling an object's versions takes: the latest, and those that it took the place of."""
        return Statement(sid="ListVersions", actions=("s3:ListBucketVersions",), resources=(self._storage.uploads.arn,))

    def _may_cancel_jobs(self) -> Statement:
        return Statement(sid="CancelJobs", actions=("mediaconvert:CancelJob",), resources=(self._transcoder.job_arns,))

    def _use_table(self, *actions: str) -> Statement:
        return Statement(sid="UseJobTable", actions=actions, resources=(self._jobs.table.arn,))

    def _write_output(self, keys: str) -> Statement:
        return Statement(
            sid="WriteOutput", actions=("s3:PutObject",), resources=(f"{self._storage.output.arn}/{keys}",)
        )

    def _may_transcode(self) -> tuple[Statement, ...]:
        transcoder = self._transcoder
        return (
            Statement(sid="CreateJobs", actions=("mediaconvert:CreateJob",), resources=(transcoder.queue.arn,)),
            Statement(
                sid="FindJobs",
                actions=("mediaconvert:ListJobs", "mediaconvert:SearchJobs"),
                resources=(transcoder.queue.arn,),
            ),
            Statement(
                sid="TagAndReadJobs",
                actions=("mediaconvert:TagResource", "mediaconvert:GetJob"),
                resources=(transcoder.job_arns,),
            ),
            Statement(
                sid="ProbeSources",
                actions=("mediaconvert:Probe",),
                resources=("*",),
                wildcard_reason="MediaConvert has no resource type for Probe; what it may read, s3:GetObject says",
            ),
            Statement(
                sid="PassServiceRole",
                actions=("iam:PassRole",),
                resources=(transcoder.role.arn,),
                conditions={"StringEquals": {"iam:PassedToService": "mediaconvert.amazonaws.com"}},
            ),
        )

    def _route_uploads(self) -> EventRoute:
        return EventRoute(
            self,
            "UploadEvents",
            rule_id="VideoUploadEventRule",
            name=self._names.of("video-uploads"),
            description="New videos in the upload bucket go to the orchestrator",
            pattern=event_patterns.video_uploads(
                bucket=self._storage.uploads.bucket, key_prefix=self._environment.uploads.key_prefix
            ),
            dead_letters_id="UploadDeadLetterQueue",
            dead_letters_name=self._names.of("upload-dead-letters"),
        )

    def _route_job_states(self) -> EventRoute:
        return EventRoute(
            self,
            "JobStateEvents",
            rule_id="JobStateEventRule",
            name=self._names.of("job-states"),
            description="State changes of the pipeline's jobs go to the job-events function",
            pattern=event_patterns.job_states(queue_arn=self._transcoder.queue.arn),
            dead_letters_id="JobEventDeadLetterQueue",
            dead_letters_name=self._names.of("job-event-dead-letters"),
        )

    def _route_reconciliation(self) -> EventRoute:
        return EventRoute(
            self,
            "ReconciliationEvents",
            rule_id="ReconciliationRule",
            name=self._names.of("reconciliation"),
            description="Uploads that have stopped moving are looked for",
            schedule=SCHEDULE,
            dead_letters_id="ReconciliationDeadLetterQueue",
            dead_letters_name=self._names.of("reconciliation-dead-letters"),
        )

    def _open_routes(self) -> None:
        """Open the way from upload to notice from its end to its beginning, so that no event finds it half built."""
        jobs = self._jobs_route.deliver_to(self._job_events.function, permission_id="EventBridgeLambdaPermission")
        self._reconciliation_route.deliver_to(self._reconciler.function, permission_id="ReconciliationPermission")
        uploads = self._uploads_route.deliver_to(
            self._orchestrator.function, permission_id="TranscodingOrchestratorPermission"
        )
        self._storage.announce_uploads(after=[uploads, jobs])

    def _make_workflow(self) -> Workflow:
        environment = self._environment
        function = self._orchestrator.function
        return Workflow(
            self,
            "Workflow",
            names=self._names,
            parts=WorkflowParts(
                function_arn=function.arn,
                function_timeout_seconds=environment.functions.timeout_seconds,
                retryable_errors=RETRYABLE_ERROR_NAMES,
                table_name=self._jobs.table.name,
                topic_arn=self._notifications.topic.arn,
                environment=environment.name,
                timeout_seconds=environment.state_machine.timeout_minutes * 60,
            ),
            grants=(
                Statement(sid="InvokeOrchestrator", actions=("lambda:InvokeFunction",), resources=(function.arn,)),
                self._use_table("dynamodb:GetItem"),
                *self._notifications.may_publish(),
            ),
            log_execution_data=environment.state_machine.log_execution_data,
            log_retention_days=environment.logs.retention_days,
        )

    def _observe(self) -> None:
        Observability(
            self,
            "Observability",
            names=self._names,
            region=self._environment.region,
            settings=self._environment.alarms,
            notifications=self._notifications,
            observed=Observed(
                orchestrator=self._orchestrator.function,
                job_events=self._job_events.function,
                reconciler=self._reconciler.function,
                transcoding_queue=self._transcoder.queue,
                state_machine=self._workflow.state_machine,
                upload_dead_letters=self._uploads_route.dead_letters,
                job_event_dead_letters=self._jobs_route.dead_letters,
                reconciliation_dead_letters=self._reconciliation_route.dead_letters,
            ),
        )

    def _output(self) -> None:
        """Say where things are, for people and for the tools that work with a deployment."""
        values = {
            "upload_bucket": self._storage.uploads.bucket,
            "output_bucket": self._storage.output.bucket,
            "topic_arn": self._notifications.topic.arn,
            "job_table": self._jobs.table.name,
            "state_machine_arn": self._workflow.state_machine.arn,
            "orchestrator_function": self._orchestrator.function.function_name,
            "job_events_function": self._job_events.function.function_name,
            "reconciler_function": self._reconciler.function.function_name,
            "mediaconvert_queue_arn": self._transcoder.queue.arn,
            "dead_letter_queue_url": self._uploads_route.dead_letters.url,
            "job_event_dead_letter_queue_url": self._jobs_route.dead_letters.url,
            "reconciliation_dead_letter_queue_url": self._reconciliation_route.dead_letters.url,
            "notification_dead_letter_queue_url": self._notifications.dead_letters.url,
        }
        if self._notifications.inbox:
            values["inbox_queue_url"] = self._notifications.inbox.url
        for name, value in values.items():
            fixed(TerraformOutput(self, name, value=value))
