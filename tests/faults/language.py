"""Mistakes in Terraform's own language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.faults.addresses import INBOX
from tests.faults.historic import FUNCTION
from tests.faults.mutation import Defect, mutation

if TYPE_CHECKING:
    from tests.faults.mutation import Subject

BUCKET = "aws_s3_bucket.OutputBucket"


@mutation("Copies for each of what is known only afterwards", Defect.CONDITIONAL)
def copies_of_unknown(subject: Subject) -> None:
    body = {
        "for_each": "${toset([aws_s3_bucket.UploadBucket.arn])}",
        "name": "media-pipeline-local-${length(each.key)}",
        "message_retention_seconds": 86400,
    }
    subject.add("aws_sqs_queue.InboxOfBucket", body)


@mutation("As many copies as are known only afterwards", Defect.CONDITIONAL)
def count_of_unknown(subject: Subject) -> None:
    body = {"count": "${length(aws_sns_topic.NotificationTopic.arn)}", "name": "media-pipeline-local-${count.index}"}
    subject.add("aws_sqs_queue.InboxOfTopic", body)


@mutation("A precondition that does not hold", Defect.CONDITIONAL, layer="plan")
def precondition_fails(subject: Subject) -> None:
    condition = {"condition": "${length(self.name) > 200}", "error_message": "The name is too short."}
    subject.resource(INBOX)["lifecycle"] = {"postcondition": [condition]}


@mutation("A file that is not there", Defect.SYNTAX, layer="validate")
def file_missing(subject: Subject) -> None:
    subject.resource("aws_cloudwatch_dashboard.Dashboard")["dashboard_body"] = '${file("dashboard.json")}'


@mutation("A text that is turned into a number", Defect.SYNTAX, layer="validate")
def text_turned_into_number(subject: Subject) -> None:
    subject.resource(INBOX)["message_retention_seconds"] = '${tonumber("14 days")}'


@mutation("A variable that is not declared", Defect.SYNTAX)
def variable_not_declared(subject: Subject) -> None:
    subject.resource(FUNCTION)["timeout"] = "${var.timeout}"


@mutation("A local value that is not declared", Defect.SYNTAX)
def local_not_declared(subject: Subject) -> None:
    subject.resource(FUNCTION)["memory_size"] = "${local.memory}"


@mutation("An output of a resource that does not exist", Defect.SYNTAX, layer="validate")
def output_of_nothing(subject: Subject) -> None:
    subject.document["output"]["inbox_queue_url"]["value"] = "${aws_sqs_queue.Inbox.url}"


@mutation("A type of resource that does not exist", Defect.SYNTAX, layer="validate")
def type_misspelt(subject: Subject) -> None:
    subject.add("aws_sqs_queues.NotificationDeadLetterQueueOfQueues", {"name": "media-pipeline-local-spare"})


@mutation("A yes where true or false belongs", Defect.SYNTAX, layer="validate")
def yes_for_true(subject: Subject) -> None:
    subject.resource(BUCKET)["force_destroy"] = "yes"


@mutation("A block that is written as a text", Defect.SYNTAX)
def block_as_text(subject: Subject) -> None:
    subject.resource(FUNCTION)["tracing_config"] = "Active"


@mutation("A block too many", Defect.SYNTAX)
def block_twice(subject: Subject) -> None:
    function = subject.resource(FUNCTION)
    function["tracing_config"] = [{"mode": "Active"}, {"mode": "PassThrough"}]


@mutation("A value is set that only AWS sets", Defect.SYNTAX, layer="validate")
def computed_value_set(subject: Subject) -> None:
    subject.resource(INBOX)["arn"] = "arn:aws:sqs:ap-southeast-1:123456789012:media-pipeline-local-inbox"


@mutation("A value that AWS computes is misspelt in an output", Defect.SYNTAX, layer="validate")
def attribute_of_output_misspelt(subject: Subject) -> None:
    subject.document["output"]["topic_arn"]["value"] = "${aws_sns_topic.NotificationTopic.topic_arn}"


@mutation("Changes to everything are ignored, code included", Defect.IDEMPOTENCY)
def changes_ignored(subject: Subject) -> None:
    subject.resource(FUNCTION)["lifecycle"] = {"ignore_changes": "all"}


@mutation("What is moved is still there", Defect.IDEMPOTENCY, layer="plan")
def moved_and_still_there(subject: Subject) -> None:
    move = {"from": "aws_sqs_queue.InboxQueue", "to": "aws_sqs_queue.NotificationDeadLetterQueue"}
    subject.document["moved"] = [move]
