"""Resources that get into each other's way: configured twice, named twice, open to a whole service."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from plan_review.aws.arns import NAMINGS
from plan_review.evaluate.symbols import has_symbols
from plan_review.findings import Severity
from plan_review.rules.deliveries import parsed
from plan_review.rules.rule import Found, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.evaluate.items import Item
    from plan_review.rules.rule import Context

_REGISTRY = "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources"

# Types of which each target takes one, and the arguments that name the target.
_ONCE = {
    "aws_s3_bucket_notification": ("bucket",),
    "aws_s3_bucket_policy": ("bucket",),
    "aws_s3_bucket_lifecycle_configuration": ("bucket",),
    "aws_s3_bucket_versioning": ("bucket",),
    "aws_s3_bucket_server_side_encryption_configuration": ("bucket",),
    "aws_s3_bucket_public_access_block": ("bucket",),
    "aws_s3_bucket_ownership_controls": ("bucket",),
    "aws_s3_bucket_cors_configuration": ("bucket",),
    "aws_sqs_queue_policy": ("queue_url",),
    "aws_sqs_queue_redrive_policy": ("queue_url",),
    "aws_sns_topic_policy": ("arn",),
    "aws_kms_key_policy": ("key_id",),
    "aws_lambda_function_event_invoke_config": ("function_name", "qualifier"),
    "aws_cloudwatch_event_target": ("rule", "event_bus_name", "target_id"),
    "aws_iam_role_policy": ("role", "name"),
    "aws_iam_role_policy_attachment": ("role", "policy_arn"),
    "aws_lambda_permission": ("function_name", "qualifier", "statement_id"),
}
_NEEDS_LAST = {"aws_cloudwatch_event_target", "aws_iam_role_policy", "aws_lambda_permission"}
# Type, its argument, the type that states the same, and how that one names its target.
_BOTH_WAYS = (
    ("aws_sqs_queue", "policy", "aws_sqs_queue_policy", "queue_url"),
    ("aws_sqs_queue", "redrive_policy", "aws_sqs_queue_redrive_policy", "queue_url"),
    ("aws_sns_topic", "policy", "aws_sns_topic_policy", "arn"),
    ("aws_kms_key", "policy", "aws_kms_key_policy", "key_id"),
    ("aws_iam_role", "managed_policy_arns", "aws_iam_role_policy_attachment", "role"),
    ("aws_iam_role", "inline_policy", "aws_iam_role_policy", "role"),
)


@rule(
    "configured-twice",
    title="A setting is made in one place",
    why="Each of these resources writes the whole setting of its target; two of them, or an argument and one, fight.",
    consequence="the two overwrite each other on every apply, and one of them silently does not hold",
    sources=(f"{_REGISTRY}/s3_bucket_notification", f"{_REGISTRY}/sqs_queue_policy", f"{_REGISTRY}/iam_role"),
)
def configured_twice(context: Context) -> Iterator[Found]:
    """One resource for each target, and not beside an argument of the target itself."""
    for kind, arguments in _ONCE.items():
        seen: dict[tuple[str, ...], Item] = {}
        for item in context.view.items(kind):
            values = [item.get(argument) for argument in arguments]
            if values[0] is None or not item.certain or (kind in _NEEDS_LAST and values[-1] is None):
                continue
            first = seen.setdefault(tuple(map(str, values)), item)
            if first is not item:
                yield _twice(item, arguments[0], first)
    for kind, argument, other, key in _BOTH_WAYS:
        for item in context.view.items(kind):
            if item.get(argument) in (None, "", []):
                continue
            for beside in context.view.items(other):
                if context.view.find(beside.get(key), kind) is item:
                    yield _twice(beside, key, item)


def _twice(item: Item, argument: str, first: Item) -> Found:
    return Found(
        item=item,
        path=(argument,),
        subject=first.address,
        message=f"{first.address} makes the same setting for the same target",
        remedy="put both into one",
    )


@rule(
    "name-twice",
    title="No two resources of a kind have the same name",
    why="Names are unique in an account and region; two resources with one name are one thing to AWS, or an error.",
    consequence="EntityAlreadyExists, ResourceConflictException or the like; or two resources that manage one thing",
    sources=("https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html",),
)
def name_twice(context: Context) -> Iterator[Found]:
    """ARNs are unique among managed resources."""
    for kind, naming in NAMINGS.items():
        seen: dict[str, Item] = {}
        for item in context.view.items(kind):
            if naming.argument is None or not item.certain or item.get(naming.argument) is None:
                continue
            first = seen.setdefault(item.arn, item)
            if first is not item:
                yield Found(
                    item=item,
                    path=(naming.argument,),
                    message=f"{first.address} has the same name {context.view.show(item.get(naming.argument))}",
                    remedy="give it a name of its own",
                )


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


_FLAGS = ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets")


@rule(
    "bucket-not-private",
    title="A public access block blocks all of public access",
    why="The block has four parts, and each that is left out or false leaves a way to make objects public.",
    consequence="a policy or an ACL can make objects public",
    sources=("https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html",),
    severity=Severity.WARNING,
)
def bucket_not_private(context: Context) -> Iterator[Found]:
    """All four flags are true, unless the bucket's policy is public on purpose."""
    for block in context.view.items("aws_s3_bucket_public_access_block"):
        off = [name for name in _FLAGS if block.get(name) in (None, False)]
        bucket = context.view.find(block.get("bucket"), "aws_s3_bucket")
        if off and not (bucket is not None and _serves_everyone(context, bucket)):
            yield Found(
                item=block,
                path=(off[0],),
                message=f"{', '.join(off)} {'is' if len(off) == 1 else 'are'} not true",
                remedy="set all four to true",
            )


