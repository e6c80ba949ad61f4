from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from plan_review.evaluate.symbols import has_symbols
from plan_review.findings import Severity, Verdict
from plan_review.policies import iam_actions
from plan_review.rules.found import Found
from plan_review.rules.iam.policy_documents import Document, documents, statements_of
from plan_review.rules.rule import rule
from plan_review.rules.shared.json_text import parsed
from plan_review.rules.shared.provider_docs import RESOURCE_DOCS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.policies.statements import Statement
    from plan_review.rules.context import Context

_SQS_LIMITS = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-policies.html"
_SNS_ACTIONS = "https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-language-api-permissions-reference.html"
_KMS = "https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-overview.html"
_ARN_PARTS = 6
_MOST_ACTIONS, _MOST_STATEMENTS, _MOST_PRINCIPALS = 7, 20, 50
# Type of the document's resource → the services whose actions it may allow, and whether others are refused for sure.
_SCOPES: dict[str, tuple[tuple[str, ...], bool]] = {
    "aws_sqs_queue": (("sqs",), True),
    "aws_sqs_queue_policy": (("sqs",), True),
    "aws_sns_topic": (("sns",), True),
    "aws_sns_topic_policy": (("sns",), True),
    "aws_s3_bucket": (("s3",), True),
    "aws_s3_bucket_policy": (("s3",), True),
    "aws_kms_key": (("kms",), False),
    "aws_kms_key_policy": (("kms",), False),
    "aws_kms_external_key": (("kms",), False),
    "aws_kms_replica_key": (("kms",), False),
    "aws_secretsmanager_secret": (("secretsmanager",), False),
    "aws_secretsmanager_secret_policy": (("secretsmanager",), False),
    "aws_ecr_repository_policy": (("ecr",), False),
    "aws_cloudwatch_event_bus_policy": (("events",), False),
    "aws_cloudwatch_log_resource_policy": (("logs",), False),
    "aws_dynamodb_resource_policy": (("dynamodb",), False),
    "aws_kinesis_resource_policy": (("kinesis",), False),
    "aws_efs_file_system_policy": (("elasticfilesystem",), False),
    "aws_backup_vault_policy": (("backup",), False),
}
_QUEUES, _TOPICS = ("aws_sqs_queue", "aws_sqs_queue_policy"), ("aws_sns_topic", "aws_sns_topic_policy")
_BUCKETS = ("aws_s3_bucket", "aws_s3_bucket_policy")
_KEYS = ("aws_kms_key", "aws_kms_key_policy", "aws_kms_external_key", "aws_kms_replica_key")
# What a topic's policy may allow, and what AWS's own default policy does; of tagging nothing is published.
_OF_TOPICS = frozenset(
    f"sns:{name}"
    for name in (
        *("addpermission", "deletetopic", "getdataprotectionpolicy", "gettopicattributes", "listsubscriptionsbytopic"),
        *("listtagsforresource", "publish", "putdataprotectionpolicy", "receive", "removepermission"),
        *("settopicattributes", "subscribe"),
    )
)
_UNPUBLISHED = frozenset({"sns:*", "sns:tagresource", "sns:untagresource"})
# Where the policy of a queue or topic is a resource of its own: the argument that names it, and its type.
_MEANT = {"aws_sqs_queue_policy": ("queue_url", "aws_sqs_queue"), "aws_sns_topic_policy": ("arn", "aws_sns_topic")}


@dataclass(frozen=True, slots=True)
class _Problem:
    """``consequence`` is AWS's own word where it is known; ``refused`` whether it is known that AWS refuses it."""

    what: str
    remedy: str
    consequence: str = ""
    refused: bool = True


@rule(
    "resource-policy",
    title="A policy on a resource is one that the resource's service takes",
    why=(
        "Each service reads its policies by rules of its own: which actions they may name, how many, and on what. "
        "IAM's grammar does not know them, and Terraform checks neither."
    ),
    consequence="the service refuses the policy when it is set, or the statement says nothing",
    sources=(_SQS_LIMITS, _SNS_ACTIONS, _KMS, f"{RESOURCE_DOCS}/sqs_queue_policy"),
)
def resource_policy(context: Context) -> Iterator[Found]:
    """Actions are of the service and fit the resources; queues have at most 7 actions a statement, and a Version."""
    for document in documents(context):
        if document.kind == "resource" and document.item.type in _SCOPES:
            for label, problem in _problems(context, document):
                yield Found(
                    item=document.item,
                    path=(document.argument,),
                    subject=label,
                    message=f"{label}{': ' if label else ''}{context.view.show(problem.what)}",
                    remedy=problem.remedy,
                    consequence=problem.consequence,
                    severity=None if problem.refused else Severity.WARNING,
                )


def _problems(context: Context, document: Document) -> Iterator[tuple[str, _Problem]]:
    kind = document.item.type
    statements = [each for each in statements_of(context, document) if not each.unreadable]
    if kind in _QUEUES:
        yield from (("", each) for each in _of_queue(document, len(statements)))
    for statement in statements:
        found = [*_scope(statement, kind)]
        if kind in _QUEUES:
            found += _counts(statement)
        if kind in _TOPICS:
            found += _topic_actions(statement)
        if kind in _BUCKETS:
            found += _bucket_actions(context, statement)
        found += _resources(context, document, statement)
        yield from ((statement.label, each) for each in found)


