from __future__ import annotations

from typing import TYPE_CHECKING, Any

from plan_review.aws.service_roles import ROLE_USERS
from plan_review.evaluate.symbols import Kind, has_symbols
from plan_review.findings import Severity, Verdict, argument_tie
from plan_review.policies.decide import covers_resource
from plan_review.policies.iam_actions import matching
from plan_review.rules.found import Found, statement_ties
from plan_review.rules.iam.trust import role_users
from plan_review.rules.need import EVERY_RESOURCE
from plan_review.rules.rule import rule
from plan_review.rules.shared.function_code import codes
from plan_review.rules.shared.keys_used import key_text
from plan_review.rules.shared.machines import followed_otherwise, unreadable_tasks
from plan_review.rules.shared.transcoding_jobs import job_roles
from plan_review.state_machines import read_definition
from states_language.definition import is_open

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.evaluate.items import Item
    from plan_review.policies.statements import Statement
    from plan_review.rules.context import Context


# Action that is needed → actions that come with it by good practice: better errors, or the SDK's own first step.
_COMPANIONS = {
    "s3:GetObject": ("s3:ListBucket", "s3:GetObjectVersion"),
    "s3:PutObject": ("s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"),
    "sqs:SendMessage": ("sqs:GetQueueUrl", "sqs:GetQueueAttributes"),
    "sqs:ReceiveMessage": ("sqs:GetQueueUrl", "sqs:ChangeMessageVisibility"),
    "kms:Decrypt": ("kms:DescribeKey", "kms:GenerateDataKey"),
    "kms:GenerateDataKey": ("kms:DescribeKey", "kms:Decrypt", "kms:GenerateDataKeyWithoutPlaintext"),
    "dynamodb:GetRecords": ("dynamodb:ListStreams",),
    "kinesis:PutRecord": ("kinesis:PutRecords",),
    "firehose:PutRecord": ("firehose:PutRecordBatch",),
    "kinesis:GetRecords": ("kinesis:ListStreams", "kinesis:DescribeStreamSummary", "kinesis:SubscribeToShard"),
    "logs:PutLogEvents": ("logs:CreateLogGroup", "logs:CreateLogStream", "logs:DescribeLogStreams"),
    "logs:CreateLogDelivery": ("logs:CreateLogStream", "logs:PutLogEvents"),
    "xray:PutTraceSegments": (
        "xray:GetSamplingRules",
        "xray:GetSamplingTargets",
        "xray:GetSamplingStatisticSummaries",
    ),
    "ec2:CreateNetworkInterface": (
        "ec2:DescribeSubnets",
        "ec2:DescribeSecurityGroups",
        "ec2:DescribeVpcs",
        "ec2:AssignPrivateIpAddresses",
        "ec2:UnassignPrivateIpAddresses",
    ),
    "states:StartExecution": ("states:DescribeExecution", "states:StopExecution", "states:RedriveExecution"),
    "mediaconvert:CreateJob": ("mediaconvert:TagResource", "mediaconvert:DescribeEndpoints"),
}


# Services and actions of which no request names a role, or of which it is a need of its own where one does.
_WITHOUT_ROLES = (
    "cloudwatch:",
    "dynamodb:",
    "events:Put",
    "firehose:Put",
    "iam:",
    "kinesis:",
    "kms:",
    "lambda:InvokeFunction",
    "logs:",
    "mediaconvert:",
    "s3:",
    "secretsmanager:",
    "sns:",
    "sqs:",
    "ssm:",
    "states:",
    "xray:",
)


_READABLE = ("aws_sfn_state_machine", "aws_cloudwatch_event_target", "aws_scheduler_schedule")


# What MediaConvert may do under a job's role: https://docs.aws.amazon.com/mediaconvert/latest/ug/iam-role.html
_BY_JOBS = (
    *("s3:GetObject", "s3:PutObject", "s3:ListBucket", "s3:PutObjectAcl", "s3:GetBucketLocation"),
    *("kms:Decrypt", "kms:GenerateDataKey", "secretsmanager:GetSecretValue"),
    # Keys for DRM come through API Gateway.
    *("execute-api:Invoke", "execute-api:ManageConnections"),
)

# Where tracing is off, so that what it needs is used by nothing.
_TRACING = ("tracing_config", "mode")


@rule(
    "unused-permission",
    title="A role allows nothing that no code and no service uses",
    why=(
        "What is allowed and not used is there for whoever takes the role over. The check is made for roles whose "
        "every user can be read: functions whose code is at hand, state machines, rules, transcoding jobs."
    ),
    consequence="nothing fails; the role can do more than its work",
    sources=("https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege",),
    severity=Severity.WARNING,
)
def unused_permission(context: Context) -> Iterator[Found]:
    """Each action of a statement is one that a need of the role asks for."""
    for role in context.view.items("aws_iam_role"):
        used = _used(context, role)
        if used is None:
            continue
        blocked = _blocked(context, role)
        for statement in context.access.roles.statements(role):
            stated_here = statement.source in context.configuration.resources
            if not statement.allows or statement.unreadable or not stated_here:
                continue
            idle = [
                action
                for action in statement.actions or ()
                if not _is_used(context, action, statement, used) and not _is_blocked(action, blocked)
            ]
            if idle:
                yield Found(
                    item=statement.source,
                    path=("policy",),
                    subject=f"{statement.label}: {', '.join(idle)}",
                    message=f"{statement.label} allows {role.address} {', '.join(idle)}, which nothing uses",
                    remedy="take it out, or suppress this finding with the reason why it stays",
                    ties=frozenset({f"unused {role.address}", f"needless {statement.source} {statement.label}"}),
                    after=statement_ties(statement) | _after(context, role, statement),
                )


