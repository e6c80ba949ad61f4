"""What is asked for in event patterns, and what the state machine says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.faults.historic import MACHINE, MACHINE_POLICY
from tests.faults.mutation import Defect, mutation
from tests.faults.wiring import JOB_RULE, UPLOAD_RULE

if TYPE_CHECKING:
    from tests.faults.mutation import Subject


def _pattern(subject: Subject, rule: str, **changes: Any) -> None:
    def edit(pattern: Any) -> None:
        for path, value in changes.items():
            *steps, last = path.split("__")
            place = pattern
            for step in steps:
                place = place[step]
            if value is None:
                del place[last]
            else:
                place[last] = value

    subject.json(rule, "event_pattern", edit)


@mutation("The rule listens to the output bucket: the pipeline feeds itself", Defect.CONDITIONAL)
def listens_to_output(subject: Subject) -> None:
    _pattern(subject, UPLOAD_RULE, detail__bucket={"name": ["${aws_s3_bucket.OutputBucket.bucket}"]})


@mutation("The rule names no bucket, so that it listens to all of them", Defect.CONDITIONAL)
def listens_to_every_bucket(subject: Subject) -> None:
    _pattern(subject, UPLOAD_RULE, detail__bucket=None)


@mutation("The jobs write into the upload bucket", Defect.CONFIGURATION_DATA)
def output_into_uploads(subject: Subject) -> None:
    variables = subject.resource("aws_lambda_function.TranscodingOrchestratorFunction")["environment"]["variables"]
    variables["OUTPUT_BUCKET"] = "${aws_s3_bucket.UploadBucket.bucket}"
    uploads = "${aws_s3_bucket.UploadBucket.arn}/*"
    subject.statement("aws_iam_role_policy.MediaConvertRolePolicy", "WriteOutput", Resource=uploads)


@mutation("A pattern's value stands outside of a list", Defect.SYNTAX)
def pattern_without_list(subject: Subject) -> None:
    subject.json(UPLOAD_RULE, "event_pattern", lambda pattern: pattern.update(source="aws.s3"))


@mutation("A pattern's field is misspelt", Defect.SYNTAX)
def pattern_field_misspelt(subject: Subject) -> None:
    subject.json(JOB_RULE, "event_pattern", lambda pattern: pattern.update(detail_type=pattern.pop("detail-type")))


@mutation("A pattern's operator does not exist", Defect.SYNTAX)
def pattern_operator_unknown(subject: Subject) -> None:
    _pattern(subject, UPLOAD_RULE, detail__object={"key": [{"endswith": ".mp4"}]})


@mutation("A job state that MediaConvert does not send", Defect.CONFIGURATION_DATA)
def job_state_misspelt(subject: Subject) -> None:
    _pattern(subject, JOB_RULE, detail__status=["COMPLETED", "ERROR", "CANCELED"])


@mutation("A detail type that S3 does not send", Defect.CONFIGURATION_DATA)
def detail_type_misspelt(subject: Subject) -> None:
    subject.json(UPLOAD_RULE, "event_pattern", lambda pattern: pattern.update({"detail-type": ["ObjectCreated"]}))


@mutation("The suffixes lack their dot and case, so that no upload matches", Defect.CONDITIONAL)
def no_sample_matches(subject: Subject) -> None:
    _pattern(subject, UPLOAD_RULE, detail__object={"key": [{"suffix": "-mp4"}]})


@mutation("A state leads to one that does not exist", Defect.SYNTAX)
def next_state_misspelt(subject: Subject) -> None:
    def edit(definition: Any) -> None:
        definition["States"]["Begin"]["Next"] = "SubmitObjekt"

    subject.json(MACHINE, "definition", edit)


@mutation("A state that nothing leads to", Defect.CONDITIONAL)
def state_unreachable(subject: Subject) -> None:
    def edit(definition: Any) -> None:
        definition["States"]["Forgotten"] = {"Type": "Succeed"}

    subject.json(MACHINE, "definition", edit)


@mutation("A catch-all error before a named one", Defect.CONDITIONAL)
def catch_all_first(subject: Subject) -> None:
    def edit(definition: Any) -> None:
        catches = definition["States"]["SubmitObject"]["Catch"]
        catches.append({"ErrorEquals": ["States.Timeout"], "Next": catches[0]["Next"]})

    subject.json(MACHINE, "definition", edit)


@mutation("A task in the other query language", Defect.SYNTAX)
def wrong_query_language(subject: Subject) -> None:
    def edit(definition: Any) -> None:
        state = definition["States"]["SubmitObject"]
        state["Parameters"] = state.pop("Arguments")

    subject.json(MACHINE, "definition", edit)


@mutation("The state machine may not invoke the function", Defect.SERVICE)
def machine_may_not_invoke(subject: Subject) -> None:
    function = "${aws_lambda_function.JobEventsFunction.arn}"
    subject.statement(MACHINE_POLICY, "InvokeOrchestrator", Resource=function)


@mutation("The state machine may not read the table that a task reads", Defect.SERVICE)
def machine_may_not_read_table(subject: Subject) -> None:
    subject.without(MACHINE_POLICY, "UseJobTable")


@mutation("The state machine's role trusts another service", Defect.SERVICE)
def machine_role_trusts_wrong_service(subject: Subject) -> None:
    subject.statement(
        "aws_iam_role.StepFunctionsRole",
        "AssumedByService",
        argument="assume_role_policy",
        Principal={"Service": "step-functions.amazonaws.com"},
    )


@mutation("A pattern's source is written as in an ARN", Defect.SYNTAX)
def source_misspelt(subject: Subject) -> None:
    subject.json(UPLOAD_RULE, "event_pattern", lambda pattern: pattern.update(source=["aws:s3"]))


@mutation("A pattern names the bucket by its ARN", Defect.CONFIGURATION_DATA)
def bucket_matched_by_arn(subject: Subject) -> None:
    _pattern(subject, UPLOAD_RULE, detail__bucket={"name": ["${aws_s3_bucket.UploadBucket.arn}"]})


@mutation("A pattern compares numbers by an operator that does not exist", Defect.SYNTAX)
def comparison_unknown(subject: Subject) -> None:
    _pattern(subject, UPLOAD_RULE, detail__object={"size": [{"numeric": ["==", 0]}]})


@mutation("A pattern is longer than EventBridge takes", Defect.SERVICE)
def pattern_too_long(subject: Subject) -> None:
    keys = [{"suffix": f".part{number:04}"} for number in range(300)]
    _pattern(subject, UPLOAD_RULE, detail__object={"key": [{"suffix": ".mp4"}, *keys]})


@mutation("A schedule of one minutes", Defect.SYNTAX)
def schedule_plural(subject: Subject) -> None:
    subject.resource(UPLOAD_RULE)["schedule_expression"] = "rate(1 minutes)"


@mutation("A rule listens to another queue of jobs", Defect.CONFIGURATION_DATA)
def rule_on_other_queue(subject: Subject) -> None:
    _pattern(subject, JOB_RULE, detail__queue=["arn:aws:mediaconvert:ap-southeast-1:123456789012:queues/Default"])
