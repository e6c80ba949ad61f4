from __future__ import annotations

import re
from typing import TYPE_CHECKING

from plan_review.evaluate.symbols import has_symbols
from plan_review.findings import Severity
from plan_review.policies import iam_actions
from plan_review.rules.found import Found, statement_ties
from plan_review.rules.iam.policy_documents import documents, is_boundary_only, statements_of
from plan_review.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.policies.statements import Statement
    from plan_review.rules.context import Context

# Of no resource by the service's reference, and on streams in its developer guide:
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/iam-policy-read-stream-only.html
_ON_STREAMS = "dynamodb:liststreams"
_ARN_COLONS = 5
# The last part of an ARN that names nothing: *, log-group:*, table/*
_WIDE = re.compile(r"([a-z-]+[:/])?\*(:\*)*")


@rule(
    "action-without-resource",
    title="Every action of a statement can be allowed on one of the statement's resources",
    why=(
        "An action works on resources of certain kinds: `s3:ListBucket` on a bucket, `s3:GetObject` on objects, "
        "`logs:PutLogEvents` on streams. On any other ARN a statement allows nothing."
    ),
    consequence="the statement allows nothing for this action, and the call that it was meant for ends in AccessDenied",
    sources=("https://docs.aws.amazon.com/service-authorization/latest/reference/",),
    severity=Severity.WARNING,
)
def action_without_resource(context: Context) -> Iterator[Found]:
    """No action is listed on resources that it can never work on."""
    for document in documents(context):
        if document.kind != "identity" or is_boundary_only(context, document.item):
            continue
        for statement in statements_of(context, document):
            lost = [action for action in statement.actions or () if _cannot_apply(context, action, statement)]
            if lost:
                shown = ", ".join(map(context.view.show, statement.resources or ()))
                yield Found(
                    item=document.item,
                    path=(document.argument,),
                    subject=statement.label,
                    ties=statement_ties(statement) | {f"action {action.lower()}" for action in lost},
                    message=f"{statement.label} lists {', '.join(lost)}, which cannot be allowed on {shown}",
                    remedy=_where(lost[0]),
                )


def _cannot_apply(context: Context, action: str, statement: Statement) -> bool:
    if not statement.allows or not statement.resources or has_symbols(action) or "*" in action or "?" in action:
        return False
    if action.lower() == _ON_STREAMS:
        return False
    if iam_actions.takes_no_resource(action):
        return not any(_may_be_everything(context, resource) for resource in statement.resources)
    return not any(iam_actions.fits(action, resource, context.view.symbols) for resource in statement.resources)


def _may_be_everything(context: Context, resource: str) -> bool:
    """Whether a resource is ``*``, may be, or stands for all of a kind, which AWS's own examples write for it."""
    symbol = context.view.symbol(resource)
    if symbol is not None:
        return symbol.attribute != "arn"
    return not resource.startswith("arn:") or _WIDE.fullmatch(resource.split(":", _ARN_COLONS)[-1]) is not None


def _where(action: str) -> str:
    if iam_actions.takes_no_resource(action):
        return f'{action} knows no resources: allow it on "*"'
    return f"{action} works on {', '.join(iam_actions.resource_formats(action))}"
