"""Everything that an emulator answers about what is in it, as one value: the name of a call and of a thing → answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3
from botocore.exceptions import ClientError

from tests.offline_provider.conformance.normalised import normalised

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from local_cloud.cloud import Endpoints

Answers = dict[str, Any]


@dataclass(frozen=True)
class Emulator:
    """Clients of one emulator's services."""

    endpoints: Endpoints

    def client(self, service: str) -> Any:
        """Return a client of a service."""
        endpoint = self.endpoints.mediaconvert if service == "mediaconvert" else self.endpoints.aws
        return boto3.client(
            service,  # type: ignore[call-overload]  # the name is one of those below
            region_name=self.endpoints.region,
            endpoint_url=endpoint,
            aws_access_key_id="test",
            aws_secret_access_key="test",  # noqa: S106 - an emulator checks none
        )


def read_back(emulator: Emulator) -> Answers:
    """Ask every service for everything; a call that the service refuses is answered by its error's code."""
    answers: Answers = {}
    for service, questions in _SERVICES.items():
        client = emulator.client(service)
        for thing, operation, arguments in questions(client):
            answers[f"{service}.{operation} {thing}"] = _answer(client, operation, arguments)
    names = _names_of_keys(answers)
    return {normalised(key, names): normalised(value, names) for key, value in sorted(answers.items())}


Question = tuple[str, str, dict[str, Any]]


def _answer(client: Any, operation: str, arguments: dict[str, Any]) -> Any:
    try:
        answer = getattr(client, operation)(**arguments)
    except ClientError as error:
        return {"refused": error.response["Error"]["Code"]}
    return {key: value for key, value in answer.items() if key != "ResponseMetadata"}


def _asked(thing: str, operations: str, **arguments: Any) -> Iterator[Question]:
    for operation in operations.split():
        yield thing, operation, arguments


def _buckets(s3: Any) -> Iterator[Question]:
    for bucket in s3.list_buckets()["Buckets"]:
        yield from _asked(
            bucket["Name"],
            "get_bucket_versioning get_bucket_encryption get_bucket_lifecycle_configuration get_bucket_policy "
            "get_public_access_block get_bucket_ownership_controls get_bucket_notification_configuration "
            "get_bucket_tagging get_bucket_location get_bucket_acl get_bucket_cors get_bucket_logging "
            "get_bucket_website get_bucket_request_payment list_objects_v2",
            Bucket=bucket["Name"],
        )


def _roles(iam: Any) -> Iterator[Question]:
    for role in iam.list_roles()["Roles"]:
        name = role["RoleName"]
        yield from _asked(name, "get_role list_role_tags list_role_policies list_attached_role_policies", RoleName=name)
        for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]:
            yield from _asked(f"{name} {policy}", "get_role_policy", RoleName=name, PolicyName=policy)


def _functions(client: Any) -> Iterator[Question]:
    for function in client.list_functions()["Functions"]:
        name = function["FunctionName"]
        yield from _asked(
            name,
            "get_function_configuration get_policy get_function_concurrency get_function_event_invoke_config "
            "list_function_event_invoke_configs list_versions_by_function",
            FunctionName=name,
        )
        yield from _asked(name, "list_tags", Resource=function["FunctionArn"])


def _rules(events: Any) -> Iterator[Question]:
    for rule in events.list_rules()["Rules"]:
        yield from _asked(rule["Name"], "describe_rule", Name=rule["Name"])
        yield from _asked(rule["Name"], "list_targets_by_rule", Rule=rule["Name"])
        yield from _asked(rule["Name"], "list_tags_for_resource", ResourceARN=rule["Arn"])


def _queues(sqs: Any) -> Iterator[Question]:
    for url in sqs.list_queues().get("QueueUrls", []):
        name = url.rpartition("/")[2]
        yield from _asked(name, "get_queue_attributes", QueueUrl=url, AttributeNames=["All"])
        yield from _asked(name, "list_queue_tags", QueueUrl=url)


