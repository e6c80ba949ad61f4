"""Keys: whoever reads or writes what a key encrypts may use the key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from plan_review.evaluate.items import blocks_of
from plan_review.findings import Verdict
from plan_review.policies.conditions import ABSENT
from plan_review.policies.decide import Request, decide
from plan_review.rules.needs import Need, implies, unmet
from plan_review.rules.rule import Found, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.evaluate.items import Item
    from plan_review.rules.rule import Context

_READ = ("kms:Decrypt",)
_WRITE = ("kms:GenerateDataKey", "kms:Decrypt")
# Action → what it takes of the key behind the resource.
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html and its like for
# SNS, S3, DynamoDB, Kinesis and Secrets Manager.
_KEY_ACTIONS = {
    "sns:Publish": _WRITE,
    "sqs:SendMessage": _WRITE,
    "sqs:ReceiveMessage": _READ,
    "s3:GetObject": _READ,
    "s3:PutObject": ("kms:GenerateDataKey",),
    "kinesis:PutRecord": ("kms:GenerateDataKey",),
    "kinesis:GetRecords": _READ,
    "secretsmanager:GetSecretValue": _READ,
}
_ENCRYPTED = ("aws_sqs_queue", "aws_sns_topic", "aws_dynamodb_table", "aws_kinesis_stream", "aws_secretsmanager_secret")
_AWS_OWN = "alias/aws/"
_SERVICES = {"sqs": "sqs", "sns": "sns", "s3": "s3", "dynamodb": "dynamodb", "kinesis": "kinesis"}


def key_text(context: Context, item: Item) -> Any:
    """Return how the key of an item is given; None where AWS owns the key, so that nobody needs a grant."""
    match item.type:
        case "aws_sqs_queue" | "aws_sns_topic":
            return item.get("kms_master_key_id")
        case "aws_dynamodb_table":
            return (item.block("server_side_encryption") or {}).get("kms_key_arn")
        case "aws_kinesis_stream" | "aws_secretsmanager_secret":
            return item.get("kms_key_id")
        case "aws_s3_bucket":
            return _bucket_key(context, item)
        case _:
            return None


def _bucket_key(context: Context, bucket: Item) -> Any:
    for settings in context.view.items("aws_s3_bucket_server_side_encryption_configuration"):
        if context.view.find(settings.get("bucket"), "aws_s3_bucket") is not bucket:
            continue
        for block in settings.blocks("rule"):
            for default in blocks_of(block.get("apply_server_side_encryption_by_default")):
                if str(default.get("sse_algorithm", "")).startswith("aws:kms"):
                    return default.get("kms_master_key_id") or "alias/aws/s3"
    return None


def find_key(context: Context, text: Any) -> Item | None:
    """Return the key that an id, ARN or alias stands for."""
    found = context.view.find(text, "aws_kms_key", "aws_kms_alias")
    if found is not None and found.type == "aws_kms_alias":
        return context.view.find(found.get("target_key_id"), "aws_kms_key")
    return found


def _behind(context: Context, need: Need) -> Iterator[Item]:
    """Yield what a need acts on; where that is chosen at run time, what it may be by the statements that allow it."""
    texts = [need.resource]
    if need.any_resource:
        texts = [text for statement in context.decision(need).statements for text in statement.resources or ()]
    for text in dict.fromkeys(texts):
        found = context.view.find(text, *_ENCRYPTED)
        if found is None and text.startswith("arn:") and ":s3:::" in text:
            found = context.view.find(text.partition(":::")[2].partition("/")[0], "aws_s3_bucket")
        if found is not None:
            yield found


def _of_machines(context: Context) -> Iterator[Need]:
    """A state machine reads and writes its own data under its role.

    https://docs.aws.amazon.com/step-functions/latest/dg/encryption-at-rest.html
    """
    for machine in context.view.items("aws_sfn_state_machine"):
        block = machine.block("encryption_configuration") or {}
        key = find_key(context, block.get("kms_key_id"))
        for action in ("kms:Decrypt", "kms:GenerateDataKey") if key is not None else ():
            yield Need(
                item=machine,
                principal=context.role(machine.get("role_arn")),
                action=action,
                resource=key.arn if key is not None else "*",
                owner=key,
                conditions={
                    "kms:viaservice": (f"states.{machine.region}.amazonaws.com",),
                    "kms:encryptioncontext:aws:states:statemachinearn": (machine.arn,),
                },
                purpose="for its executions, which the key encrypts",
                path=("encryption_configuration",),
            )


def _key_needs(context: Context, needs: list[Need]) -> Iterator[Need]:
    for need in needs:
        wanted = _KEY_ACTIONS.get(need.action) or (_READ if need.action.startswith("dynamodb:") else ())
        if not wanted or isinstance(need.principal, str):
            continue
        for item in _behind(context, need):
            key = find_key(context, key_text(context, item))
            for action in wanted if key is not None else ():
                yield _key_need(need, item, key, action)


def _key_need(need: Need, item: Item, key: Item | None, action: str) -> Need:
    service = need.action.partition(":")[0]
    via = f"{_SERVICES.get(service, service)}.{item.region}.amazonaws.com"
    return Need(
        item=need.item,
        principal=need.principal,
        action=action,
        resource=key.arn if key is not None else "*",
        owner=key,
        conditions={"kms:viaservice": (via,), "kms:calleraccount": (item.account,)},
        purpose=f"to {need.action.partition(':')[2]} on {item.address}, which the key encrypts",
        path=need.path,
        subject=need.subject,
        certain=need.certain,
        at_creation=False,
    )


@rule_of_implied_needs(
    "key-permission",
    title="Who reads or writes encrypted data may use the key",
    why=(
        "With a key of one's own, the right to the queue, topic, bucket or table is half of what is needed: the caller "
        "must be allowed to use the key as well, by the key's policy and, where that says so, its own."
    ),
    consequence="KMSAccessDeniedException or AccessDenied at the first call, although the action itself is allowed",
    sources=(
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html",
        "https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html",
        "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html",
    ),
)
def key_permission(context: Context, needs: list[Need]) -> Iterator[Need]:
    """Roles that need the data need the key."""
    yield from _of_machines(context)
    yield from _key_needs(context, needs)


@rule(
    "key-for-services",
    title="A key lets in the services that deliver to what it encrypts",
    why=(
        "EventBridge, SNS, S3 and CloudWatch use the key under its own policy. The policy of AWS's own keys, "
        "alias/aws/sqs and alias/aws/sns, lets none of them in and cannot be changed; and for EventBridge it must not "
        "have a condition on aws:SourceArn or aws:SourceAccount, which the request does not carry."
    ),
    consequence="messages are not delivered, and nothing but a metric of the sending service tells",
    sources=(
        "https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services",
        "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-troubleshooting.html",
        "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html",
    ),
)
def key_for_services(context: Context) -> Iterator[Found]:
    """The key's policy names each service that writes to an encrypted queue or topic."""
    done: set[tuple[str, str]] = set()
    for need in context.needs:
        owner = need.owner
        if not isinstance(need.principal, str) or owner is None or owner.type not in ("aws_sqs_queue", "aws_sns_topic"):
            continue
        text = key_text(context, owner)
        if text in (None, "") or (need.item.address, owner.address) in done:
            continue
        done.add((need.item.address, owner.address))
        yield from _for_service(context, need, owner, text)