def _after(context: Context, role: Item, statement: Statement) -> frozenset[str]:
    """Return what else makes a statement needless: what it is about is not what it should be."""
    about = {f"edge {each.source} {each.target}" for each in context.configuration.references_from(statement.source)}
    users = {
        f"machine {item.address}"
        for item, _, value, _ in role_users(context)
        if context.access.roles.find(value) is role
    }
    tracing = (
        argument_tie(item.address, _TRACING)
        for item, _, value, _ in role_users(context)
        if context.access.roles.find(value) is role
    )
    about = about.union(*tracing)
    return frozenset({f"unused {role.address}"} | about | users)


def _blocked(context: Context, role: Item) -> set[str]:
    """Return the actions that users of the role need and are not allowed: what was meant to allow them is mended."""
    return {
        need.action.lower()
        for need in context.needs
        if need.principal is role and context.decision(need).verdict is not Verdict.HOLDS
    }


def _is_blocked(action: str, blocked: set[str]) -> bool:
    """Whether an action is one of these, on another resource, or is none that IAM knows, which is said elsewhere."""
    names = {name.lower() for name in matching(action)}
    return not names or bool(names & blocked)


def _used(context: Context, role: Item) -> list[tuple[str, str]] | None:
    """Return the actions that the role's users need, with the resources; None where not every user can be read."""
    holders = [item for item, _, value, _ in role_users(context) if context.access.roles.find(value) is role]
    is_job_role = any(role is other for other in job_roles(context))
    known = {
        code.function.address: not (code.analysis.unresolved or code.analysis.problem or code.analysis.libraries)
        for code in codes(context)
        if code.analysis.found
    }
    needing = {need.item.address for need in context.needs if need.principal is role}
    for item in holders:
        # A target or machine of which no need is known does something that is not known here.
        readable = item.type in _READABLE and item.address in needing
        if not readable and not known.get(item.address, False):
            return None
    if not holders and not is_job_role:
        return None
    if _has_open_tasks(context, role) or _may_have_more_users(context):
        return None
    used = [(need.action, need.resource) for need in context.needs if need.principal is role]
    used += [(action, EVERY_RESOURCE) for action in _BY_JOBS if is_job_role]
    keys = (key_text(context, need.owner) for need in context.needs if need.principal is role and need.owner)
    if not all(_is_known(context, resource) for _, resource in used) or not all(
        _is_known(context, key, "aws_kms_key", "aws_kms_alias") for key in keys
    ):
        used.append(("kms:*", EVERY_RESOURCE))  # under which key, is not known either
    if any(not action.startswith(_WITHOUT_ROLES) for action, _ in used):
        used.append(("iam:PassRole", EVERY_RESOURCE))
    for machine in holders:
        if machine.type == "aws_sfn_state_machine":
            used += [(f"{prefix}:*", EVERY_RESOURCE) for prefix in followed_otherwise(machine)]
    return used + [(other, EVERY_RESOURCE) for action, _ in used for other in _COMPANIONS.get(action, ())]


def _may_have_more_users(context: Context) -> bool:
    """Whether a role that is not known is handed over, or may be in a block that is not known: it may be any."""
    unknown_role = any(
        context.access.roles.find(value) is None and not _is_known(context, value, "aws_iam_role")
        for _, _, value, _ in role_users(context)
    )
    return unknown_role or any(
        item.is_dynamic(user.path[0])
        for user in ROLE_USERS
        if len(user.path) > 1
        for item in context.view.items(user.type)
    )


def _is_known(context: Context, text: Any, *kinds: str) -> bool:
    """Whether a text, if there is one, names something in particular, or what a resource of these types makes."""
    if not isinstance(text, str) or not has_symbols(text):
        return True
    if kinds:
        open_ones = [each for each in context.view.symbols.symbols(text) if each.kind is Kind.OPAQUE]
        return not open_ones or any(context.view.owners(text, kind) for kind in kinds)
    symbol = context.view.symbol(text)
    return symbol is None or symbol.kind is not Kind.OPAQUE or symbol.address in context.configuration.resources


def _has_open_tasks(context: Context, role: Item) -> bool:
    """Whether a state machine of the role has a definition, or a task, of which the actions are not known."""
    unread = (
        machine
        for machine in context.view.items("aws_sfn_state_machine")
        if (body := read_definition(machine).body) is None or is_open(body)
    )
    return any(context.access.roles.find(machine.get("role_arn")) is role for machine in unread) or any(
        context.access.roles.find(machine.get("role_arn")) is role for machine, _, _ in unreadable_tasks(context)
    )


def _is_used(context: Context, action: str, statement: Statement, used: list[tuple[str, str]]) -> bool:
    if has_symbols(action) or "*" in action.partition(":")[0]:
        return True
    names = {name.lower() for name in matching(action)} or {action.lower()}
    names.add(f"{action.partition(':')[0].lower()}:*")
    return any(
        needed.lower() in names
        and (
            resource == EVERY_RESOURCE
            or statement.resources is None
            or covers_resource(statement, resource, context.view.symbols) is not Verdict.MISSING
        )
        for needed, resource in used
    )
