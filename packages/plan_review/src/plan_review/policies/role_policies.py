"""What a role is allowed by its own policies: inline, attached, managed by AWS, and within its boundary."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from plan_review.aws.policy_attachments import ROLE_ATTACHMENTS
from plan_review.evaluate.symbols import has_symbols
from plan_review.findings import Verdict
from plan_review.policies.conditions import ABSENT
from plan_review.policies.managed_policies import is_known, managed_policy
from plan_review.policies.statements import DocumentError, Statement, read_document, unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from plan_review.evaluate.items import Item
    from plan_review.evaluate.view import View

ROLE_CONDITIONS: Mapping[str, tuple[str, ...]] = {
    "aws:securetransport": ("true",),
    "aws:principalisawsservice": ("false",),
    "aws:viaawsservice": ("false",),
    "aws:principaltype": ("AssumedRole",),
    # Services say for whom they act; a caller of its own does not.
    "aws:sourcearn": ABSENT,
    "aws:sourceaccount": ABSENT,
    "aws:sourceowner": ABSENT,
    # A role that a service assumes is nobody's session: no second factor, no user.
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
    "aws:multifactorauthpresent": ABSENT,
    "aws:multifactorauthage": ABSENT,
    "aws:username": ABSENT,
}
"""What every call of a role's SDK carries."""


@dataclass(frozen=True, slots=True)
class BadDocument:
    """A policy document that IAM refuses as malformed."""

    item: Item
    argument: str
    problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """Statements that one resource gives a role. ``holder`` is the resource by which the role gets them."""

    holder: Item
    statements: tuple[Statement, ...]


class Roles:
    """The roles of a configuration with everything attached to them."""

    def __init__(self, view: View) -> None:
        self._view = view
        self.bad_documents: list[BadDocument] = []
        self._read: dict[tuple[str, Any, str], tuple[Statement, ...]] = {}
        self._statements: dict[tuple[str, Any], list[Statement]] = {}

    def find(self, text: Any) -> Item | None:
        """Return the role that an ARN or name stands for."""
        return self._view.find(text, "aws_iam_role")

    def grants(self, role: Item) -> list[Grant]:
        """Return what is attached to a role, in the order of addresses."""
        own = list(self._own(role))
        name = role.attribute("name")
        own += [grant for text, grant in self._attached if text == name]
        own += [
            Grant(holder=grant.holder, statements=(self._doubt(grant.holder, text),))
            for text, grant in self._attached
            if text != name and self._view.symbols.open_symbols(f"{text}{name}") and self._may_be(text, role)
        ]
        if role.resource.mode == "data":
            known_elsewhere = unreadable(role.address, f"{role.address} exists already; its policies are not read here")
            own.append(Grant(holder=role, statements=(known_elsewhere,)))
        modules = self._view.modules_given(role)
        return own + [Grant(holder=role, statements=(self._by_module(module, role),)) for module in modules]

    def statements(self, role: Item) -> list[Statement]:
        """Return every statement that a role has, each with the resource that brings it into force."""
        place = (role.resource.address, role.key)
        if place not in self._statements:
            self._statements[place] = [
                replace(statement, holder=grant.holder.resource.address)
                for grant in self.grants(role)
                for statement in grant.statements
            ]
        return self._statements[place]

    def boundary(self, role: Item) -> tuple[Statement, ...] | None:
        """Return the statements of the permissions boundary; None where the role has none."""
        arn = role.get("permissions_boundary")
        return None if not arn else self._by_arn(arn, role)

    def trust(self, role: Item) -> tuple[Statement, ...]:
        """Return who may assume the role."""
        return self.document(role, "assume_role_policy")

    def document(self, item: Item, argument: str, value: Any = None) -> tuple[Statement, ...]:
        """Return the statements of a policy argument; one that IAM would refuse has none, and is noted."""
        place = (item.resource.address, item.key, f"{argument}{value!r}"[:200])
        if place not in self._read:
            try:
                given = item.get(argument) if value is None else value
                self._read[place] = read_document(given, item.address, self._view.evaluator)
            except DocumentError as error:
                self.bad_documents.append(BadDocument(item, argument, str(error)))
                self._read[place] = ()
        return self._read[place]

    def _own(self, role: Item) -> Iterator[Grant]:
        for block in role.blocks("inline_policy"):
            yield Grant(holder=role, statements=self.document(role, "inline_policy", block.get("policy")))
        if role.is_dynamic("inline_policy"):
            yield Grant(
                holder=role,
                statements=(unreadable(role.address, f"inline policies of {role.address} are not known here"),),
            )
        managed = role.get("managed_policy_arns", [])
        for arn in managed if isinstance(managed, list) else [managed]:
            yield Grant(holder=role, statements=self._by_arn(arn, role))

    @cached_property
    def _attached(self) -> list[tuple[str, Grant]]:
        found: list[tuple[str, Grant]] = []
        for name, attachment in ROLE_ATTACHMENTS.items():
            for item in self._view.items(name):
                statements = (
                    [self.document(item, attachment.policies)]
                    if attachment.inline
                    else [self._by_arn(arn, item) for arn in _several(item.get(attachment.policies))]
                )
                grants = [Grant(holder=item, statements=each) for each in statements]
                found += [(str(role), grant) for role in _several(item.get(attachment.holder)) for grant in grants]
        return [(_bare_name(text), grant) for text, grant in found]

    def _by_arn(self, arn: Any, holder: Item) -> tuple[Statement, ...]:
        if isinstance(arn, str) and (managed := managed_policy(arn)) is not None:
            return managed
        policy = self._view.find(arn, "aws_iam_policy")
        if policy is None and isinstance(arn, str) and not has_symbols(arn):
            policy = self._view.find(arn.rsplit("/", 1)[-1], "aws_iam_policy")
        if policy is not None and policy.resource.mode == "managed":
            return self.document(policy, "policy")
        if policy is not None and is_known(name := str(policy.get("name"))):
            return managed_policy(f"arn:aws:iam::aws:policy/{name}") or ()
        shown = self._view.show(arn)
        return (unreadable(holder.address, f"what the policy {shown} allows is not in this configuration"),)

    def _may_be(self, text: str, role: Item) -> bool:
        """Whether an attachment whose role is not known for certain could be for this one."""
        if owners := self._view.owners(text, role.type):
            return role.resource.address in owners
        if self.find(text) is not None:
            return False
        return self._view.symbols.matches(text, str(role.attribute("name"))) is Verdict.CANNOT_TELL

    def _doubt(self, holder: Item, text: str) -> Statement:
        return unreadable(
            holder.address, f"{holder.address} is for the role {self._view.show(text)}, which may be this"
        )

    def _by_module(self, module: str, role: Item) -> Statement:
        return unreadable(role.address, f"{module} is handed this role and may attach policies to it")


def _several(value: Any) -> list[Any]:
    """Return what an argument lists, or the one thing that it names."""
    return value if isinstance(value, list) else [value]


def _bare_name(text: str) -> str:
    """Return a role's name from a name or an ARN."""
    return text.rsplit("/", 1)[-1] if text.startswith("arn:") else text


def principals(role: Item, account: str) -> tuple[str, ...]:
    """Return the names under which a resource policy may mean this role."""
    return f"AWS:{role.arn}", f"AWS:arn:aws:iam::{account}:root", f"AWS:{account}"
