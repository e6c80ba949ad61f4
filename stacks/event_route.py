"""A rule that invokes a function, and what makes the delivery reliable and allowed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.cloudwatch_event_rule import CloudwatchEventRule
from cdktf_cdktf_provider_aws.cloudwatch_event_target import (
    CloudwatchEventTarget,
    CloudwatchEventTargetDeadLetterConfig,
    CloudwatchEventTargetRetryPolicy,
)
from cdktf_cdktf_provider_aws.lambda_permission import LambdaPermission
from constructs import Construct

from stacks.naming import address, fixed

if TYPE_CHECKING:
    from cdktf_cdktf_provider_aws.lambda_function import LambdaFunction

    from stacks.queues import ServiceQueue

# EventBridge's own bounds (PutTargets, RetryPolicy): after a day or 185 attempts an event goes to the dead letters.
EVENT_AGE_SECONDS = 24 * 3600
RETRIES = 185


class EventRoute(Construct):
    """Rule → function, with retries, a dead-letter queue, and both permissions in place before the first event."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        rule_id: str,
        permission_id: str,
        name: str,
        description: str,
        pattern: str,
        function: LambdaFunction,
        dead_letters: ServiceQueue,
    ) -> None:
        super().__init__(scope, id_)
        self.rule = fixed(CloudwatchEventRule(self, rule_id, name=name, description=description, event_pattern=pattern))
        permission = fixed(
            LambdaPermission(
                self,
                permission_id,
                function_name=function.function_name,
                action="lambda:InvokeFunction",
                principal="events.amazonaws.com",
                source_arn=self.rule.arn,
                # A replaced function has lost its permissions, which Terraform does not see by itself.
                lifecycle=TerraformResourceLifecycle(replace_triggered_by=[f"{address(function)}.arn"]),
            )
        )
        dead_letters_accept = dead_letters.accept(service="events.amazonaws.com", source_arn=self.rule.arn)
        self.target = fixed(
            CloudwatchEventTarget(
                self,
                f"{rule_id}Target",
                rule=self.rule.name,
                target_id="function",
                arn=function.arn,
                retry_policy=CloudwatchEventTargetRetryPolicy(
                    maximum_event_age_in_seconds=EVENT_AGE_SECONDS, maximum_retry_attempts=RETRIES
                ),
                dead_letter_config=CloudwatchEventTargetDeadLetterConfig(arn=dead_letters.queue.arn),
                depends_on=[permission, dead_letters_accept],
            )
        )
