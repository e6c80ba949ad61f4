from __future__ import annotations

from typing import TYPE_CHECKING

from plan_review.findings import Verdict
from plan_review.policies.decide import Request, decide
from plan_review.rules.found import Found
from plan_review.rules.rule import rule
from plan_review.rules.shared.keys_used import find_key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.rules.context import Context


_LOG_ACTIONS = ("kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey")


@rule(
    "log-group-key",
    title="A key that encrypts a log group lets CloudWatch Logs in",
    why="CloudWatch Logs uses the key under the key's policy, as `logs.<region>.amazonaws.com`, and checks it at once.",
    consequence=(
        "InvalidParameterException: The specified KMS key does not exist or is not allowed to be used with LogGroup"
    ),
    sources=("https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html",),
)
def log_group_key(context: Context) -> Iterator[Found]:
    """The key's policy names the service of the region."""
    for group in context.view.items("aws_cloudwatch_log_group"):
        key = find_key(context, group.get("kms_key_id"))
        if key is None:
            continue
        request = Request(
            action="",
            resource=key.arn,
            principals=(f"Service:logs.{group.region}.amazonaws.com", "Service:logs.amazonaws.com"),
            conditions={
                "kms:encryptioncontext:aws:logs:arn": (group.arn,),
                "aws:sourceaccount": (group.account,),
                "aws:sourcearn": (group.arn,),
            },
        )
        statements = context.access.resources.of(key).statements
        decisions = [
            (action, decide(statements, _asking(request, action), context.view.symbols)) for action in _LOG_ACTIONS
        ]
        for verdict in (Verdict.MISSING, Verdict.CANNOT_TELL):
            lacking = [action for action, decision in decisions if decision.verdict is verdict]
            if lacking:
                yield Found(
                    item=group,
                    path=("kms_key_id",),
                    verdict=verdict,
                    message=f"CloudWatch Logs may not {', '.join(lacking)} with {key.address}",
                    remedy=f"let its policy allow them to logs.{context.view.show(group.region)}.amazonaws.com",
                )


def _asking(request: Request, action: str) -> Request:
    return Request(
        action=action, resource=request.resource, principals=request.principals, conditions=request.conditions
    )
