"""EventBridge delivers to a target only where it may, and an event it cannot deliver is not lost unseen.

Gap: MiniStack invokes a Lambda target once, without the function's retries, destination or dead-letter queue, asks
for no permission on the function, queue or topic, and ignores the target's RetryPolicy and DeadLetterConfig.
Until: MiniStack routes EventBridge through its own asynchronous invocation and models delivery failures of targets.

A missing permission or target is never retried, other failures are, up to the target's retry policy
(https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html). AWS waits longer between attempts.
"""

# ruff: noqa: SLF001 - a patch reaches where MiniStack has no public way

from __future__ import annotations

import contextvars
import functools
import json
import logging
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ministack.services import cloudwatch, eventbridge, lambda_svc, sns, sqs, stepfunctions

from local_cloud.ministack.patches.base import expect, wrap
from local_cloud.ministack.patches.permissions import role_allows, service_allowed
from local_cloud.ministack.patches.schedule import Schedule

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from local_cloud.ministack.settings import Settings

logger = logging.getLogger("events")

_SERVICE = "events.amazonaws.com"
_DEFAULT_RETRIES = 185
_DEFAULT_EVENT_AGE_SECONDS = 86400
_FIRST_WAIT_SECONDS = 0.5
_LONGEST_WAIT_SECONDS = 30.0
NO_PERMISSIONS = "NO_PERMISSIONS"
NO_RESOURCE = "NO_RESOURCE"
INVALID_JSON = "INVALID_JSON"


