"""Who may do what in one configuration: the policies of the caller and of the resource, taken together.

Within one account a role needs an allow in its own policies or in the resource's; a key's policy must allow in every
case. A service that acts by itself needs the resource's policy.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics-single-account.html
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from plan_review.findings import Verdict
from plan_review.policies.conditions import ABSENT
from plan_review.policies.decide import Decision, Request, covers_resource, decide
from plan_review.policies.resource_policies import ResourcePolicies
from plan_review.policies.role_policies import ROLE_CONDITIONS, Roles, principals
from plan_review.policies.statements import Statement

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from plan_review.evaluate.items import Item
    from plan_review.evaluate.view import View

_EVERYTHING = "*"
_POLICY_DECIDES = ("aws_kms_key", "aws_kms_replica_key")
_ALLOW_ALL = Statement(source="", actions=("*",), resources=("*",))


class Access:
    """Answers whether roles and services may do things."""

    def __init__(self, view: View) -> None:
        self._view = view
        self.roles = Roles(view)
        self.resources = ResourcePolicies(view, self.roles)

    def role_may(
        self,
        role: Item,
        action: str,
        resource: str = _EVERYTHING,
        *,
        owner: Item | None = None,
        conditions: Mapping[str, tuple[str, ...]] | None = None,
    ) -> Decision:
        """Return whether a role may do ``action`` on the ARN ``resource``.

        ``owner`` is the resource whose policy has a say as well: the queue, topic, bucket, function or key. ``*`` as
        ``resource`` means that the action knows no resources.
        """
        carried = {**ROLE_CONDITIONS, **self._about_role(role), **(conditions or {})}
        request = Request(action=action, resource=resource, conditions=carried)
        own = self._within_boundary(role, request, decide(self.roles.statements(role), request, self._view.symbols))
        if owner is None or own.denied:
            return own
        statements = self.resources.of(owner).statements
        names = principals(role, role.account)
        anyone = decide(statements, replace(request, principals=names), self._view.symbols)
        if anyone.denied:
            return anyone
        by_name = decide(statements, replace(request, principals=names[:1]), self._view.symbols)
        if owner.type in _POLICY_DECIDES:
            return _either(by_name, _both(own, anyone))
        return _either(own, by_name)

    def role_may_somewhere(
        self,
        role: Item,
        action: str,
        resource: str,
        conditions: Mapping[str, tuple[str, ...]] | None = None,
        *,
        owner: Item | None = None,
    ) -> Decision:
        """Return whether a role may do ``action`` on some resource that ``resource``, partly unknown, may stand for.

        A denial counts where it covers all of what an allowing statement names: one on a part leaves the rest.
        """
        carried = {**ROLE_CONDITIONS, **self._about_role(role), **(conditions or {})}
        own = self.roles.statements(role)
        of_owner = self.resources.of(owner).statements if owner is not None else ()
        names = principals(role, role.account)
        best = Decision(verdict=Verdict.MISSING, reason="no statement allows it")
        for statement, named in [*((each, ()) for each in own), *((each, names[:1]) for each in of_owner)]:
            if statement.unreadable:
                best = _either(best, Decision(verdict=Verdict.CANNOT_TELL, reason=statement.unreadable))
            for place in self._places(statement, resource) if statement.allows and not statement.unreadable else ():
                request = Request(action=action, resource=place, principals=named, conditions=carried)
                found = decide((statement,), request, self._view.symbols)
                if not named:
                    found = self._within_boundary(role, request, found)
                found = self._undenied(found, request, own, of_owner, names)
                if found.verdict is Verdict.HOLDS and place == resource:
                    return found
                best = _either(best, found)
        return best

    def _places(self, statement: Statement, resource: str) -> Iterator[str]:
        """Yield what of ``resource`` a statement names: all of it, or the statement's narrower patterns."""
        for pattern in statement.resources or (resource,):
            match = self._view.symbols.matches(pattern, resource)
            if match is not Verdict.MISSING:
                yield resource if match is Verdict.HOLDS else pattern

    def _undenied(
        self,
        found: Decision,
        request: Request,
        own: Iterable[Statement],
        of_owner: Iterable[Statement],
        names: tuple[str, ...],
    ) -> Decision:
        """Return a decision with the denials that cover the whole of the request."""
        if found.verdict is Verdict.MISSING:
            return found
        for statement, asking in [
            *((each, replace(request, principals=())) for each in own),
            *((each, replace(request, principals=names)) for each in of_owner),
        ]:
            if statement.allows or statement.unreadable:
                continue
            if covers_resource(statement, request.resource, self._view.symbols) is not Verdict.HOLDS:
                continue
            denial = decide((statement, _ALLOW_ALL), asking, self._view.symbols)
            if denial.verdict is not Verdict.HOLDS:
                found = _both(found, denial)
        return found

    def service_may(
        self,
        service: str,
        action: str,
        owner: Item,
        resource: str | None = None,
        *,
        conditions: Mapping[str, tuple[str, ...]] | None = None,
    ) -> Decision:
        """Return whether a service such as ``events.amazonaws.com`` may act on ``owner`` by the owner's policy."""
        account = owner.account
        carried = {
            "aws:securetransport": ("true",),
            "aws:principalisawsservice": ("true",),
            "aws:principalservicename": (service,),
            "aws:sourceaccount": (account,),
            "aws:resourceaccount": (account,),
            # The default policy of topics asks for this; services that need a policy of their own do not carry it.
            "aws:sourceowner": ABSENT,
            **(conditions or {}),
        }
        request = Request(
            action=action,
            resource=owner.arn if resource is None else resource,
            principals=(f"Service:{service}",),
            conditions=carried,
        )
        return decide(self.resources.of(owner).statements, request, self._view.symbols)

    def logs_let(
        self, services: Iterable[str], action: str, resource: str, conditions: Mapping[str, tuple[str, ...]]
    ) -> Decision:
        """Return whether a resource policy of CloudWatch Logs lets one of these services act on a log group's ARN."""
        statements = [
            statement
            for item in self._view.items("aws_cloudwatch_log_resource_policy")
            for statement in self.roles.document(item, "policy_document")
        ]
        best = Decision(verdict=Verdict.MISSING, reason="no statement allows it")
        for service in services:
            request = Request(
                action=action, resource=resource, principals=(f"Service:{service}",), conditions=conditions
            )
            best = _either(best, decide(statements, request, self._view.symbols))
        return best

    def _within_boundary(self, role: Item, request: Request, own: Decision) -> Decision:
        boundary = self.roles.boundary(role)
        if boundary is None or own.verdict is Verdict.MISSING:
            return own
        limit = decide(boundary, request, self._view.symbols)
        if limit.verdict is Verdict.HOLDS:
            return own
        given = role.get("permissions_boundary")
        policy = self._view.find(given, "aws_iam_policy")
        name = policy.address if policy is not None else self._view.show(given)
        return replace(limit, reason=f"the permissions boundary {name}: {limit.reason}", boundary=name)

    def _about_role(self, role: Item) -> dict[str, tuple[str, ...]]:
        return {
            "aws:principalarn": (role.arn,),
            "aws:principalaccount": (role.account,),
            "aws:requestedregion": (role.region,),
            "aws:resourceaccount": (role.account,),
            "s3:resourceaccount": (role.account,),
        }


def _both(first: Decision, second: Decision) -> Decision:
    for verdict in (Verdict.MISSING, Verdict.CANNOT_TELL):
        for decision in (first, second):
            if decision.verdict is verdict:
                return decision
    return first


def _either(first: Decision, second: Decision) -> Decision:
    for verdict in (Verdict.HOLDS, Verdict.CANNOT_TELL):
        for decision in (first, second):
            if decision.verdict is verdict:
                return decision
    return first
