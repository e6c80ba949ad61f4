from __future__ import annotations

from typing import TYPE_CHECKING

from plan_review.findings import Severity, Verdict
from plan_review.policies.decide import covers_action
from plan_review.rules.found import Found
from plan_review.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.evaluate.items import Item
    from plan_review.policies.statements import Statement
    from plan_review.rules.context import Context


@rule(
    "open-to-everyone",
    title="No policy lets everyone in without a condition",
    why=(
        "`Principal: *` means every AWS account and, for buckets, queues and topics, the whole Internet. A condition "
        "on the source, the account or the organisation is what narrows it."
    ),
    consequence="anyone can use the resource; with S3's public access block the policy is refused with AccessDenied",
    sources=("https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html",),
)
def open_to_everyone(context: Context) -> Iterator[Found]:
    """Resource and trust policies name principals, or conditions."""
    kinds = ("aws_sqs_queue", "aws_sns_topic", "aws_s3_bucket", "aws_kms_key", "aws_lambda_function")
    for item in context.view.items(*kinds):
        policy = context.access.resources.of(item)
        for statement in () if policy.default else policy.statements:
            if (open_ := _is_open(context, statement)) is not Verdict.MISSING:
                yield _opened(item, statement, statement.source, open_)
    for url in context.view.items("aws_lambda_function_url"):
        if url.get("authorization_type") == "NONE":
            yield Found(
                item=url,
                path=("authorization_type",),
                severity=Severity.WARNING,
                message="whoever knows the URL can invoke the function",
                remedy='use "AWS_IAM", or suppress this finding with what keeps others out',
            )
    for role in context.view.items("aws_iam_role"):
        for statement in context.access.roles.trust(role):
            if (open_ := _is_open(context, statement)) is not Verdict.MISSING:
                yield _opened(role, statement, role.address, open_)


def _is_open(context: Context, statement: Statement) -> Verdict:
    everyone = "*" in (statement.principals or ()) or statement.not_principals is not None
    conditioned = any(keys for keys in statement.conditions.values())
    if not statement.allows or not everyone or conditioned or statement.unreadable:
        return Verdict.MISSING
    # Reading objects of a bucket that serves a website is what people mean to open.
    reads = covers_action(statement, "s3:GetObject", context.view.symbols)
    writes = covers_action(statement, "s3:PutObject", context.view.symbols)
    if Verdict.CANNOT_TELL in (reads, writes):
        return Verdict.CANNOT_TELL
    return Verdict.MISSING if reads is Verdict.HOLDS and writes is Verdict.MISSING else Verdict.HOLDS


def _opened(item: Item, statement: Statement, source: str, open_: Verdict) -> Found:
    return Found(
        item=source,
        verdict=Verdict.MISSING if open_ is Verdict.HOLDS else Verdict.CANNOT_TELL,
        path=("policy",),
        subject=statement.label,
        message=(
            f"{statement.label} opens {item.address} to everyone"
            if open_ is Verdict.HOLDS
            else f"{statement.label} lets everyone do something to {item.address} that is not known here"
        ),
        remedy="name the principal, or add a condition on aws:SourceArn, aws:SourceAccount or aws:PrincipalOrgID",
    )