class DeliveryError(Exception):
    """A target did not take an event; ``code`` is the ERROR_CODE of EventBridge's dead letters."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass
class Delivery:
    """One event on its way to one target of a rule."""

    rule: dict[str, Any]
    target: dict[str, Any]
    event: dict[str, Any]
    view: Any
    attempts: int = 0
    started: float = field(default_factory=time.monotonic)
    error: Exception | None = None

    def count(self, metric: str) -> None:
        """Add one to a metric of the rule."""
        cloudwatch.record_metric("AWS/Events", metric, 1, "Count", {"RuleName": self.rule["Name"]})


_current: contextvars.ContextVar[Delivery] = contextvars.ContextVar("current_delivery")


class Deliveries:
    """Delivers events, again where that can help, and keeps what cannot be delivered."""

    def __init__(self, invoke_target: Callable[..., Any]) -> None:
        self._invoke_target = invoke_target
        self._schedule = Schedule()

    def deliver(self, delivery: Delivery) -> None:
        """Make one attempt and decide what follows."""
        delivery.error = None
        token = _current.set(delivery)
        try:
            self._invoke_target(delivery.target, delivery.event, delivery.rule, delivery.view)
        finally:
            _current.reset(token)
        if delivery.error is None:
            delivery.count("Invocations")
            return
        condition = self._exhausted(delivery)
        if condition is None:
            wait = min(_FIRST_WAIT_SECONDS * 2**delivery.attempts, _LONGEST_WAIT_SECONDS)
            delivery.attempts += 1
            context = contextvars.copy_context()
            self._schedule.later(wait, lambda: context.run(self.deliver, delivery))
            return
        delivery.count("FailedInvocations")
        logger.error(
            "rule %s: target %s not invoked: %s", delivery.rule["Name"], delivery.target["Arn"], delivery.error
        )
        self._keep(delivery, condition)

    def _exhausted(self, delivery: Delivery) -> str | None:
        """Return why there is no further attempt, an empty text where none could help, None where there is one."""
        if isinstance(delivery.error, DeliveryError):
            return ""
        policy = delivery.target.get("RetryPolicy") or {}
        if delivery.attempts >= policy.get("MaximumRetryAttempts", _DEFAULT_RETRIES):
            return "MaximumRetryAttempts"
        age = time.monotonic() - delivery.started
        limit = policy.get("MaximumEventAgeInSeconds", _DEFAULT_EVENT_AGE_SECONDS)
        return "MaximumEventAgeInSeconds" if age >= limit else None

    def _keep(self, delivery: Delivery, condition: str) -> None:
        arn = (delivery.target.get("DeadLetterConfig") or {}).get("Arn")
        if not arn:
            return
        queue = sqs._queue_by_arn(arn)
        rule = delivery.rule["Arn"]
        if queue is None or not sqs.queue_policy_allows(arn, _SERVICE, rule, rule.split(":")[4]):
            delivery.count("InvocationsFailedToBeSentToDlq")
            logger.error(
                "rule %s: the event is lost, its dead-letter queue %s does not take it", delivery.rule["Name"], arn
            )
            return
        body = json.dumps(delivery.view.event_with_detail())
        attributes = {
            "RULE_ARN": rule,
            "TARGET_ARN": delivery.target["Arn"],
            "ERROR_CODE": getattr(delivery.error, "code", "INTERNAL_ERROR"),
            "ERROR_MESSAGE": str(delivery.error),
            "EXHAUSTED_RETRY_CONDITION": condition,
            "RETRY_ATTEMPTS": str(delivery.attempts),
        }
        typed = {name: {"DataType": "String", "StringValue": value} for name, value in attributes.items() if value}
        sqs._act_send_message({"QueueUrl": queue["url"], "MessageBody": body, "MessageAttributes": typed}, queue["url"])
        delivery.count("InvocationsSentToDlq")
        logger.warning("rule %s: event sent to its dead-letter queue %s", delivery.rule["Name"], arn)


def _noting_failure(dispatch: Callable[..., Any]) -> Callable[..., Any]:
    """MiniStack logs and forgets what a dispatcher raises: note it for ``Deliveries`` instead."""

    @functools.wraps(dispatch)
    def noting(*arguments: Any, **named: Any) -> None:
        try:
            dispatch(*arguments, **named)
        except Exception as error:  # noqa: BLE001 - any failure of a target makes the delivery fail
            _current.get().error = error

    return noting


def _to_lambda(arn: str, payload: str, *, auth: bool) -> None:
    func, config, name = lambda_svc._get_func_record_for_ref(arn)
    if func is None or config is None:
        raise DeliveryError(NO_RESOURCE, f"Function not found: {arn}")
    delivery = _current.get()
    role = delivery.target.get("RoleArn")
    if role:
        allowed = not auth or role_allows(role, "lambda:InvokeFunction", arn)
    else:
        base, _, _ = lambda_svc._get_base_func_record_for_ref(arn)
        allowed = service_allowed(
            base["policy"], service=_SERVICE, action="lambda:InvokeFunction", resource_arn=arn,
            source_arn=delivery.rule["Arn"],
        )  # fmt: skip
    if not allowed:
        raise DeliveryError(
            NO_PERMISSIONS,
            f"{_SERVICE} on behalf of {delivery.rule['Arn']} may not lambda:InvokeFunction on {arn}:"
            f" function {name} has no permission (aws_lambda_permission) for it",
        )
    try:
        event = json.loads(payload)
    except ValueError as error:
        raise DeliveryError(INVALID_JSON, f"the target's input is no JSON: {error}") from None
    lambda_svc.invoke_async_with_retry(lambda_svc._execution_record_for_config(func, config), event)


def _check_queue(arn: str) -> None:
    if sqs._queue_by_arn(arn) is None:
        raise DeliveryError(NO_RESOURCE, f"Queue not found: {arn}")
    rule = _current.get().rule["Arn"]
    if not sqs.queue_policy_allows(arn, _SERVICE, rule, rule.split(":")[4]):
        raise DeliveryError(NO_PERMISSIONS, f"the policy of queue {arn} does not let {_SERVICE} send for {rule}")


def _check_topic(arn: str) -> None:
    if sns._topic_by_arn_any_scope(arn) is None:
        raise DeliveryError(NO_RESOURCE, f"Topic not found: {arn}")
    rule = _current.get().rule["Arn"]
    if not sns.topic_policy_allows(arn, _SERVICE, rule, rule.split(":")[4]):
        raise DeliveryError(NO_PERMISSIONS, f"the policy of topic {arn} does not let {_SERVICE} publish for {rule}")


def _check_state_machine(arn: str, *, auth: bool) -> None:
    if stepfunctions._resolve_state_machine_arn(arn) is None:
        raise DeliveryError(NO_RESOURCE, f"State machine not found: {arn}")
    role = _current.get().target.get("RoleArn")
    if auth and not (role and role_allows(role, "states:StartExecution", arn)):
        raise DeliveryError(NO_PERMISSIONS, f"the target's role may not states:StartExecution on {arn}")


def apply(settings: Settings, run_dir: Path) -> None:
    """Check every target before an event goes there, and look after what could not be delivered."""
    del run_dir
    deliveries = Deliveries(expect(eventbridge, "_invoke_target", "550e304af080"))

    @wrap(eventbridge, "_invoke_target", "550e304af080")
    def deliver(_original: Any, target: Any, event: dict[str, Any], rule: dict[str, Any], view: Any = None) -> None:
        deliveries.deliver(Delivery(rule, target, event, view or eventbridge._pattern_event_view(event)))

    @wrap(eventbridge, "_dispatch_to_lambda", "1f95adbaed3a")
    @_noting_failure
    def dispatch_to_lambda(_original: Any, arn: str, payload: str) -> None:
        _to_lambda(arn, payload, auth=settings.auth)

    @wrap(eventbridge, "_dispatch_to_sqs", "eb75981283a2")
    @_noting_failure
    def dispatch_to_sqs(to_sqs: Any, spec: Any, payload: str, parameters: Any = None) -> None:
        _check_queue(str(spec))
        to_sqs(spec, payload, parameters)

    @wrap(eventbridge, "_dispatch_to_sns", "72c921fe20b6")
    @_noting_failure
    def dispatch_to_sns(to_sns: Any, arn: str, payload: str) -> None:
        _check_topic(arn)
        to_sns(arn, payload)

    @wrap(eventbridge, "_dispatch_to_stepfunctions", "d36195e1c480")
    @_noting_failure
    def dispatch_to_states(to_states: Any, arn: str, payload: str) -> None:
        _check_state_machine(arn, auth=settings.auth)
        to_states(arn, payload)
