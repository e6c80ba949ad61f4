"""The stand-ins for the utility providers: every type has a schema, and what it makes up is of the right form."""

from __future__ import annotations

from typing import Any

import pytest

from offline_provider.data_sources.made_up import ACCOUNT, made_up
from offline_provider.planning.change import PlanSettings, plan_change
from offline_provider.schema.cache import open_store
from offline_provider.schema_model import Block, Nesting, object_type
from offline_provider.utility_providers import schemas
from offline_provider.wire.values import UNKNOWN


def fits(value: Any, type_: Any) -> bool:
    """Whether a value is of a type, as Terraform reads it."""
    if value is None or type_ == "dynamic":
        return True
    if isinstance(type_, str):
        return type(value) in {"string": (str,), "number": (int, float), "bool": (bool,)}[type_]
    kind, inner = type_
    if kind == "object":
        return set(value) == set(inner) and all(fits(value[name], member) for name, member in inner.items())
    if kind == "map":
        return isinstance(value, dict) and all(fits(each, inner) for each in value.values())
    return isinstance(value, list) and all(fits(each, inner) for each in value)


def nothing(block: Block) -> dict[str, Any]:
    blocks: dict[str, Any] = {
        name: None if each.nesting is Nesting.SINGLE else [] for name, each in block.blocks.items()
    }
    return {**dict.fromkeys(block.attributes), **blocks}


@pytest.mark.parametrize("name", schemas.types("resource"))
def test_what_a_resource_makes_up_is_unknown_until_it_is_applied(name: str) -> None:
    block = schemas.schema("resource", name).block
    config = nothing(block)
    planned = plan_change(
        name, block, schemas.behaviour(name), PlanSettings(), config=config, prior=None, proposed=dict(config)
    ).state
    computed = [each.name for each in block.attributes.values() if each.computed and not each.settable]

    assert planned.get("id", UNKNOWN) is UNKNOWN  # random_bytes has none
    assert all(planned[each] is UNKNOWN for each in computed)


def test_a_changed_argument_makes_a_random_name_anew() -> None:
    block = schemas.schema("resource", "random_pet").block
    config = {**nothing(block), "length": 3}
    prior = {**nothing(block), "length": 2, "separator": "-", "id": "a-b"}
    proposed = {**config, "id": "a-b", "separator": "-"}
    change = plan_change(
        "random_pet",
        block,
        schemas.behaviour("random_pet"),
        PlanSettings(),
        config=config,
        prior=prior,
        proposed=proposed,
    )

    assert change.replace == [("length",)]
    assert change.doubtful == []


def test_made_up_answers_of_every_data_source_of_aws_are_of_its_type() -> None:
    store = open_store()
    wrong = []
    for name in store.data_sources:
        block = store.data_source(name).block
        state = made_up(name, block, nothing(block))
        if not fits(state, object_type(block)):
            wrong.append(name)

    assert wrong == []


def test_made_up_texts_have_the_form_that_configurations_take_them_for() -> None:
    store = open_store()
    network = made_up("aws_vpc", store.data_source("aws_vpc").block, nothing(store.data_source("aws_vpc").block))

    assert network["id"].startswith("vpc-")
    assert network["cidr_block"] == "10.0.0.0/16"
    assert network["arn"].split(":")[:3] == ["arn", "aws", "vpc"]
    assert network["owner_id"] == ACCOUNT
