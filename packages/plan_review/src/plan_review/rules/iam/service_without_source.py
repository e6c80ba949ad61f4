from __future__ import annotations

from typing import TYPE_CHECKING

from plan_review.findings import Severity
from plan_review.rules.found import Found
from plan_review.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.rules.context import Context


_ACTING_FOR_OTHERS = tuple(f"Service:{name}.amazonaws.com" for name in ("events", "s3", "sns", "logs", "apigateway"))


@rule(
    "service-without-source",
    title="A service is let in for one source, not for everything it does",
    why=(
        "A service principal stands for the service acting for any account. Without `source_arn`, or a condition on "
        "aws:SourceArn or aws:SourceAccount, anyone's rule, bucket or topic gets in (the confused deputy)."
    ),
    consequence="another account's rule or bucket can invoke the function or fill the queue",
    sources=("https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html",),
    severity=Severity.WARNING,
)
def service_without_source(context: Context) -> Iterator[Found]:
    """Statements for services that act for others have a condition."""
    for item in context.view.items("aws_lambda_function", "aws_lambda_alias", "aws_sqs_queue", "aws_sns_topic"):
        policy = context.access.resources.of(item)
        for statement in () if policy.default else policy.statements:
            services = [name for name in statement.principals or () if name in _ACTING_FOR_OTHERS]
            if statement.allows and services and not statement.conditions:
                yield Found(
                    item=statement.source,
                    subject=statement.label,
                    message=f"it lets {services[0].removeprefix('Service:')} use {item.address} for any source",
                    remedy="give source_arn, or a condition on aws:SourceArn",
                )
