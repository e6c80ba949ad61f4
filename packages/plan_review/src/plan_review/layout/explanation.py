"""Explain a dependency as a person would: which argument, which statement of a policy, and what cutting it takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from plan_review.configuration.embedded_documents import mentions, structure
from plan_review.findings import Edit, argument_tie

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from plan_review.configuration.model import Configuration, Reference, Resource
    from plan_review.language.paths import Path

_MOST_ACTIONS = 3
_POLICY_TYPES = {
    "aws_iam_role_policy",
    "aws_iam_policy",
    "aws_iam_user_policy",
    "aws_iam_group_policy",
    "aws_iam_policy_document",
}


@dataclass(frozen=True, slots=True)
class Hop:
    """One step of a path: ``source`` needs ``target``, because of ``places``, the cheapest to give up first.

    ``edits`` gives it up, where that needs no judgement; ``ties`` names what would have to change, ``arguments``
    where it stands.
    """

    source: str
    target: str
    places: tuple[str, ...]
    cost: int
    advice: str
    edits: tuple[Edit, ...] = ()
    ties: frozenset[str] = frozenset()
    arguments: frozenset[str] = frozenset()


def argument(resource: Resource | None, path: Path) -> Any:
    """Return what stands at ``path`` in a resource's arguments, None where nothing does."""
    value: Any = {**resource.arguments, "lifecycle": resource.lifecycle} if resource else None
    for step in path:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return None
    return value


def path_text(resource: Resource | None, path: Path) -> str:
    """Return a path as people write it; the number of the only block or item of its kind is left out."""
    text = ""
    for position, step in enumerate(path):
        if isinstance(step, str):
            text += f".{step}" if text else step
        else:
            siblings = argument(resource, path[:position])
            if not isinstance(siblings, list) or len(siblings) > 1:
                text += f"[{step}]"
    return text


def _actions(statement: dict[str, Any]) -> str:
    given = statement.get("Action", statement.get("actions", []))
    actions = [action if isinstance(action, str) else "…" for action in (given if isinstance(given, list) else [given])]
    more = f" and {len(actions) - _MOST_ACTIONS} more" if len(actions) > _MOST_ACTIONS else ""
    return f" ({', '.join(actions[:_MOST_ACTIONS])}{more})" if actions else ""


def _statement(statement: dict[str, Any], number: int) -> str:
    name = statement.get("Sid") or statement.get("sid")
    label = f'"{name}"' if isinstance(name, str) else str(number)
    return f"statement {label}{_actions(statement)}"


def parts(configuration: Configuration, reference: Reference) -> list[str]:
    """Return the statements of a policy, or the states of a definition, that a reference comes from."""
    resource = configuration.resources.get(reference.source)
    if resource is None:
        return []
    if resource.type == "aws_iam_policy_document" and reference.path[:1] == ("statement",):
        statement = argument(resource, reference.path[:2])
        return [_statement(statement, int(reference.path[1]) + 1)] if isinstance(statement, dict) else []
    value = argument(resource, reference.path)
    if not isinstance(value, str) or "{" not in value.replace("${", ""):
        return []
    document = structure(value)
    return list(_parts_of(document, reference.text)) if isinstance(document, dict) else []


def _parts_of(document: dict[str, Any], text: str) -> Iterator[str]:
    states = document.get("States")
    for name, state in states.items() if isinstance(states, dict) else ():
        if mentions(state, text):
            yield f'state "{name}"'
    statements = document.get("Statement", [])
    for number, statement in enumerate(statements if isinstance(statements, list) else [statements], start=1):
        if isinstance(statement, dict) and mentions(statement, text):
            yield _statement(statement, number)


def place(configuration: Configuration, reference: Reference) -> str:
    """Return the place in the source that makes a reference, such as ``policy, statement "Start"``."""
    resource = configuration.resources.get(reference.source)
    if reference.kind == "module":
        return f"the call of {reference.text}"
    if reference.kind == "provider":
        return f"its provider configuration {reference.text}"
    text = path_text(resource, reference.path)
    inner = parts(configuration, reference)
    if inner:
        text += ", " + " and ".join(inner)
    if reference.kind == "argument" and not inner:
        text += f" = {reference.text}"
    if reference.via:
        text += f" (through {', '.join(reference.via)})"
    return text


