"""Every policy document of a configuration, with what kind of policy it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from plan_review.aws.policy_arguments import POLICY_ARGUMENTS, PolicyKind
from plan_review.aws.policy_attachments import ATTACHMENTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from plan_review.evaluate.items import Item
    from plan_review.policies.statements import Statement
    from plan_review.rules.context import Context


@dataclass(frozen=True, slots=True)
class Document:
    """A policy in an argument."""

    item: Item
    argument: str
    kind: PolicyKind
    text: Any


def documents(context: Context) -> Iterator[Document]:
    """Yield every policy document of a configuration."""
    for name, (argument, kind) in POLICY_ARGUMENTS.items():
        for item in context.view.items(name) if kind is not PolicyKind.OTHER else ():
            if item.get(argument) not in (None, ""):
                yield Document(item, argument, kind, item.get(argument))
    for role in context.view.items("aws_iam_role"):
        for block in role.blocks("inline_policy"):
            if block.get("policy"):
                yield Document(role, "inline_policy", PolicyKind.IDENTITY, block["policy"])


def statements_of(context: Context, document: Document) -> tuple[Statement, ...]:
    """Return the statements of a document; none where it is malformed."""
    value = document.text if document.argument == "inline_policy" else None
    return context.access.roles.document(document.item, document.argument, value)


def is_boundary_only(context: Context, item: Item) -> bool:
    """Whether a policy is a permissions boundary here and attached to nobody, so that it allows nothing."""
    if item.type != "aws_iam_policy":
        return False
    bounds, attached = context.shared("policies by use", lambda: _uses(context))
    return item.address in bounds and item.address not in attached


def _uses(context: Context) -> tuple[frozenset[str], frozenset[str]]:
    """Return the addresses of the policies that are boundaries, and of those that are attached."""
    bounds = [holder.get("permissions_boundary") for holder in context.view.items("aws_iam_role", "aws_iam_user")]
    attached = [value for role in context.view.items("aws_iam_role") for value in _listed(role, "managed_policy_arns")]
    for kind, attachment in ATTACHMENTS.items():
        if not attachment.inline:
            attached += [value for item in context.view.items(kind) for value in _listed(item, attachment.policies)]
    return _addresses(context, bounds), _addresses(context, attached)


def _listed(item: Item, argument: str) -> list[Any]:
    value = item.get(argument)
    return value if isinstance(value, list) else [value]


def _addresses(context: Context, values: Iterable[Any]) -> frozenset[str]:
    found = (context.view.find(value, "aws_iam_policy") for value in values)
    return frozenset(policy.address for policy in found if policy is not None)
