"""A Lambda function of the pipeline: code, role, log group, and what happens to events that it fails on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from cdktf_cdktf_provider_aws.cloudwatch_log_group import CloudwatchLogGroup
from cdktf_cdktf_provider_aws.iam_role import IamRole
from cdktf_cdktf_provider_aws.iam_role_policy import IamRolePolicy
from cdktf_cdktf_provider_aws.lambda_function import (
    LambdaFunction,
    LambdaFunctionEnvironment,
    LambdaFunctionLoggingConfig,
    LambdaFunctionTracingConfig,
)
from cdktf_cdktf_provider_aws.lambda_function_event_invoke_config import (
    LambdaFunctionEventInvokeConfig,
    LambdaFunctionEventInvokeConfigDestinationConfig,
    LambdaFunctionEventInvokeConfigDestinationConfigOnFailure,
)
from constructs import Construct

from stacks.event_retries import INVOCATION_AGE_SECONDS, INVOCATION_RETRIES
from stacks.naming import fixed
from stacks.policy import Statement, document, trust

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cdktf_cdktf_provider_aws.sqs_queue import SqsQueue

    from stacks.config import FunctionsConfig
    from stacks.naming import Names

RUNTIME = "python3.13"


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionPackage:
    """The zip that all functions run: its path as Terraform sees it, and the base64 SHA-256 of its bytes."""

    filename: str
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionDefaults:
    """What the functions of one environment have in common."""

    names: Names
    package: FunctionPackage
    settings: FunctionsConfig
    log_retention_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionSpec:
    """What one function is: the Terraform names of it and its role, its name, what it does, and the code it runs."""

    function_id: str
    role_id: str
    name: str
    description: str
    handler: str


class PipelineFunction(Construct):
    """A function with a role of its own, its own log group, tracing, and a queue for events it failed on for good.

    A subclass says by ``spec`` which. ``concurrency`` is reserved for it, none where it is left out.
    """

    spec: ClassVar[FunctionSpec]

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        defaults: FunctionDefaults,
        environment: Mapping[str, str],
        grants: tuple[Statement, ...],
        dead_letters: SqsQueue,
        concurrency: int | None = None,
    ) -> None:
        super().__init__(scope, id_)
        spec, settings = self.spec, defaults.settings
        name = defaults.names.of(spec.name)
        self.log_group = fixed(
            CloudwatchLogGroup(
                self,
                f"{spec.function_id}LogGroup",
                name=f"/aws/lambda/{name}",
                retention_in_days=defaults.log_retention_days,
            )
        )
        self.role = fixed(
            IamRole(
                self,
                spec.role_id,
                name=name,
                description=spec.description,
                assume_role_policy=trust("lambda.amazonaws.com"),
            )
        )
        policy = fixed(
            IamRolePolicy(
                self,
                f"{spec.role_id}Policy",
                name="access",
                role=self.role.name,
                policy=document(*grants, *_own_needs(self.log_group)),
            )
        )
        self.function = fixed(
            LambdaFunction(
                self,
                spec.function_id,
                function_name=name,
                description=spec.description,
                role=self.role.arn,
                runtime=RUNTIME,
                architectures=["arm64"],
                handler=spec.handler,
                filename=defaults.package.filename,
                source_code_hash=defaults.package.hash,
                memory_size=settings.memory_mb,
                timeout=settings.timeout_seconds,
                reserved_concurrent_executions=concurrency,
                environment=LambdaFunctionEnvironment(
                    variables={**environment, "POWERTOOLS_LOG_LEVEL": settings.log_level}
                ),
                logging_config=LambdaFunctionLoggingConfig(
                    log_format="JSON",
                    log_group=self.log_group.name,
                    application_log_level=settings.log_level,
                    system_log_level="INFO",
                ),
                tracing_config=LambdaFunctionTracingConfig(mode="Active"),
                depends_on=[policy],
            )
        )
        self._keep_failed_events(dead_letters)

    def _keep_failed_events(self, dead_letters: SqsQueue) -> None:
        """Send an event that the function failed on for good to the dead letters.

        Lambda sends under the function's role and refuses a destination that the role may not send to. The permission
        stands in a policy of its own because the function's code does not need it: so the function does not wait for
        the queue, which takes SQS longer than anything else here.
        """
        may_send = Statement(sid="KeepDeadLetters", actions=("sqs:SendMessage",), resources=(dead_letters.arn,))
        policy = fixed(
            IamRolePolicy(
                self,
                f"{self.spec.role_id}DeadLetterPolicy",
                name="dead-letters",
                role=self.role.name,
                policy=document(may_send),
            )
        )
        on_failure = LambdaFunctionEventInvokeConfigDestinationConfigOnFailure(destination=dead_letters.arn)
        fixed(
            LambdaFunctionEventInvokeConfig(
                self,
                f"{self.spec.function_id}FailureDestination",
                function_name=self.function.function_name,
                maximum_retry_attempts=INVOCATION_RETRIES,
                maximum_event_age_in_seconds=INVOCATION_AGE_SECONDS,
                destination_config=LambdaFunctionEventInvokeConfigDestinationConfig(on_failure=on_failure),
                depends_on=[policy],
            )
        )


def _own_needs(log_group: CloudwatchLogGroup) -> tuple[Statement, ...]:
    """Return what every function needs beside its own grants: logs and traces."""
    return (
        Statement(
            sid="WriteOwnLogs",
            actions=("logs:CreateLogStream", "logs:PutLogEvents"),
            resources=(f"{log_group.arn}:*",),
        ),
        Statement(
            sid="SendTraces",
            actions=("xray:PutTraceSegments", "xray:PutTelemetryRecords"),
            resources=("*",),
            wildcard_reason="X-Ray has no resource types for the two actions that send traces",
        ),
    )
