"""A synthesized stack as plain values: resources, policies, and what refers to what."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_ADDRESS = re.compile(r"\b(aws_[a-z0-9_]+\.[A-Za-z]\w*)")


@dataclass(frozen=True)
class Stack:
    """The Terraform JSON of one stack; an address is ``type.Name``."""

    text: str

    @cached_property
    def document(self) -> dict[str, Any]:
        """The parsed Terraform JSON."""
        parsed: dict[str, Any] = json.loads(self.text)
        return parsed

    @cached_property
    def resources(self) -> dict[str, dict[str, Any]]:
        """Every resource by its address."""
        return {
            f"{kind}.{name}": body
            for kind, bodies in self.document["resource"].items()
            for name, body in bodies.items()
        }

    def of_type(self, kind: str) -> dict[str, dict[str, Any]]:
        """Return the resources of one type by name."""
        bodies: dict[str, dict[str, Any]] = self.document["resource"].get(kind, {})
        return bodies

    @cached_property
    def edges(self) -> dict[str, set[str]]:
        """What each resource names, in a reference or in ``depends_on``."""
        return {
            address: {name for text in strings(body) for name in _ADDRESS.findall(text)} & self.resources.keys()
            for address, body in self.resources.items()
        }

    def reach(self, address: str) -> set[str]:
        """Return everything that a resource needs, directly or not."""
        seen: set[str] = set()
        waiting = [address]
        while waiting:
            for needed in self.edges[waiting.pop()] - seen:
                seen.add(needed)
                waiting.append(needed)
        return seen

    def statements_of_role(self, role: str) -> list[dict[str, Any]]:
        """Return every statement of the policies attached to a role, by the role's Terraform name."""
        policies = self.of_type("aws_iam_role_policy").values()
        attached = [policy for policy in policies if policy["role"] == f"${{aws_iam_role.{role}.name}}"]
        return [statement for policy in attached for statement in json.loads(policy["policy"])["Statement"]]

    def policies(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield every statement of every policy document, with the address of the resource that holds it."""
        for address, body in self.resources.items():
            for argument in ("policy", "assume_role_policy"):
                if argument in body:
                    for statement in json.loads(body[argument])["Statement"]:
                        yield address, statement

    def definition(self) -> dict[str, Any]:
        """Return the state machine's definition."""
        definition: dict[str, Any] = json.loads(
            self.of_type("aws_sfn_state_machine")["TranscodingStateMachine"]["definition"]
        )
        return definition


def strings(value: Any) -> Iterator[str]:
    """Yield every string inside a JSON value, the metadata of CDKTF left out."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from strings(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            if key != "//":
                yield from strings(item)


def many(value: str | list[str]) -> list[str]:
    """Return IAM's one-or-many as a list."""
    return value if isinstance(value, list) else [value]
