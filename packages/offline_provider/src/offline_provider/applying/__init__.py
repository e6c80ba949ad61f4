"""Applying to an emulator on this machine: a table of calls for each type, and one engine for all tables.

``resource_type`` is the form of a table, ``types`` holds them by service, ``engine`` does what a table says,
``resource`` is what it works on; ``fields``, ``tagging``, ``kept_state`` and ``generated_names`` are what tables have
in common. ``clients`` makes boto3's clients and refuses what is not on this machine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from offline_provider.applying import engine
from offline_provider.applying.clients import client
from offline_provider.applying.errors import CALL_FAILURES, ApplyError
from offline_provider.applying.lookups import LOOKED_UP, look_up
from offline_provider.applying.resource import Context, account_of
from offline_provider.errors import DataSourceError
from offline_provider.wire import diagnostics
from offline_provider.wire.values import UNKNOWN, Value, is_wholly_known

if TYPE_CHECKING:
    from offline_provider.applying.resource_type import ResourceType
    from offline_provider.schema_model import Block
    from offline_provider.settings import Settings

_ANY_REGION = "us-east-1"
_REMEDY = "Use HashiCorp's provider: run terraform without TF_REATTACH_PROVIDERS."

__all__ = [
    "ApplyError",
    "Context",
    "apply_change",
    "caller_identity",
    "data_source_state",
    "import_state",
    "read_state",
    "refusal",
    "table_of",
    "wrong_account",
]


def table_of(type_name: str) -> ResourceType | None:
    """Return a type's table; ``None`` where it can only be planned. The SDK is loaded with the first table."""
    from offline_provider.applying.types import TYPES  # noqa: PLC0415 - planning alone does without the SDK

    return TYPES.get(type_name)


def refusal(type_name: str, settings: Settings) -> Any | None:
    """Return why the offline provider does not touch a resource of this type, as a diagnostic; ``None`` if it does."""
    if reason := settings.why_not_applied():
        return diagnostics.error("does not apply to AWS", f"{reason} {_REMEDY}")
    if table_of(type_name) is None:
        return diagnostics.error(
            f"does not apply {type_name} yet",
            f"It plans this type with its exact schema, but cannot create, change or remove it. {_REMEDY}",
        )
    return None


def caller_identity(settings: Settings) -> dict[str, str]:
    """Return what the data source of that name answers, as the emulator says it."""
    try:
        said = client("sts", settings, settings.region or _ANY_REGION).get_caller_identity()
    except (*CALL_FAILURES, ApplyError) as error:
        raise DataSourceError("the emulator does not say whose the credentials are", str(error)) from error
    account = str(said["Account"])
    return {"id": account, "account_id": account, "user_id": str(said["UserId"]), "arn": str(said["Arn"])}


def data_source_state(config: Value, block: Block, context: Context) -> Value | None:
    """Return the state of a data source as the emulator tells it; ``None`` where it is not one that is looked up there.

    Raises ``DataSourceError`` where the emulator has no such thing.
    """
    table = table_of(context.type_name) if context.type_name in LOOKED_UP else None
    return None if table is None else look_up(table, config, block, context)


def wrong_account(settings: Settings) -> Any | None:
    """Return why the emulator's account is not one that the provider block allows, as a diagnostic; else ``None``."""
    if not settings.allowed_accounts and not settings.forbidden_accounts:
        return None
    try:
        account = account_of(settings, settings.region or _ANY_REGION)
    except ApplyError as failure:
        return diagnostics.error(failure.summary, failure.detail)
    if account in settings.forbidden_accounts or account not in (settings.allowed_accounts or (account,)):
        return diagnostics.error(
            f"AWS account ID not allowed: {account}",
            "The provider block's allowed_account_ids or forbidden_account_ids exclude it.",
        )
    return None


def apply_change(prior: Value, planned: Value, config: Value, context: Context) -> tuple[Value, list[Any]]:
    """Create, update or delete; return the new state and diagnostics."""
    table = table_of(context.type_name)
    assert table is not None  # noqa: S101 - asked for by ``refusal``
    try:
        if planned is None:
            engine.delete(table, prior, context)
            return None, []
        if prior is None:
            state = engine.create(table, planned, config, context)
        else:
            state = engine.update(table, prior, planned, config, context)
    except ApplyError as failure:
        kept = prior if failure.state is UNKNOWN else failure.state
        return kept, [diagnostics.error(failure.summary, failure.detail)]
    if not is_wholly_known(state):
        raise AssertionError(f"the table of {context.type_name} gave a state that is not wholly known")
    return state, []


def read_state(state: Value, context: Context) -> tuple[Value, list[Any]]:
    """Return the state as the service has it now, or as it was where it cannot be read, and diagnostics."""
    table = table_of(context.type_name)
    if table is None or state is None:
        return state, []
    try:
        return engine.read(table, state, context), []
    except ApplyError as failure:
        return state, [diagnostics.error(failure.summary, failure.detail)]


def import_state(identifier: str, context: Context) -> tuple[Value, list[Any]]:
    """Return what an import id tells of a resource, and diagnostics."""
    table = table_of(context.type_name)
    assert table is not None  # noqa: S101 - asked for by ``refusal``
    try:
        return engine.import_state(table, identifier, context), []
    except ApplyError as failure:
        return None, [diagnostics.error(failure.summary, failure.detail)]
