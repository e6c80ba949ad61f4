"""Which data source is answered how.

A new one is a function from the configuration, the provider's settings and the block to the state, and a line in
``_ANSWERS``. A data source that must ask AWS has no place here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from offline_provider.data_sources.made_up import ACCOUNT, REGION, made_up
from offline_provider.data_sources.policy_document import policy_document
from offline_provider.errors import DataSourceError
from offline_provider.functions import ArnError, parse_arn
from offline_provider.partitions import Partition, partition_of

if TYPE_CHECKING:
    from offline_provider.schema_model import Block
    from offline_provider.settings import Settings

State = dict[str, Any]
StandIns = Mapping[str, Mapping[str, Any]]
"""Data source type → values that the person gives for what AWS would answer."""

# Names under which some services are known to other services; all others are <service>.amazonaws.com. See
# "AWS service principals" in the IAM user guide, and the partition's own suffix for the few that differ.
_SUFFIXED_PARTITIONS: Mapping[str, frozenset[str]] = {
    "aws-cn": frozenset({"codedeploy", "elasticmapreduce", "logs"}),
    "aws-iso": frozenset({"cloudhsm", "config", "logs", "workspaces"}),
    "aws-iso-b": frozenset({"dms", "logs"}),
}


@dataclass(frozen=True, slots=True)
class Answer:
    """A data source's state, and what the reader of the plan must be told about it."""

    state: State
    warnings: list[tuple[str, str]] = field(default_factory=list)


def answer(type_name: str, config: State, settings: Settings, stand_ins: StandIns) -> Answer:
    """Answer a data source from the configuration or a stand-in.

    Raises ``DataSourceError`` where only AWS knows, or where the configuration is not right.
    """
    given = stand_ins.get(type_name)
    if given is not None:
        return _stand_in(type_name, config, given)
    known = _ANSWERS.get(type_name)
    if known is None:
        raise DataSourceError(
            f"{type_name} cannot be read offline",
            "What it returns is known to AWS alone, and the offline provider asks nothing of AWS. Plan with the real "
            "provider, or give values to plan with as a stand-in (--stand-ins FILE, "
            f'{{"{type_name}": {{"attribute": "value"}}}}).',
        )
    return known(config, settings)


def answer_or_make_up(type_name: str, config: State, settings: Settings, stand_ins: StandIns, block: Block) -> Answer:
    """Answer as ``answer`` does, with account and region made up where nothing states them, and what AWS alone knows.

    Raises ``DataSourceError`` where the configuration is not right.
    """
    if type_name not in _ANSWERS and type_name not in stand_ins:
        told = "Its values are made up for this plan; AWS was not asked."
        return Answer(made_up(type_name, block, config), [(f"data {type_name} is a stand-in", told)])
    lacking = [name for name, value in (("region", settings.region), ("account", settings.account_id)) if value is None]
    complete = replace(settings, region=settings.region or REGION, account_id=settings.account_id or ACCOUNT)
    found = answer(type_name, config, complete, stand_ins)
    used = [name for name in lacking if type_name in _TELLING[name]]
    told = "Nothing states it, and AWS was not asked: it is made up for this plan."
    return Answer(found.state, [*found.warnings, *((f"the {name} is a stand-in", told) for name in used)])


def _stand_in(type_name: str, config: State, given: Mapping[str, Any]) -> Answer:
    unknown = sorted(given.keys() - config.keys())
    if unknown:
        raise DataSourceError(
            f"the stand-in of {type_name} does not fit",
            f"The data source has no {', '.join(unknown)}; it has {', '.join(sorted(config))}.",
        )
    state = {name: given.get(name) if value is None else value for name, value in config.items()}
    return Answer(state, [(f"{type_name} is a stand-in", "Its values were given for this plan; AWS was not asked.")])


def _policy_document(config: State, _settings: Settings) -> Answer:
    return Answer(policy_document(config))


def _region_of(settings: Settings) -> str:
    if settings.region is None:
        raise DataSourceError(
            "the region is not known", "Give the provider a region, or set AWS_REGION; a plan has to know it."
        )
    return settings.region


