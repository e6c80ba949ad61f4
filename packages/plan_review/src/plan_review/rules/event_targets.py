"""Targets of EventBridge rules and schedules: what lets EventBridge deliver to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from plan_review.evaluate.items import blocks_of
from plan_review.evaluate.symbols import has_symbols, is_symbol
from plan_review.findings import Verdict
from plan_review.rules.deliveries import opened_for
from plan_review.rules.needs import Need, collects, unmet
from plan_review.rules.rule import Found, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.evaluate.items import Item
    from plan_review.rules.rule import Context

EVENTS = "events.amazonaws.com"
_FUNCTIONS = ("aws_lambda_function", "aws_lambda_alias")
_PERMISSIONS_PAGE = "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html"
_ROLES_PAGE = "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-identity-based.html"

# Type of target → the action that EventBridge performs on it.
_BY_POLICY = {
    "aws_lambda_function": "lambda:InvokeFunction",
    "aws_lambda_alias": "lambda:InvokeFunction",
    "aws_sqs_queue": "sqs:SendMessage",
    "aws_sns_topic": "sns:Publish",
}
_BY_ROLE = {
    "aws_sfn_state_machine": "states:StartExecution",
    "aws_kinesis_stream": "kinesis:PutRecord",
    "aws_kinesis_firehose_delivery_stream": "firehose:PutRecord",
    "aws_codebuild_project": "codebuild:StartBuild",
    "aws_cloudwatch_event_api_destination": "events:InvokeApiDestination",
}
# Services whose targets EventBridge refuses without a role, by the service in the ARN.
_NEED_ROLE = ("states", "kinesis", "firehose", "codebuild", "codepipeline", "ecs")


def rule_of(context: Context, target: Item) -> Item | None:
    """Return the rule that a target belongs to."""
    return context.view.find(target.get("rule"), "aws_cloudwatch_event_rule")


def _rule_arn(context: Context, target: Item) -> str:
    """Return the ARN of a target's rule; by name where the rule is not in this configuration."""
    found = rule_of(context, target)
    if found is not None:
        return found.arn
    name = str(target.get("rule", ""))
    bus = str(target.get("event_bus_name", "default"))
    path = name if bus == "default" else f"{bus}/{name}"
    return f"arn:aws:events:{target.region}:{target.account}:rule/{path}"


def _targets(context: Context) -> Iterator[tuple[Item, str, Item | None]]:
    """Yield every rule's targets with the ARN delivered to and the resource behind it."""
    for target in context.view.items("aws_cloudwatch_event_target"):
        arn = str(target.get("arn", ""))
        yield target, arn, context.view.find(arn, *_BY_POLICY, *_BY_ROLE)


_ACTIONS = {"lambda": "lambda:InvokeFunction", "sqs": "sqs:SendMessage", "sns": "sns:Publish"}


def _elsewhere(context: Context, target: Item, arn: str) -> Iterator[Need]:
    """Yield what a target that is not in this configuration must allow; its policy is not known here."""
    source = _rule_arn(context, target)
    service = arn.split(":")[2] if arn.startswith("arn:") and arn.count(":") > 1 else ""
    if target.get("role_arn") is None and (service in _ACTIONS or is_symbol(arn)) and not opened_for(context, source):
        yield Need(
            item=target,
            principal=EVENTS,
            action=_ACTIONS.get(service, "lambda:InvokeFunction, sqs:SendMessage or sns:Publish"),
            resource=arn,
            conditions={"aws:sourcearn": (source,)},
            purpose="for this rule",
            path=("arn",),
        )


@rule_of_needs(
    "event-target-permission",
    title="A rule may invoke each of its targets",
    why=(
        "EventBridge delivers to functions, queues and topics under their own policies. Terraform adds no permission "
        "by itself, as the console does; and a topic's or queue's default policy does not let EventBridge in."
    ),
    consequence="the event is not delivered: the rule's FailedInvocations metric counts it, and nothing else tells",
    sources=(_PERMISSIONS_PAGE, "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-troubleshooting.html"),
)
def event_target_permission(context: Context) -> Iterator[Need]:
    """Functions, queues and topics let EventBridge in for this rule."""
    for target, arn, owner in _targets(context):
        if owner is None:
            yield from _elsewhere(context, target, arn)
        elif target.get("role_arn") is None and owner.type in _BY_POLICY:
            yield Need(
                item=target,
                principal=EVENTS,
                action=_BY_POLICY[owner.type],
                resource=arn,
                owner=owner,
                conditions={"aws:sourcearn": (_rule_arn(context, target),)},
                purpose="for this rule",
                path=("arn",),
                at_first_use=True,
            )


@rule_of_needs(
    "event-target-role-permission",
    title="The role of a rule's target may do what the target is for",
    why="With a role, EventBridge delivers under the role's policies: the action on this very target must be allowed.",
    consequence="the event is not delivered: the rule's FailedInvocations metric counts it, and nothing else tells",
    sources=(_ROLES_PAGE,),
)
def event_target_role_permission(context: Context) -> Iterator[Need]:
    """The role may start, put or send."""
    for target, arn, owner in _targets(context):
        role = target.get("role_arn")
        if owner is not None and role is not None:
            yield Need(
                item=target,
                principal=context.role(role),
                action=_BY_POLICY.get(owner.type) or _BY_ROLE[owner.type],
                resource=arn,
                owner=owner if owner.type in _BY_POLICY else None,
                purpose="for this rule",
                path=("role_arn",),
                at_first_use=True,
            )