def _for_service(context: Context, need: Need, owner: Item, text: Any) -> Iterator[Found]:
    service = str(need.principal)
    if isinstance(text, str) and _AWS_OWN in text:
        yield Found(
            item=owner,
            path=("kms_master_key_id",),
            subject=need.item.address,
            message=f"{service} delivers to it for {need.item.address}, and cannot use AWS's own key {text}",
            remedy="use a key of your own whose policy lets the service in, or the service's managed encryption",
        )
        return
    key = find_key(context, text)
    if key is None:
        yield Found(
            item=owner,
            path=("kms_master_key_id",),
            subject=need.item.address,
            verdict=Verdict.CANNOT_TELL,
            message=f"whether {service} may use the key {context.view.show(text)} cannot be told",
            remedy="a key that is in this configuration",
        )
        return
    conditions = dict(need.conditions)
    if service == "events.amazonaws.com":
        conditions |= {"aws:sourcearn": ABSENT, "aws:sourceaccount": ABSENT}
    verdicts = {
        action: context.access.service_may(service, action, key, key.arn, conditions=conditions) for action in _WRITE
    }
    for verdict in (Verdict.MISSING, Verdict.CANNOT_TELL):
        lacking = [action for action, decision in verdicts.items() if decision.verdict is verdict]
        if lacking:
            reason = verdicts[lacking[0]].reason
            yield Found(
                item=key,
                path=("policy",),
                subject=need.item.address,
                verdict=verdict,
                message=f"{service} delivers to {owner.address} and may not {', '.join(lacking)}: {reason}",
                remedy=f'let its policy allow {" and ".join(_WRITE)} to {{"Service": "{service}"}}',
            )


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
