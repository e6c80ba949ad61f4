"""What a call to an AWS API needs to be allowed, whoever makes it: code through an SDK, or a state machine.

An operation mostly needs the action of its own name. Where it does not, the table below says so; sources are the pages
of the service authorization reference and of each API operation.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from plan_review.aws.arns import NAMINGS
from plan_review.evaluate.symbols import has_symbols, is_symbol
from plan_review.policies import iam_actions
from plan_review.rules.need import EVERY_RESOURCE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from plan_review.evaluate.items import Item
    from plan_review.rules.context import Context

# Name of a client, or of a service in a state machine's ARNs → prefix of its actions, where they differ.
_PREFIXES = {
    "apigatewaymanagementapi": "execute-api",
    "appconfigdata": "appconfig",
    "bedrock-agent-runtime": "bedrock",
    "bedrock-runtime": "bedrock",
    "cognitoidentityprovider": "cognito-idp",
    "dynamodbstreams": "dynamodb",
    "docdb": "rds",
    "efs": "elasticfilesystem",
    "elb": "elasticloadbalancing",
    "elbv2": "elasticloadbalancing",
    "emr": "elasticmapreduce",
    "eventbridge": "events",
    "forecastquery": "forecast",
    "iot-data": "iot",
    "lexv2-runtime": "lex",
    "meteringmarketplace": "aws-marketplace",
    "neptune": "rds",
    "opensearch": "es",
    "personalize-events": "personalize",
    "personalize-runtime": "personalize",
    "pinpoint": "mobiletargeting",
    "resourcegroupstaggingapi": "tag",
    "sagemaker-runtime": "sagemaker",
    "sesv2": "ses",
    "sfn": "states",
    "stepfunctions": "states",
    "timestream-query": "timestream",
    "timestream-write": "timestream",
}
# Operation in lower case without separators → the actions it needs instead of its own name.
_ACTIONS: Mapping[str, tuple[str, ...]] = {
    "bedrock:converse": ("bedrock:InvokeModel",),
    "bedrock:conversestream": ("bedrock:InvokeModelWithResponseStream",),
    "dynamodb:batchwriter": ("dynamodb:BatchWriteItem",),
    "dynamodb:transactgetitems": ("dynamodb:GetItem",),
    "execute-api:posttoconnection": ("execute-api:ManageConnections",),
    "execute-api:deleteconnection": ("execute-api:ManageConnections",),
    "execute-api:getconnection": ("execute-api:ManageConnections",),
    "lambda:invoke": ("lambda:InvokeFunction",),
    "lambda:invokeasync": ("lambda:InvokeFunction",),
    "lambda:invokewithresponsestream": ("lambda:InvokeFunction",),
    "s3:completemultipartupload": ("s3:PutObject",),
    "s3:copy": ("s3:PutObject",),
    "s3:copyobject": ("s3:PutObject",),
    "s3:createmultipartupload": ("s3:PutObject",),
    "s3:deleteobjects": ("s3:DeleteObject",),
    "s3:downloadfile": ("s3:GetObject",),
    "s3:downloadfileobj": ("s3:GetObject",),
    "s3:generatepresignedpost": ("s3:PutObject",),
    "s3:getobjectattributes": ("s3:GetObject", "s3:GetObjectAttributes"),
    "s3:getbucketencryption": ("s3:GetEncryptionConfiguration",),
    "s3:getbucketlifecycleconfiguration": ("s3:GetLifecycleConfiguration",),
    "s3:getbucketnotificationconfiguration": ("s3:GetBucketNotification",),
    "s3:getbucketreplication": ("s3:GetReplicationConfiguration",),
    "s3:headbucket": ("s3:ListBucket",),
    "s3:headobject": ("s3:GetObject",),
    "s3:listbuckets": ("s3:ListAllMyBuckets",),
    "s3:listmultipartuploads": ("s3:ListBucketMultipartUploads",),
    "s3:listobjects": ("s3:ListBucket",),
    "s3:listobjectsv2": ("s3:ListBucket",),
    "s3:listobjectversions": ("s3:ListBucketVersions",),
    "s3:listparts": ("s3:ListMultipartUploadParts",),
    "s3:putbucketencryption": ("s3:PutEncryptionConfiguration",),
    "s3:putbucketlifecycleconfiguration": ("s3:PutLifecycleConfiguration",),
    "s3:putbucketnotificationconfiguration": ("s3:PutBucketNotification",),
    "s3:selectobjectcontent": ("s3:GetObject",),
    "s3:uploadfile": ("s3:PutObject",),
    "s3:uploadfileobj": ("s3:PutObject",),
    "s3:uploadpart": ("s3:PutObject",),
    "sns:publishbatch": ("sns:Publish",),
    "sqs:changemessagevisibilitybatch": ("sqs:ChangeMessageVisibility",),
    "sqs:deletemessagebatch": ("sqs:DeleteMessage",),
    "sqs:sendmessagebatch": ("sqs:SendMessage",),
}
# What needs no permission: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html and its like.
_FREE = frozenset(
    {
        *("sts:getcalleridentity", "sts:getsessiontoken"),
        *("cognito-identity:getcredentialsforidentity", "cognito-identity:getid", "cognito-identity:getopenidtoken"),
        *("cognito-idp:changepassword", "cognito-idp:confirmforgotpassword", "cognito-idp:confirmsignup"),
        *("cognito-idp:forgotpassword", "cognito-idp:getuser", "cognito-idp:globalsignout", "cognito-idp:initiateauth"),
        *("cognito-idp:resendconfirmationcode", "cognito-idp:respondtoauthchallenge", "cognito-idp:revoketoken"),
        *("cognito-idp:signup",),
    }
)
# What an argument of an operation takes besides the operation's own action.
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
_BY_ARGUMENT: Mapping[str, tuple[tuple[str, str], ...]] = {
    "s3:PutObject": (
        ("acl", "s3:PutObjectAcl"),
        ("grantfullcontrol", "s3:PutObjectAcl"),
        ("grantread", "s3:PutObjectAcl"),
        ("tagging", "s3:PutObjectTagging"),
        ("objectlockmode", "s3:PutObjectRetention"),
        ("objectlocklegalholdstatus", "s3:PutObjectLegalHold"),
    ),
}
# Action → what it is where the request names a version of the object.
_OF_VERSIONS: Mapping[str, str] = {
    "s3:GetObject": "s3:GetObjectVersion",
    "s3:DeleteObject": "s3:DeleteObjectVersion",
    "s3:GetObjectTagging": "s3:GetObjectVersionTagging",
    "s3:GetObjectAttributes": "s3:GetObjectVersionAttributes",
}
# Which of several actions is needed depends on what is in the request: any of them may be.
_PARTIQL = tuple(f"dynamodb:PartiQL{kind}" for kind in ("Select", "Insert", "Update", "Delete"))
_ONE_OF: Mapping[str, tuple[str, ...]] = {
    "dynamodb:batchexecutestatement": _PARTIQL,
    "dynamodb:executestatement": _PARTIQL,
    "dynamodb:transactwriteitems": (
        "dynamodb:PutItem",
        "dynamodb:UpdateItem",
        "dynamodb:DeleteItem",
        "dynamodb:ConditionCheckItem",
    ),
}
# Prefix → arguments that name what is acted on, and the types behind them.
_TARGETS: Mapping[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "dynamodb": (("tablename", ("aws_dynamodb_table",)),),
    "firehose": (("deliverystreamname", ("aws_kinesis_firehose_delivery_stream",)),),
    "kinesis": (("streamname", ("aws_kinesis_stream",)), ("streamarn", ("aws_kinesis_stream",))),
    "kms": (("keyid", ("aws_kms_key", "aws_kms_alias")),),
    "lambda": (("functionname", ("aws_lambda_function", "aws_lambda_alias")),),
    "mediaconvert": (("queue", ("aws_media_convert_queue",)),),
    "secretsmanager": (("secretid", ("aws_secretsmanager_secret",)),),
    "sns": (("topicarn", ("aws_sns_topic",)), ("targetarn", ("aws_sns_topic",))),
    "sqs": (("queueurl", ("aws_sqs_queue",)),),
    "ssm": (("name", ("aws_ssm_parameter",)),),
    "states": (("statemachinearn", ("aws_sfn_state_machine",)),),
    "sts": (("rolearn", ("aws_iam_role",)),),
}
NAMING_ARGUMENTS = frozenset({"bucket", "key", *(argument for targets in _TARGETS.values() for argument, _ in targets)})
"""Arguments, in lower case, that say what a call acts on."""
_OWNED = ("aws_sqs_queue", "aws_sns_topic", "aws_lambda_function", "aws_lambda_alias", "aws_kms_key")
_QUEUE_URL = re.compile(
    r"https?://(?:sqs\.)?(?P<region>[^./]+)\.(?:queue\.)?amazonaws\.com/(?P<account>[^/]+)/(?P<name>[^/]+)"
)
_SUFFIX = re.compile(r"-\w{6}$")
_OF_FUNCTION_ARN = 6  # colons of the ARN of a function without a qualifier
_PLACE = re.compile(r"\{([^{}]+)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiNeed:
    """``action`` on ``resource``; ``any_resource`` where that is chosen at run time. See ``Need``."""

    action: str
    resource: str
    owner: Item | None = None
    any_resource: bool = False
    certain: bool = True
    conditions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def prefix_of(service: str) -> str:
    """Return the prefix of a service's actions by the name of its client."""
    return _PREFIXES.get(service.lower(), service.lower())


