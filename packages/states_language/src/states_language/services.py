"""The services that Step Functions calls: optimized integrations, and SDK integrations by botocore's models.

https://docs.aws.amazon.com/step-functions/latest/dg/integrate-optimized.html with a page a service (connect-….html),
and https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from botocore.loaders import Loader
    from botocore.model import ServiceModel, StructureShape

TOKEN = "waitForTaskToken"  # noqa: S105 - the name of a pattern
SYNC = "sync"


@dataclass(frozen=True, slots=True)
class Parameters:
    """The arguments that an optimized integration takes, and those that must be there: of each set, one."""

    takes: frozenset[str]
    required: tuple[frozenset[str], ...]


def _each(names: str, *patterns: str) -> dict[str, tuple[str, ...]]:
    return dict.fromkeys(names.split(), patterns)


# Service → operation → the patterns besides a plain call.
OPTIMIZED: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "apigateway": _each("invoke", TOKEN),
    "athena": _each("startQueryExecution", SYNC) | _each("stopQueryExecution getQueryExecution getQueryResults"),
    "batch": _each("submitJob", SYNC),
    "bedrock": _each("invokeModel", TOKEN) | _each("createModelCustomizationJob", SYNC),
    "codebuild": _each("startBuild startBuildBatch retryBuildBatch", SYNC)
    | _each("stopBuild batchDeleteBuilds batchGetReports stopBuildBatch deleteBuildBatch"),
    "databrew": _each("startJobRun", SYNC),
    "dynamodb": _each("getItem putItem updateItem deleteItem"),
    "ecs": _each("runTask", SYNC, TOKEN),
    "eks": _each("runJob", SYNC, TOKEN)
    | _each("call", TOKEN)
    | _each(
        "createCluster deleteCluster createFargateProfile deleteFargateProfile createNodegroup deleteNodegroup", SYNC
    ),
    "elasticmapreduce": _each("createCluster terminateCluster addStep", SYNC)
    | _each("cancelStep setClusterTerminationProtection modifyInstanceFleetByName modifyInstanceGroupByName"),
    "emr-containers": _each("createVirtualCluster") | _each("deleteVirtualCluster startJobRun", SYNC),
    "emr-serverless": _each(
        "createApplication startApplication stopApplication deleteApplication startJobRun cancelJobRun", SYNC
    ),
    "events": _each("putEvents", TOKEN),
    "glue": _each("startJobRun", SYNC),
    "http": _each("invoke"),
    "lambda": _each("invoke", TOKEN),
    "mediaconvert": _each("createJob", SYNC),
    "sagemaker": _each(
        "createHyperParameterTuningJob createLabelingJob createProcessingJob createTrainingJob createTransformJob", SYNC
    )
    | _each("createEndpoint createEndpointConfig createModel updateEndpoint"),
    "sns": _each("publish", TOKEN),
    "sqs": _each("sendMessage", TOKEN),
    "states": _each("startExecution", SYNC, "sync:2", TOKEN),
}

_OF_ITEMS = frozenset(
    {
        *("TableName", "ReturnConsumedCapacity", "ExpressionAttributeNames", "ExpressionAttributeValues", "Expected"),
        *("ConditionExpression", "ConditionalOperator", "ReturnItemCollectionMetrics", "ReturnValues"),
        "ReturnValuesOnConditionCheckFailure",
    }
)


def _parameters(takes: str, *required: str) -> Parameters:
    wanted = tuple(frozenset(each.split("|")) for each in required)
    return Parameters(frozenset(takes.split()) | frozenset().union(*wanted), wanted)


# Integrations whose arguments are not those of the API, or are asked for so often that no model is loaded for them.
PARAMETERS: Mapping[tuple[str, str], Parameters] = {
    ("apigateway", "invoke"): _parameters(
        "Headers Stage Path QueryParameters RequestBody AllowNullValues AuthType", "ApiEndpoint", "Method"
    ),
    ("dynamodb", "getItem"): _parameters(
        "AttributesToGet ConsistentRead ExpressionAttributeNames ProjectionExpression ReturnConsumedCapacity",
        *("TableName", "Key"),
    ),
    ("dynamodb", "putItem"): _parameters(" ".join(_OF_ITEMS), "TableName", "Item"),
    ("dynamodb", "deleteItem"): _parameters(" ".join(_OF_ITEMS), "TableName", "Key"),
    ("dynamodb", "updateItem"): _parameters(
        " ".join(_OF_ITEMS) + " UpdateExpression AttributeUpdates", "TableName", "Key"
    ),
    ("events", "putEvents"): _parameters("EndpointId", "Entries"),
    ("http", "invoke"): _parameters(
        "Headers QueryParameters RequestBody Transform", "ApiEndpoint", "Method", "Authentication|InvocationConfig"
    ),
    ("lambda", "invoke"): _parameters(
        "Payload ClientContext InvocationType LogType Qualifier TenantId", "FunctionName"
    ),
    ("sns", "publish"): _parameters(
        "Subject MessageStructure MessageAttributes MessageDeduplicationId MessageGroupId",
        *("TopicArn|TargetArn|PhoneNumber", "Message"),
    ),
    ("sqs", "sendMessage"): _parameters(
        "DelaySeconds MessageAttribute MessageAttributes MessageSystemAttributes MessageDeduplicationId MessageGroupId",
        *("QueueUrl", "MessageBody"),
    ),
    ("states", "startExecution"): _parameters("Input Name TraceHeader", "StateMachineArn"),
}

# Optimized integrations that take what the API takes.
_AS_THE_API = frozenset({"athena", "batch", "codebuild", "databrew", "ecs", "glue", "mediaconvert", "sagemaker"})

# Step Functions names services as the AWS SDK for Java 2 does: by their service id, without "Amazon", "AWS" and
# "Service". Those of which this is not the name of botocore's folder; a test holds the table against botocore's models.
_FOLDERS = {
    "applicationdiscovery": "discovery",
    "cloudwatchevents": "events",
    "cloudwatchlogs": "logs",
    "cognitoidentityprovider": "cognito-idp",
    "costandusagereport": "cur",
    "costexplorer": "ce",
    "databasemigration": "dms",
    "directory": "ds",
    "directoryservicedata": "ds-data",
    "elasticloadbalancing": "elb",
    "elasticloadbalancingv2": "elbv2",
    "elasticsearch": "es",
    "eventbridge": "events",
    "iotdataplane": "iot-data",
    "iotjobsdataplane": "iot-jobs-data",
    "lexmodelbuilding": "lex-models",
    "lexmodelsv2": "lexv2-models",
    "lexruntimev2": "lexv2-runtime",
    "marketplacemetering": "meteringmarketplace",
    "migrationhub": "mgh",
    "serverlessapplicationrepository": "serverlessrepo",
    "sfn": "stepfunctions",
    "simpledb": "sdb",
}
# Services of that list which botocore no longer has: nothing is said of their operations.
_RETIRED = (
    "alexaforbusiness codestar elasticinference honeycode iot1clickprojects iotfleethub macie mobile "
    "opsworks opsworkscm qldb qldbsession robomaker sms worklink "
)
# https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html#unsupported-api-actions-list
_UNSUPPORTED = frozenset(
    {
        *(("comprehendmedical", "DetectEntities"), ("efs", "CreateTags"), ("elastictranscoder", "TestRole")),
        *(("emr", "DescribeJobFlows"), ("iotdeviceadvisor", "ListTestCases"), ("kinesis", "SubscribeToShard")),
        *(("lambda", "InvokeAsync"), ("lexruntimev2", "StartConversation"), ("s3", "SelectObjectContent")),
        *(("mediapackage", "RotateChannelCredentials"), ("rdsdata", "ExecuteSql"), ("shield", "DeleteSubscription")),
    }
)


@lru_cache(maxsize=1)
def _loader() -> Loader:
    from botocore.loaders import Loader  # noqa: PLC0415 - it takes longer than all else, and is rarely needed

    return Loader()


@lru_cache(maxsize=1)
def sdk_services() -> Mapping[str, str]:
    """Return the services that SDK integrations know: Step Functions' name → botocore's folder, empty where none is."""
    folders = set(_loader().list_available_services("service-2"))
    renamed = set(_FOLDERS.values())
    found = {folder.replace("-", ""): folder for folder in folders - renamed}
    return {**dict.fromkeys(_RETIRED.split(), ""), **found, **_FOLDERS}


@lru_cache(maxsize=32)
def _model(folder: str) -> ServiceModel | None:
    from botocore.exceptions import UnknownServiceError  # noqa: PLC0415 - as above
    from botocore.model import ServiceModel  # noqa: PLC0415 - as above

    if not folder:
        return None
    try:
        return ServiceModel(_loader().load_service_model(folder, "service-2"), folder)
    except UnknownServiceError:
        return None


def sdk_operations(service: str) -> Mapping[str, str]:
    """Return a service's operations, as a resource writes them → as the API does; none where they are not known."""
    model = _model(sdk_services().get(service, ""))
    if model is None:
        return {}
    names = [name for name in model.operation_names if (service, name) not in _UNSUPPORTED]
    return {uncapitalized(name): name for name in names}


def sdk_input(service: str, operation: str) -> StructureShape | None:
    """Return what an operation, by the API's name, takes; None where it takes nothing or is not known."""
    model = _model(sdk_services().get(service, ""))
    return _input(model, operation)


def optimized_input(service: str, operation: str) -> StructureShape | None:
    """Return what an optimized integration takes that is the API's own; None where it has arguments of its own."""
    if service not in _AS_THE_API:
        return None
    model = _model(service)
    return _input(model, operation[:1].upper() + operation[1:])


def _input(model: ServiceModel | None, operation: str) -> StructureShape | None:
    if model is None or operation not in model.operation_names:
        return None
    shape: StructureShape | None = model.operation_model(operation).input_shape
    return shape


def uncapitalized(name: str) -> str:
    """Return a name as the AWS SDK for Java 2 begins it: ``DBInstance`` → ``dbInstance``.

    https://github.com/aws/aws-sdk-java-v2/blob/master/codegen/src/main/java/software/amazon/awssdk/codegen/internal/Utils.java
    """
    end = 1
    while end < len(name) and name[end].isupper() and not (end + 1 < len(name) and name[end + 1].islower()):
        end += 1
    return name[:end].lower() + name[end:]