def _topics(sns: Any) -> Iterator[Question]:
    for topic in sns.list_topics()["Topics"]:
        yield from _asked(topic["TopicArn"], "get_topic_attributes", TopicArn=topic["TopicArn"])
        yield from _asked(topic["TopicArn"], "list_tags_for_resource", ResourceArn=topic["TopicArn"])
    for subscription in sns.list_subscriptions()["Subscriptions"]:
        thing = f"{subscription['TopicArn']} {subscription['Protocol']} {subscription['Endpoint']}"
        yield from _asked(thing, "get_subscription_attributes", SubscriptionArn=subscription["SubscriptionArn"])


def _log_groups(logs: Any) -> Iterator[Question]:
    for group in logs.describe_log_groups()["logGroups"]:
        name, arn = group["logGroupName"], group["arn"].removesuffix(":*")
        yield from _asked(name, "describe_log_groups", logGroupNamePrefix=name)
        yield from _asked(name, "list_tags_for_resource", resourceArn=arn)


def _alarms(cloudwatch: Any) -> Iterator[Question]:
    for alarm in cloudwatch.describe_alarms()["MetricAlarms"]:
        name = alarm["AlarmName"]
        yield from _asked(name, "describe_alarms", AlarmNames=[name])
        yield from _asked(name, "list_tags_for_resource", ResourceARN=alarm["AlarmArn"])
    for dashboard in cloudwatch.list_dashboards()["DashboardEntries"]:
        yield from _asked(dashboard["DashboardName"], "get_dashboard", DashboardName=dashboard["DashboardName"])


def _tables(dynamodb: Any) -> Iterator[Question]:
    for name in dynamodb.list_tables()["TableNames"]:
        yield from _asked(name, "describe_table describe_time_to_live describe_continuous_backups", TableName=name)
        arn = dynamodb.describe_table(TableName=name)["Table"]["TableArn"]
        yield from _asked(name, "list_tags_of_resource", ResourceArn=arn)


def _keys(kms: Any) -> Iterator[Question]:
    yield from _asked("", "list_aliases")
    for key in kms.list_keys()["Keys"]:
        yield from _asked(key["KeyId"], "describe_key get_key_rotation_status list_resource_tags", KeyId=key["KeyId"])
        yield from _asked(key["KeyId"], "get_key_policy", KeyId=key["KeyId"], PolicyName="default")


def _state_machines(client: Any) -> Iterator[Question]:
    for machine in client.list_state_machines()["stateMachines"]:
        arn = machine["stateMachineArn"]
        yield from _asked(machine["name"], "describe_state_machine", stateMachineArn=arn)
        yield from _asked(machine["name"], "list_tags_for_resource", resourceArn=arn)


def _transcoding_queues(mediaconvert: Any) -> Iterator[Question]:
    for queue in mediaconvert.list_queues()["Queues"]:
        yield from _asked(queue["Name"], "get_queue", Name=queue["Name"])
        yield from _asked(queue["Name"], "list_tags_for_resource", Arn=queue["Arn"])


_SERVICES: dict[str, Callable[[Any], Iterator[Question]]] = {
    "cloudwatch": _alarms,
    "dynamodb": _tables,
    "events": _rules,
    "iam": _roles,
    "kms": _keys,
    "lambda": _functions,
    "logs": _log_groups,
    "mediaconvert": _transcoding_queues,
    "s3": _buckets,
    "sns": _topics,
    "sqs": _queues,
    "stepfunctions": _state_machines,
}


def _names_of_keys(answers: Answers) -> dict[str, str]:
    """Return what each KMS key is called instead of its random id: its description."""
    described = [value["KeyMetadata"] for value in answers.values() if "KeyMetadata" in value]
    return {key["KeyId"]: f"(key: {key.get('Description', '')})" for key in described}
