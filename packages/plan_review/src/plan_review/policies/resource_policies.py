"""What the policies on resources allow: queues, topics, buckets, keys, functions, event buses and log groups.

A resource without a policy of its own still has what AWS gives it by default; where that matters to a service it is
stated here with its source.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from plan_review.evaluate.symbols import has_symbols, is_symbol
from plan_review.findings import Verdict
from plan_review.policies.statements import Statement, unreadable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from plan_review.evaluate.items import Item
    from plan_review.evaluate.view import View
    from plan_review.policies.role_policies import Roles


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where the policy of a resource type is stated: on itself, and in a resource that names it by ``key``."""

    own: str | None
    other: str | None
    key: str = "arn"


_PLACES: Mapping[str, _Place] = {
    "aws_sqs_queue": _Place(own="policy", other="aws_sqs_queue_policy", key="queue_url"),
    "aws_sns_topic": _Place(own="policy", other="aws_sns_topic_policy", key="arn"),
    "aws_s3_bucket": _Place(own="policy", other="aws_s3_bucket_policy", key="bucket"),
    "aws_kms_key": _Place(own="policy", other="aws_kms_key_policy", key="key_id"),
    "aws_cloudwatch_event_bus": _Place(own=None, other="aws_cloudwatch_event_bus_policy", key="event_bus_name"),
    "aws_secretsmanager_secret": _Place(own="policy", other="aws_secretsmanager_secret_policy", key="secret_arn"),
    "aws_dynamodb_table": _Place(own=None, other="aws_dynamodb_resource_policy", key="resource_arn"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourcePolicy:
    """The statements on one resource. ``holders`` are the resources that state them; ``default`` where none does."""

    statements: tuple[Statement, ...]
    holders: tuple[Item, ...]
    default: bool = False


class ResourcePolicies:
    """The policies on the resources of one configuration."""

    def __init__(self, view: View, roles: Roles) -> None:
        self._view = view
        self._roles = roles
        self._known: dict[tuple[str, Any], ResourcePolicy] = {}

    def of(self, item: Item) -> ResourcePolicy:
        """Return the policy on a resource, AWS's default one where the configuration states none."""
        key = (item.resource.address, item.key)
        if key in self._known:
            return self._known[key]
        if item.type in ("aws_lambda_function", "aws_lambda_alias"):
            return self._known.setdefault(key, self._of_function(item))
        place = _PLACES.get(item.type)
        if place is None:
            return ResourcePolicy(statements=(), holders=(), default=True)
        statements: list[Statement] = []
        holders: list[Item] = []
        if place.own and item.get(place.own) not in (None, ""):
            statements += self._roles.document(item, place.own)
            holders.append(item)
        for other in self._view.items(place.other) if place.other else []:
            meant = self._view.stands_for(other.get(place.key), item)
            if meant is Verdict.HOLDS:
                statements += self._roles.document(other, "policy")
                holders.append(other)
            elif meant is Verdict.CANNOT_TELL:
                statements.append(unreadable(other.address, f"{other.address} may be the policy of {item.address}"))
        statements += self._unknown(item)
        if not holders:
            statements += self._default(item)
        found = ResourcePolicy(statements=tuple(statements), holders=tuple(holders), default=not holders)
        self._known[key] = found
        return found

    @cached_property
    def elsewhere(self) -> list[Statement]:
        """The statements on functions, queues and topics that are not in this configuration."""
        found = [
            statement
            for item, statement in self._permissions
            if self._view.find(item.get("function_name"), "aws_lambda_function", "aws_lambda_alias") is None
        ]
        for kind in ("aws_sqs_queue", "aws_sns_topic"):
            place = _PLACES[kind]
            for other in self._view.items(str(place.other)):
                if self._view.find(other.get(place.key), kind) is None:
                    found += self._roles.document(other, "policy")
        return found

    def _unknown(self, item: Item) -> list[Statement]:
        """What may state a policy on this resource outside of what can be read."""
        found = [
            unreadable(item.address, f"{module} is handed {item.address} and may state its policy")
            for module in self._view.modules_given(item)
        ]
        if item.resource.mode == "data":
            found.append(unreadable(item.address, f"{item.address} exists already; its policy is not read here"))
        return found

    def _default(self, item: Item) -> list[Statement]:
        account = item.account
        if item.type == "aws_kms_key" and item.resource.mode == "managed":
            # https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
            owner = f"AWS:arn:aws:iam::{account}:root"
            return [Statement(source=item.address, actions=("kms:*",), resources=("*",), principals=(owner,))]
        if item.type == "aws_sns_topic" and item.resource.mode == "managed":
            # https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html : whoever acts for the owner.
            owner_only = {"StringEquals": {"AWS:SourceOwner": (account,)}}
            actions = ("SNS:Publish", "SNS:Subscribe", "SNS:GetTopicAttributes")
            resources = (item.arn,)
            statement = Statement(
                source=item.address, actions=actions, resources=resources, principals=("*",), conditions=owner_only
            )
            return [statement]
        return []

    def _of_function(self, function: Item) -> ResourcePolicy:
        """Return what the ``aws_lambda_permission`` resources allow on a function, its aliases and versions."""
        arn = function.arn
        statements: list[Statement] = []
        holders: list[Item] = []
        for permission, statement in self._permissions:
            resource = (statement.resources or ("",))[0]
            if resource == arn or resource.startswith(f"{arn}:"):
                statements.append(statement)
                holders.append(permission)
            elif self._view.stands_for(resource, function) is Verdict.CANNOT_TELL:
                statements.append(unreadable(permission.address, f"{permission.address} may be for {function.address}"))
        statements += self._unknown(function)
        return ResourcePolicy(statements=tuple(statements), holders=tuple(holders), default=not holders)

    @cached_property
    def _permissions(self) -> list[tuple[Item, Statement]]:
        return [(item, self._permission(item)) for item in self._view.items("aws_lambda_permission")]

    def _permission(self, item: Item) -> Statement:
        # https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html
        function = str(item.get("function_name"))
        found = self._view.find(function, "aws_lambda_function") if is_symbol(function) else None
        whole = function.startswith("arn:") or (is_symbol(function) and found is None)
        resource = function if whole else self._function_arn(function, item)
        qualifier = item.get("qualifier")
        if qualifier not in (None, "", "$LATEST"):
            resource = f"{resource}:{qualifier}"
        principal = str(item.get("principal"))
        conditions: dict[str, dict[str, tuple[str, ...]]] = {}
        if item.get("source_arn") is not None:
            conditions["ArnLike"] = {"aws:SourceArn": (str(item.get("source_arn")),)}
        if item.get("source_account") is not None:
            conditions.setdefault("StringEquals", {})["aws:SourceAccount"] = (str(item.get("source_account")),)
        if item.get("principal_org_id") is not None:
            conditions.setdefault("StringEquals", {})["aws:PrincipalOrgID"] = (str(item.get("principal_org_id")),)
        return Statement(
            source=item.address,
            sid=str(item.get("statement_id", "")),
            actions=(str(item.get("action")),),
            resources=(resource,),
            principals=(_principal(principal),),
            conditions=conditions,
        )

    def _function_arn(self, function: str, item: Item) -> str:
        name, _, qualifier = function.rpartition(":function:")[2].partition(":")
        found = self._view.find(name, "aws_lambda_function")
        if found is not None:
            arn = found.arn
        else:
            region, account = item.region, item.account
            arn = f"arn:aws:lambda:{region}:{account}:function:{name}"
        return f"{arn}:{qualifier}" if qualifier else arn


def _principal(text: str) -> str:
    if text == "*" or has_symbols(text[:1]):
        return text
    # What begins with a letter is an ARN or a service: accounts are numbers.
    begins = has_symbols(text) and text[0].isalpha() and not text.startswith("arn:")
    service = begins or text.endswith(("amazonaws.com", "amazonaws.com.cn"))
    return f"Service:{text}" if service else f"AWS:{text}"
