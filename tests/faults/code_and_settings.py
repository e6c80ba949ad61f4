"""Code that grows past its role, variables that drift apart, settings and numbers out of range."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.faults.historic import FUNCTION
from tests.faults.mutation import Defect, mutation

if TYPE_CHECKING:
    from tests.faults.mutation import Subject

ADAPTER = "lambda_src/adapter.py"
ENVIRONMENT = "lambda_src/environment.py"


@mutation("The code deletes what its role may only put", Defect.SERVICE)
def code_calls_more(subject: Subject) -> None:
    subject.source(
        ADAPTER,
        '            self._s3.put_object(Bucket=bucket, Key=key, Body=content, ContentType="application/json")',
        "            self._s3.delete_object(Bucket=bucket, Key=key)\n"
        '            self._s3.put_object(Bucket=bucket, Key=key, Body=content, ContentType="application/json")',
    )


@mutation("The code reads where its role may only write", Defect.SERVICE)
def code_calls_other_operation(subject: Subject) -> None:
    subject.source(ADAPTER, "self._dynamodb.get_item(", "self._dynamodb.query(")


@mutation("The code calls a client whose name it computes", Defect.SERVICE)
def code_calls_computed_service(subject: Subject) -> None:
    subject.source(
        ADAPTER, 'return self._session.client("sns", config=_CONFIG)', "return self._session.client(_CONFIG)"
    )


@mutation("The code writes the manifest into the upload bucket", Defect.CONFIGURATION_DATA)
def code_uses_other_variable(subject: Subject) -> None:
    subject.source(ENVIRONMENT, '_text(variables, "OUTPUT_BUCKET")', '_text(variables, "MANIFEST_BUCKET")')


@mutation("A variable that the code needs is not set", Defect.CONFIGURATION_DATA)
def variable_forgotten(subject: Subject) -> None:
    del subject.resource(FUNCTION)["environment"]["variables"]["JOB_TABLE"]


@mutation("A variable is misspelt where it is set", Defect.SYNTAX)
def variable_misspelt(subject: Subject) -> None:
    variables = subject.resource(FUNCTION)["environment"]["variables"]
    variables["TOPIC_ARNS"] = variables.pop("TOPIC_ARN")


@mutation("A variable that nothing reads", Defect.DOCUMENTATION)
def variable_not_read(subject: Subject) -> None:
    subject.resource(FUNCTION)["environment"]["variables"]["UPLOADS_BUCKET"] = "${aws_s3_bucket.UploadBucket.bucket}"


@mutation("A variable gets another resource's name", Defect.CONFIGURATION_DATA)
def variable_with_wrong_name(subject: Subject) -> None:
    variables = subject.resource(FUNCTION)["environment"]["variables"]
    variables["JOB_TABLE"] = "${aws_sqs_queue.UploadDeadLetterQueue.name}"


@mutation("A variable that Lambda keeps for itself", Defect.CONFIGURATION_DATA)
def variable_reserved(subject: Subject) -> None:
    subject.resource(FUNCTION)["environment"]["variables"]["AWS_REGION"] = "ap-southeast-1"


@mutation("The handler's module is misspelt", Defect.SYNTAX)
def handler_module_misspelt(subject: Subject) -> None:
    subject.resource(FUNCTION)["handler"] = "lambda_src.orchestration.handler"


@mutation("The handler's function is misspelt", Defect.SYNTAX)
def handler_function_misspelt(subject: Subject) -> None:
    subject.resource(FUNCTION)["handler"] = "lambda_src.orchestrator.lambda_handler"


@mutation("The source does not parse", Defect.SYNTAX)
def source_does_not_parse(subject: Subject) -> None:
    subject.source("lambda_src/orchestrator.py", "def handler(event: Any, context", "def handler(event: Any context")


@mutation("A retired runtime", Defect.SERVICE)
def runtime_retired(subject: Subject) -> None:
    subject.resource(FUNCTION)["runtime"] = "python3.7"


@mutation("A function may run longer than Lambda allows", Defect.CONFIGURATION_DATA)
def timeout_too_long(subject: Subject) -> None:
    subject.resource(FUNCTION)["timeout"] = 1200


@mutation("More retries than EventBridge offers", Defect.CONFIGURATION_DATA)
def too_many_retries(subject: Subject) -> None:
    target = subject.resource("aws_cloudwatch_event_target.VideoUploadEventRuleTarget")
    target["retry_policy"]["maximum_retry_attempts"] = 200


@mutation("Messages kept longer than SQS keeps them", Defect.CONFIGURATION_DATA)
def retention_too_long(subject: Subject) -> None:
    subject.resource("aws_sqs_queue.UploadDeadLetterQueue")["message_retention_seconds"] = 2_592_000


@mutation("Logs kept for a number of days that CloudWatch does not offer", Defect.CONFIGURATION_DATA)
def log_retention_odd(subject: Subject) -> None:
    subject.resource("aws_cloudwatch_log_group.JobEventsFunctionLogGroup")["retention_in_days"] = 45


@mutation("More concurrent jobs than any account has: an hour of waiting", Defect.CONFIGURATION_DATA)
def too_many_concurrent_jobs(subject: Subject) -> None:
    subject.resource("aws_media_convert_queue.TranscodingQueue")["concurrent_jobs"] = 5000


@mutation("A name longer than AWS takes", Defect.CONFIGURATION_DATA)
def name_too_long(subject: Subject) -> None:
    subject.resource(FUNCTION)["function_name"] = (
        "media-pipeline-local-orchestrator-of-the-transcoding-jobs-for-uploads"
    )


@mutation("A bucket name with capital letters", Defect.CONFIGURATION_DATA)
def bucket_name_with_capitals(subject: Subject) -> None:
    subject.resource("aws_s3_bucket.OutputBucket")["bucket"] = "Media-Pipeline-local-output-123456789012"


@mutation("A role's policies grow past their limit", Defect.SERVICE)
def policy_too_large(subject: Subject) -> None:
    resources = [f"arn:aws:s3:::media-pipeline-archive-of-the-year-{year}/*" for year in range(1800, 2026)]
    subject.statement("aws_iam_role_policy.MediaConvertRolePolicy", "ReadUploads", Resource=resources)


@mutation("A description longer than AWS takes", Defect.DOCUMENTATION)
def description_too_long(subject: Subject) -> None:
    subject.resource(FUNCTION)["description"] = "Turns an uploaded video into a MediaConvert job. " * 6


@mutation("A role's description with characters that IAM does not take", Defect.DOCUMENTATION)
def description_with_quotes(subject: Subject) -> None:
    subject.resource("aws_iam_role.MediaConvertRole")["description"] = "Reads “uploads” — writes streams"


@mutation("The table declares an attribute that is no key", Defect.DOCUMENTATION)
def table_attribute_documented(subject: Subject) -> None:
    table = subject.resource("aws_dynamodb_table.JobTable")
    table["attribute"] = [*table["attribute"], {"name": "status", "type": "S"}]


@mutation("A tag with the time of the deployment: every plan has changes", Defect.IDEMPOTENCY)
def tag_with_time(subject: Subject) -> None:
    subject.resource("aws_sns_topic.NotificationTopic")["tags"] = {"Deployed": "${timestamp()}"}


@mutation("A setting is missing", Defect.CONFIGURATION_DATA, layer="settings")
def setting_missing(subject: Subject) -> None:
    del subject.settings["environments"]["local"]["functions"]["timeout_seconds"]


@mutation("A setting is misspelt", Defect.SYNTAX, layer="settings")
def setting_misspelt(subject: Subject) -> None:
    functions = subject.settings["environments"]["local"]["functions"]
    functions["memory"] = functions.pop("memory_mb")


@mutation("A setting is out of range", Defect.CONFIGURATION_DATA, layer="settings")
def setting_out_of_range(subject: Subject) -> None:
    subject.settings["environments"]["local"]["functions"]["timeout_seconds"] = 3600


@mutation("An argument's name is misspelt", Defect.SYNTAX, layer="validate")
def argument_misspelt(subject: Subject) -> None:
    queue = subject.resource("aws_sqs_queue.InboxQueue")
    queue["message_retention_second"] = queue.pop("message_retention_seconds")


@mutation("A reference to a resource that does not exist", Defect.SYNTAX)
def reference_to_nothing(subject: Subject) -> None:
    subject.resource("aws_s3_bucket_versioning.UploadBucketVersioning")["bucket"] = "${aws_s3_bucket.Uploads.id}"


@mutation("A reference to an attribute that does not exist", Defect.SYNTAX, layer="validate")
def attribute_misspelt(subject: Subject) -> None:
    subject.resource("aws_s3_bucket_versioning.UploadBucketVersioning")["bucket"] = "${aws_s3_bucket.UploadBucket.nam}"


@mutation("A required argument is missing", Defect.SYNTAX)
def required_argument_missing(subject: Subject) -> None:
    del subject.resource("aws_cloudwatch_event_target.VideoUploadEventRuleTarget")["rule"]


@mutation("A text where a number belongs", Defect.SYNTAX, layer="validate")
def text_for_number(subject: Subject) -> None:
    subject.resource("aws_sqs_queue.InboxQueue")["message_retention_seconds"] = "two weeks"


@mutation("The code gives what it writes an access list, which its role may not", Defect.SERVICE)
def code_writes_acl(subject: Subject) -> None:
    subject.source(ADAPTER, "Body=content, ContentType", 'Body=content, ACL="public-read", ContentType')


@mutation("The code misspells an argument of a call", Defect.SYNTAX)
def code_misspells_argument(subject: Subject) -> None:
    subject.source(ADAPTER, "head_object(Bucket=bucket, Key=key)", "head_object(Bucket=bucket, ObjectKey=key)")


@mutation("The code leaves out what a call must have", Defect.SYNTAX)
def code_leaves_argument_out(subject: Subject) -> None:
    subject.source(ADAPTER, "head_object(Bucket=bucket, Key=key)", "head_object(Bucket=bucket)")


@mutation("The handler is asynchronous, and Lambda does not wait", Defect.SYNTAX)
def handler_asynchronous(subject: Subject) -> None:
    subject.source("lambda_src/orchestrator.py", "def handler(", "async def handler(")


@mutation("The handler takes the event alone", Defect.SYNTAX)
def handler_with_one_argument(subject: Subject) -> None:
    subject.source(
        "lambda_src/orchestrator.py", "def handler(event: Any, context: LambdaContext)", "def handler(event: Any)"
    )


@mutation("The code imports what is no longer there", Defect.SYNTAX)
def import_of_nothing(subject: Subject) -> None:
    subject.source(ADAPTER, "from lambda_src.ports import Move,", "from lambda_src.ports import Moved, Move,")
