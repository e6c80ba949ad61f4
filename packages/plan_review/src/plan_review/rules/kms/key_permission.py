from __future__ import annotations

from typing import TYPE_CHECKING

from plan_review.findings import Severity
from plan_review.rules.need import Need
from plan_review.rules.rule import rule_of_implied_needs
from plan_review.rules.shared.keys_used import WRITE_ACTIONS, find_key, key_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.evaluate.items import Item
    from plan_review.rules.context import Context


_READ = ("kms:Decrypt",)


# Action → what it takes of the key behind the resource.
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html and its like for
# SNS, S3, DynamoDB, Kinesis and Secrets Manager.
_KEY_ACTIONS = {
    "sns:Publish": WRITE_ACTIONS,
    "sqs:SendMessage": WRITE_ACTIONS,
    "sqs:ReceiveMessage": _READ,
    "s3:GetObject": _READ,
    "s3:PutObject": ("kms:GenerateDataKey",),
    "kinesis:PutRecord": ("kms:GenerateDataKey",),
    "kinesis:GetRecords": _READ,
    "secretsmanager:GetSecretValue": _READ,
}


_VARIABLES = (
    "where Lambda's own grant on the key is not there, or was lost with a former role: Lambda was unable to decrypt "
    "the environment variables because KMS access was denied"
)


_ENCRYPTED = ("aws_sqs_queue", "aws_sns_topic", "aws_dynamodb_table", "aws_kinesis_stream", "aws_secretsmanager_secret")


_SERVICES = {"sqs": "sqs", "sns": "sns", "s3": "s3", "dynamodb": "dynamodb", "kinesis": "kinesis"}


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


def _of_variables(context: Context) -> Iterator[Need]:
    """Lambda decrypts a function's variables under the function's role, by a grant on the key that it makes itself.

    The grant is made for whoever creates the function, and is lost with a role that is made anew:
    https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars-encryption.html ,
    https://repost.aws/knowledge-center/lambda-kmsaccessdeniedexception-errors
    """
    for function in context.view.items("aws_lambda_function"):
        key = find_key(context, function.get("kms_key_arn"))
        variables = (function.block("environment") or {}).get("variables")
        if key is None or (not variables and not function.is_dynamic("environment")):
            continue
        yield Need(
            item=function,
            principal=context.role(function.get("role")),
            action="kms:Decrypt",
            resource=key.arn,
            owner=key,
            conditions={
                "kms:viaservice": (f"lambda.{function.region}.amazonaws.com",),
                "kms:encryptioncontext:aws:lambda:functionarn": (function.arn,),
            },
            purpose="to read its variables, which the key encrypts",
            path=("kms_key_arn",),
            severity=Severity.WARNING,
            consequence=_VARIABLES,
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
    yield from _of_variables(context)
    yield from _key_needs(context, needs)
