"""One planned change: the new state, what forces a replacement, and what cannot be told."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from offline_provider.planning import type_rules
from offline_provider.planning.behaviour import Behaviour, Library
from offline_provider.planning.framework import FrameworkPlanner
from offline_provider.planning.replacement import Step, replacing_paths
from offline_provider.planning.sdk import SdkPlanner, reduced
from offline_provider.planning.tags import TagSettings, planned_tags_all
from offline_provider.schema_model import Attribute, Block, Nesting
from offline_provider.wire.values import UNKNOWN, Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


@dataclass(frozen=True, slots=True)
class PlanSettings:
    """What planning takes from the provider's configuration; ``region`` is ``None`` where it is not known."""

    region: str | None = None
    tags: TagSettings = field(default_factory=TagSettings)


@dataclass(frozen=True, slots=True)
class Change:
    """A planned change; ``doubtful`` names changed arguments that may or may not force a replacement."""

    state: Value
    replace: list[tuple[Step, ...]]
    doubtful: list[str]


def plan_change(
    type_name: str,
    block: Block,
    behaviour: Behaviour,
    settings: PlanSettings,
    *,
    config: Value,
    prior: Value,
    proposed: Value,
) -> Change:
    """Plan a create (``prior`` is ``None``) or an update. Destroying needs no plan."""
    sdk = behaviour.library is Library.SDK
    planner = SdkPlanner(block, behaviour) if sdk else FrameworkPlanner(block, behaviour)
    planned = dict(planner.plan(config, prior, proposed))
    if overrides_region(block) and config["region"] is None:
        # A state of an older version has no region; refreshing would add it, which is no change of the resource.
        planned["region"] = (settings.region or UNKNOWN) if prior is None else prior["region"]
    if "tags_all" in planned and "tags" in planned:
        planned["tags_all"] = planned_tags_all(planned, prior, settings.tags, behaviour.library)
    if prior is not None:
        planned = type_rules.suppress(type_name, planned, prior, config)
    adjusted = type_rules.adjust(type_name, planned, prior, config)
    if prior is None:
        return Change(adjusted, [], [])
    if adjusted == prior or (adjusted != planned and reduced(adjusted) == reduced(prior)):
        return Change(prior, [], [])
    planned = adjusted
    changed = list(_changed_paths(block, prior, planned))
    for path in _recomputed(behaviour, changed):
        planned = _set_unknown(block, planned, config, path.split("."))
    immutable = [*sorted(behaviour.replace), *(["region"] if overrides_region(block) else [])]
    return Change(
        type_rules.adjust(type_name, planned, prior, config),
        replacing_paths(block, prior, planned, immutable),
        _doubtful(block, behaviour, changed),
    )


def overrides_region(block: Block) -> bool:
    """Tell whether the type has the argument that places one resource in another region than the provider's.

    It came with version 6 of the real provider, planned as the provider's region where it is left out, and a change
    replaces the resource ("Enhanced Region Support" in the provider's guides).
    """
    match block.attributes.get("region"):
        case Attribute(type="string", optional=True, computed=True):
            return True
    return False


def _changed_paths(block: Block, prior: Value, planned: Value, prefix: str = "") -> Iterator[str]:
    """Yield the dotted paths of changed values; of a block that appears or disappears its own path."""
    for name in block.attributes:
        if prior[name] != planned[name]:
            yield prefix + name
    for name, nested in block.blocks.items():
        before, after = prior[name], planned[name]
        if before == after:
            continue
        both_lists = isinstance(before, list) and isinstance(after, list) and len(before) == len(after)
        if both_lists and nested.nesting is Nesting.LIST:
            paths = (
                path
                for old, new in zip(before, after, strict=True)
                for path in _changed_paths(nested.block, old, new, f"{prefix}{name}.")
            )
            yield from dict.fromkeys(paths)
        else:
            yield prefix + name


def _recomputed(behaviour: Behaviour, changed: Iterable[str]) -> Iterator[str]:
    """Yield the computed values that a change makes unknown; where it cannot be told whether it does, it does."""
    for table in (behaviour.recomputed, behaviour.recomputed_sometimes):
        for name, triggers in table.items():
            if any(trigger == path or trigger.startswith(f"{path}.") for path in changed for trigger in triggers):
                yield name


def _doubtful(block: Block, behaviour: Behaviour, changed: list[str]) -> list[str]:
    if behaviour.library is Library.UNKNOWN:
        return [path for path in changed if path in block.blocks or _settable(block, path)]
    return [path for path in changed if path in behaviour.replace_sometimes]


def _settable(block: Block, path: str) -> bool:
    *parents, name = path.split(".")
    for parent in parents:
        block = block.blocks[parent].block
    if name not in block.attributes:
        return True
    return block.attributes[name].settable and name not in ("tags", "tags_all")


def _set_unknown(block: Block, planned: Value, config: Value, names: list[str]) -> Value:
    """Mark a computed value as unknown unless the configuration gives it."""
    name, rest = names[0], names[1:]
    if planned is None or planned is UNKNOWN or config is UNKNOWN:
        return planned
    if not rest:
        return planned | {name: UNKNOWN} if not config or config[name] is None else planned
    elements = planned[name]
    if not isinstance(elements, list) or not isinstance(config[name], list):
        return planned
    inner = block.blocks[name].block
    pairs = zip(elements, config[name], strict=False)
    return planned | {name: [_set_unknown(inner, element, given, rest) for element, given in pairs]}
