"""Which services use which role, and whether the role trusts them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from plan_review.aws.service_roles import ROLE_USERS, RoleUser
from plan_review.policies.decide import Decision, Request, decide

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.evaluate.items import Item
    from plan_review.rules.context import Context


ASSUME = "sts:AssumeRole"


# Services that also go by a principal of the region, such as logs.eu-west-1.amazonaws.com.
_ALSO_REGIONAL = ("codedeploy.amazonaws.com", "logs.amazonaws.com", "states.amazonaws.com")
# Services that give the account as the external id: https://docs.aws.amazon.com/firehose/latest/dev/controlling-access.html
_WITH_EXTERNAL_ID = ("firehose.amazonaws.com",)


def role_users(context: Context) -> Iterator[tuple[Item, RoleUser, Any, tuple[str | int, ...]]]:
    """Yield every argument that hands a role to a service: the item, what is known of the use, the value, its path."""
    for user in ROLE_USERS:
        for item in context.view.items(user.type):
            for path, value in item.values_at(user.path):
                if isinstance(value, str) and value:
                    yield item, user, value, path


def trusts(context: Context, role: Item, service: str, sources: tuple[str, ...] = ()) -> Decision:
    """Return whether a role's trust policy lets a service assume it, for one of the source ARNs if any are given."""
    names = [service]
    if service in _ALSO_REGIONAL:
        names.append(service.replace(".", f".{role.region}.", 1))
    conditions: dict[str, tuple[str, ...]] = {"aws:sourceaccount": (role.account,)}
    if service in _WITH_EXTERNAL_ID:
        conditions["sts:externalid"] = (role.account,)
    if sources:
        conditions["aws:sourcearn"] = sources
    request = Request(
        action=ASSUME,
        resource=None,
        principals=tuple(f"Service:{name}" for name in names),
        conditions=conditions,
    )
    return decide(context.access.roles.trust(role), request, context.view.symbols)
