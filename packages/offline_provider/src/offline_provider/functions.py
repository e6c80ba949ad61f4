"""The provider's functions (``provider::aws::arn_parse`` and so on): pure text, so exact without AWS."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

_ARN_PARTS = 6
_ROLE = "role/"


class ArnError(ValueError):
    """The text is no ARN, or not one of the kind asked for."""


@dataclass(frozen=True, slots=True)
class Function:
    """A function's parameters (all strings, by name), the type it returns, and what it does."""

    parameters: tuple[str, ...]
    returns: Any
    summary: str
    call: Callable[..., Any]


def parse_arn(arn: str) -> dict[str, str]:
    """Return an ARN's parts. Raises ``ArnError`` where it has not six of them, or does not begin with ``arn:``."""
    parts = arn.split(":", _ARN_PARTS - 1)
    if len(parts) < _ARN_PARTS or parts[0] != "arn":
        raise ArnError(f"{arn!r} is not of the form arn:partition:service:region:account:resource")
    names = ("partition", "service", "region", "account_id", "resource")
    return dict(zip(names, parts[1:], strict=True))


def build_arn(partition: str, service: str, region: str, account_id: str, resource: str) -> str:
    """Return the ARN made of its parts."""
    return f"arn:{partition}:{service}:{region}:{account_id}:{resource}"


def trim_iam_role_path(arn: str) -> str:
    """Return a role's ARN without the path before its name. Raises ``ArnError`` where it is no role's."""
    parts = parse_arn(arn)
    if parts["service"] != "iam" or parts["region"] or not parts["resource"].startswith(_ROLE):
        raise ArnError(f"{arn!r} is not the ARN of an IAM role")
    name = parts["resource"].rsplit("/", 1)[-1]
    return build_arn(parts["partition"], "iam", "", parts["account_id"], f"{_ROLE}{name}")


FUNCTIONS = {
    "arn_build": Function(
        ("partition", "service", "region", "account_id", "resource"), "string", "Make an ARN of its parts", build_arn
    ),
    "arn_parse": Function(
        ("arn",),
        ["object", dict.fromkeys(("account_id", "partition", "region", "resource", "service"), "string")],
        "Take an ARN apart",
        parse_arn,
    ),
    "trim_iam_role_path": Function(("arn",), "string", "Drop the path from a role's ARN", trim_iam_role_path),
}
