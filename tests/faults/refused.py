"""Documents and names that AWS refuses when it is given them, though Terraform does not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.faults.addresses import JOB_EVENTS
from tests.faults.historic import FUNCTION, MACHINE
from tests.faults.mutation import Defect, mutation
from tests.faults.stored import KEY, KEY_POLICY, TABLE
from tests.faults.values import ALARM

if TYPE_CHECKING:
    from tests.faults.mutation import Subject

DASHBOARD = "aws_cloudwatch_dashboard.Dashboard"


def lifecycle(subject: Subject, *rules: dict[str, Any]) -> None:
    """Put lifecycle rules on the output bucket."""
    body = {"bucket": "${aws_s3_bucket.OutputBucket.id}", "rule": [{"status": "Enabled", **rule} for rule in rules]}
    subject.add("aws_s3_bucket_lifecycle_configuration.OutputBucketLifecycle", body)


@mutation("A lifecycle rule's filter has two conditions side by side", Defect.SERVICE)
def lifecycle_two_predicates(subject: Subject) -> None:
    condition = {"prefix": "drafts/", "object_size_greater_than": 131072}
    lifecycle(subject, {"id": "drafts", "filter": [condition], "expiration": [{"days": 7}]})


@mutation("A lifecycle rule does nothing", Defect.SERVICE)
def lifecycle_without_action(subject: Subject) -> None:
    lifecycle(subject, {"id": "later", "filter": [{"prefix": "tmp/"}]})


@mutation("Two lifecycle rules have one id", Defect.SERVICE)
def lifecycle_id_twice(subject: Subject) -> None:
    rules = [{"id": "old", "filter": [{"prefix": each}], "expiration": [{"days": 7}]} for each in ("a/", "b/")]
    lifecycle(subject, *rules)


@mutation("Delete markers are to go after some days", Defect.SERVICE)
def lifecycle_marker_with_days(subject: Subject) -> None:
    expiration = {"days": 7, "expired_object_delete_marker": True}
    lifecycle(subject, {"id": "markers", "filter": [{"prefix": ""}], "expiration": [expiration]})


@mutation("Objects move to an archive soon after they have moved to infrequent access", Defect.SERVICE)
def lifecycle_moves_too_close(subject: Subject) -> None:
    moves = [{"days": 30, "storage_class": "STANDARD_IA"}, {"days": 45, "storage_class": "GLACIER"}]
    lifecycle(subject, {"id": "colder", "filter": [{"prefix": ""}], "transition": moves})


@mutation("The dashboard's list of alarms is empty", Defect.SERVICE)
def dashboard_without_alarms(subject: Subject) -> None:
    subject.json(DASHBOARD, "dashboard_body", lambda body: body["widgets"][0]["properties"].update(alarms=[]))


@mutation("A widget has no metrics", Defect.SERVICE)
def dashboard_without_metrics(subject: Subject) -> None:
    subject.json(DASHBOARD, "dashboard_body", lambda body: body["widgets"][1]["properties"].pop("metrics"))


@mutation("A widget's metrics are one list and not a list of lists", Defect.SERVICE)
def dashboard_metrics_flat(subject: Subject) -> None:
    def edit(body: dict[str, Any]) -> None:
        properties = body["widgets"][1]["properties"]
        properties["metrics"] = properties["metrics"][0]

    subject.json(DASHBOARD, "dashboard_body", edit)


@mutation("A widget is wider than the grid", Defect.SERVICE)
def dashboard_widget_too_wide(subject: Subject) -> None:
    subject.json(DASHBOARD, "dashboard_body", lambda body: body["widgets"][0].update(width=25))


@mutation("A widget does not say in which region its metrics are", Defect.SERVICE)
def dashboard_without_region(subject: Subject) -> None:
    subject.json(DASHBOARD, "dashboard_body", lambda body: body["widgets"][2]["properties"].pop("region"))


@mutation("The function is made anew before the old one goes, under the same name", Defect.IDEMPOTENCY)
def function_made_before_old_goes(subject: Subject) -> None:
    subject.resource(FUNCTION)["lifecycle"] = {"create_before_destroy": True}


def index(subject: Subject, **block: Any) -> None:
    """Give the table an index by status."""
    table = subject.resource(TABLE)
    table["attribute"] = [*table["attribute"], {"name": "status", "type": "S"}]
    table["global_secondary_index"] = [{"name": "by-status", "hash_key": "status", **block}]


@mutation("An index of keys alone names further attributes", Defect.SERVICE)
def index_of_keys_with_attributes(subject: Subject) -> None:
    index(subject, projection_type="KEYS_ONLY", non_key_attributes=["updated_at"])


@mutation("An index includes attributes and names none", Defect.SERVICE)
def index_includes_nothing(subject: Subject) -> None:
    index(subject, projection_type="INCLUDE")


@mutation("A local index on a table without a range key", Defect.SERVICE)
def local_index_without_range_key(subject: Subject) -> None:
    table = subject.resource(TABLE)
    table["attribute"] = [*table["attribute"], {"name": "status", "type": "S"}]
    block = {"name": "by-status", "range_key": "status", "projection_type": "ALL"}
    table["local_secondary_index"] = [block]


@mutation("An alarm counts errors in percent", Defect.CONFIGURATION_DATA)
def alarm_in_other_unit(subject: Subject) -> None:
    subject.resource(ALARM)["unit"] = "Percent"


@mutation("A log group's key is named by its id, and not by its ARN", Defect.CONFIGURATION_DATA)
def log_group_key_by_id(subject: Subject) -> None:
    group = subject.resource("aws_cloudwatch_log_group.JobEventsFunctionLogGroup")
    group["kms_key_id"] = f"${{{KEY}.key_id}}"
    logs = {
        "Sid": "Logs",
        "Effect": "Allow",
        "Principal": {"Service": "logs.ap-southeast-1.amazonaws.com"},
        "Action": ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"],
        "Resource": "*",
    }
    subject.policy(KEY_POLICY, lambda statements: statements.append(logs))


@mutation("A function's variables are encrypted with a key that its role may not use", Defect.SERVICE)
def variables_with_other_key(subject: Subject) -> None:
    subject.add("aws_kms_key.VariablesKey", {"description": "Variables", "enable_key_rotation": True})
    subject.resource(JOB_EVENTS)["kms_key_arn"] = "${aws_kms_key.VariablesKey.arn}"


@mutation("The state machine calls an alias of the function, and may call the function only", Defect.SERVICE)
def task_calls_alias(subject: Subject) -> None:
    alias = {"name": "live", "function_name": f"${{{FUNCTION}.function_name}}", "function_version": "$LATEST"}
    subject.add("aws_lambda_alias.TranscodingOrchestratorFunctionLive", alias)

    def edit(definition: dict[str, Any]) -> None:
        definition["States"]["SubmitObject"]["Arguments"]["Qualifier"] = "live"

    subject.json(MACHINE, "definition", edit)


def subscribe(subject: Subject, group: str, destination: str, **more: Any) -> None:
    """Deliver a log group's lines to a function, which may be invoked for them."""
    permission = {
        "function_name": f"${{{destination}.function_name}}",
        "action": "lambda:InvokeFunction",
        "principal": "logs.amazonaws.com",
        "source_arn": f"${{{group}.arn}}:*",
    }
    subject.add("aws_lambda_permission.LogsPermission", permission)
    body = {
        "name": "ship",
        "log_group_name": f"${{{group}.name}}",
        "filter_pattern": "",
        "destination_arn": f"${{{destination}.arn}}",
        "depends_on": ["aws_lambda_permission.LogsPermission"],
    }
    subject.add("aws_cloudwatch_log_subscription_filter.Ship", {**body, **more})


@mutation("A function's own log lines are delivered to it", Defect.SERVICE)
def own_logs_delivered(subject: Subject) -> None:
    subscribe(subject, "aws_cloudwatch_log_group.JobEventsFunctionLogGroup", JOB_EVENTS)


@mutation("Log lines go to a stream, and nobody says as whom", Defect.SERVICE)
def logs_to_stream_without_role(subject: Subject) -> None:
    subject.add("aws_kinesis_stream.Lines", {"name": "media-pipeline-local-lines", "shard_count": 1})
    body = {
        "name": "ship",
        "log_group_name": "${aws_cloudwatch_log_group.JobEventsFunctionLogGroup.name}",
        "filter_pattern": "",
        "destination_arn": "${aws_kinesis_stream.Lines.arn}",
    }
    subject.add("aws_cloudwatch_log_subscription_filter.Ship", body)
