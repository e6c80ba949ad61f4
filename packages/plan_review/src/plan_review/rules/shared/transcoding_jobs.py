"""The jobs that code creates: their roles and their objects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from plan_review.findings import Verdict
from plan_review.policies.decide import covers_action, covers_resource
from plan_review.rules.need import Need
from plan_review.rules.shared.function_code import Code, texts
from plan_review.rules.shared.listeners import triggering_keys

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.code_calls import BotoCall
    from plan_review.evaluate.items import Item
    from plan_review.rules.context import Context


SERVICE = "mediaconvert.amazonaws.com"


def job_roles(context: Context) -> list[Item]:
    """Return the roles that MediaConvert can assume."""
    return [
        role
        for role in context.view.items("aws_iam_role")
        if any(f"Service:{SERVICE}" in (each.principals or ()) for each in context.access.roles.trust(role))
    ]


def roles_of(context: Context, code: Code, call: BotoCall) -> list[Item]:
    """Return the role that a job gets; where that is not known, each that the function may pass on."""
    given = [texts(context, code, values, "Role") for name, values in call.arguments if name == "Role"]
    named = [role for found in given for text in found if (role := context.access.roles.find(text)) is not None]
    if named:
        return named
    own = context.access.roles.find(code.function.get("role"))
    symbols = context.view.symbols
    return [
        role
        for role in job_roles(context)
        if own is not None
        and any(
            statement.allows
            and covers_action(statement, "iam:PassRole", symbols) is Verdict.HOLDS
            and covers_resource(statement, role.arn, symbols) is Verdict.HOLDS
            for statement in context.access.roles.statements(own)
        )
    ]


def of_job(context: Context, code: Code, call: BotoCall, role: Item) -> Iterator[Need]:
    """Yield what a job needs under its role: to read its inputs, and to write where it is sent."""
    for field, url in object_urls(context, code, call):
        bucket, _, key = url.removeprefix("s3://").partition("/")
        reads = field == "FileInput"
        found = context.view.find(bucket, "aws_s3_bucket")
        started_by = triggering_keys(context, code.function) if reads and found is None else []
        places = [(found, key)] if found is not None else started_by
        for place, begin in places:
            yield Need(
                item=role,
                principal=role,
                action="s3:GetObject" if reads else "s3:PutObject",
                resource=f"{place.arn}/{begin}{context.view.evaluator.opaque('the rest of a key')}",
                owner=place,
                any_resource=True,
                every=found is None,
                purpose=f"as the jobs of {code.function.address} {'read' if reads else 'write'} there",
                subject=f"{code.function.address}: {place.address}",
            )


def object_urls(context: Context, code: Code, call: BotoCall) -> list[tuple[str, str]]:
    """Return the inputs and destinations in a job's settings: the field's name and the URL, once each."""
    found: list[tuple[str, str]] = []
    for name, values in call.arguments:
        for value in texts(context, code, values, f"{call.file}:{call.line} {name}"):
            found += [(field, text) for field, text in _fields(value, name) if field in ("FileInput", "Destination")]
    return list(dict.fromkeys(entry for entry in found if entry[1].startswith("s3://")))


def _fields(value: Any, name: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield name, value
    elif isinstance(value, dict):
        for inner, each in value.items():
            yield from _fields(each, inner)
    elif isinstance(value, list):
        for each in value:
            yield from _fields(each, name)
