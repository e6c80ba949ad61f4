"""What a mutation is, and how it takes hold of what it changes."""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


class Defect(StrEnum):
    """Classes of defects in infrastructure as code.

    Rahman, Farhana, Parnin, Williams: "Gang of Eight: A Defect Taxonomy for Infrastructure as Code Scripts", ICSE
    2020.
    """

    CONDITIONAL = "conditional"
    CONFIGURATION_DATA = "configuration data"
    DEPENDENCY = "dependency"
    DOCUMENTATION = "documentation"
    IDEMPOTENCY = "idempotency"
    SECURITY = "security"
    SERVICE = "service"
    SYNTAX = "syntax"


@dataclass(slots=True)
class Subject:
    """What a mutation may change: the synthesized JSON, the settings, and source files by path."""

    document: dict[str, Any]
    settings: dict[str, Any]
    sources: dict[str, str] = field(default_factory=dict)

    def resource(self, address: str) -> dict[str, Any]:
        """Return a resource's body."""
        kind, name = address.split(".")
        body: dict[str, Any] = self.document["resource"][kind][name]
        return body

    def remove(self, address: str) -> None:
        """Take a resource out, with every mention in ``depends_on``."""
        kind, name = address.split(".")
        del self.document["resource"][kind][name]
        if not self.document["resource"][kind]:
            del self.document["resource"][kind]
        for bodies in self.document["resource"].values():
            for body in bodies.values():
                if address in body.get("depends_on", []):
                    body["depends_on"] = [each for each in body["depends_on"] if each != address]

    def add(self, address: str, body: dict[str, Any]) -> None:
        """Put a resource in."""
        kind, name = address.split(".")
        self.document["resource"].setdefault(kind, {})[name] = body

    def policy(self, address: str, edit: Callable[[list[dict[str, Any]]], Any], argument: str = "policy") -> None:
        """Edit the statements of a policy in place."""
        body = self.resource(address)
        document = json.loads(body[argument])
        edit(document["Statement"])
        body[argument] = json.dumps(document)

    def statement(self, address: str, sid: str, argument: str = "policy", **changes: Any) -> None:
        """Change elements of the statement with this Sid; None takes one out."""

        def edit(statements: list[dict[str, Any]]) -> None:
            found = next(each for each in statements if each.get("Sid") == sid)
            for name, value in changes.items():
                if value is None:
                    del found[name]
                else:
                    found[name] = value

        self.policy(address, edit, argument)

    def without(self, address: str, sid: str, argument: str = "policy") -> None:
        """Take the statement with this Sid out."""

        def edit(statements: list[dict[str, Any]]) -> None:
            before = len(statements)
            statements[:] = [each for each in statements if each.get("Sid") != sid]
            if len(statements) == before:
                raise KeyError(sid)

        self.policy(address, edit, argument)

    def json(self, address: str, argument: str, edit: Callable[[Any], Any]) -> None:
        """Edit an argument that holds JSON."""
        body = self.resource(address)
        value = json.loads(body[argument])
        edit(value)
        body[argument] = json.dumps(value)

    def source(self, path: str, old: str, new: str) -> None:
        """Replace a piece of a source file. Raises ``ValueError`` where it is not there."""
        if old not in self.sources[path]:
            raise ValueError(f"{path} does not hold {old!r}")
        self.sources[path] = self.sources[path].replace(old, new, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutation:
    """One mistake. ``layer`` is the first that must catch it; ``nothing`` where none does yet.

    ``update`` where the stack is deployed already, as it is without the mistake; ``deployed`` edits what is deployed.
    """

    name: str
    title: str
    defect: Defect
    apply: Callable[[Subject], None]
    layer: str = "synth"
    update: bool = False
    deployed: Callable[[Subject], None] | None = None

    def on(self, subject: Subject) -> Subject:
        """Return a copy of the subject with the mistake made."""
        mutated = copy.deepcopy(subject)
        self.apply(mutated)
        if mutated == subject:
            raise ValueError(f"{self.name} changes nothing")
        return mutated


CATALOGUE: list[Mutation] = []
"""Every mutation, in the order in which it is tried."""


def mutation(
    title: str,
    defect: Defect,
    *,
    layer: str = "synth",
    update: bool = False,
    deployed: Callable[[Subject], None] | None = None,
) -> Callable[[Callable[[Subject], None]], Callable[[Subject], None]]:
    """Put the decorated edit into the catalogue, under its own name."""

    def register(apply: Callable[[Subject], None]) -> Callable[[Subject], None]:
        name = apply.__name__.strip("_").replace("_", "-")
        CATALOGUE.append(
            Mutation(
                name=name,
                title=title,
                defect=defect,
                apply=apply,
                layer=layer,
                update=update or deployed is not None,
                deployed=deployed,
            )
        )
        return apply

    return register
