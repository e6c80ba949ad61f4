"""Where two lives of a stack differ: in plans, in states, and in what AWS's APIs answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from packages.offline_provider.tests.comparison import Difference, differences
from tests.offline_provider.conformance.deployments import STEPS, Life
from tests.offline_provider.conformance.normalised import normalised
from tests.offline_provider.plan_differences import plan_differences

if TYPE_CHECKING:
    from collections.abc import Iterator


def all_differences(real: Life, offline: Life) -> Iterator[Difference]:
    """Yield every difference: ``plan aws_x.after.argument``, ``state aws_x.attribute``, ``answer s3.call.member``."""
    yield from _plans("import: ", real.imports, offline.imports)
    for step in STEPS:
        yield from plans_of(step, real, offline)
        yield from _plans(f"{step}, planned again: ", real.again.get(step, {}), offline.again.get(step, {}))
        yield from _states(step, real.states[step], offline.states[step])
        yield from _answers(step, real.answers[step], offline.answers[step])


def plans_of(step: str, real: Life, offline: Life) -> Iterator[Difference]:
    """Yield where the plans of one step differ."""
    yield from _plans(f"{step}: ", real.plans[step], offline.plans[step])


def _plans(subject: str, real: dict[str, Any], offline: dict[str, Any]) -> Iterator[Difference]:
    if real and offline:
        for found in plan_differences(normalised(real), normalised(offline), subject):
            yield Difference(f"plan {found.where}", found.subject, found.real, found.offline)


def _states(step: str, real: dict[str, Any], offline: dict[str, Any]) -> Iterator[Difference]:
    theirs, ours = _attributes(real), _attributes(offline)
    for address in sorted(theirs.keys() | ours.keys()):
        kind = address.partition(".")[0]
        pair = theirs.get(address), ours.get(address)
        yield from differences(*pair, f"state {kind}", f"{step}: {address}")
    pair = normalised(real["outputs"]), normalised(offline["outputs"])
    yield from differences(*pair, "state output", f"{step}: outputs")


def _attributes(state: dict[str, Any]) -> dict[str, Any]:
    return {
        f"{item['type']}.{item['name']}": normalised(item["instances"][0]["attributes"]) for item in state["resources"]
    }


def _answers(step: str, real: dict[str, Any], offline: dict[str, Any]) -> Iterator[Difference]:
    for question in sorted(real.keys() | offline.keys()):
        call = question.partition(" ")[0]
        yield from differences(real.get(question), offline.get(question), f"answer {call}", f"{step}: {question}")
