"""Each role and resource policy allows what is needed, and says why where it allows more."""

import json
from collections.abc import Callable

import pytest

from lambda_src.output_layout import manifest_key
from lambda_src.table_schema import DUE_INDEX
from stacks.policy import PolicyError, Statement, document, trust
from tests.synth.stack import Stack, many

LOG_DELIVERY = {
    "logs:CreateLogDelivery",
    "logs:GetLogDelivery",
    "logs:UpdateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutLogEvents",
    "logs:PutResourcePolicy",
    "logs:DescribeResourcePolicies",
    "logs:DescribeLogGroups",
}
# Actions on "*": AWS has no resource type for these, or the policy stands on the resource itself.
KNOWN_WILDCARDS = {
    ("aws_iam_role_policy.TranscodingLambdaRolePolicy", "ProbeSources"),
    ("aws_iam_role_policy.TranscodingLambdaRolePolicy", "SendTraces"),
    ("aws_iam_role_policy.JobEventsRolePolicy", "SendTraces"),
    ("aws_iam_role_policy.ReconcilerRolePolicy", "SendTraces"),
    ("aws_iam_role_policy.StepFunctionsRolePolicy", "DeliverLogs"),
    ("aws_iam_role_policy.StepFunctionsRolePolicy", "SendTraces"),
    ("aws_kms_key_policy.NotificationKeyPolicy", "AccountAdministers"),
    ("aws_kms_key_policy.NotificationKeyPolicy", "AlarmsPublish"),
}


MAY_PUBLISH = {
    "sns:Publish": {"${aws_sns_topic.NotificationTopic.arn}"},
    "kms:Decrypt": {"${aws_kms_key.NotificationKey.arn}"},
    "kms:GenerateDataKey": {"${aws_kms_key.NotificationKey.arn}"},
}


def _of_every_function(function: str, dead_letters: str) -> dict[str, set[str]]:
    log_group = f"${{aws_cloudwatch_log_group.{function}LogGroup.arn}}:*"
    return {
        "logs:CreateLogStream": {log_group},
        "logs:PutLogEvents": {log_group},
        "sqs:SendMessage": {f"${{aws_sqs_queue.{dead_letters}.arn}}"},
        "xray:PutTraceSegments": {"*"},
        "xray:PutTelemetryRecords": {"*"},
    }


def _allowed(stack: Stack, role: str) -> dict[str, set[str]]:
    allowed: dict[str, set[str]] = {}
    for statement in stack.statements_of_role(role):
        for action in many(statement["Action"]):
            allowed.setdefault(action, set()).update(many(statement["Resource"]))
    return allowed


def test_the_state_machines_role_may_deliver_its_logs(stack: Stack) -> None:
    on_everything = [
        statement for statement in stack.statements_of_role("StepFunctionsRole") if statement["Resource"] == "*"
    ]
    assert {action for statement in on_everything for action in many(statement["Action"])} >= LOG_DELIVERY


def test_the_state_machine_waits_for_its_roles_policy(stack: Stack) -> None:
    machine = stack.of_type("aws_sfn_state_machine")["TranscodingStateMachine"]
    assert machine["depends_on"] == ["aws_iam_role_policy.StepFunctionsRolePolicy"]


def test_the_state_machine_may_do_what_its_states_do_and_no_more(stack: Stack) -> None:
    assert _allowed(stack, "StepFunctionsRole") == {
        "lambda:InvokeFunction": {"${aws_lambda_function.TranscodingOrchestratorFunction.arn}"},
        "dynamodb:GetItem": {"${aws_dynamodb_table.JobTable.arn}"},
        **MAY_PUBLISH,
        **{action: {"*"} for action in LOG_DELIVERY},
        "xray:PutTraceSegments": {"*"},
        "xray:PutTelemetryRecords": {"*"},
        "xray:GetSamplingRules": {"*"},
        "xray:GetSamplingTargets": {"*"},
    }


def test_the_job_events_function_may_do_what_its_code_does_and_no_more(stack: Stack) -> None:
    assert _allowed(stack, "JobEventsRole") == {
        "dynamodb:GetItem": {"${aws_dynamodb_table.JobTable.arn}"},
        "dynamodb:UpdateItem": {"${aws_dynamodb_table.JobTable.arn}"},
        "s3:ListBucketVersions": {"${aws_s3_bucket.UploadBucket.arn}"},
        "s3:PutObject": {f"${{aws_s3_bucket.OutputBucket.arn}}/{manifest_key('*')}"},
        "mediaconvert:CancelJob": {"arn:aws:mediaconvert:ap-southeast-1:123456789012:jobs/*"},
        **MAY_PUBLISH,
        **_of_every_function("JobEventsFunction", "JobEventDeadLetterQueue"),
    }


