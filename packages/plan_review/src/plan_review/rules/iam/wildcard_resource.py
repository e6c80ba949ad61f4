from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from plan_review.aws.arns import NAMINGS
from plan_review.evaluate.symbols import has_symbols
from plan_review.findings import Severity
from plan_review.policies import iam_actions
from plan_review.policies.managed_policies import whole_service
from plan_review.rules.found import Found
from plan_review.rules.iam.policy_documents import documents, is_boundary_only, statements_of
from plan_review.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.policies.statements import Statement
    from plan_review.rules.context import Context

# Its data sets came late, and what is sent to none of them is allowed on everything only.
_METRICS = "cloudwatch:PutMetricData"
_PASS = "iam:PassRole"  # noqa: S105 - an action's name
# AWS's own policies for functions, AWSLambdaExecute among them, allow these on all log groups as well.
_LOGS = "logs:"
# So does AWSLambdaBasicExecutionRole these on "*":
# https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSLambdaBasicExecutionRole.html
_OWN_LOGS = frozenset({"logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"})
# Services that deliver their logs need these on "*", the last two included:
# https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html
_LOG_DELIVERY = frozenset(
    f"logs:{name}"
    for name in (
        "CreateLogDelivery",
        "GetLogDelivery",
        "UpdateLogDelivery",
        "DeleteLogDelivery",
        "ListLogDeliveries",
        "PutResourcePolicy",
        "DescribeResourcePolicies",
        "DescribeLogGroups",
        "CreateLogStream",
        "PutLogEvents",
    )
)
# What a function in a network needs, which AWS's page and its managed policy allow on "*":
# https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
_NETWORK = frozenset(
    f"ec2:{name}"
    for name in (
        "CreateNetworkInterface",
        "DeleteNetworkInterface",
        "AssignPrivateIpAddresses",
        "UnassignPrivateIpAddresses",
    )
)


@rule(
    "wildcard-resource",
    title="No statement allows on every resource without a written reason",
    why=(
        "`*` allows what does not exist yet. Actions that know no resources need it, and need no reason; for every "
        "other action a reason belongs in the file of suppressions, by the statement's Sid."
    ),
    consequence="the role can do this to every resource of the account",
    sources=("https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege",),
    severity=Severity.WARNING,
)
def wildcard_resource(context: Context) -> Iterator[Found]:
    """``*`` stands only where the actions demand it."""
    for document in documents(context):
        if document.kind != "identity" or is_boundary_only(context, document.item):
            continue
        for statement in statements_of(context, document):
            if not statement.allows or not (wide := _widest(context, statement)):
                continue
            narrower = [action for action in _named(statement) if not _demands_everything(action)]
            if set(narrower) <= _OWN_LOGS:
                continue
            if statement.conditions:
                # A condition narrows what a statement reaches; to which service a role goes says nothing of which role.
                narrower = [action for action in narrower if action == _PASS]
            if narrower:
                shown = ", ".join(narrower[:4]) + (" …" if len(narrower) > 4 else "")  # noqa: PLR2004 - enough to see
                yield Found(
                    item=document.item,
                    path=(document.argument,),
                    subject=statement.label,
                    after=frozenset({f"needless {statement.source} {statement.label}"}),
                    message=f'{statement.label} allows {shown} on "{wide}", and no reason is written down',
                    remedy="name the resources, or suppress this finding for the statement with the reason",
                )
    yield from _managed(context)


def _demands_everything(action: str) -> bool:
    return iam_actions.takes_no_resource(action) or iam_actions.is_optional(action) or action in {_METRICS, *_NETWORK}


def _widest(context: Context, statement: Statement) -> str:
    """Return the first resource that stands for all resources, or for all of a kind; empty where there is none."""
    if statement.not_resources is not None:
        return f"everything but {', '.join(map(context.view.show, statement.not_resources))}"
    for resource in statement.resources or ():
        if resource == "*":
            return resource
        only_logs = all(action.lower().startswith(_LOGS) for action in statement.actions or ("",))
        begins = resource.endswith("*") and context.view.find(resource[:-1], "aws_s3_bucket") is not None
        if begins or (not only_logs and _all_of_a_kind().fullmatch(resource)):
            return context.view.show(resource)
    return ""


@cache
def _all_of_a_kind() -> re.Pattern[str]:
    """Return what matches the ARN of whatever name: ``arn:aws:sqs:eu-west-1:111122223333:*``."""
    formats = [naming.arn for naming in NAMINGS.values() if naming.argument and naming.arn.startswith("arn:")]
    ends = {re.escape(text.split(":", 5)[2]) + ":[^:]*:[^:]*:" + _name(text.split(":", 5)[5]) for text in formats}
    ends |= {r"s3:::\*/\*", r"kms:[^:]*:[^:]*:key/\*", r"[^:]*:[^:]*:[^:]*:\*"}
    return re.compile(f"arn:[^:]*:(?:{'|'.join(sorted(ends))})", re.DOTALL)


def _name(end: str) -> str:
    """Return the pattern of the last part of an ARN whose name is a wildcard."""
    plain = end.replace("{path}", "/").partition("{name}")[0] if "{name}" in end else end.partition("{")[0]
    return re.escape(plain.replace("{bus}", "")) + r"\*"


def _managed(context: Context) -> Iterator[Found]:
    """Yield the attachments of AWS managed policies that allow all that a service, or AWS, can do."""
    for kind, argument in (
        ("aws_iam_role_policy_attachment", "policy_arn"),
        ("aws_iam_policy_attachment", "policy_arn"),
        ("aws_iam_role", "managed_policy_arns"),
    ):
        for item in context.view.items(kind):
            given = item.get(argument)
            for arn in given if isinstance(given, list) else [given]:
                if isinstance(arn, str) and not has_symbols(arn) and whole_service(arn):
                    yield Found(
                        item=item,
                        path=(argument,),
                        subject=arn,
                        message=f'{arn} allows everything that it is about on "*", and no reason is written down',
                        remedy="allow the actions that are needed, on the resources, in a policy of your own",
                    )


def _named(statement: Statement) -> list[str]:
    """Return the actions that a statement allows, wildcards resolved where their service is known."""
    if statement.actions is None:
        return ["everything but " + ", ".join(statement.not_actions or ())]
    named = [name for action in statement.actions if not has_symbols(action) for name in iam_actions.matching(action)]
    delivers = "logs:CreateLogDelivery" in named or any(map(has_symbols, statement.actions))
    return [name for name in named if not (delivers and name in _LOG_DELIVERY)]
