"""IAM policies: the one builder that every role, queue, topic, key and bucket policy goes through."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Conditions = Mapping[str, Mapping[str, str]]


class PolicyError(ValueError):
    """A statement allows more than its author has given a reason for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One statement of a policy.

    To allow the resource ``*`` or a pattern of actions needs ``wildcard_reason``: why there is nothing narrower.
    ``principal`` is the policy's ``Principal`` element; only policies on resources and trust policies have one, and
    trust policies have no resources. Raises ``PolicyError`` for a wildcard without a reason and the other way round,
    and for a name that IAM refuses.
    """

    sid: str
    actions: tuple[str, ...]
    resources: tuple[str, ...] = ()
    effect: str = "Allow"
    principal: str | Mapping[str, str] | None = None
    conditions: Conditions = field(default_factory=dict)
    wildcard_reason: str = ""

    def __post_init__(self) -> None:
        if not (self.sid.isascii() and self.sid.isalnum()):
            raise PolicyError(f"{self.sid}: IAM takes only letters and digits in the name of a statement")
        wild = "*" in self.resources or any("*" in action for action in self.actions)
        if self.effect == "Allow" and wild != bool(self.wildcard_reason):
            raise PolicyError(f"{self.sid}: a wildcard and a written reason for it go together")

    def to_json(self) -> dict[str, Any]:
        """Return the statement as IAM writes it; a single action, resource or value stands without a list."""
        document: dict[str, Any] = {"Sid": self.sid, "Effect": self.effect}
        if self.principal is not None:
            document["Principal"] = self.principal
        document["Action"] = _one_or_many(self.actions)
        if self.resources:
            document["Resource"] = _one_or_many(self.resources)
        if self.conditions:
            document["Condition"] = self.conditions
        return document


def document(*statements: Statement) -> str:
    """Return the JSON of a policy; references to attributes inside it become Terraform references at synth.

    Raises ``PolicyError`` where two statements have the same name, which IAM refuses.
    """
    sids = [statement.sid for statement in statements]
    for sid in sids:
        if sids.count(sid) > 1:
            raise PolicyError(f"{sid} stands in the policy twice")
    return json.dumps({"Version": "2012-10-17", "Statement": [statement.to_json() for statement in statements]})


def trust(service: str, conditions: Conditions | None = None) -> str:
    """Return the trust policy of a role that exactly one AWS service may assume."""
    statement = Statement(
        sid="AssumedByService",
        actions=("sts:AssumeRole",),
        principal={"Service": service},
        conditions=conditions or {},
    )
    return document(statement)


def _one_or_many(values: tuple[str, ...]) -> str | list[str]:
    return values[0] if len(values) == 1 else list(values)