def needs_of_call(
    context: Context, service: str, operation: str, arguments: Mapping[str, Any], place: Item
) -> Iterator[ApiNeed] | None:
    """Return what a call needs; None where it is not known which action it takes.

    ``operation`` is in any spelling (``put_item``, ``PutItem``); ``arguments`` are those that are given, texts with
    symbols where a part is not known, None where all of it is not. ``place`` is what makes the call.
    """
    prefix = prefix_of(service)
    name = operation.replace("_", "").replace("-", "").lower()
    key = f"{prefix}:{name}"
    given = {argument.lower(): value for argument, value in arguments.items()}
    if key in _FREE:
        return iter(())
    if key in _ONE_OF:
        return _some(context, _ONE_OF[key], given, place)
    own = iam_actions.proper_name(key)
    actions = _ACTIONS.get(key) or ((own,) if own else ())
    if not actions:
        return None
    return _of_actions(context, actions, given, place)


def _some(context: Context, actions: tuple[str, ...], given: Mapping[str, Any], place: Item) -> Iterator[ApiNeed]:
    for action in actions:
        for demand in _of_action(context, action, given, place):
            yield ApiNeed(action=demand.action, resource=demand.resource, any_resource=True, certain=False)


def _of_actions(context: Context, actions: tuple[str, ...], given: Mapping[str, Any], place: Item) -> Iterator[ApiNeed]:
    for action in actions:
        versioned = _OF_VERSIONS.get(action) if "versionid" in given else None
        yield from _of_action(context, versioned or action, given, place)
        for argument, other in _BY_ARGUMENT.get(action, ()):
            if argument in given:
                yield from _of_action(context, other, given, place)
    if "s3:PutObject" in actions and "copysource" in given:
        yield from _of_action(context, "s3:GetObject", _source_of(given["copysource"]), place)
    if "mediaconvert:CreateJob" in actions:
        yield from _of_job(context, given, place)


