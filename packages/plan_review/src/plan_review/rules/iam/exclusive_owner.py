from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from plan_review.evaluate.symbols import literally
from plan_review.findings import Severity, Verdict
from plan_review.rules.found import Found
from plan_review.rules.rule import rule
from plan_review.rules.shared.provider_docs import RESOURCE_DOCS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.evaluate.items import Item
    from plan_review.rules.context import Context

_NOT_HERE = "what others gave outside of this configuration is taken away without a word in the plan"


@dataclass(frozen=True, slots=True)
class _Exclusive:
    """A resource that is the only one to give something to an owner.

    ``owner`` names the owner, of the type ``owned``, and ``listed`` what it may have. ``others`` are the resources
    that give the same: their type, how each names the owner, and how what it gives. ``what`` says what that is.
    """

    owner: str
    owned: str
    listed: str
    others: tuple[tuple[str, str, str], ...]
    what: str


# From the page of each resource in the AWS provider's documentation: it removes what is not listed.
_EXCLUSIVE = {
    "aws_iam_role_policies_exclusive": _Exclusive(
        "role_name", "aws_iam_role", "policy_names", (("aws_iam_role_policy", "role", "name"),), "inline policies"
    ),
    "aws_iam_role_policy_attachments_exclusive": _Exclusive(
        "role_name",
        "aws_iam_role",
        "policy_arns",
        (
            ("aws_iam_role_policy_attachment", "role", "policy_arn"),
            ("aws_iam_policy_attachment", "roles", "policy_arn"),
        ),
        "attached policies",
    ),
    "aws_iam_user_policies_exclusive": _Exclusive(
        "user_name", "aws_iam_user", "policy_names", (("aws_iam_user_policy", "user", "name"),), "inline policies"
    ),
    "aws_iam_user_policy_attachments_exclusive": _Exclusive(
        "user_name",
        "aws_iam_user",
        "policy_arns",
        (
            ("aws_iam_user_policy_attachment", "user", "policy_arn"),
            ("aws_iam_policy_attachment", "users", "policy_arn"),
        ),
        "attached policies",
    ),
    "aws_iam_group_policies_exclusive": _Exclusive(
        "group_name", "aws_iam_group", "policy_names", (("aws_iam_group_policy", "group", "name"),), "inline policies"
    ),
    "aws_iam_group_policy_attachments_exclusive": _Exclusive(
        "group_name",
        "aws_iam_group",
        "policy_arns",
        (
            ("aws_iam_group_policy_attachment", "group", "policy_arn"),
            ("aws_iam_policy_attachment", "groups", "policy_arn"),
        ),
        "attached policies",
    ),
    "aws_iam_group_membership": _Exclusive(
        "group", "aws_iam_group", "users", (("aws_iam_user_group_membership", "groups", "user"),), "members"
    ),
    "aws_vpc_security_group_rules_exclusive": _Exclusive(
        "security_group_id",
        "aws_security_group",
        "",
        (
            ("aws_vpc_security_group_ingress_rule", "security_group_id", "id"),
            ("aws_vpc_security_group_egress_rule", "security_group_id", "id"),
        ),
        "rules",
    ),
}
_RULE_LISTS = {
    "aws_vpc_security_group_ingress_rule": "ingress_rule_ids",
    "aws_vpc_security_group_egress_rule": "egress_rule_ids",
}
_ATTACHMENT = "aws_iam_policy_attachment"
_ONE_BY_ONE = (
    "use aws_iam_role_policy_attachment, aws_iam_user_policy_attachment or aws_iam_group_policy_attachment, which own "
    "no more than they name"
)
# What else attaches a policy: type, and the argument that names it.
_ATTACHES = (
    ("aws_iam_role_policy_attachment", "policy_arn"),
    ("aws_iam_user_policy_attachment", "policy_arn"),
    ("aws_iam_group_policy_attachment", "policy_arn"),
    ("aws_iam_role_policy_attachments_exclusive", "policy_arns"),
    ("aws_iam_user_policy_attachments_exclusive", "policy_arns"),
    ("aws_iam_group_policy_attachments_exclusive", "policy_arns"),
    ("aws_iam_role", "managed_policy_arns"),
)
# Blocks within a resource, and the resources that make the same one by one: the first removes the second's.
_INLINE = (
    ("aws_security_group", "ingress", "aws_vpc_security_group_ingress_rule", "security_group_id", None),
    ("aws_security_group", "egress", "aws_vpc_security_group_egress_rule", "security_group_id", None),
    ("aws_security_group", "ingress", "aws_security_group_rule", "security_group_id", "ingress"),
    ("aws_security_group", "egress", "aws_security_group_rule", "security_group_id", "egress"),
    ("aws_route_table", "route", "aws_route", "route_table_id", None),
)


@rule(
    "exclusive-owner",
    title="A resource that removes what it does not list lists everything that is given",
    why=(
        "`*_exclusive`, `aws_iam_policy_attachment` and `aws_iam_group_membership` own the whole of what they list: "
        "each apply takes away what another resource, another stack or a person has given."
    ),
    consequence="policies, members or rules are removed, and given again by the next apply: what needs them is denied",
    sources=(
        f"{RESOURCE_DOCS}/iam_policy_attachment",
        f"{RESOURCE_DOCS}/iam_role_policies_exclusive",
        f"{RESOURCE_DOCS}/iam_role_policy_attachments_exclusive",
        f"{RESOURCE_DOCS}/iam_group_membership",
        f"{RESOURCE_DOCS}/vpc_security_group_rules_exclusive",
    ),
)
def exclusive_owner(context: Context) -> Iterator[Found]:
    """Of what is given in the configuration nothing is left out; what is outside of it is said."""
    for kind, exclusive in _EXCLUSIVE.items():
        for item in context.view.items(kind):
            yield from _left_out(context, item, exclusive)
    yield from _attachments(context)
    yield from _inline(context)


