from __future__ import annotations

import re
from typing import TYPE_CHECKING

from plan_review.findings import Severity, Verdict
from plan_review.rules.found import Found
from plan_review.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.evaluate.items import Item
    from plan_review.rules.context import Context


_IAM_QUOTAS = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"


_EVENTS_QUOTAS = "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html"


_KNOWN_LENGTHS = {"account": 12, "region": 14}


# Type → argument that holds a policy, most characters, whether white space counts, AWS's error.
_POLICY_SIZES: dict[str, tuple[str, int, bool, str]] = {
    "aws_iam_policy": ("policy", 6144, False, "LimitExceeded: Cannot exceed quota for PolicySize: 6144"),
    "aws_iam_role": (
        "assume_role_policy",
        2048,
        False,
        "LimitExceeded: Cannot exceed quota for ACLSizePerRole: 2048",
    ),
    "aws_cloudwatch_log_resource_policy": ("policy_document", 5120, True, "ValidationException: policyDocument"),
    "aws_sqs_queue": ("policy", 8192, True, "OverLimit: Submitted policy is over max allowed size."),
    "aws_sqs_queue_policy": ("policy", 8192, True, "OverLimit: Submitted policy is over max allowed size."),
    "aws_sns_topic": ("policy", 30720, True, "InvalidParameter: Invalid parameter: Policy Error"),
    "aws_sns_topic_policy": ("policy", 30720, True, "InvalidParameter: Invalid parameter: Policy Error"),
    "aws_s3_bucket": ("policy", 20480, True, "PolicyTooLarge: Policy exceeds the maximum allowed document size."),
    "aws_s3_bucket_policy": (
        "policy",
        20480,
        True,
        "PolicyTooLarge: Policy exceeds the maximum allowed document size.",
    ),
    **dict.fromkeys(
        ("aws_kms_key", "aws_kms_key_policy", "aws_kms_external_key", "aws_kms_replica_key"),
        ("policy", 32768, True, "LimitExceededException: the key policy is longer than 32 KB"),
    ),
    "aws_secretsmanager_secret_policy": ("policy", 20480, True, "InvalidParameterException: ResourcePolicy"),
    "aws_dynamodb_resource_policy": ("policy", 20480, True, "ValidationException: the policy is longer than 20 KB"),
    "aws_cloudwatch_event_rule": ("event_pattern", 4096, True, "ValidationException: EventPattern"),
    "aws_sfn_state_machine": ("definition", 1048576, True, "ValidationException: definition"),
}


# Owner → what is written into it, how that names it, and the most characters of all together.
_INLINE_TOTALS = {
    "aws_iam_role": ("aws_iam_role_policy", "role", 10240),
    "aws_iam_user": ("aws_iam_user_policy", "user", 2048),
    "aws_iam_group": ("aws_iam_group_policy", "group", 5120),
}
# An account's own quota may be raised to the limit above.
_DEFAULT_PATTERN = 2048


def _length(text: str, item: Item, *, spaces: bool) -> tuple[int, bool]:
    """Return how long a text is at least, and whether that is exact."""
    compact = text if spaces else re.sub(r"\s", "", text)
    symbols = item.evaluator.symbols.symbols(compact)
    return len(compact) - len(symbols) + sum(_KNOWN_LENGTHS.get(symbol.text, 1) for symbol in symbols), not symbols


@rule(
    "document-size",
    title="A policy, pattern or definition is within its limit",
    why="Each kind of document has its own limit, and names that references stand for count in full.",
    consequence="LimitExceeded, when the resource is made or when someone adds the next statement",
    sources=(
        _IAM_QUOTAS,
        "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html",
        _EVENTS_QUOTAS,
        "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-policies.html",
    ),
)
def document_size(context: Context) -> Iterator[Found]:
    """Known parts alone do not exceed the limit; near it, unknown parts decide."""
    for kind, (argument, limit, spaces, error) in _POLICY_SIZES.items():
        for item in context.view.items(kind):
            text = item.get(argument)
            if isinstance(text, str):
                length, exact = _length(text, item, spaces=spaces)
                yield from _too_long(item, argument, length, limit, exact=exact, error=error)
    for owner_type, (policies, key, most) in _INLINE_TOTALS.items():
        yield from _inline(context, owner_type, policies, key, most)
    for event_rule in context.view.items("aws_cloudwatch_event_rule"):
        pattern = event_rule.get("event_pattern")
        length = _length(pattern, event_rule, spaces=True)[0] if isinstance(pattern, str) else 0
        if _DEFAULT_PATTERN < length <= _POLICY_SIZES["aws_cloudwatch_event_rule"][1]:
            yield Found(
                item=event_rule,
                path=("event_pattern",),
                severity=Severity.WARNING,
                message=f"event_pattern: {length:,} characters; an account's quota is 2,048 where it was not raised",
                remedy="split it into two rules, or have the quota raised first, to 4,096 at most",
                consequence="ValidationException: EventPattern, in an account with the default quota",
            )


def _inline(context: Context, owner_type: str, policies: str, key: str, most: int) -> Iterator[Found]:
    kind = owner_type.removeprefix("aws_iam_")
    for owner in context.view.items(owner_type):
        texts = [str(block.get("policy", "")) for block in owner.blocks("inline_policy")]
        texts += [
            str(policy.get("policy"))
            for policy in context.view.items(policies)
            if policy.get(key) == owner.attribute("name") and isinstance(policy.get("policy"), str)
        ]
        lengths = [_length(text, owner, spaces=False) for text in texts]
        error = f"LimitExceeded: Maximum policy size of {most} bytes exceeded for {kind}"
        total, exact = sum(length for length, _ in lengths), all(exact for _, exact in lengths)
        yield from _too_long(owner, "inline policies", total, most, exact=exact, error=error)


def _too_long(item: Item, argument: str, length: int, limit: int, *, exact: bool, error: str) -> Iterator[Found]:
    unknown_share = 0.9  # what is nearer to the limit than this can be pushed over it by the unknown parts
    if length <= limit and (exact or length <= limit * unknown_share):
        return
    yield Found(
        item=item,
        path=(argument,) if " " not in argument else None,
        subject=argument,
        verdict=Verdict.MISSING if length > limit else Verdict.CANNOT_TELL,
        message=f"{argument}: {'' if exact else 'at least '}{length:,} characters; the limit is {limit:,}",
        remedy="take out statements or share wildcards; of IAM, use a managed policy beside the inline one",
        consequence=error,
    )
