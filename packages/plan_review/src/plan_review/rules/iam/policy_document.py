from __future__ import annotations

from typing import TYPE_CHECKING

from plan_review.evaluate.attributes import partition
from plan_review.evaluate.symbols import has_symbols, is_symbol
from plan_review.findings import Severity, Verdict
from plan_review.policies.decide import covers_action
from plan_review.policies.grammar import Problem, problems
from plan_review.rules.found import Found, statement_ties
from plan_review.rules.iam.policy_documents import Document, documents, statements_of
from plan_review.rules.rule import rule
from plan_review.rules.shared.json_text import repeated_keys

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.policies.statements import Statement
    from plan_review.rules.context import Context

_GRAMMAR = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html"
_CHECKS = "https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html"
_LAST_CHARACTER = "\u00ff"
_IDLE = "AWS may refuse the document; where it takes it, this part of it says nothing"


@rule(
    "policy-document",
    title="A policy document is one that IAM accepts",
    why="IAM checks a document's grammar when the resource is made; Terraform checks that it is JSON, and no more.",
    consequence="MalformedPolicyDocument (S3: MalformedPolicy; SNS: InvalidParameter; SQS: InvalidAttributeValue)",
    sources=(_GRAMMAR, _CHECKS),
)
def policy_document(context: Context) -> Iterator[Found]:
    """Elements, their types and values are those of IAM's grammar for this kind of policy."""
    for document in documents(context):
        for problem in _problems(context, document):
            yield Found(
                item=document.item,
                path=(document.argument,),
                message=context.view.show(problem.what),
                remedy=context.view.show(problem.remedy),
                ties=_ties(context, document, problem),
                severity=None if problem.refused else Severity.WARNING,
                consequence="" if problem.refused else _IDLE,
            )
        if is_symbol(document.text) and all(each.unreadable for each in statements_of(context, document)):
            yield Found(
                item=document.item,
                path=(document.argument,),
                verdict=Verdict.CANNOT_TELL,
                severity=Severity.WARNING,
                message=f"what {context.view.show(document.text)} says is not known here",
                remedy="a document that is written out, or a variable with a default",
            )


def _ties(context: Context, document: Document, problem: Problem) -> frozenset[str]:
    """Return what a document that IAM refuses gives nobody: a statement's actions, or all that a role gets by it."""
    meant = [each for each in statements_of(context, document) if problem.what.startswith(f"{each.label} ")]
    actions = {f"action {action.lower()}" for each in meant for action in each.actions or ()}
    role = context.access.roles.find(document.item.get("role"))
    whole = {f"malformed {role.address}"} if role is not None and not meant else set()
    return statement_ties(*meant) | actions | whole


def _problems(context: Context, document: Document) -> Iterator[Problem]:
    statements = statements_of(context, document)
    for bad in context.access.roles.bad_documents:
        if bad.item is document.item and bad.argument == document.argument:
            yield Problem(bad.problem, 'write {"Version": "2012-10-17", "Statement": [...]}')
            return
    yield from _characters(document)
    for key in repeated_keys(document.text):
        yield Problem(f'the key "{key}" stands twice in one object', "join the two: the later takes the other's place")
    yield from problems(document.text, document.kind)
    yield from _lockout(context, document, statements)
    for statement in statements:
        if not statement.unreadable:
            yield from _resources(context, document, statement)


def _characters(document: Document) -> Iterator[Problem]:
    """Yield the characters that IAM's own documents must not hold.

    https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html
    """
    if document.item.type.startswith("aws_iam_") and isinstance(document.text, str):
        foreign = [one for one in dict.fromkeys(document.text) if one > _LAST_CHARACTER and not has_symbols(one)]
        if foreign:
            yield Problem(
                f"it holds {' '.join(foreign)}, and a document of IAM takes the characters of Latin-1 alone",
                "write it in plain letters, in Sids as in values",
            )


def _lockout(context: Context, document: Document, statements: tuple[Statement, ...]) -> Iterator[Problem]:
    """KMS refuses a policy after which nobody could change the policy any more."""
    keys = ("aws_kms_key", "aws_kms_key_policy")
    if document.item.type not in keys or document.item.get("bypass_policy_lockout_safety_check") is True:
        return
    symbols = context.view.symbols
    readable = statements and not any(each.unreadable for each in statements)
    changing = [covers_action(each, "kms:PutKeyPolicy", symbols) for each in statements if each.allows]
    if readable and all(verdict is Verdict.MISSING for verdict in changing):
        yield Problem(
            "nobody may change the policy any more", "let the account's root user do kms:*, as the default does"
        )


def _resources(context: Context, document: Document, statement: Statement) -> Iterator[Problem]:
    """Yield what IAM, or S3 for a bucket's policy, refuses of a statement's resources."""
    symbols = context.view.symbols
    below = context.view.evaluator.opaque("a key")
    own = None if has_symbols(document.item.region) else partition(document.item.region)
    bucket = None
    if document.item.type == "aws_s3_bucket_policy":
        bucket = context.view.find(document.item.get("bucket"), "aws_s3_bucket")
    for resource in (statement.resources or ()) + (statement.not_resources or ()):
        shown = symbols.show(resource)
        given = resource.split(":")[1] if resource.startswith("arn:") else None
        if own and given and given != own and not has_symbols(given) and not set("*?") & set(given):
            yield Problem(f"{statement.label} names {shown}; the partition here is {own}", f"write arn:{own}:…")
        if bucket is not None and all(
            symbols.matches(resource, text) is Verdict.MISSING for text in (bucket.arn, f"{bucket.arn}/{below}")
        ):
            yield Problem(
                f"{statement.label} names {shown}, which is not in {bucket.address}",
                f"name {bucket.address}.arn: S3 refuses a policy that has an invalid resource",
            )
