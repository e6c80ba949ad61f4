"""Documents that a service reads by rules of its own: patterns, policies, templates, and who owns what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.faults.historic import FUNCTION_POLICY
from tests.faults.mutation import Defect, mutation
from tests.faults.permissions import JOB_EVENTS_POLICY
from tests.faults.stored import KEY_POLICY, OUTPUT_POLICY
from tests.faults.wiring import TOPIC_POLICY, UPLOAD_RULE, UPLOAD_TARGET

if TYPE_CHECKING:
    from tests.faults.mutation import Subject

DEAD_LETTERS = "aws_sqs_queue.UploadDeadLetterQueue"
ROLE = "${aws_iam_role.TranscodingLambdaRole.name}"


def _keys(subject: Subject, *filters: Any) -> None:
    """Have the upload rule ask for objects by these filters of their keys."""
    subject.json(
        UPLOAD_RULE, "event_pattern", lambda pattern: pattern["detail"]["object"].update({"key": list(filters)})
    )


@mutation("A pattern's prefix is a list", Defect.SYNTAX)
def pattern_prefix_is_list(subject: Subject) -> None:
    _keys(subject, {"suffix": ".mp4"}, {"prefix": ["films/", "series/"]})


@mutation("Two operators stand in one object of a pattern", Defect.SYNTAX)
def pattern_two_operators(subject: Subject) -> None:
    _keys(subject, {"prefix": "films/", "suffix": ".mp4"})


@mutation("Two stars follow each other in a pattern's wildcard", Defect.SYNTAX)
def pattern_two_stars(subject: Subject) -> None:
    _keys(subject, {"wildcard": "films/**.mp4"})


@mutation("A pattern's range has its bounds the wrong way round", Defect.CONFIGURATION_DATA)
def pattern_bounds_swapped(subject: Subject) -> None:
    def edit(pattern: Any) -> None:
        pattern["detail"]["object"]["size"] = [{"numeric": [">", 5e9, "<", 1]}]

    subject.json(UPLOAD_RULE, "event_pattern", edit)


@mutation("A statement's conditions stand under Conditions", Defect.SYNTAX)
def conditions_misspelt(subject: Subject) -> None:
    subject.statement(FUNCTION_POLICY, "ReadUploads", Conditions={"Bool": {"aws:SecureTransport": "true"}})


@mutation("A statement's list of actions is empty", Defect.CONFIGURATION_DATA)
def actions_empty(subject: Subject) -> None:
    subject.statement(JOB_EVENTS_POLICY, "SendTraces", Action=[])


@mutation("A condition's qualifier is misspelt", Defect.SYNTAX)
def qualifier_misspelt(subject: Subject) -> None:
    condition = {"ForAnyValues:StringEquals": {"aws:CalledVia": "cloudformation.amazonaws.com"}}
    subject.statement(JOB_EVENTS_POLICY, "SendTraces", Condition=condition)


@mutation("Reading objects is allowed under a condition on the key of listings", Defect.CONDITIONAL)
def condition_of_another_action(subject: Subject) -> None:
    subject.statement(FUNCTION_POLICY, "ReadUploads", Condition={"StringLike": {"s3:prefix": "films/*"}})


@mutation("An action's service is misspelt", Defect.SYNTAX)
def service_misspelt(subject: Subject) -> None:
    subject.statement(JOB_EVENTS_POLICY, "SendTraces", Action=["x-ray:PutTraceSegments", "x-ray:PutTelemetryRecords"])


@mutation("Listing queues is allowed on one queue", Defect.CONFIGURATION_DATA)
def queues_listed_on_one(subject: Subject) -> None:
    statement = {"Sid": "Queues", "Effect": "Allow", "Action": "sqs:ListQueues", "Resource": f"${{{DEAD_LETTERS}.arn}}"}
    subject.policy(FUNCTION_POLICY, lambda statements: statements.append(statement))


@mutation("A topic's policy allows what no topic's can", Defect.SERVICE)
def topic_policy_out_of_scope(subject: Subject) -> None:
    def edit(statements: list[dict[str, Any]]) -> None:
        statements[0]["Action"] = ["sns:Publish", "sns:CreateTopic"]

    subject.policy(TOPIC_POLICY, edit)


@mutation("A queue's policy has eight actions in a statement", Defect.SERVICE)
def queue_policy_too_many_actions(subject: Subject) -> None:
    names = ("GetQueueUrl", "GetQueueAttributes", "ReceiveMessage", "DeleteMessage", "ChangeMessageVisibility")
    actions = [f"sqs:{name}" for name in ("SendMessage", *names, "PurgeQueue", "ListDeadLetterSourceQueues")]
    subject.policy(DEAD_LETTERS, lambda statements: statements[0].update(Action=actions))


@mutation("A queue's policy has no version", Defect.IDEMPOTENCY)
def queue_policy_without_version(subject: Subject) -> None:
    subject.json(DEAD_LETTERS, "policy", lambda document: document.pop("Version"))


@mutation("A bucket's policy denies an action on objects on the bucket alone", Defect.SERVICE)
def bucket_policy_action_without_resource(subject: Subject) -> None:
    statement = {
        "Sid": "Keep",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:DeleteObject",
        "Resource": "${aws_s3_bucket.OutputBucket.arn}",
    }
    subject.policy(OUTPUT_POLICY, lambda statements: statements.append(statement))


@mutation("A target's template is a text without quotes", Defect.SYNTAX)
def template_without_quotes(subject: Subject) -> None:
    template = {"input_paths": {"key": "$.detail.object.key"}, "input_template": "New object <key>"}
    subject.resource(UPLOAD_TARGET)["input_transformer"] = template


@mutation("A target's template has a placeholder that is not defined", Defect.CONFIGURATION_DATA)
def template_placeholder_undefined(subject: Subject) -> None:
    template = {"input_paths": {"key": "$.detail.object.key"}, "input_template": '{"key": <key>, "in": <bucket>}'}
    subject.resource(UPLOAD_TARGET)["input_transformer"] = template


@mutation("A bucket tells two queues of the same objects", Defect.SERVICE)
def notifications_overlap(subject: Subject) -> None:
    queues = [
        {"queue_arn": f"${{{DEAD_LETTERS}.arn}}", "events": ["s3:ObjectCreated:*"], "filter_suffix": ".mp4"},
        {"queue_arn": "arn:aws:sqs:ap-southeast-1:123456789012:more", "events": ["s3:ObjectCreated:Put"]},
    ]
    subject.resource("aws_s3_bucket_notification.UploadBucketEvents")["queue"] = queues


@mutation("The role's policies are listed, and one is left out", Defect.DEPENDENCY)
def policy_left_out(subject: Subject) -> None:
    body = {"role_name": ROLE, "policy_names": ["access"]}
    subject.add("aws_iam_role_policies_exclusive.TranscodingLambdaRoleOnly", body)


@mutation("A policy of AWS is attached by a resource that takes it from everyone else", Defect.DEPENDENCY)
def policy_taken_from_everyone(subject: Subject) -> None:
    arn = "arn:aws:iam::aws:policy/AWSXRayDaemonWriteAccess"
    body = {"name": "traces", "roles": [ROLE], "policy_arn": arn}
    subject.add("aws_iam_policy_attachment.TranscodingLambdaRoleTraces", body)


@mutation("A key's policy names the key by its alias", Defect.CONFIGURATION_DATA)
def key_policy_on_alias(subject: Subject) -> None:
    alias = "arn:aws:kms:ap-southeast-1:123456789012:alias/media"
    subject.policy(
        KEY_POLICY, lambda statements: statements.append({**statements[0], "Sid": "Alias", "Resource": alias})
    )