def _left_out(context: Context, item: Item, exclusive: _Exclusive) -> Iterator[Found]:
    name = item.get(exclusive.owner)
    owner = _owner(context, name, exclusive.owned)
    if owner is None or owner.resource.mode == "data":
        yield Found(
            item=item,
            path=(exclusive.owner,),
            verdict=Verdict.CANNOT_TELL,
            message=f"{context.view.show(name)} is made elsewhere, and others may give it {exclusive.what} as well",
            remedy=f"the {exclusive.what} that it has; to give some and take none, use a resource for each",
            severity=Severity.WARNING,
            consequence=_NOT_HERE,
        )
        return
    for kind, holder, given in exclusive.others:
        argument = _RULE_LISTS.get(kind, exclusive.listed)
        for other in context.view.items(kind):
            if any(_owner(context, each, exclusive.owned) is owner for each in _several(other.get(holder))):
                yield from _missing(context, item, argument, other, other.attribute(given))
    if item.type == "aws_iam_role_policies_exclusive":
        for block in owner.blocks("inline_policy"):
            yield from _missing(context, item, exclusive.listed, owner, block.get("name"))
    if item.type == "aws_iam_role_policy_attachments_exclusive":
        for arn in _several(owner.get("managed_policy_arns")):
            yield from _missing(context, item, exclusive.listed, owner, arn)


def _owner(context: Context, name: Any, kind: str) -> Item | None:
    """Return the role, user, group or security group that is meant, by whatever names it."""
    found = context.view.find(name, kind)
    if found is not None or not isinstance(name, str):
        return found
    items = context.view.items(kind)
    return next((item for item in items if name in [item.attribute(each) for each in ("name", "id", "arn")]), None)


def _missing(context: Context, item: Item, argument: str, other: Item, given: Any) -> Iterator[Found]:
    listed = item.get(argument, [])
    values = [str(each) for each in _several(listed)]
    if given in (None, "") or any(_same(context, each, given) for each in values):
        return
    matches = [context.view.symbols.matches(literally(each), str(given)) for each in values]
    if Verdict.HOLDS in matches:
        return
    # A list that is unknown, or has unknown parts, may hold it.
    open_ = not isinstance(listed, list) or Verdict.CANNOT_TELL in matches or not other.certain
    shown = context.view.show(given)
    yield Found(
        item=item,
        path=(argument,),
        subject=other.address,
        verdict=Verdict.CANNOT_TELL if open_ else Verdict.MISSING,
        message=f"{argument} {'may leave' if open_ else 'leaves'} out {shown}, which {other.address} gives",
        remedy=f"a list that is written out; it needs {shown}" if open_ else f"add {shown} to {argument}",
    )


def _same(context: Context, one: Any, other: Any) -> bool:
    """Whether two values stand for the same policy, user or rule of the configuration."""
    kinds = ("aws_iam_policy", "aws_iam_user", "aws_iam_role_policy", *_RULE_LISTS)
    found = context.view.find(one, *kinds)
    return found is not None and found is context.view.find(other, *kinds)


def _attachments(context: Context) -> Iterator[Found]:
    items = context.view.items(_ATTACHMENT)
    for index, item in enumerate(items):
        arn = item.get("policy_arn")
        others = [(other, "policy_arn") for other in items[:index]]
        others += [(other, argument) for kind, argument in _ATTACHES for other in context.view.items(kind)]
        taken = [
            other
            for other, argument in others
            if any(_policy(context, arn, each) for each in _several(other.get(argument)))
        ]
        shown = context.view.show(arn)
        for other in taken:
            yield Found(
                item=item,
                path=("policy_arn",),
                subject=other.address,
                message=f"it takes {shown} from everyone that it does not list, and {other.address} attaches it too",
                remedy=_ONE_BY_ONE,
            )
        policy = context.view.find(arn, "aws_iam_policy")
        if not taken and (policy is None or policy.resource.mode == "data"):
            yield Found(
                item=item,
                path=("policy_arn",),
                verdict=Verdict.CANNOT_TELL,
                message=f"it takes {shown} from every role, user and group of the account that it does not list",
                remedy=f"who else has the policy; to take it from nobody {_ONE_BY_ONE}",
                severity=Severity.WARNING,
                consequence=_NOT_HERE,
            )


def _policy(context: Context, one: Any, other: Any) -> bool:
    if not isinstance(one, str) or not isinstance(other, str):
        return False
    if one == other:
        return True
    found = context.view.find(one, "aws_iam_policy")
    return found is not None and found is context.view.find(other, "aws_iam_policy")


def _inline(context: Context) -> Iterator[Found]:
    for kind, block, other_kind, key, direction in _INLINE:
        for other in context.view.items(other_kind):
            owner = context.view.find(other.get(key), kind)
            if owner is None or not owner.blocks(block) or (direction and other.get("type") != direction):
                continue
            yield Found(
                item=owner,
                path=(block,),
                subject=other.address,
                message=f"its {block} blocks own all that there is of them, and {other.address} makes one more",
                remedy=f"make each by a resource of its own, or all by {block} blocks",
            )


def _several(value: Any) -> list[Any]:
    if isinstance(value, list):
        return value
    return [] if value is None or (isinstance(value, str) and not value) else [value]
