from __future__ import annotations

from typing import TYPE_CHECKING, Any

from plan_review.evaluate.symbols import has_symbols
from plan_review.rules.found import Found
from plan_review.rules.rule import rule
from plan_review.rules.shared.keys_used import find_key, key_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.evaluate.items import Item
    from plan_review.rules.context import Context


# Type → how it names its key, besides those whose key is the data's.
_ARGUMENTS = {
    "aws_cloudwatch_log_group": ("kms_key_id",),
    "aws_lambda_function": ("kms_key_arn",),
    "aws_sfn_state_machine": ("encryption_configuration", "kms_key_id"),
    "aws_ebs_volume": ("kms_key_id",),
    "aws_efs_file_system": ("kms_key_id",),
    "aws_db_instance": ("kms_key_id",),
    "aws_ssm_parameter": ("key_id",),
}


_DATA = (
    "aws_dynamodb_table",
    "aws_kinesis_stream",
    "aws_s3_bucket",
    "aws_secretsmanager_secret",
    "aws_sns_topic",
    "aws_sqs_queue",
)


def _users(context: Context) -> Iterator[tuple[Item, Any]]:
    """Yield everything that a key encrypts, with how the key is given."""
    for item in context.view.items(*_DATA):
        yield item, key_text(context, item)
    for kind, path in _ARGUMENTS.items():
        for item in context.view.items(kind):
            for _, value in item.values_at(path):
                yield item, value


_OF_AN_ARN = 6  # parts


@rule(
    "key-usable",
    title="A key that encrypts is enabled and symmetric",
    why="AWS's services encrypt with symmetric keys of the use ENCRYPT_DECRYPT only, and only while they are enabled.",
    consequence="KMSInvalidStateException, DisabledException or InvalidKeyUsageException at the first use",
    sources=(
        "https://docs.aws.amazon.com/kms/latest/developerguide/symmetric-asymmetric.html",
        "https://docs.aws.amazon.com/kms/latest/developerguide/enabling-keys.html",
    ),
)
def key_usable(context: Context) -> Iterator[Found]:
    """No key in use is off, or of another kind."""
    for item, text in _users(context):
        yield from _elsewhere(context, item, text)
        key = find_key(context, text)
        if key is None or key.resource.mode == "data":
            continue
        for argument, wanted in (
            ("is_enabled", True),
            ("key_usage", "ENCRYPT_DECRYPT"),
            ("customer_master_key_spec", "SYMMETRIC_DEFAULT"),
        ):
            value = key.get(argument, wanted)
            if value != wanted and (isinstance(value, bool) or str(value).isascii()):
                yield Found(
                    item=key,
                    path=(argument,),
                    subject=item.address,
                    message=f"it encrypts {item.address}, and its {argument} is {str(value).lower()}",
                    remedy=f"leave {argument} out, or use another key",
                )


def _elsewhere(context: Context, item: Item, text: Any) -> Iterator[Found]:
    """A key encrypts in its own region only: https://docs.aws.amazon.com/kms/latest/developerguide/overview.html ."""
    parts = text.split(":") if isinstance(text, str) else []
    if len(parts) < _OF_AN_ARN or parts[0] != "arn" or has_symbols(parts[3] + item.region):
        return
    if parts[3] and parts[3] != item.region:
        yield Found(
            item=item,
            subject=text,
            message=f"it is in {item.region}, and its key {context.view.show(text)} in {parts[3]}",
            remedy=f"use a key of {item.region}, or a replica there of a key for several regions",
            consequence="NotFoundException or InvalidArnException, when it is made or first used",
        )
