"""What the AWS managed policies that people attach to service roles allow.

Contents: https://docs.aws.amazon.com/aws-managed-policy/latest/reference/ . AWS adds to these policies as services
grow; what those in ``_AT_LEAST``, and those that are not listed, allow besides is not known here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from plan_review.policies.statements import Statement, unreadable

if TYPE_CHECKING:
    from collections.abc import Mapping

_PREFIX = ":iam::aws:policy/"
_LOGS = ("logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents")
_TRACES = (
    "xray:PutTraceSegments",
    "xray:PutTelemetryRecords",
    "xray:GetSamplingRules",
    "xray:GetSamplingTargets",
    "xray:GetSamplingStatisticSummaries",
)
_NETWORK = (
    "ec2:CreateNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:DeleteNetworkInterface",
    "ec2:AssignPrivateIpAddresses",
    "ec2:UnassignPrivateIpAddresses",
)

# Policies whose statements are all on every resource: name → actions.
_ON_EVERYTHING: Mapping[str, tuple[str, ...]] = {
    "AWSLambdaBasicExecutionRole": _LOGS,
    "AWSLambdaDynamoDBExecutionRole": (
        "dynamodb:DescribeStream",
        "dynamodb:GetRecords",
        "dynamodb:GetShardIterator",
        "dynamodb:ListStreams",
        *_LOGS,
    ),
    "AWSLambdaENIManagementAccess": _NETWORK,
    "AWSLambdaKinesisExecutionRole": (
        "kinesis:DescribeStream",
        "kinesis:DescribeStreamSummary",
        "kinesis:GetRecords",
        "kinesis:GetShardIterator",
        "kinesis:ListShards",
        "kinesis:ListStreams",
        "kinesis:SubscribeToShard",
        *_LOGS,
    ),
    "AWSLambdaRole": ("lambda:InvokeFunction",),
    "AWSLambdaSQSQueueExecutionRole": (
        "sqs:ReceiveMessage",
        "sqs:DeleteMessage",
        "sqs:GetQueueAttributes",
        *_LOGS,
    ),
    "AWSLambdaVPCAccessExecutionRole": (*_LOGS, *_NETWORK),
    "AWSStepFunctionsFullAccess": ("states:*",),
    "AWSXRayDaemonWriteAccess": _TRACES,
    "AWSXrayWriteOnlyAccess": _TRACES,
    "AdministratorAccess": ("*",),
    "AmazonS3FullAccess": ("s3:*", "s3-object-lambda:*"),
    "AmazonS3ReadOnlyAccess": (
        "s3:Get*",
        "s3:List*",
        "s3:Describe*",
        "s3-object-lambda:Get*",
        "s3-object-lambda:List*",
    ),
    "AmazonSNSFullAccess": ("sns:*",),
    "AmazonSQSFullAccess": ("sqs:*",),
    "AWSElementalMediaConvertReadOnly": (
        "mediaconvert:Get*",
        "mediaconvert:List*",
        "mediaconvert:DescribeEndpoints",
        "s3:ListAllMyBuckets",
        "s3:ListBucket",
    ),
    "CloudWatchLogsFullAccess": ("logs:*", "cloudwatch:GenerateQuery"),
}

# Policies of which only the main part is listed; they allow more than this.
_AT_LEAST: Mapping[str, tuple[str, ...]] = {
    "AWSElementalMediaConvertFullAccess": ("mediaconvert:*", "s3:ListAllMyBuckets", "s3:ListBucket"),
    "AWSLambda_FullAccess": ("lambda:*", "logs:DescribeLogGroups"),
    "AmazonAPIGatewayPushToCloudWatchLogs": _LOGS,
    "AmazonDynamoDBFullAccess": ("dynamodb:*",),
    "AmazonDynamoDBReadOnlyAccess": ("dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan", "dynamodb:BatchGetItem"),
    "AmazonECSTaskExecutionRolePolicy": ("logs:CreateLogStream", "logs:PutLogEvents"),
    "AmazonEventBridgeFullAccess": ("events:*",),
    "AmazonKinesisFullAccess": ("kinesis:*",),
    "AmazonKinesisFirehoseFullAccess": ("firehose:*",),
    "AmazonRekognitionFullAccess": ("rekognition:*",),
    "AmazonSSMReadOnlyAccess": ("ssm:Describe*", "ssm:Get*", "ssm:List*"),
    "AmazonTextractFullAccess": ("textract:*",),
    "AmazonTranscribeFullAccess": ("transcribe:*",),
    "CloudWatchFullAccess": ("cloudwatch:*", "logs:*", "sns:*"),
    "CloudWatchFullAccessV2": ("cloudwatch:*", "logs:*", "sns:CreateTopic", "sns:ListTopics", "sns:Subscribe"),
    "SecretsManagerReadWrite": ("secretsmanager:*",),
}
# https://docs.aws.amazon.com/aws-managed-policy/latest/reference/PowerUserAccess.html , version 12 of 2026-02-12
_BESIDE_POWER = (
    "account:GetAccountInformation",
    "account:GetGovCloudAccountInformation",
    "account:GetPrimaryEmail",
    "account:ListRegions",
    "iam:CreateServiceLinkedRole",
    "iam:DeleteServiceLinkedRole",
    "iam:ListRoles",
    "organizations:DescribeEffectivePolicy",
    "organizations:DescribeOrganization",
)


def managed_policy(arn: str) -> tuple[Statement, ...] | None:
    """Return the statements of an AWS managed policy; None where ``arn`` is of none."""
    if _PREFIX not in arn:
        return None
    name = arn.rsplit("/", 1)[-1]
    if name in _ON_EVERYTHING:
        return (_statement(name, _ON_EVERYTHING[name]),)
    if name in _AT_LEAST:
        rest = unreadable(name, f"{name} is an AWS managed policy that allows more than is known here")
        return _statement(name, _AT_LEAST[name]), rest
    return _WRITTEN_OUT.get(name) or (unreadable(name, f"what the AWS managed policy {name} allows is not known here"),)


def whole_service(arn: str) -> bool:
    """Whether an AWS managed policy allows every action of a service, or of all."""
    name = arn.rsplit("/", 1)[-1]
    return _PREFIX in arn and name.endswith(("FullAccess", "AdministratorAccess", "PowerUserAccess"))


def is_known(name: str) -> bool:
    """Whether a name is that of an AWS managed policy listed here."""
    return name in _ON_EVERYTHING or name in _AT_LEAST


def _statement(name: str, actions: tuple[str, ...]) -> Statement:
    return Statement(source=name, actions=actions, resources=("*",))


# Policies of several statements, or not on everything.
_WRITTEN_OUT: Mapping[str, tuple[Statement, ...]] = {
    "AWSLambdaExecute": (
        Statement(source="AWSLambdaExecute", actions=("logs:*",), resources=("arn:aws:logs:*:*:*",)),
        Statement(source="AWSLambdaExecute", actions=("s3:GetObject", "s3:PutObject"), resources=("arn:aws:s3:::*",)),
    ),
    "CloudWatchLambdaInsightsExecutionRolePolicy": (
        Statement(
            source="CloudWatchLambdaInsightsExecutionRolePolicy",
            actions=_LOGS,
            resources=("arn:aws:logs:*:*:log-group:/aws/lambda-insights:*",),
        ),
    ),
    "PowerUserAccess": (
        Statement(source="PowerUserAccess", not_actions=("iam:*", "organizations:*", "account:*"), resources=("*",)),
        _statement("PowerUserAccess", _BESIDE_POWER),
    ),
}
