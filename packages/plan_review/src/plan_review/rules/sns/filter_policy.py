from __future__ import annotations

from typing import TYPE_CHECKING

from plan_review.findings import Severity
from plan_review.rules.found import Found
from plan_review.rules.rule import rule
from plan_review.rules.shared.event_patterns import Defect, defects
from plan_review.rules.shared.json_text import parsed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.rules.context import Context


@rule(
    "filter-policy",
    title="A subscription's filter policy is one that SNS understands",
    why="SNS reads the policy when the subscription is made: each attribute has a list of values or of operators.",
    consequence="InvalidParameter: Invalid parameter: FilterPolicy",
    sources=("https://docs.aws.amazon.com/sns/latest/dg/sns-subscription-filter-policies.html",),
)
def filter_policy(context: Context) -> Iterator[Found]:
    """Lists at the leaves; levels within levels only where the body is filtered."""
    for subscription in context.view.items("aws_sns_topic_subscription"):
        policy = parsed(subscription.get("filter_policy"))
        if not policy:
            continue
        flat = subscription.get("filter_policy_scope", "MessageAttributes") == "MessageAttributes"
        nested = [name for name, value in policy.items() if flat and isinstance(value, dict)]
        problems = list(defects(policy))
        problems += [
            Defect(name, "attributes have no parts", 'use filter_policy_scope = "MessageBody"') for name in nested
        ]
        for problem in problems:
            yield Found(
                item=subscription,
                path=("filter_policy",),
                subject=problem.path,
                severity=None if problem.certain else Severity.WARNING,
                message=f"{context.view.show(problem.path)}: {context.view.show(problem.what)}",
                remedy=context.view.show(problem.remedy),
                consequence=problem.consequence,
            )
