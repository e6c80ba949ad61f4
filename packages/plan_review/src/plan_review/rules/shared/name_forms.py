"""Whether a text is an ARN, a name or a URL, and which of them is wanted."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any

from plan_review.aws.arns import NAMINGS
from plan_review.evaluate.symbols import Kind
from plan_review.rules.found import Found

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.evaluate.items import Item
    from plan_review.rules.context import Context


class Form(StrEnum):
    """How AWS's APIs name things."""

    ARN = "an ARN"
    NAME = "a name"
    ID = "an id"
    URL = "a URL"
    DOMAIN = "a domain name"


def form_of(context: Context, value: Any) -> Form | None:
    """Return how a value names something; None where that cannot be told, or it names nothing."""
    if not isinstance(value, str) or not value:
        return None
    symbol = context.view.symbols.symbol(value[0])
    if symbol is not None:
        if len(value) == 1 and context.view.find(value, "aws_kms_key", "aws_kms_replica_key") is not None:
            return Form.ID
        made_up = symbol.kind is Kind.GENERATED and symbol.attribute in ("name", "bucket", "function_name")
        return Form.NAME if made_up else None
    if value.startswith("arn:"):
        return Form.ARN
    if value.startswith(("https://", "http://")):
        return Form.URL
    return Form.DOMAIN if ".amazonaws.com" in value and ".s3" in value else Form.NAME


def is_wrong(context: Context, value: Any, wanted: Form) -> Form | None:
    """Return the form of a value where another is wanted. Buckets are also named by the ARN of an access point."""
    form = form_of(context, value)
    if form in (None, wanted) or (wanted is Form.NAME and ":accesspoint" in value):
        return None
    return form


def _remedy(context: Context, value: str, wanted: Form) -> str:
    found = context.view.find(value, *NAMINGS)
    if found is None:
        return f"give {wanted}"
    attribute = {Form.ARN: "arn", Form.URL: "url"}.get(wanted, NAMINGS[found.type].argument or "id")
    return f"use {found.resource.address}.{attribute}"


def wrong_form(  # noqa: PLR0917 - what a finding is made of
    context: Context, item: Item, place: tuple[str | int, ...], value: Any, wanted: Form, name: str = ""
) -> Iterator[Found]:
    """Yield a finding where an argument takes one form and is given another; ``name`` says which, else its place."""
    if (form := is_wrong(context, value, wanted)) is not None:
        yield Found(
            item=item,
            path=place,
            subject=name,
            message=f"{name or place[-1]} takes {wanted}, and {context.view.show(value)} is {form}",
            remedy=_remedy(context, value, wanted),
        )
