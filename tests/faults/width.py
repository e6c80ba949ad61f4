"""Permissions that are wide by another way, or that something else takes away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.faults.historic import FUNCTION_POLICY, MACHINE_POLICY, add_statement
from tests.faults.mutation import Defect, mutation
from tests.faults.permissions import JOB_EVENTS_POLICY

if TYPE_CHECKING:
    from tests.faults.mutation import Subject


@mutation("An administrator's policy is attached", Defect.SECURITY)
def administrator_attached(subject: Subject) -> None:
    body = {
        "role": "${aws_iam_role.TranscodingLambdaRole.name}",
        "policy_arn": "arn:aws:iam::aws:policy/AdministratorAccess",
    }
    subject.add("aws_iam_role_policy_attachment.TranscodingLambdaRoleEverything", body)


@mutation("Everything but a few actions is allowed", Defect.SECURITY)
def everything_but_allowed(subject: Subject) -> None:
    statement = {"Sid": "Rest", "Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}
    subject.policy(FUNCTION_POLICY, lambda statements: statements.append(statement))


@mutation("A boundary takes away what the policy allows", Defect.CONDITIONAL)
def boundary_takes_away(subject: Subject) -> None:
    boundary = "arn:aws:iam::aws:policy/ReadOnlyAccess"
    subject.resource("aws_iam_role.JobEventsRole")["permissions_boundary"] = boundary


@mutation("Every role may be passed to the service", Defect.SECURITY)
def any_role_passed(subject: Subject) -> None:
    subject.statement(FUNCTION_POLICY, "PassServiceRole", Resource="*")


@mutation("PassRole is for another service", Defect.CONFIGURATION_DATA)
def role_passed_to_other_service(subject: Subject) -> None:
    condition = {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}
    subject.statement(FUNCTION_POLICY, "PassServiceRole", Condition=condition)


@mutation("PassRole is forgotten", Defect.SERVICE)
def pass_role_forgotten(subject: Subject) -> None:
    subject.without(FUNCTION_POLICY, "PassServiceRole")


@mutation("A statement says Deny where Allow was meant", Defect.CONDITIONAL)
def deny_for_allow(subject: Subject) -> None:
    subject.statement(JOB_EVENTS_POLICY, "WriteOutput", Effect="Deny")


@mutation("The element of the resources is misspelt", Defect.SYNTAX)
def resource_element_misspelt(subject: Subject) -> None:
    table = "${aws_dynamodb_table.JobTable.arn}"
    subject.statement(JOB_EVENTS_POLICY, "UseJobTable", Resource=None, Resources=table)


@mutation("The policy language's version is today's date", Defect.SYNTAX)
def policy_version_of_today(subject: Subject) -> None:
    subject.json(JOB_EVENTS_POLICY, "policy", lambda document: document.update(Version="2026-01-01"))


@mutation("The action's service is misspelt", Defect.SYNTAX)
def action_prefix_misspelt(subject: Subject) -> None:
    subject.statement(MACHINE_POLICY, "InvokeOrchestrator", Action="lamda:InvokeFunction")


@mutation("A failing upload cannot be told from a missing one", Defect.SERVICE, layer="nothing")
def list_forgotten(subject: Subject) -> None:
    subject.without(FUNCTION_POLICY, "TellWhatIsGone")


@mutation("The action is allowed on one version of the object only by name", Defect.CONFIGURATION_DATA)
def objects_of_one_folder(subject: Subject) -> None:
    subject.statement(FUNCTION_POLICY, "ReadUploads", Resource="${aws_s3_bucket.UploadBucket.arn}/incoming/*")


@mutation("Jobs may be made in every queue of every account", Defect.SECURITY)
def queue_by_pattern(subject: Subject) -> None:
    subject.statement(FUNCTION_POLICY, "CreateJobs", Resource="arn:aws:mediaconvert:*:*:queues/*")


@mutation("A role may change its own permissions", Defect.SECURITY)
def role_changes_itself(subject: Subject) -> None:
    role = "${aws_iam_role.TranscodingLambdaRole.arn}"
    add_statement(subject, MACHINE_POLICY, "Repair", "iam:PutRolePolicy", role)


@mutation("A statement names what it allows and what it does not", Defect.SYNTAX)
def action_and_not_action(subject: Subject) -> None:
    subject.statement(JOB_EVENTS_POLICY, "UseJobTable", NotAction="dynamodb:DeleteTable")


@mutation("A function is to prove itself by a second factor", Defect.CONDITIONAL)
def second_factor_demanded(subject: Subject) -> None:
    condition = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
    subject.statement(JOB_EVENTS_POLICY, "UseJobTable", Condition=condition)


@mutation("A role is trusted with an identity of the web", Defect.SERVICE)
def trust_of_web_identity(subject: Subject) -> None:
    subject.statement(
        "aws_iam_role.TranscodingLambdaRole",
        "AssumedByService",
        argument="assume_role_policy",
        Action="sts:AssumeRoleWithWebIdentity",
    )


@mutation("A statement's id has a dash, which IAM does not take", Defect.SYNTAX)
def sid_with_dash(subject: Subject) -> None:
    subject.statement(FUNCTION_POLICY, "ReadUploads", Sid="Read-Uploads")


@mutation("A pattern begins like the bucket's name, and other buckets' names do too", Defect.SECURITY)
def bucket_by_beginning(subject: Subject) -> None:
    subject.statement(FUNCTION_POLICY, "ReadUploads", Resource="${aws_s3_bucket.UploadBucket.arn}*")
