"""Every policy document of a configuration, with what kind of policy it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from plan_review.aws.policy_arguments import POLICY_ARGUMENTS, PolicyKind

if TYPE_CHECKING:
    from collections.abc import Iterator

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