def _serves_everyone(context: Context, bucket: Item) -> bool:
    statements = context.access.resources.of(bucket).statements
    return any(statement.allows and "*" in (statement.principals or ()) for statement in statements)


@rule(
    "redrive-policy",
    title="A redrive policy names another queue and a count",
    why="The policy is a text to Terraform; SQS reads it.",
    consequence="InvalidParameterValue: Value … for parameter RedrivePolicy is invalid",
    sources=("https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html",),
)
def redrive_policy(context: Context) -> Iterator[Found]:
    """``deadLetterTargetArn`` and ``maxReceiveCount`` are there and make sense."""
    for queue in context.view.items("aws_sqs_queue"):
        text = queue.get("redrive_policy")
        if text is None or (has_symbols(str(text)) and parsed(text) is None):
            continue
        for problem, remedy in _redrive_problems(parsed(text), queue):
            yield Found(item=queue, path=("redrive_policy",), message=problem, remedy=remedy)


def _redrive_problems(policy: dict[str, Any] | None, queue: Item) -> Iterator[tuple[str, str]]:
    if policy is None:
        yield "its redrive policy is no JSON object", 'write {"deadLetterTargetArn": …, "maxReceiveCount": 5}'
        return
    if not policy.get("deadLetterTargetArn"):
        yield "its redrive policy has no deadLetterTargetArn", "name the dead-letter queue's ARN"
    elif policy["deadLetterTargetArn"] == queue.arn:
        yield "it is its own dead-letter queue", "name another queue"
    count = str(policy.get("maxReceiveCount", ""))
    if not has_symbols(count) and not (count.isdigit() and 1 <= int(count) <= 1000):  # noqa: PLR2004 - SQS's bounds
        yield f"maxReceiveCount is {count or 'missing'}", "give a whole number from 1 to 1000"


def _strings(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, (dict, list)):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _strings(inner, (*path, key))


_EVER_NEW = re.compile(r"\b(timestamp|plantimestamp|uuid|bcrypt)\(")


@rule(
    "changes-every-plan",
    title="No argument changes by itself from plan to plan",
    why="`timestamp()`, `plantimestamp()`, `uuid()` and `bcrypt()` give another value each time they are evaluated.",
    consequence="every plan shows a change, and what matters is lost in it; a name made so is replaced on every apply",
    sources=("https://developer.hashicorp.com/terraform/language/functions/timestamp",),
)
def changes_every_plan(context: Context) -> Iterator[Found]:
    """Such a value is ignored after creation, or kept by a resource."""
    for address, resource in sorted(context.configuration.resources.items()):
        ignored = json.dumps(resource.lifecycle.get("ignore_changes", []))
        for path, text in _strings(resource.arguments):
            match = _EVER_NEW.search(text) if "${" in text else None
            if match and path and str(path[0]) not in ignored and "all" not in ignored and resource.mode == "managed":
                yield Found(
                    item=address,
                    path=path,
                    subject=match[1],
                    message=f"{path[0]} is made with {match[1]}()",
                    remedy=f"use a value that stays, or put {path[0]} into lifecycle.ignore_changes",
                )