def _cost(configuration: Configuration, reference: Reference) -> tuple[int, str]:
    """Return how much it takes to give up a reference, and how to do it."""
    resource = configuration.resources.get(reference.source)
    target = configuration.resources.get(reference.target)
    what = target.name if target else reference.target
    if reference.kind in {"depends_on", "replace_triggered_by"}:
        return 1, f"remove the {reference.kind} entry"
    if reference.kind in {"module", "provider"}:
        return 9, "take it out of the module call or provider configuration"
    if _is_variable(reference):
        return 2, (
            f"do not hand {what} to {resource.name if resource else reference.source}: remove the variable "
            f"{reference.path[-1]}, and let the caller pass what is needed, or build it from a fixed name"
        )
    if resource and resource.type == "aws_iam_role" and "policy" in str(reference.path[-1]):
        own = "move the statement out of the role into an aws_iam_role_policy of its own"
        return 3, f"{own}, or name {what} by a fixed ARN"
    if resource and resource.type in _POLICY_TYPES:
        return 4, f"drop the statement, or name {what} by a fixed ARN instead of its attribute"
    return (
        6,
        f"set {path_text(resource, reference.path)} from a name that both sides are given, not from {reference.text}",
    )


def hop(configuration: Configuration, source: str, target: str) -> Hop:
    """Explain why ``source`` needs ``target``: all its references to it, which must all go to cut the hop."""
    made = [each for each in configuration.references_from(source) if each.target == target]
    costs = [_cost(configuration, each) for each in made]
    advice = dict.fromkeys(text for _, text in sorted(costs, key=lambda entry: -entry[0]))
    places = dict.fromkeys(place(configuration, each) for each in made)
    steps = [_edit(each) for each in made]
    return Hop(
        source,
        target,
        tuple(places),
        sum(cost for cost, _ in costs),
        "; ".join(advice),
        edits=tuple(each for each in steps if each is not None) if None not in steps else (),
        ties=frozenset({f"edge {source} {target}"}).union(*map(_reference_ties, made)),
        arguments=frozenset().union(*(argument_tie(each.source, each.path) for each in made)),
    )


def _edit(reference: Reference) -> Edit | None:
    """Return how to give up a reference; None where that takes thought."""
    if reference.kind == "depends_on":
        return Edit(reference.source, ("depends_on",), "remove", reference.target)
    if _is_variable(reference):
        return Edit(reference.source, reference.path, "remove")
    return None


def _is_variable(reference: Reference) -> bool:
    return reference.kind == "argument" and "environment" in reference.path and "variables" in reference.path


def _reference_ties(reference: Reference) -> frozenset[str]:
    if _is_variable(reference):
        return frozenset({f"variable {reference.source} {reference.path[-1]}"})
    if reference.path[:1] == ("role",):  # whoever has another's role lacks what its own allows
        return argument_tie(reference.source, reference.path)
    return frozenset()


def named(configuration: Configuration, address: str) -> str:
    """Return an address with the construct path that a person finds it by in the code."""
    resource = configuration.resources.get(address)
    return f"{address} [{resource.construct_path}]" if resource and resource.construct_path else address


def lines(configuration: Configuration, hops: Sequence[Hop], marks: Sequence[str] = ()) -> str:
    """Return a path hop by hop: resource, the places that lead on, resource; ``marks`` are notes on the hops."""
    text = ["  " + named(configuration, hops[0].source)] if hops else []
    for position, each in enumerate(hops):
        note = f"   ← {marks[position]}" if position < len(marks) and marks[position] else ""
        text.extend(f"    {place}{note if number == 0 else ''}" for number, place in enumerate(each.places))
        text.append("  → " + named(configuration, each.target))
    return "\n".join(text)
