"""State machines that write logs and traces."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plan_review.evaluate.symbols import has_symbols, is_symbol
from plan_review.findings import Severity, Verdict
from plan_review.rules.needs import EVERY_RESOURCE, Need, collects, unmet
from plan_review.rules.rule import Found, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.evaluate.items import Item
    from plan_review.rules.rule import Context

_LOGGING_PAGE = "https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html"
_DELIVERY = (
    "logs:CreateLogDelivery",
    "logs:GetLogDelivery",
    "logs:UpdateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:DescribeResourcePolicies",
    "logs:DescribeLogGroups",
)
_TRACES = (
    "xray:PutTraceSegments",
    "xray:PutTelemetryRecords",
    "xray:GetSamplingRules",
    "xray:GetSamplingTargets",
)
_VENDED = "/aws/vendedlogs/"
_OFF = "OFF"


def _logging(context: Context) -> Iterator[tuple[Item, dict[str, object]]]:
    """Yield the state machines that write logs, with their logging configuration."""
    for machine in context.view.items("aws_sfn_state_machine"):
        block = machine.block("logging_configuration")
        if block is not None and block.get("level") not in (None, "", _OFF):
            yield machine, block


@rule_of_needs(
    "state-machine-log-delivery",
    title="A state machine that logs has a role that may deliver logs",
    why=(
        "Step Functions sets up the delivery to CloudWatch Logs under the state machine's own role. The eight actions "
        "that this takes know no resources, so that only a statement on `*` allows them."
    ),
    consequence="AccessDeniedException: The state machine IAM Role is not authorized to access the Log Destination",
    sources=(_LOGGING_PAGE, "https://github.com/aws/aws-cdk/issues/26432"),
)
def state_machine_log_delivery(context: Context) -> Iterator[Need]:
    """The eight actions of log delivery are allowed."""
    unknown = [each for each in context.view.items("aws_sfn_state_machine") if each.is_dynamic("logging_configuration")]
    for machine, certain in [
        *((machine, True) for machine, _ in _logging(context)),
        *((each, False) for each in unknown),
    ]:
        for action in _DELIVERY:
            yield Need(
                certain=certain,
                item=machine,
                principal=context.role(machine.get("role_arn")),
                action=action,
                resource=EVERY_RESOURCE,
                purpose="to deliver the state machine's logs",
                path=("logging_configuration",),
                at_creation=True,
                repeats=True,
            )


@rule_of_needs(
    "state-machine-log-writes",
    title="A state machine that logs has a role that may put log events",
    why=(
        "AWS's example policy for logging holds `logs:PutLogEvents` beside the eight delivery actions. Public "
        "configurations work without it, so that this is a warning."
    ),
    consequence="nothing fails today; the documented policy is not met in full",
    sources=(_LOGGING_PAGE,),
    severity=Severity.WARNING,
)
def state_machine_log_writes(context: Context) -> Iterator[Need]:
    """PutLogEvents is allowed too."""
    for machine, _ in _logging(context):
        yield Need(
            item=machine,
            principal=context.role(machine.get("role_arn")),
            action="logs:PutLogEvents",
            resource="arn:aws:logs:*:*:log-group:*:log-stream:*",
            any_resource=True,
            purpose="as Step Functions' documentation advises",
            path=("logging_configuration",),
        )


@rule(
    "state-machine-log-destination",
    title="The log destination of a state machine ends in `:*`",
    why="Step Functions takes the ARN of a log group with all its streams, and Terraform's `arn` comes without `:*`.",
    consequence=(
        "InvalidLoggingConfiguration: Invalid Logging Configuration: Log Group ARN must be provided with '*' qualifier."
    ),
    sources=(_LOGGING_PAGE, "https://github.com/hashicorp/terraform-provider-aws/issues/17682"),
)
def state_machine_log_destination(context: Context) -> Iterator[Found]:
    """The destination is there and ends in ``:*``."""
    path = ("logging_configuration", 0, "log_destination")
    for machine, block in _logging(context):
        destination = block.get("log_destination")
        if destination in (None, ""):
            yield Found(
                item=machine,
                path=path,
                message="it logs, and names no destination",
                remedy='give log_destination = "${aws_cloudwatch_log_group.<name>.arn}:*"',
            )
        elif not str(destination).endswith(":*"):
            unknown = is_symbol(str(destination)[-1:])
            certain = not unknown or context.view.find(destination, "aws_cloudwatch_log_group") is not None
            shown = context.view.show(destination)
            yield Found(
                item=machine,
                path=path,
                verdict=Verdict.MISSING if certain else Verdict.CANNOT_TELL,
                message=f'the log destination {shown} {"does" if certain else "may"} not end in ":*"',
                remedy=f'write "{shown}:*"' if certain else "an expression that ends in a literal ':*'",
            )


@rule(
    "vended-log-group-name",
    title="The log group of a state machine is named under /aws/vendedlogs/",
    why=(
        "Log delivery writes each log group's name into one resource policy per account and region, limited to 5,120 "
        "characters. Names under `/aws/vendedlogs/` are covered by a single entry."
    ),
    consequence=(
        "sooner or later: Invalid Logging Configuration: The CloudWatch Logs Resource Policy size was exceeded. "
        "We suggest prefixing your CloudWatch log group name with /aws/vendedlogs/states/."
    ),
    sources=(
        "https://docs.aws.amazon.com/step-functions/latest/dg/bp-cwl.html",
        "https://github.com/aws/aws-cdk/issues/28900",
    ),
    severity=Severity.WARNING,
)
def vended_log_group_name(context: Context) -> Iterator[Found]:
    """Log groups that state machines write to have the prefix."""
    for machine, block in _logging(context):
        destination = str(block.get("log_destination", "")).removesuffix(":*")
        group = context.view.find(destination, "aws_cloudwatch_log_group")
        if group is None or group.resource.mode == "data":
            continue
        name = str(group.get("name") or group.get("name_prefix") or "")
        if name.startswith(_VENDED) or (name and has_symbols(name[: len(_VENDED)])):
            continue
        yield Found(
            item=group,
            path=("name",),
            subject=machine.address,
            message=f"{machine.address} logs to it, and its name does not begin with {_VENDED}",
            remedy=f'name it "{_VENDED}states/{context.view.show(name).strip("/") or "<state machine>"}"',
        )


@rule_of_needs(
    "state-machine-tracing",
    title="A state machine that traces has a role that may send traces",
    why="Step Functions sends segments to X-Ray, and asks for sampling rules, under the state machine's role.",
    consequence="executions run, and X-Ray shows no trace of them",
    sources=("https://docs.aws.amazon.com/step-functions/latest/dg/xray-iam.html",),
)
def state_machine_tracing(context: Context) -> Iterator[Need]:
    """The four actions of X-Ray are allowed."""
    for machine in context.view.items("aws_sfn_state_machine"):
        block = machine.block("tracing_configuration")
        enabled = (block or {}).get("enabled")
        unknown = machine.is_dynamic("tracing_configuration") or isinstance(enabled, str)
        if enabled is not True and not unknown:
            continue
        for action in _TRACES:
            yield Need(
                certain=not unknown,
                item=machine,
                principal=context.role(machine.get("role_arn")),
                action=action,
                resource=EVERY_RESOURCE,
                purpose="to send traces to X-Ray",
                path=("tracing_configuration",),
            )