def test_the_reconciler_may_do_what_its_code_does_and_no_more(stack: Stack) -> None:
    assert _allowed(stack, "ReconcilerRole") == {
        "dynamodb:GetItem": {"${aws_dynamodb_table.JobTable.arn}"},
        "dynamodb:UpdateItem": {"${aws_dynamodb_table.JobTable.arn}"},
        "dynamodb:Query": {f"${{aws_dynamodb_table.JobTable.arn}}/index/{DUE_INDEX}"},
        "s3:ListBucketVersions": {"${aws_s3_bucket.UploadBucket.arn}"},
        "s3:PutObject": {f"${{aws_s3_bucket.OutputBucket.arn}}/{manifest_key('*')}"},
        "mediaconvert:GetJob": {"arn:aws:mediaconvert:ap-southeast-1:123456789012:jobs/*"},
        "lambda:InvokeFunction": {"${aws_lambda_function.TranscodingOrchestratorFunction.arn}"},
        **MAY_PUBLISH,
        **_of_every_function("ReconcilerFunction", "ReconciliationDeadLetterQueue"),
    }


def test_the_orchestrator_may_do_what_its_code_does_and_no_more(stack: Stack) -> None:
    allowed = _allowed(stack, "TranscodingLambdaRole")
    region, account = "ap-southeast-1", "123456789012"
    assert allowed == {
        "s3:GetObject": {"${aws_s3_bucket.UploadBucket.arn}/*"},
        "s3:ListBucket": {"${aws_s3_bucket.UploadBucket.arn}"},
        "s3:ListBucketVersions": {"${aws_s3_bucket.UploadBucket.arn}"},
        "s3:PutObject": {f"${{aws_s3_bucket.OutputBucket.arn}}/{manifest_key('*')}"},
        "dynamodb:GetItem": {"${aws_dynamodb_table.JobTable.arn}"},
        "dynamodb:PutItem": {"${aws_dynamodb_table.JobTable.arn}"},
        "dynamodb:UpdateItem": {"${aws_dynamodb_table.JobTable.arn}"},
        "mediaconvert:CreateJob": {"${aws_media_convert_queue.TranscodingQueue.arn}"},
        "mediaconvert:TagResource": {f"arn:aws:mediaconvert:{region}:{account}:jobs/*"},
        "mediaconvert:GetJob": {f"arn:aws:mediaconvert:{region}:{account}:jobs/*"},
        "mediaconvert:CancelJob": {f"arn:aws:mediaconvert:{region}:{account}:jobs/*"},
        "mediaconvert:ListJobs": {"${aws_media_convert_queue.TranscodingQueue.arn}"},
        "mediaconvert:SearchJobs": {"${aws_media_convert_queue.TranscodingQueue.arn}"},
        "mediaconvert:Probe": {"*"},
        "iam:PassRole": {"${aws_iam_role.MediaConvertRole.arn}"},
        **MAY_PUBLISH,
        **_of_every_function("TranscodingOrchestratorFunction", "UploadDeadLetterQueue"),
    }


def test_the_service_role_is_passed_to_mediaconvert_alone(stack: Stack) -> None:
    passing = [s for s in stack.statements_of_role("TranscodingLambdaRole") if s["Action"] == "iam:PassRole"]
    assert [s["Condition"] for s in passing] == [
        {"StringEquals": {"iam:PassedToService": "mediaconvert.amazonaws.com"}}
    ]
    trusted = json.loads(stack.of_type("aws_iam_role")["MediaConvertRole"]["assume_role_policy"])["Statement"]
    assert [s["Principal"] for s in trusted] == [{"Service": "mediaconvert.amazonaws.com"}]
    assert trusted[0]["Condition"] == {
        "StringEquals": {"aws:SourceArn": "${aws_media_convert_queue.TranscodingQueue.arn}"}
    }


def test_mediaconvert_reads_uploads_and_writes_output_only(stack: Stack) -> None:
    assert _allowed(stack, "MediaConvertRole") == {
        "s3:GetObject": {"${aws_s3_bucket.UploadBucket.arn}/*"},
        "s3:ListBucket": {"${aws_s3_bucket.UploadBucket.arn}"},
        "s3:PutObject": {"${aws_s3_bucket.OutputBucket.arn}/*"},
    }


def test_no_role_may_write_uploads(stack: Stack) -> None:
    for role in stack.of_type("aws_iam_role"):
        assert "UploadBucket" not in str(_allowed(stack, role).get("s3:PutObject", ""))


