"""What AWS would have added to a stack by deploying it, so that a change to it can be planned without AWS."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from plan_review.evaluate.view import View

if TYPE_CHECKING:
    from plan_review.configuration.model import Configuration
    from plan_review.evaluate.items import Item

# Attributes that AWS makes up, which other resources of the stack refer to.
_MADE_BY_AWS = ("arn", "id", "url", "key_id", "qualified_arn", "invoke_arn", "version", "statement_id")
_UNKNOWN = "0a1b2c3d"


def settled(made: dict[str, Any], configuration: Configuration) -> dict[str, Any]:
    """Fill a state, made from a plan, with what a plan cannot know: ids, ARNs, and texts made of them."""
    view = View(configuration)
    for resource in made["resources"]:
        address = f"{resource['type']}.{resource['name']}"
        item = next(iter(view.evaluator.items(configuration.resources[address])))
        for instance in resource["instances"]:
            attributes = instance["attributes"]
            for name in _MADE_BY_AWS:
                if attributes.get(name) is None and name not in configuration.resources[address].arguments:
                    value = _known(item, item.attribute(name))
                    if isinstance(value, str):
                        attributes[name] = value
            for name in item.resource.arguments:
                attributes[name] = _merged(attributes.get(name), _known(item, item.get(name)))
    return made


def _known(item: Item, value: Any) -> Any:
    """Return a value with its unknown parts made up."""
    if isinstance(value, str):
        symbols = item.evaluator.symbols
        return "".join(_UNKNOWN if symbols.symbol(character) else character for character in value)
    if isinstance(value, list):
        return [_known(item, each) for each in value]
    if isinstance(value, dict):
        return {name: _known(item, each) for name, each in value.items()}
    return value


def _merged(planned: Any, stated: Any) -> Any:
    """Return what was planned, with what it leaves out filled in."""
    if isinstance(planned, dict) and isinstance(stated, dict):
        return {**planned, **{name: _merged(planned.get(name), value) for name, value in stated.items()}}
    if isinstance(planned, list) and isinstance(stated, list) and len(planned) == len(stated):
        return [_merged(one, other) for one, other in zip(planned, stated, strict=True)]
    return stated if planned is None else planned
