"""Ask MiniStack's own policy evaluator what a role or a resource's policy allows."""

# ruff: noqa: SLF001 - the evaluator has no public entry for a service acting by itself

from __future__ import annotations

from typing import Any

from ministack.core import iam_evaluator
from ministack.core.responses import get_account_id, get_region
from ministack.services import iam


def role_allows(role_arn: str, action: str, resource_arn: str) -> bool:
    """Return whether a role's own policies, within its permissions boundary, allow an action on a resource."""
    account, name = role_arn.split(":")[4], role_arn.rsplit("/", 1)[-1]
    context = iam_evaluator.EvalContext(
        principal_arn=f"arn:aws:sts::{account}:assumed-role/{name}/local",
        principal_type="AssumedRole",
        principal_account=account,
        action=action,
        resource_arn=resource_arn,
        region=get_region(),
    )
    policies = iam_evaluator._gather_role_policies(name, account)
    limits = iam_evaluator._permissions_boundary(iam._roles, name, account)
    return bool(iam_evaluator.evaluate(context, policies, *limits).decision == "Allow")


def service_allowed(
    policy: str | dict[str, Any] | None, *, service: str, action: str, resource_arn: str, source_arn: str
) -> bool:
    """Return whether a resource's policy lets an AWS service act on it on behalf of ``source_arn``.

    The service is no principal of the account, so that a grant to the account itself does not count; see
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html.
    """
    account = get_account_id()
    context = iam_evaluator.EvalContext(
        principal_arn="*",
        principal_type="Service",
        principal_account="",
        action=action,
        resource_arn=resource_arn,
        region=get_region(),
        secure_transport=True,  # services speak TLS to each other
        service_context={
            "aws:sourcearn": source_arn,
            "aws:sourceaccount": account,
            "aws:sourceowner": account,
        },
    )
    return bool(iam_evaluator.evaluate_resource_policy(policy, context, service=service).decision == "Allow")
