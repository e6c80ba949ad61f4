"""Which resources give policies to roles, users and groups, and by which arguments.

https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/iam_role_policy_attachments_exclusive and
the pages of the other types.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Attachment:
    """``holder`` names who gets the policies, by name or ARN, one or several; ``policies`` is one ARN or several.

    Where ``inline``, ``policies`` is the document itself.
    """

    holder: str
    policies: str
    inline: bool = False


ROLE_ATTACHMENTS: Mapping[str, Attachment] = {
    "aws_iam_role_policy": Attachment("role", "policy", inline=True),
    "aws_iam_role_policy_attachment": Attachment("role", "policy_arn"),
    "aws_iam_policy_attachment": Attachment("roles", "policy_arn"),
    "aws_iam_role_policy_attachments_exclusive": Attachment("role_name", "policy_arns"),
}

ATTACHMENTS: Mapping[str, Attachment] = {
    **ROLE_ATTACHMENTS,
    "aws_iam_user_policy_attachment": Attachment("user", "policy_arn"),
    "aws_iam_user_policy_attachments_exclusive": Attachment("user_name", "policy_arns"),
    "aws_iam_group_policy_attachment": Attachment("group", "policy_arn"),
    "aws_iam_group_policy_attachments_exclusive": Attachment("group_name", "policy_arns"),
}
