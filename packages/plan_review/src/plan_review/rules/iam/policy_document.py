from __future__ import annotations

import difflib
import json
import re
from typing import TYPE_CHECKING, Any

from plan_review.evaluate.attributes import partition
from plan_review.evaluate.symbols import has_symbols, is_symbol
from plan_review.findings import Severity, Verdict
from plan_review.policies.decide import covers_action
from plan_review.rules.found import Found
from plan_review.rules.iam.policy_documents import Document, documents, statements_of
from plan_review.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.policies.statements import Statement
    from plan_review.rules.context import Context

_GRAMMAR = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html"
_SID = re.compile(r"[A-Za-z0-9]*")
_OPERATORS = frozenset(
    {
        *(f"String{name}" for name in ("Equals", "NotEquals", "EqualsIgnoreCase", "NotEqualsIgnoreCase")),
        *("StringLike", "StringNotLike", "Bool", "BinaryEquals", "IpAddress", "NotIpAddress", "Null"),
        *(f"Arn{name}" for name in ("Equals", "Like", "NotEquals", "NotLike")),
        *(
            f"{kind}{name}"
            for kind in ("Numeric", "Date")
            for name in ("Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals")
        ),
    }
)


@rule(
    "policy-document",
    title="A policy document is one that IAM accepts",
    why="IAM checks a document's grammar when the resource is made; Terraform checks that it is JSON, and no more.",
    consequence="MalformedPolicyDocument (S3: MalformedPolicy; SNS: InvalidParameter; SQS: InvalidAttributeValue)",
    sources=(_GRAMMAR,),
)
def policy_document(context: Context) -> Iterator[Found]:
    """Effect, action, resource and principal are there where IAM wants them, and Sids are unique."""
    for document in documents(context):
        for problem, remedy in _problems(context, document):
            yield Found(item=document.item, path=(document.argument,), message=problem, remedy=remedy)
        if is_symbol(document.text) and all(each.unreadable for each in statements_of(context, document)):
            yield Found(
                item=document.item,
                path=(document.argument,),
                verdict=Verdict.CANNOT_TELL,
                severity=Severity.WARNING,
                message=f"what {context.view.show(document.text)} says is not known here",
                remedy="a document that is written out, or a variable with a default",
            )


def _problems(context: Context, document: Document) -> Iterator[tuple[str, str]]:
    statements = statements_of(context, document)
    for bad in context.access.roles.bad_documents:
        if bad.item is document.item and bad.argument == document.argument:
            yield bad.problem, 'write {"Version": "2012-10-17", "Statement": [...]}'
            return
    yield from _version(document.text)
    yield from _lockout(context, document, statements)
    seen: set[str] = set()
    for statement in statements:
        if statement.unreadable:
            continue
        if statement.sid and statement.sid in seen:
            yield f'two statements have the Sid "{statement.sid}"', "make the statement ids (Sid) of a policy unique"
        seen.add(statement.sid)
        if document.kind != "resource" and not has_symbols(statement.sid) and not _SID.fullmatch(statement.sid):
            yield f'the Sid "{statement.sid}" is not alphanumeric', "use letters and digits only"
        yield from _elements(statement, document.kind)
        yield from _operators(statement)
        yield from _resources(context, document, statement)


def _operators(statement: Statement) -> Iterator[tuple[str, str]]:
    for test in statement.conditions:
        operator = test.rsplit(":", maxsplit=1)[-1].removesuffix("IfExists")
        if operator not in _OPERATORS and not has_symbols(test):
            near = difflib.get_close_matches(operator, _OPERATORS, n=1)
            remedy = f"did you mean {near[0]}?" if near else "use one of IAM's condition operators"
            yield f"{statement.label} has the condition operator {test}, which IAM does not know", remedy