def _of_queue(document: Document, statements: int) -> Iterator[_Problem]:
    given = parsed(document.text)
    if given is not None and "Version" not in given:
        yield _Problem(
            "the policy has no Version: SQS adds one, and the provider waits for its own text to come back",
            'write "Version": "2012-10-17"',
            "the apply waits until its time is up, and fails",
        )
    if statements > _MOST_STATEMENTS:
        yield _Problem(
            f"the policy has {statements} statements; SQS takes 20",
            "join those that differ in the source alone, with a list in their condition",
            "OverLimit: statements were found in the submitted policy, max allowed is 20",
        )


def _counts(statement: Statement) -> Iterator[_Problem]:
    actions, principals = len(statement.actions or ()), len(statement.principals or ())
    if actions > _MOST_ACTIONS:
        yield _Problem(
            f"it has {actions} actions; SQS takes 7 in a statement",
            "make two statements of it, or use a pattern such as sqs:Get*",
            "OverLimit: actions were found in a statement from the submitted policy, max allowed is 7",
        )
    if principals > _MOST_PRINCIPALS:
        yield _Problem(
            f"it has {principals} principals; SQS takes 50", "use a condition on aws:PrincipalOrgID", "OverLimit"
        )


def _scope(statement: Statement, kind: str) -> Iterator[_Problem]:
    services, refused = _SCOPES[kind]
    names = statement.actions or statement.not_actions or ()
    foreign = [
        name
        for name in names
        if ":" in name and not has_symbols(name.partition(":")[0]) and name.partition(":")[0].lower() not in services
    ]
    if foreign:
        yield _Problem(
            f"it names {', '.join(foreign)}, which is no action of {services[0]}",
            f"name actions of {services[0]}; what a role may do elsewhere is stated in the role's policies",
            "Policy statement action out of service scope!" if services[0] == "sns" else "",
            refused,
        )


def _topic_actions(statement: Statement) -> Iterator[_Problem]:
    names = [name for name in statement.actions or () if name.lower().startswith("sns:") and not has_symbols(name)]
    for names_of, refused in (
        ([name for name in names if name.lower() in _UNPUBLISHED], False),
        ([name for name in names if _is_foreign_to_topics(name)], True),
    ):
        if names_of:
            yield _Problem(
                f"it names {', '.join(names_of)}, which a topic's policy {'cannot' if refused else 'may not'} allow",
                "name what a topic's policy can allow, such as sns:Publish or sns:Subscribe",
                "InvalidParameter: Invalid parameter: Policy statement action out of service scope!",
                refused,
            )


def _is_foreign_to_topics(name: str) -> bool:
    lower = name.lower()
    if lower in _OF_TOPICS or lower in _UNPUBLISHED:
        return False
    if "*" in lower or "?" in lower:
        return not any(each.lower() in _OF_TOPICS for each in iam_actions.matching(name))
    return iam_actions.proper_name(name) is not None


def _bucket_actions(context: Context, statement: Statement) -> Iterator[_Problem]:
    resources = statement.resources or ()
    lost = [
        action
        for action in statement.actions or ()
        if resources
        and action.lower().startswith("s3:")
        and not has_symbols(action)
        and not _applies(context, action, resources)
    ]
    if lost:
        shown = ", ".join(map(context.view.show, resources))
        formats = ", ".join(iam_actions.resource_formats(iam_actions.matching(lost[0])[0])[-1:])
        yield _Problem(
            f"{', '.join(lost)} works on none of {shown}",
            f"{lost[0]} works on {formats}; name that as well, or make two statements of it",
            "MalformedPolicy: Action does not apply to any resource(s) in statement",
        )


def _applies(context: Context, action: str, resources: tuple[str, ...]) -> bool:
    named = [name for name in iam_actions.matching(action) if iam_actions.resource_formats(name)]
    # An action that is not known, or that knows no resources, is the matter of other rules.
    return not named or any(iam_actions.fits(name, each, context.view.symbols) for name in named for each in resources)


def _resources(context: Context, document: Document, statement: Statement) -> Iterator[_Problem]:
    """Yield the statements on queues, topics and keys that are about something else."""
    resources = statement.resources or ()
    kind = document.item.type
    if kind in _KEYS:
        others = [each for each in resources if _is_no_key(each)]
        if resources and len(others) == len(resources):
            yield _Problem(
                f"it is about {', '.join(others)}; in a key's policy the resource is the key",
                'write "Resource": "*", which means this key',
                "the statement says nothing of the key",
                refused=False,
            )
        return
    if kind not in (*_QUEUES, *_TOPICS) or not resources:
        return
    argument, meant = _MEANT.get(kind, ("", kind))
    item = context.view.find(document.item.get(argument), meant) if argument else document.item
    name: Any = item.get("name") if item is not None else None
    if item is None or not isinstance(name, str) or has_symbols(name):
        return
    if all(context.view.symbols.matches(each, item.arn) is Verdict.MISSING for each in resources):
        shown = ", ".join(map(context.view.show, resources))
        yield _Problem(
            f"it is about {shown}, and the policy is that of {item.address}",
            f"name {item.address}.arn",
            "the statement says nothing of it, or the service refuses the policy",
            refused=False,
        )
    elif len(resources) > 1:
        yield _Problem(
            f"it lists {len(resources)} resources; the policy is of one",
            f"name {item.address}.arn alone",
            "the service may refuse a statement on several resources",
            refused=False,
        )


def _is_no_key(resource: str) -> bool:
    """Whether an ARN is another service's, or an alias: a request names the key itself."""
    parts = resource.split(":", _ARN_PARTS - 1)
    if parts[0] != "arn" or len(parts) < _ARN_PARTS or has_symbols(parts[2]):
        return False
    return parts[2] not in ("kms", "*") or parts[-1].startswith("alias/")
