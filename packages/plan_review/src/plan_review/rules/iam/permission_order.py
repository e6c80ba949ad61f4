from __future__ import annotations

from typing import TYPE_CHECKING

from plan_review.findings import Edit, Severity, Verdict
from plan_review.rules.found import Found
from plan_review.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.evaluate.items import Item
    from plan_review.rules.context import Context
    from plan_review.rules.need import Need


_DEPENDS_ON = "https://developer.hashicorp.com/terraform/language/meta-arguments/depends_on"


# In the provider: https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/sfn/state_machine.go
_REPEATED = (
    "AWS refuses the resource while the policy is missing: a creation the provider repeats until the policy happens to "
    "be there or its time is up, an update it does not repeat and the apply fails"
)


def _holders(context: Context, need: Need) -> list[str]:
    """Return the resources of which any one brings the need's permission into force."""
    statements = context.decision(need).statements
    return list(dict.fromkeys(statement.holder or statement.source for statement in statements))


def _late(context: Context, need: Need) -> list[str]:
    """Return what grants the need where none of it is sure to be there before the resource; empty where one is."""
    if context.decision(need).verdict is not Verdict.HOLDS or need.item.resource.mode != "managed":
        return []
    address = need.item.resource.address
    holders = [name for name in _holders(context, need) if name in context.configuration.resources]
    in_time = [name for name in holders if name == address or context.view.depends(address, name)]
    # What depends on the item itself can never come before it.
    return [] if in_time or not holders else holders


@rule(
    "permission-before-use",
    title="A permission that AWS checks at creation is made before the resource that needs it",
    why=(
        "Terraform makes what is not connected by references in any order, in parallel. A policy refers to the role, "
        "and so does the resource: nothing puts the policy first but an explicit `depends_on`."
    ),
    consequence="the apply fails, or succeeds on the second try: AWS refuses the resource while the policy is missing",
    sources=(_DEPENDS_ON, "https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html"),
)
def permission_before_use(context: Context) -> Iterator[Found]:
    """Needs that are checked at creation have their policy among the resource's dependencies."""
    yield from _found(context, at_creation=True)


@rule(
    "permission-before-first-use",
    title="A permission is made before what starts to use it",
    why=(
        "A target, subscription or alarm works from the moment it exists. What happens before its permission exists is "
        "not delivered, and permission errors are not retried."
    ),
    consequence="events between the two creations may be lost",
    sources=(_DEPENDS_ON, "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-retry-policy.html"),
    severity=Severity.WARNING,
)
def permission_before_first_use(context: Context) -> Iterator[Found]:
    """Whether events come in between cannot be told from a configuration."""
    yield from _found(context, at_creation=False)


def _found(context: Context, *, at_creation: bool) -> Iterator[Found]:
    groups: dict[tuple[Item, tuple[str, ...]], list[Need]] = {}
    for need in context.needs:
        wanted = need.at_creation if at_creation else need.at_first_use
        if wanted and (late := _late(context, need)):
            groups.setdefault((need.item, tuple(late)), []).append(need)
    for (item, holders), needs in groups.items():
        actions = ", ".join(dict.fromkeys(need.action for need in needs))
        names = " or ".join(holders)
        repeats = all(need.repeats for need in needs)
        order = frozenset({f"edge {item.resource.address} {holders[0]}"})
        if not at_creation:  # what else may come before the same policy is no other doubt
            order |= {f"early {holders[0]}"}
        yield Found(
            item=item,
            path=("depends_on",),
            subject=holders[0],
            verdict=Verdict.MISSING if at_creation else Verdict.CANNOT_TELL,
            message=f"nothing makes Terraform create {names} first, which allows {actions}",
            remedy=f"add {holders[0]} to depends_on of {item.resource.address}",
            ties=order,
            after=order,
            edits=(Edit(item.resource.address, ("depends_on",), "append", holders[0]),),
            severity=Severity.WARNING if repeats else None,
            consequence=_REPEATED if repeats else needs[0].consequence,
        )