def _lockout(context: Context, document: Document, statements: tuple[Statement, ...]) -> Iterator[tuple[str, str]]:
    """KMS refuses a policy after which nobody could change the policy any more."""
    keys = ("aws_kms_key", "aws_kms_key_policy")
    if document.item.type not in keys or document.item.get("bypass_policy_lockout_safety_check") is True:
        return
    symbols = context.view.symbols
    readable = statements and not any(each.unreadable for each in statements)
    changing = [covers_action(each, "kms:PutKeyPolicy", symbols) for each in statements if each.allows]
    if readable and all(verdict is Verdict.MISSING for verdict in changing):
        yield "nobody may change the policy any more", "let the account's root user do kms:*, as the default does"


def _resources(context: Context, document: Document, statement: Statement) -> Iterator[tuple[str, str]]:
    """Yield what IAM, or S3 for a bucket's policy, refuses of a statement's resources."""
    symbols = context.view.symbols
    below = context.view.evaluator.opaque("a key")
    own = None if has_symbols(document.item.region) else partition(document.item.region)
    bucket = None
    if document.item.type == "aws_s3_bucket_policy":
        bucket = context.view.find(document.item.get("bucket"), "aws_s3_bucket")
    for resource in (statement.resources or ()) + (statement.not_resources or ()):
        shown = symbols.show(resource)
        if document.kind == "identity" and not _may_be_arn(resource):
            yield f"{statement.label} names the resource {shown}, which is no ARN", 'write an ARN, or "*"'
        given = resource.split(":")[1] if resource.startswith("arn:") else None
        if own and given and given != own and not has_symbols(given) and not set("*?") & set(given):
            yield f"{statement.label} names {shown}; the partition here is {own}", f"write arn:{own}:…"
        if bucket is not None and all(
            symbols.matches(resource, text) is Verdict.MISSING for text in (bucket.arn, f"{bucket.arn}/{below}")
        ):
            yield (
                f"{statement.label} names {shown}, which is not in {bucket.address}",
                f"name {bucket.address}.arn: S3 refuses a policy that has an invalid resource",
            )


def _may_be_arn(resource: str) -> bool:
    return resource.startswith(("arn:", "*")) or not resource or has_symbols(resource[:4]) or "*" in resource[:4]


def _version(text: Any) -> Iterator[tuple[str, str]]:
    try:
        given = json.loads(text) if isinstance(text, str) else text
    except ValueError:
        return
    version = given.get("Version") if isinstance(given, dict) else None
    if version not in (None, "2012-10-17", "2008-10-17") and not has_symbols(str(version)):
        yield (
            f'the "Version" is {version!r}',
            'write "2012-10-17": it is the version of the language, not of your policy',
        )


def _elements(statement: Statement, kind: str) -> Iterator[tuple[str, str]]:
    has_actions = statement.actions is not None or statement.not_actions is not None
    has_resources = statement.resources is not None or statement.not_resources is not None
    has_principals = statement.principals is not None or statement.not_principals is not None
    for name, first, second in (
        ("Action", statement.actions, statement.not_actions),
        ("Resource", statement.resources, statement.not_resources),
        ("Principal", statement.principals, statement.not_principals),
    ):
        if first is not None and second is not None:
            yield f"{statement.label} has both {name} and Not{name}", f"write {name} or Not{name}, not both"
    if not has_actions:
        yield f"{statement.label} has no Action", "name what it is about: policy statements must contain actions"
    if kind == "identity" and not has_resources:
        yield f"{statement.label} has no Resource", "name what it is about: policy statements must contain resources"
    if kind == "identity" and has_principals:
        yield f"{statement.label} has a Principal", "take it out: the role that has the policy is the principal"
    if kind == "trust" and has_resources:
        yield f"{statement.label} has a Resource", "take it out: a trust policy is about its own role"
    if kind != "identity" and not has_principals:
        yield f"{statement.label} has no Principal", "say who is meant"
    for action in (statement.actions or ()) + (statement.not_actions or ()):
        if action != "*" and ":" not in action and not has_symbols(action):
            yield f'the action "{action}" names no service', "write service:Action"
