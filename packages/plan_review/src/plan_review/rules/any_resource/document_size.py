from __future__ import annotations

import re
from typing import TYPE_CHECKING

from plan_review.findings import Verdict
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
    "aws_sqs_queue_policy": ("policy", 8192, True, "InvalidParameterValue: the policy is longer than 8192 bytes"),
    "aws_sns_topic_policy": ("policy", 30720, True, "InvalidParameter: Invalid parameter: Policy Error"),
    "aws_s3_bucket_policy": (
        "policy",
        20480,
        True,
        "PolicyTooLarge: Policy exceeds the maximum allowed document size.",
    ),
    "aws_kms_key": ("policy", 32768, True, "LimitExceededException: the key policy is longer than 32 KB"),
    "aws_cloudwatch_event_rule": ("event_pattern", 4096, True, "ValidationException: EventPattern"),
    "aws_sfn_state_machine": ("definition", 1048576, True, "ValidationException: definition"),
}


_INLINE_TOTAL = 10240


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
    for role in context.view.items("aws_iam_role"):
        texts = [str(block.get("policy", "")) for block in role.blocks("inline_policy")]
        texts += [
            str(policy.get("policy"))
            for policy in context.view.items("aws_iam_role_policy")
            if policy.get("role") == role.attribute("name") and isinstance(policy.get("policy"), str)
        ]
        lengths = [_length(text, role, spaces=False) for text in texts]
        error = "LimitExceeded: Maximum policy size of 10240 bytes exceeded for role"
        total, exact = sum(length for length, _ in lengths), all(exact for _, exact in lengths)
        yield from _too_long(role, "inline policies", total, _INLINE_TOTAL, exact=exact, error=error)


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
        remedy="take out statements or share wildcards; for a role, use a managed policy beside the inline one",
        consequence=error,
    )
