"""Permissions: forgotten, on the wrong thing, too wide, for the wrong service."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.faults.historic import FUNCTION_POLICY, MACHINE_POLICY, add_statement
from tests.faults.mutation import Defect, mutation

if TYPE_CHECKING:
    from tests.faults.mutation import Subject

JOB_EVENTS_POLICY = "aws_iam_role_policy.JobEventsRolePolicy"
JOB_POLICY = "aws_iam_role_policy.MediaConvertRolePolicy"


@mutation("The orchestrator may not write the job table", Defect.SERVICE)
def table_write_forgotten(subject: Subject) -> None:
    subject.statement(FUNCTION_POLICY, "UseJobTable", Action=["dynamodb:UpdateItem"])


@mutation("The table's statement names the topic", Defect.CONFIGURATION_DATA)
def statement_on_wrong_resource(subject: Subject) -> None:
    subject.statement(JOB_EVENTS_POLICY, "UseJobTable", Resource="${aws_sns_topic.NotificationTopic.arn}")


@mutation("Objects are allowed on the bucket's ARN without /*", Defect.CONFIGURATION_DATA)
def objects_allowed_on_bucket(subject: Subject) -> None:
    subject.statement(FUNCTION_POLICY, "ReadUploads", Resource="${aws_s3_bucket.UploadBucket.arn}")


@mutation("The orchestrator reads the output bucket instead of the upload bucket", Defect.CONFIGURATION_DATA)
def reads_wrong_bucket(subject: Subject) -> None:
    subject.statement(FUNCTION_POLICY, "ReadUploads", Resource="${aws_s3_bucket.OutputBucket.arn}/*")


@mutation("An action is misspelt", Defect.SYNTAX)
def action_misspelt(subject: Subject) -> None:
    subject.statement(JOB_EVENTS_POLICY, "WriteOutput", Action="s3:PutObjects")


@mutation("The job-events function may not write the manifest", Defect.SERVICE)
def manifest_not_writable(subject: Subject) -> None:
    subject.statement(JOB_EVENTS_POLICY, "WriteOutput", Resource="${aws_s3_bucket.OutputBucket.arn}/*/playlist.m3u8")


@mutation("A function may not write its logs: the group's ARN lacks :*", Defect.CONFIGURATION_DATA)
def logs_on_group_without_streams(subject: Subject) -> None:
    group = "${aws_cloudwatch_log_group.JobEventsFunctionLogGroup.arn}"
    subject.statement(JOB_EVENTS_POLICY, "WriteOwnLogs", Resource=group)


@mutation("Tracing is on, and the role may not send traces", Defect.SERVICE)
def traces_not_allowed(subject: Subject) -> None:
    subject.without(JOB_EVENTS_POLICY, "SendTraces")


@mutation("The role may publish to the encrypted topic and not use its key", Defect.SERVICE)
def key_not_usable(subject: Subject) -> None:
    subject.without(JOB_EVENTS_POLICY, "EncryptNotices")


@mutation("The state machine may publish to the encrypted topic and not use its key", Defect.SERVICE)
def key_not_usable_by_machine(subject: Subject) -> None:
    subject.without(MACHINE_POLICY, "EncryptNotices")


@mutation("PassRole without the service that the role may go to", Defect.SECURITY)
def pass_role_to_any_service(subject: Subject) -> None:
    subject.statement(FUNCTION_POLICY, "PassServiceRole", Condition=None)


@mutation("PassRole names another service than the one that creates the job", Defect.CONFIGURATION_DATA)
def pass_role_to_wrong_service(subject: Subject) -> None:
    condition = {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}
    subject.statement(FUNCTION_POLICY, "PassServiceRole", Condition=condition)


@mutation("The role of the jobs does not trust MediaConvert", Defect.SERVICE)
def job_role_trusts_wrong_service(subject: Subject) -> None:
    subject.statement(
        "aws_iam_role.MediaConvertRole",
        "AssumedByService",
        argument="assume_role_policy",
        Principal={"Service": "elastictranscoder.amazonaws.com"},
    )


@mutation("The role of the jobs trusts another service besides", Defect.SECURITY)
def job_role_trusts_second_service(subject: Subject) -> None:
    subject.statement(
        "aws_iam_role.MediaConvertRole",
        "AssumedByService",
        argument="assume_role_policy",
        Principal={"Service": ["mediaconvert.amazonaws.com", "ec2.amazonaws.com"]},
    )


@mutation("The role of the jobs may not write the output bucket", Defect.SERVICE)
def job_role_cannot_write(subject: Subject) -> None:
    subject.without(JOB_POLICY, "WriteOutput")


@mutation("The role of the jobs may not read the uploads", Defect.SERVICE)
def job_role_cannot_read(subject: Subject) -> None:
    subject.statement(JOB_POLICY, "ReadUploads", Resource="${aws_s3_bucket.OutputBucket.arn}/*")


@mutation("The function's role trusts another service", Defect.SERVICE)
def function_role_trusts_wrong_service(subject: Subject) -> None:
    subject.statement(
        "aws_iam_role.TranscodingLambdaRole",
        "AssumedByService",
        argument="assume_role_policy",
        Principal={"Service": "ecs-tasks.amazonaws.com"},
    )


@mutation("A statement allows on everything to save the trouble", Defect.SECURITY)
def everything_allowed(subject: Subject) -> None:
    subject.statement(FUNCTION_POLICY, "CreateJobs", Resource="*")


@mutation("A statement allows every action of a service", Defect.SECURITY)
def every_action_allowed(subject: Subject) -> None:
    subject.statement(JOB_EVENTS_POLICY, "WriteOutput", Action="s3:*", Resource="*")


@mutation("A permission that nothing uses", Defect.SECURITY)
def unused_permission(subject: Subject) -> None:
    table = "${aws_dynamodb_table.JobTable.arn}"
    add_statement(subject, FUNCTION_POLICY, "CleanUp", "dynamodb:DeleteItem", table)


@mutation("A deny that takes away what another statement allows", Defect.CONDITIONAL)
def denied_again(subject: Subject) -> None:
    deny = {"Sid": "NoWrites", "Effect": "Deny", "Action": "dynamodb:*", "Resource": "*"}
    subject.policy(JOB_EVENTS_POLICY, lambda statements: statements.append(deny))


@mutation("A condition that the request never meets", Defect.CONDITIONAL)
def condition_never_met(subject: Subject) -> None:
    condition = {"Bool": {"aws:SecureTransport": "false"}}
    subject.statement(JOB_EVENTS_POLICY, "PublishNotices", Condition=condition)


@mutation("A condition operator that does not exist", Defect.SYNTAX)
def condition_operator_unknown(subject: Subject) -> None:
    condition = {"StringEqual": {"iam:PassedToService": "mediaconvert.amazonaws.com"}}
    subject.statement(FUNCTION_POLICY, "PassServiceRole", Condition=condition)


@mutation("A statement of a role has a principal", Defect.SYNTAX)
def principal_in_identity_policy(subject: Subject) -> None:
    subject.statement(FUNCTION_POLICY, "CreateJobs", Principal={"Service": "lambda.amazonaws.com"})


@mutation("Two statements with the same Sid", Defect.SYNTAX)
def sid_twice(subject: Subject) -> None:
    subject.statement(FUNCTION_POLICY, "ProbeSources", Sid="CreateJobs")


@mutation("A policy that is no JSON", Defect.SYNTAX)
def policy_no_json(subject: Subject) -> None:
    body = subject.resource(JOB_POLICY)
    body["policy"] = body["policy"][:-1]