@rule(
    "event-target-role",
    title="A target that EventBridge reaches by a role has one",
    why="State machines, streams, builds, pipelines and tasks have no policy that could let EventBridge in.",
    consequence="ValidationException: RoleArn is required for target",
    sources=(_ROLES_PAGE, "https://github.com/hashicorp/terraform-provider-aws/pull/19913"),
)
def event_target_role(context: Context) -> Iterator[Found]:
    """``role_arn`` is given where the kind of target demands it."""
    for target, arn, owner in _targets(context):
        service = arn.split(":")[2] if arn.startswith("arn:") and arn.count(":") > 2 else ""  # noqa: PLR2004 - arn:p:s:
        kind = owner.type if owner is not None else ""
        if target.get("role_arn") is None and (kind in _BY_ROLE or service in _NEED_ROLE):
            yield Found(
                item=target,
                path=("role_arn",),
                message=f"its target {context.view.show(arn)} is reached by a role, and none is given",
                remedy=f"give role_arn: a role that trusts {EVENTS} and allows {_BY_ROLE.get(kind, 'the action')}",
            )


@rule(
    "event-target-bus",
    title="A target is on the same event bus as its rule",
    why="Rules are found by name and bus; a target without `event_bus_name` is looked for on the default bus.",
    consequence="ResourceNotFoundException: Rule … does not exist on EventBus default",
    sources=("https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutTargets.html",),
)
def event_target_bus(context: Context) -> Iterator[Found]:
    """Rule and target name the same bus."""
    for target in context.view.items("aws_cloudwatch_event_target"):
        found = rule_of(context, target)
        if found is None:
            continue
        wanted, given = _bus(found), _bus(target)
        if wanted == given or has_symbols(wanted + given):
            continue
        yield Found(
            item=target,
            path=("event_bus_name",),
            message=f"{found.address} is on the event bus {context.view.show(wanted)}, the target on {given}",
            remedy=f"give event_bus_name = {context.view.show(found.get('event_bus_name', 'default'))} to both",
        )


def _bus(item: Item) -> str:
    return str(item.get("event_bus_name", "default")).rsplit("/", 1)[-1]


@rule(
    "event-log-target",
    title="A rule may write to the log group that is its target",
    why="EventBridge writes to a log group under a resource policy of CloudWatch Logs, which Terraform must state.",
    consequence="the event is not delivered: the rule's FailedInvocations metric counts it, and nothing else tells",
    sources=(
        _PERMISSIONS_PAGE,
        "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/cloudwatch_event_target",
    ),
)
def event_log_target(context: Context) -> Iterator[Found]:
    """A resource policy of CloudWatch Logs lets EventBridge write."""
    for target in context.view.items("aws_cloudwatch_event_target"):
        arn = str(target.get("arn", "")).removesuffix(":*")
        group = context.view.find(arn, "aws_cloudwatch_log_group")
        if group is None:
            continue
        resource = f"{group.arn}:log-stream:*"
        writers = (EVENTS, "delivery.logs.amazonaws.com")
        conditions = {"aws:sourceaccount": (target.account,), "aws:sourcearn": (_rule_arn(context, target),)}
        decision = context.access.logs_let(writers, "logs:PutLogEvents", resource, conditions)
        if decision.verdict is Verdict.HOLDS:
            continue
        yield Found(
            item=target,
            verdict=decision.verdict,
            path=("arn",),
            message=(
                f"no resource policy of CloudWatch Logs lets EventBridge write to {group.address}"
                if decision.verdict is Verdict.MISSING
                else f"whether EventBridge may write to {group.address} cannot be told: {decision.reason}"
            ),
            remedy=(
                "add an aws_cloudwatch_log_resource_policy that allows logs:CreateLogStream and logs:PutLogEvents "
                f"to {EVENTS} and delivery.logs.amazonaws.com on the group's ARN with :*"
            ),
        )


@rule_of_needs(
    "schedule-target",
    title="The role of a schedule may invoke its target and its dead-letter queue",
    why="EventBridge Scheduler does everything under the role of the schedule, writing dead letters included.",
    consequence="the invocation fails when it is due, and is retried until it is dropped",
    sources=("https://docs.aws.amazon.com/scheduler/latest/UserGuide/setting-up.html#setting-up-execution-role",),
)
def schedule_target(context: Context) -> Iterator[Need]:
    """The schedule's role is allowed what the schedule does."""
    for schedule in context.view.items("aws_scheduler_schedule"):
        for target in schedule.blocks("target"):
            yield from _scheduled(context, schedule, target)


def _scheduled(context: Context, schedule: Item, target: dict[str, Any]) -> Iterator[Need]:
    arn = str(target.get("arn", ""))
    role = context.role(target.get("role_arn"))
    owner = context.view.find(arn, *_BY_POLICY, *_BY_ROLE)
    wanted: list[tuple[str, str, Item | None]] = []
    if owner is not None:
        action = _BY_POLICY.get(owner.type) or _BY_ROLE[owner.type]
        wanted.append((action, arn, owner if owner.type in _BY_POLICY else None))
    for block in blocks_of(target.get("dead_letter_config")):
        queue = str(block.get("arn", ""))
        wanted.append(("sqs:SendMessage", queue, context.view.find(queue, "aws_sqs_queue")))
    for action, resource, behind in wanted:
        yield Need(
            item=schedule,
            principal=role,
            action=action,
            resource=resource,
            owner=behind,
            purpose="for this schedule",
            path=("target", 0, "role_arn"),
        )


