"""Every table holds together by itself: against the schema, the SDK's models, and its own parts."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import botocore.session
import pytest
from botocore import xform_name

from offline_provider.applying.fields import Field
from offline_provider.applying.resource_type import Call, Read, Step
from offline_provider.applying.types import TYPES
from offline_provider.observed import recorded
from offline_provider.schema.cache import open_store

if TYPE_CHECKING:
    from collections.abc import Iterator

    from offline_provider.applying.resource_type import ResourceType
    from offline_provider.schema_model import Block

_NO_CHANGE = {"aws_kms_key": {"bypass_policy_lockout_safety_check"}}
"""Arguments that have no effect of their own in a change."""

every_type = pytest.mark.parametrize("name", sorted(TYPES))


@cache
def _operations(service: str) -> dict[str, Any]:
    model = botocore.session.Session().get_service_model(service)
    return {xform_name(name): model.operation_model(name) for name in model.operation_names}


def _block(name: str) -> Block:
    return open_store().resource(name).block


def _calls(table: ResourceType) -> Iterator[Call | Read]:
    for call in (*table.create, *table.after_create, *table.update, *table.delete, *table.reads):
        if not isinstance(call, Step):
            yield call


@every_type
def test_a_table_names_operations_and_members_that_the_service_has(name: str) -> None:
    table = TYPES[name]
    operations = _operations(table.service)
    for call in _calls(table):
        assert call.operation in operations, call.operation
        members = operations[call.operation].input_shape.members
        for field in () if callable(call.request) else call.request.values():
            member = (field.member if isinstance(field, Field) else field).split(".")[0]
            assert member in members, f"{call.operation} has no {member}"
    if table.tags is not None:
        for operation in (table.tags.read, table.tags.write, table.tags.erase):
            assert table.tags.key[0] in operations[operation].input_shape.members, operation


@every_type
def test_a_table_names_arguments_that_the_schema_has(name: str) -> None:
    table, block = TYPES[name], _block(name)
    known = {*block.attributes, *block.blocks}
    named = {argument for call in _calls(table) if isinstance(call, Call) for argument in call.arguments}
    read = {field for call in table.reads for field in call.fields if not field.startswith("_")}
    told = {*table.kept, *table.nullable, *table.verbatim, table.called}
    assert named | read | told <= known


@every_type
def test_what_a_change_writes_is_written_on_creation_too(name: str) -> None:
    table = TYPES[name]
    changed, created = (
        {argument for call in calls for argument in call.arguments}
        for calls in (table.update, (*table.create, *table.after_create))
    )
    assert changed - created <= set(table.kept) | {"arn"}


@every_type
def test_a_change_is_written_by_some_call_unless_it_forces_a_new_resource(name: str) -> None:
    table = TYPES[name]
    changed = {argument for call in table.update for argument in call.arguments}
    replaced = {path.split(".")[0] for path in recorded().behaviour(name).replace}
    created = {argument for call in (*table.create, *table.after_create) for argument in call.arguments}
    assert created - changed - replaced <= _NO_CHANGE.get(name, set())
