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

from stacks.event_retries import DELIVERY_AGE_SECONDS, DELIVERY_RETRIES
from stacks.naming import address, fixed
from stacks.queues import ServiceQueue

if TYPE_CHECKING:
    from cdktf_cdktf_provider_aws.lambda_function import LambdaFunction


class EventRoute(Construct):
    """A rule, the queue for what it cannot deliver, and the way to a function, with both permissions in place first.

    The rule and its queue come before the function, which sends what it fails on to the same queue; ``deliver_to``
    closes the way afterwards. A rule takes what a pattern matches, or comes on a schedule.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        rule_id: str,
        name: str,
        description: str,
        pattern: str | None = None,
        schedule: str | None = None,
        dead_letters_id: str,
        dead_letters_name: str,
    ) -> None:
        super().__init__(scope, id_)
        self._rule_id = rule_id
        self.rule = fixed(
            CloudwatchEventRule(
                self,
                rule_id,
                name=name,
                description=description,
                event_pattern=pattern,
                schedule_expression=schedule,
            )
        )
        self.dead_letters = ServiceQueue(
            self,
            dead_letters_id,
            name=dead_letters_name,
            service="events.amazonaws.com",
            source_arn=self.rule.arn,
        ).queue

    def deliver_to(self, function: LambdaFunction, *, permission_id: str) -> CloudwatchEventTarget:
        """Invoke the function for each event of the rule; return what has to be there before the first event."""
        permission = fixed(
            LambdaPermission(
                self,
                permission_id,
                statement_id=permission_id,
                function_name=function.function_name,
                action="lambda:InvokeFunction",
                principal="events.amazonaws.com",
                source_arn=self.rule.arn,
                # A replaced function has lost its permissions, which Terraform does not see by itself.
                lifecycle=TerraformResourceLifecycle(replace_triggered_by=[f"{address(function)}.arn"]),
            )
        )
        return fixed(
            CloudwatchEventTarget(
                self,
                f"{self._rule_id}Target",
                rule=self.rule.name,
                target_id="function",
                arn=function.arn,
                retry_policy=CloudwatchEventTargetRetryPolicy(
                    maximum_event_age_in_seconds=DELIVERY_AGE_SECONDS, maximum_retry_attempts=DELIVERY_RETRIES
                ),
                dead_letter_config=CloudwatchEventTargetDeadLetterConfig(arn=self.dead_letters.arn),
                depends_on=[permission],
            )
        )
