"""The forms that the values of condition operators have.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

from __future__ import annotations

import binascii
import ipaddress
import re
from base64 import b64decode
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_DAY = re.compile(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?")
_EPOCH = re.compile(r"-?[0-9]+")
_WITHOUT_SECONDS = re.compile(r"(T[0-9]{2}:[0-9]{2})(?=Z|[+-]|$)")
_FEWEST_DIGITS = 5  # shorter numbers are years

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def number(text: str) -> Decimal | None:
    """Return an integer or decimal number; None for a text that is none."""
    try:
        found = Decimal(text)
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def network(text: str) -> Network | None:
    """Return an address, or a range of addresses in CIDR's form; None for a text that is none."""
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None


def moment(text: str) -> datetime | None:
    """Return a date or time in one of the forms of https://www.w3.org/TR/NOTE-datetime, or in seconds since 1970."""
    if _EPOCH.fullmatch(text) and len(text.lstrip("-")) >= _FEWEST_DIGITS:
        try:
            return datetime.fromtimestamp(int(text), tz=UTC)
        except (OverflowError, OSError, ValueError):
            return None
    if _DAY.fullmatch(text):
        text = f"{text}-01-01"[:10] if len(text) < len("2020-01-01") else text
    try:
        found = datetime.fromisoformat(_WITHOUT_SECONDS.sub(r"\1:00", text))
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def value_problem(operator: str, text: str) -> tuple[str, str] | None:
    """Return what a value of an operator is not, and the remedy; None where it is of the operator's type."""
    for begins, fits, what, remedy in _TYPES:
        if operator.startswith(begins) and not fits(text):
            return what, remedy
    return None


def _is_base64(text: str) -> bool:
    try:
        b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return False
    return True


# Operators → whether a text is one of their values, what another text is not, the remedy.
_TYPES: tuple[tuple[str | tuple[str, ...], Callable[[str], bool], str, str], ...] = (
    ("Numeric", lambda text: number(text) is not None, "no number", "write a number"),
    ("Date", lambda text: moment(text) is not None, "no date", "write 2030-01-31T12:00:00Z, or seconds since 1970"),
    (("Bool", "Null"), lambda text: text.lower() in ("true", "false"), "neither true nor false", "write true or false"),
    (
        ("IpAddress", "NotIpAddress"),
        lambda text: network(text) is not None,
        "no address and no range of addresses",
        "write 203.0.113.0/24",
    ),
    ("Arn", lambda text: text.startswith(("arn:", "*", "?", "ar*", "a*")), "no ARN", "write an ARN, or use StringLike"),
    ("BinaryEquals", _is_base64, "not in base 64", "write the value in base 64"),
)