def _source_of(given: Any) -> dict[str, Any]:
    """Return bucket and key of what is copied: a mapping, or a text such as ``bucket/key``."""
    if isinstance(given, dict):
        return {str(name).lower(): value for name, value in given.items()}
    bucket, slash, key = given.partition("/") if isinstance(given, str) else ("", "", "")
    return {"bucket": bucket, "key": key} if slash else {}


def _of_action(context: Context, action: str, given: Mapping[str, Any], place: Item) -> Iterator[ApiNeed]:
    prefix = action.partition(":")[0]
    if iam_actions.takes_no_resource(action):
        yield ApiNeed(action=action, resource=EVERY_RESOURCE)
    elif prefix == "s3":
        yield _of_bucket(context, action, given)
    elif prefix == "events" and action.endswith("PutEvents"):
        yield from _of_buses(context, given, place)
    else:
        yield _of_target(context, action, prefix, given, place)


def _of_bucket(context: Context, action: str, given: Mapping[str, Any]) -> ApiNeed:
    bucket = given.get("bucket")
    name = str(bucket) if bucket is not None else context.view.evaluator.opaque("a bucket")
    owner = context.view.find(bucket, "aws_s3_bucket")
    arn = owner.arn if owner is not None else f"arn:aws:s3:::{name}"
    unknown = owner is None and has_symbols(name)
    if not any(text.endswith(":::*/*") for text in iam_actions.resource_formats(action)):
        return ApiNeed(action=action, resource=arn, owner=owner, any_resource=unknown)
    key = given.get("key")
    below = str(key) if key is not None else context.view.evaluator.opaque("a key")
    return ApiNeed(action=action, resource=f"{arn}/{below}", owner=owner, any_resource=unknown or has_symbols(below))


def _of_buses(context: Context, given: Mapping[str, Any], place: Item) -> Iterator[ApiNeed]:
    entries = given.get("entries")
    names = [
        {str(key).lower(): value for key, value in entry.items()}.get("eventbusname", "default")
        for entry in (entries if isinstance(entries, list) else [])
        if isinstance(entry, dict)
    ]
    for name in dict.fromkeys(map(str, names)):
        bus = context.view.find(name, "aws_cloudwatch_event_bus")
        text = f"arn:aws:events:{place.region}:{place.account}:event-bus/{name}"
        arn = bus.arn if bus is not None else name if name.startswith("arn:") else text
        yield ApiNeed(action="events:PutEvents", resource=arn, any_resource=is_symbol(name))
    if not names:
        anywhere = f"arn:aws:events:{place.region}:{place.account}:event-bus/"
        bus_name = context.view.evaluator.opaque("an event bus")
        yield ApiNeed(action="events:PutEvents", resource=anywhere + bus_name, any_resource=True)