def _partition(_config: State, settings: Settings) -> Answer:
    partition = partition_of(_region_of(settings))
    return Answer(
        {
            "id": partition.name,
            "partition": partition.name,
            "dns_suffix": partition.dns_suffix,
            "reverse_dns_prefix": partition.reverse_dns_prefix,
        }
    )


def _region(config: State, settings: Settings) -> Answer:
    partition = partition_of(_region_of(settings))
    wanted = config.get("name") or config.get("region") or _region_of(settings)
    if config.get("endpoint"):
        by_endpoint = {f"ec2.{name}.{partition.dns_suffix}": name for name in partition.regions}
        wanted = by_endpoint.get(config["endpoint"], "")
    found = partition_of(wanted) if wanted else partition
    if wanted not in found.regions:
        raise DataSourceError(f"there is no region {wanted or config['endpoint']}", "botocore lists no such region.")
    state = {
        "id": wanted,
        "name": wanted,
        "region": wanted,
        "endpoint": f"ec2.{wanted}.{found.dns_suffix}",
        "description": found.regions[wanted],
    }
    return Answer({name: state[name] for name in config})


def _caller_identity(config: State, settings: Settings) -> Answer:
    if settings.is_emulated:
        from offline_provider.applying import caller_identity  # noqa: PLC0415 - planning alone does without the SDK

        return Answer(config | caller_identity(settings))
    if settings.account_id is None:
        raise DataSourceError(
            "the account is not known offline",
            "Only AWS knows whose the credentials are. Say which account to plan for (--account-id, or "
            "OFFLINE_PROVIDER_ACCOUNT_ID), or name it as the only one in the provider's allowed_account_ids.",
        )
    partition = partition_of(_region_of(settings))
    account = settings.account_id
    state = config | {
        "id": account,
        "account_id": account,
        "user_id": account,
        "arn": f"arn:{partition.name}:iam::{account}:root",
    }
    told = "The account is the one given to the offline provider; who will call AWS is not known, so arn and user_id "
    return Answer(state, [("aws_caller_identity is a stand-in", told + "are those of the account's root.")])


def _default_tags(config: State, settings: Settings) -> Answer:
    if settings.tags.default is None:
        raise DataSourceError("the default tags are not known yet", "They depend on values known after apply only.")
    return Answer(config | {"id": _partition_name(settings), "tags": dict(settings.tags.default)})


def _partition_name(settings: Settings) -> str:
    return partition_of(_region_of(settings)).name


def _arn(config: State, _settings: Settings) -> Answer:
    try:
        parts = parse_arn(config["arn"])
    except ArnError as error:
        raise DataSourceError("not an ARN", str(error)) from error
    members = {"account": parts["account_id"], **{name: parts[name] for name in parts if name != "account_id"}}
    return Answer(config | members | {"id": config["arn"]})


def _service_principal(config: State, settings: Settings) -> Answer:
    region = config.get("region") or _region_of(settings)
    service = config["service_name"]
    partition = partition_of(region)
    suffix = _principal_suffix(service, partition)
    return Answer(
        config
        | {
            "id": f"{service}.{region}.{suffix}",
            "name": f"{service}.{suffix}",
            "service_name": service,
            "suffix": suffix,
            "region": region,
        }
    )


def _principal_suffix(service: str, partition: Partition) -> str:
    own = service in _SUFFIXED_PARTITIONS.get(partition.name, frozenset())
    return partition.dns_suffix if own else "amazonaws.com"


_TELLING: Mapping[str, tuple[str, ...]] = {
    "region": ("aws_region", "aws_partition", "aws_service_principal", "aws_caller_identity"),
    "account": ("aws_caller_identity",),
}
"""Which data sources tell the region and the account of the provider."""
_ANSWERS: dict[str, Callable[[State, Settings], Answer]] = {
    "aws_arn": _arn,
    "aws_caller_identity": _caller_identity,
    "aws_default_tags": _default_tags,
    "aws_iam_policy_document": _policy_document,
    "aws_partition": _partition,
    "aws_region": _region,
    "aws_service_principal": _service_principal,
}
