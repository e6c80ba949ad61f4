"""Data sources that are read from the emulator: those that look up one resource of a type which is applied.

What identifies it is made of the data source's argument; it is then read as the resource is, and every attribute of the
data source that the resource has under the same name is its answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from offline_provider.applying import engine
from offline_provider.applying.clients import client
from offline_provider.applying.errors import CALL_FAILURES, ApplyError
from offline_provider.applying.resource import Context, account_of
from offline_provider.errors import DataSourceError
from offline_provider.partitions import partition_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from offline_provider.applying.resource_type import ResourceType
    from offline_provider.schema_model import Block
    from offline_provider.wire.values import Value

    Identify = Callable[[dict[str, Any], Context], str]

_ANY_REGION = "us-east-1"


def _of(argument: str) -> Identify:
    return lambda config, _context: str(config[argument])


def _arn(service: str, resource: str) -> Identify:
    def identify(config: dict[str, Any], context: Context) -> str:
        region = config.get("region") or context.settings.region or _ANY_REGION
        account = account_of(context.settings, region)
        return f"arn:{partition_of(region).name}:{service}:{region}:{account}:{resource}{config['name']}"

    return identify


def _queue_url(config: dict[str, Any], context: Context) -> str:
    region = config.get("region") or context.settings.region or _ANY_REGION
    return str(client("sqs", context.settings, region).get_queue_url(QueueName=config["name"])["QueueUrl"])


LOOKED_UP: Mapping[str, Identify] = {
    "aws_cloudwatch_log_group": _of("name"),
    "aws_dynamodb_table": _of("name"),
    "aws_iam_role": _of("name"),
    "aws_kms_alias": _of("name"),
    "aws_lambda_function": _of("function_name"),
    "aws_s3_bucket": _of("bucket"),
    "aws_sfn_state_machine": _arn("states", "stateMachine:"),
    "aws_sns_topic": _arn("sns", ""),
    "aws_sqs_queue": _queue_url,
}
"""Data source → what it looks up, as the import id of the resource type of the same name."""


def look_up(kind: ResourceType, config: dict[str, Any], block: Block, context: Context) -> Value:
    """Return the state of a data source, as the emulator has what it looks up.

    Raises ``DataSourceError`` where the emulator has no such thing, or does not say.
    """
    try:
        identifier = LOOKED_UP[context.type_name](config, context)
        found = engine.read(kind, engine.import_state(kind, identifier, context), context)
    except (*CALL_FAILURES, ApplyError) as error:
        raise DataSourceError(f"the emulator does not tell of data {context.type_name}", str(error)) from error
    if found is None:
        raise DataSourceError(
            f"the emulator has no such {kind.what}", f"data {context.type_name} looks for {identifier}; make it first."
        )
    told = {name: found.get(name) for name in block.attributes}
    return {name: told.get(name) if value is None else value for name, value in config.items()}