def test_a_key_prefix_narrows_what_may_be_read(synthesize: Callable[..., Stack]) -> None:
    stack = synthesize("dev", uploads={"key_prefix": "incoming/"})
    assert _allowed(stack, "TranscodingLambdaRole")["s3:GetObject"] == {"${aws_s3_bucket.UploadBucket.arn}/incoming/*"}


def test_a_function_exists_only_with_its_permissions(stack: Stack) -> None:
    for function, role in (
        ("TranscodingOrchestratorFunction", "TranscodingLambdaRole"),
        ("JobEventsFunction", "JobEventsRole"),
        ("ReconcilerFunction", "ReconcilerRole"),
    ):
        assert f"aws_iam_role_policy.{role}Policy" in stack.reach(f"aws_lambda_function.{function}")
        destination = f"aws_lambda_function_event_invoke_config.{function}FailureDestination"
        assert f"aws_iam_role_policy.{role}DeadLetterPolicy" in stack.reach(destination)


def test_every_wildcard_is_a_known_one(stack: Stack) -> None:
    found = {
        (address, statement["Sid"])
        for address, statement in stack.policies()
        if statement["Effect"] == "Allow"
        and ("*" in many(statement.get("Resource", [])) or any("*" in action for action in many(statement["Action"])))
    }
    assert found == KNOWN_WILDCARDS


@pytest.mark.parametrize(
    "wild", [{"actions": ("s3:GetObject",), "resources": ("*",)}, {"actions": ("s3:*",), "resources": ("arn",)}]
)
def test_a_wildcard_without_a_reason_is_refused(wild: dict[str, tuple[str, ...]]) -> None:
    with pytest.raises(PolicyError, match="a written reason"):
        Statement(sid="TooMuch", actions=wild["actions"], resources=wild["resources"])


def test_a_reason_without_a_wildcard_is_refused() -> None:
    with pytest.raises(PolicyError, match="go together"):
        Statement(sid="Narrow", actions=("s3:GetObject",), resources=("arn",), wildcard_reason="left over")


def test_a_statements_name_is_one_that_iam_takes() -> None:
    with pytest.raises(PolicyError, match="letters and digits"):
        Statement(sid="read-uploads", actions=("s3:GetObject",), resources=("arn",))


def test_two_statements_of_a_policy_never_share_a_name() -> None:
    one = Statement(sid="One", actions=("s3:GetObject",), resources=("arn",))
    with pytest.raises(PolicyError, match="One stands in the policy twice"):
        document(one, one)


def test_a_policy_reads_as_iam_writes_it() -> None:
    one = Statement(sid="One", actions=("s3:GetObject",), resources=("a", "b"))
    assert json.loads(document(one)) == {
        "Version": "2012-10-17",
        "Statement": [{"Sid": "One", "Effect": "Allow", "Action": "s3:GetObject", "Resource": ["a", "b"]}],
    }
    assert json.loads(trust("lambda.amazonaws.com"))["Statement"][0]["Principal"] == {"Service": "lambda.amazonaws.com"}


def test_every_role_is_trusted_by_one_service(stack: Stack) -> None:
    for name, role in stack.of_type("aws_iam_role").items():
        (statement,) = json.loads(role["assume_role_policy"])["Statement"]
        assert isinstance(statement["Principal"]["Service"], str), name


def test_alarms_may_publish_under_the_topics_own_key(stack: Stack) -> None:
    topic = stack.of_type("aws_sns_topic")["NotificationTopic"]
    assert topic["kms_master_key_id"] == "${aws_kms_key.NotificationKey.key_id}"
    key = json.loads(stack.of_type("aws_kms_key_policy")["NotificationKeyPolicy"]["policy"])["Statement"]
    assert [s["Action"] for s in key if s["Principal"] == {"Service": "cloudwatch.amazonaws.com"}] == [
        ["kms:Decrypt", "kms:GenerateDataKey"]
    ]
    (publish,) = json.loads(stack.of_type("aws_sns_topic_policy")["NotificationTopicPolicy"]["policy"])["Statement"]
    assert publish["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    assert publish["Condition"] == {"StringEquals": {"aws:SourceAccount": "123456789012"}}


def test_whoever_publishes_may_use_the_topics_key(stack: Stack) -> None:
    for role in stack.of_type("aws_iam_role"):
        allowed = _allowed(stack, role)
        if "sns:Publish" in allowed:
            for action in ("kms:Decrypt", "kms:GenerateDataKey"):
                assert allowed[action] == {"${aws_kms_key.NotificationKey.arn}"}, role
