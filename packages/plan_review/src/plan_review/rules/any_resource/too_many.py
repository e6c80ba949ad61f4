from __future__ import annotations

from typing import TYPE_CHECKING

from plan_review.rules.found import Found
from plan_review.rules.rule import rule
from plan_review.rules.shared.ranges import LAMBDA_QUOTAS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.rules.context import Context


_COUNTS = {
    ("aws_lambda_function", "layers"): 5,
    ("aws_cloudwatch_metric_alarm", "alarm_actions"): 5,
    ("aws_cloudwatch_metric_alarm", "ok_actions"): 5,
    ("aws_cloudwatch_metric_alarm", "insufficient_data_actions"): 5,
    ("aws_iam_role", "managed_policy_arns"): 20,
}


@rule(
    "too-many",
    title="There are no more of a thing than AWS takes",
    why="Lists grow by one entry at a time; the limit is AWS's.",
    consequence="InvalidParameterValueException, ValidationError or LimitExceeded, when the resource is made",
    sources=(
        LAMBDA_QUOTAS,
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html",
        "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html",
    ),
)
def too_many(context: Context) -> Iterator[Found]:
    """Layers, actions of alarms, policies of a role."""
    for (kind, argument), most in _COUNTS.items():
        for item in context.view.items(kind):
            given = item.get(argument)
            if isinstance(given, list) and len(given) > most:
                yield Found(
                    item=item,
                    path=(argument,),
                    subject=argument,
                    message=f"{argument} has {len(given)} entries; {most} are allowed",
                    remedy="put several into one",
                )
