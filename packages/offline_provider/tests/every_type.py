"""Planning made-up resources of every type that the real provider has: by the real one, and by the offline planner.

Both are asked with the real provider's schema, so that only planning is compared: a creation with the required
arguments, and a change of the first of them that can be changed, from the state that the creation would have led to.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from offline_provider import observed
from offline_provider.planning.change import Change, PlanSettings, plan_change
from offline_provider.recording.plan_request import proposed
from offline_provider.recording.real_provider import ProviderCrashed, RealProvider
from offline_provider.recording.record import KNOWN_VALUES, configure
from offline_provider.recording.samples import Sampler
from offline_provider.recording.silent_endpoint import silent_endpoint
from offline_provider.wire.values import UNKNOWN, Value, decode

from .comparison import Difference, differences

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from offline_provider.observed import Recording
    from offline_provider.schema_model import Block

_SETTINGS = PlanSettings("us-east-1")
_MOST_LESSONS = 12


@dataclass
class Comparison:
    """What was planned by both, and where it differs. ``refused`` are types whose made-up resource is not planned."""

    created: int = 0
    changed: int = 0
    refused: list[str] = field(default_factory=list)
    found: list[Difference] = field(default_factory=list)


def compare_every_type(binary: Path) -> Comparison:
    """Plan with the provider in ``binary`` and with what was recorded of it; return what came of it."""
    result, recording = Comparison(), observed.recorded()
    with silent_endpoint() as endpoint, RealProvider(binary, endpoint) as provider:
        provider.read_schemas()
        configure(provider)
        for name in sorted(provider.resources):
            try:
                _compare(result, provider, name, recording)
            except ProviderCrashed:
                provider.__exit__()
                provider.__enter__()
                configure(provider)
                result.refused.append(name)
    return result


def _compare(result: Comparison, provider: RealProvider, name: str, recording: Recording) -> None:
    block, sampler = provider.resources[name].block, Sampler(KNOWN_VALUES.get(name))

    def both(kind: str, config: Value, prior: Value, proposal: Value) -> Any:
        answer = provider.plan(name, config=config, prior=prior, proposed=proposal)
        if answer.diagnostics:
            return answer
        change = plan_change(
            name, block, recording.behaviour(name), _SETTINGS, config=config, prior=prior, proposed=proposal
        )
        result.found += _differences(kind, name, answer, change, is_creation=prior is None)
        return answer

    config, answer = _created(block, sampler, both)
    if config is None:
        result.refused.append(name)
        return
    result.created += 1
    prior = _known(block, decode(answer.planned_state), sampler)
    for changed in _changes(block, config, sampler):
        if not both("change", changed, prior, proposed(block, prior, changed)).diagnostics:
            result.changed += 1
            return


def _differences(kind: str, name: str, answer: Any, change: Change, *, is_creation: bool) -> Iterator[Difference]:
    if is_creation:
        yield from differences(decode(answer.planned_state), change.state, f"{kind} {name}", name)
        return
    # The older library names the id in each replacement; Terraform leaves out what has not changed.
    paths = (
        sorted({_path(path) for path in answer.requires_replace} - {"id"}),
        sorted({_first(path) for path in change.replace}),
    )
    if paths[0] or paths[1]:
        # What else is planned does not matter: Terraform asks again, for a new resource.
        yield from differences(*paths, f"{kind} {name}:replace", name)
        return
    yield from differences(decode(answer.planned_state), change.state, f"{kind} {name}", name)


def _path(path: Any) -> str:
    return str(path.steps[0].attribute_name)


def _first(path: tuple[str | int, ...]) -> str:
    return str(path[0])


def _created(block: Block, sampler: Sampler, both: Any) -> tuple[Value, Any]:
    for _ in range(_MOST_LESSONS):
        config = sampler.minimal(block)
        answer = both("creation", config, None, config)
        if not answer.diagnostics:
            return config, answer
        if not sampler.learn(answer.diagnostics):
            break
    return None, None


def _known(block: Block, planned: Value, sampler: Sampler) -> Value:
    """Return a planned state as if it had been applied: with made-up values for what was unknown."""
    result = dict(planned)
    for name, attribute in block.attributes.items():
        if planned[name] is UNKNOWN:
            result[name] = {} if name == "tags_all" else sampler.value(attribute.type, (), 0)
    for name, nested in block.blocks.items():
        if planned[name] is UNKNOWN:
            result[name] = []
        elif isinstance(planned[name], list):
            result[name] = [_known(nested.block, item, sampler) for item in planned[name]]
    return result


def _changes(block: Block, config: Value, sampler: Sampler) -> Iterator[Value]:
    for name, attribute in block.attributes.items():
        other = sampler.value(attribute.type, (name,), 1)
        if isinstance(config[name], str | int) and other != config[name]:
            yield config | {name: other}
