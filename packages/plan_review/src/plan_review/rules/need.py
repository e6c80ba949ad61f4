"""What a resource needs to be allowed: who must be allowed to do what on what, and why."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from plan_review.evaluate.items import Item
    from plan_review.findings import Severity
    from plan_review.language.paths import Path

EVERY_RESOURCE = "*"
"""As the resource of a need: the action knows no resources, so that only a statement on ``*`` allows it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """A principal that is not in the configuration; ``text`` is how it is given there."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Need:
    """``principal`` (a role, or a service's name) must be allowed ``action`` on ``resource``, or ``item`` fails.

    ``owner`` is the resource whose own policy has a say. ``any_resource`` where the resource is chosen at run time:
    then it is enough to be allowed on some, or it must be on each where ``every``. ``at_creation`` where AWS checks
    this when ``item`` is made, so that the policy has to be there before; ``repeats`` where the provider tries again
    for a while when AWS refuses a creation. ``at_first_use`` where what comes too early is lost. ``certain`` is false
    where it may never be used. ``rule`` is the id of the rule that demands it, which sets it.
    """

    item: Item
    principal: Item | str | Unknown
    action: str
    resource: str
    owner: Item | None = None
    conditions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    purpose: str = ""
    path: Path | None = None
    subject: str = ""
    any_resource: bool = False
    every: bool = False
    at_creation: bool = False
    repeats: bool = False
    at_first_use: bool = False
    certain: bool = True
    severity: Severity | None = None
    consequence: str = ""
    rule: str = ""