def _of_target(context: Context, action: str, prefix: str, given: Mapping[str, Any], place: Item) -> ApiNeed:
    for argument, types in _TARGETS.get(prefix, ()):
        value = given.get(argument)
        owner = context.view.find(value, *types)
        if owner is not None and owner.type == "aws_kms_alias":
            owner = context.view.find(owner.get("target_key_id"), "aws_kms_key") or owner
        if owner is not None and iam_actions.fits(action, owner.arn, context.view.symbols):
            arn = str(value) if str(value).startswith("arn:") and owner.type != "aws_kms_alias" else owner.arn
            if prefix == "lambda" and owner.type == "aws_lambda_function":
                arn = _qualified(arn, given.get("qualifier"))
            if isinstance(index := given.get("indexname"), str):
                arn = f"{owner.arn}/index/{index}"
            return ApiNeed(action=action, resource=arn, owner=owner if owner.type in _OWNED else None)
        if isinstance(value, str) and owner is None and _is_of_configuration(context, value):
            # Not known, and not chosen at run time: the policy has to name this very thing, or all of its kind.
            arn = value if argument.endswith("arn") else _arn(context, value, types[0], place)
            return ApiNeed(action=action, resource=arn)
        if isinstance(value, str) and value and not is_symbol(value) and owner is None:
            in_part = has_symbols(value) or types[0] == "aws_secretsmanager_secret"
            return ApiNeed(action=action, resource=_arn(context, value, types[0], place), any_resource=in_part)
    return ApiNeed(action=action, resource=context.view.evaluator.opaque("chosen at run time"), any_resource=True)


def _qualified(arn: str, qualifier: Any) -> str:
    """Return the ARN that a call of an alias or a version is checked against; policies see the qualifier as its end.

    https://docs.aws.amazon.com/lambda/latest/dg/lambda-api-permissions-ref.html
    """
    plain = not isinstance(qualifier, str) or qualifier in ("", "$LATEST") or arn.count(":") > _OF_FUNCTION_ARN
    return arn if plain else f"{arn}:{qualifier}"


def _is_of_configuration(context: Context, value: str) -> bool:
    """Whether a value is unknown as a whole because the configuration leaves it open, as a variable does."""
    symbol = context.view.symbol(value)
    return symbol is not None and symbol.address is None and symbol.text.startswith(("var.", "local.", "module."))


def _arn(context: Context, value: str, kind: str, place: Item) -> str:
    """Return the ARN of something that is not in the configuration and is named all the same."""
    if value.startswith("arn:"):
        # A secret may be named without what AWS appends to its name.
        is_partial = kind == "aws_secretsmanager_secret" and not _SUFFIX.search(value) and not has_symbols(value)
        return value + "-" + context.view.evaluator.opaque("a suffix") if is_partial else value
    if kind == "aws_sqs_queue" and (url := _QUEUE_URL.fullmatch(value)):
        return f"arn:aws:sqs:{url['region']}:{url['account']}:{url['name']}"
    text = NAMINGS[kind].arn.replace("{P}", "aws").replace("{R}", place.region).replace("{A}", place.account)
    text = text.replace("{name}", value).replace("{bare_name}", value.removeprefix("/")).replace("{path}", "/")
    return _PLACE.sub(lambda match: context.view.evaluator.opaque(f"{match.group(1)} of {value}"), text)


def _of_job(context: Context, given: Mapping[str, Any], place: Item) -> Iterator[ApiNeed]:
    """A job is created under a role that is passed to MediaConvert; tags on it are an action of their own."""
    role = context.access.roles.find(given.get("role"))
    conditions = {"iam:passedtoservice": ("mediaconvert.amazonaws.com",)}
    anyone = f"arn:aws:iam::{place.account}:role/{context.view.evaluator.opaque('a role')}"
    yield ApiNeed(
        action="iam:PassRole",
        resource=role.arn if role is not None else anyone,
        any_resource=role is None,
        conditions=conditions,
    )
    if "tags" in given or "*" in given:
        jobs = f"arn:aws:mediaconvert:{place.region}:{place.account}:jobs/{context.view.evaluator.opaque('a job')}"
        yield ApiNeed(action="mediaconvert:TagResource", resource=jobs, any_resource=True, certain="tags" in given)
