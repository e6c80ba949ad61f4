"""State machines that Step Functions refuses, or that fail when they run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.faults.historic import MACHINE
from tests.faults.mutation import Defect, mutation

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.faults.mutation import Subject


def _states(subject: Subject, edit: Callable[[Any], Any]) -> None:
    subject.json(MACHINE, "definition", lambda definition: edit(definition["States"]))


@mutation("A task's resource is misspelt", Defect.SYNTAX)
def task_resource_misspelt(subject: Subject) -> None:
    _states(subject, lambda states: states["SubmitObject"].update(Resource="arn:aws:states:::lambda:invokeFunction"))


@mutation("A task calls an operation that the service does not have", Defect.SYNTAX)
def task_operation_misspelt(subject: Subject) -> None:
    _states(subject, lambda states: states["ReadRecord"].update(Resource="arn:aws:states:::aws-sdk:dynamodb:readItem"))


@mutation("A task waits for the end of a call that has none", Defect.SERVICE)
def task_waits_for_nothing(subject: Subject) -> None:
    _states(subject, lambda states: states["ReadRecord"].update(Resource="arn:aws:states:::dynamodb:getItem.sync"))


@mutation("A task's argument is misspelt", Defect.SYNTAX)
def task_argument_misspelt(subject: Subject) -> None:
    def edit(states: Any) -> None:
        arguments = states["NotifyFailure"]["Arguments"]
        arguments["Topic"] = arguments.pop("TopicArn")

    _states(subject, edit)


@mutation("A task tells a topic that its role may not publish to", Defect.CONFIGURATION_DATA)
def task_tells_other_topic(subject: Subject) -> None:
    topic = "arn:aws:sns:ap-southeast-1:123456789012:operators"
    _states(subject, lambda states: states["NotifyFailure"]["Arguments"].update(TopicArn=topic))


@mutation("A task invokes the other function", Defect.CONFIGURATION_DATA)
def task_invokes_other_function(subject: Subject) -> None:
    function = "${aws_lambda_function.JobEventsFunction.arn}"
    _states(subject, lambda states: states["SubmitObject"]["Arguments"].update(FunctionName=function))


@mutation("A task reads a record by a key that the table does not have", Defect.CONFIGURATION_DATA)
def task_key_misspelt(subject: Subject) -> None:
    key = {"id": {"S": "{% $submission.record_id %}"}}
    _states(subject, lambda states: states["ReadRecord"]["Arguments"].update(Key=key))


@mutation("An error leads to a state that does not exist", Defect.SYNTAX)
def catch_leads_nowhere(subject: Subject) -> None:
    _states(subject, lambda states: states["ReadRecord"]["Catch"][0].update(Next="NotifyFailed"))


@mutation("A state neither ends nor leads on", Defect.SYNTAX)
def state_without_next(subject: Subject) -> None:
    _states(subject, lambda states: states["WaitForJob"].pop("Next"))


@mutation("The first state does not exist", Defect.SYNTAX)
def start_misspelt(subject: Subject) -> None:
    subject.json(MACHINE, "definition", lambda definition: definition.update(StartAt="Start"))


@mutation("An expression that does not parse", Defect.SYNTAX)
def expression_misspelt(subject: Subject) -> None:
    def edit(states: Any) -> None:
        states["CheckRecord"]["Choices"][0]["Condition"] = "{% $record.status.S = = 'COMPLETE' %}"

    _states(subject, edit)


@mutation("A kind of state that does not exist", Defect.SYNTAX)
def state_type_misspelt(subject: Subject) -> None:
    _states(subject, lambda states: states["WaitForJob"].update(Type="Sleep"))


@mutation("A wait that says twice how long", Defect.SYNTAX)
def wait_said_twice(subject: Subject) -> None:
    _states(subject, lambda states: states["WaitForJob"].update(Timestamp="2030-01-01T00:00:00Z"))


@mutation("A retry with an interval of zero", Defect.CONFIGURATION_DATA)
def retry_without_interval(subject: Subject) -> None:
    _states(subject, lambda states: states["ReadRecord"]["Retry"][0].update(IntervalSeconds=0))


@mutation("A retry after an error whose name does not exist", Defect.CONFIGURATION_DATA)
def error_name_misspelt(subject: Subject) -> None:
    _states(subject, lambda states: states["ReadRecord"]["Retry"][0].update(ErrorEquals=["States.TaskFail"]))


@mutation("The definition is no JSON", Defect.SYNTAX)
def definition_no_json(subject: Subject) -> None:
    body = subject.resource(MACHINE)
    body["definition"] = body["definition"][:-1]


@mutation("A task waits for a token that it does not hand out", Defect.SERVICE)
def token_not_handed_out(subject: Subject) -> None:
    resource = "arn:aws:states:::lambda:invoke.waitForTaskToken"
    _states(subject, lambda states: states["SubmitObject"].update(Resource=resource))


@mutation("A retry that waits less and less", Defect.CONFIGURATION_DATA)
def backoff_below_one(subject: Subject) -> None:
    _states(subject, lambda states: states["ReadRecord"]["Retry"][0].update(BackoffRate=0.5))


@mutation("A retry whose longest wait is shorter than its first", Defect.CONFIGURATION_DATA)
def longest_wait_too_short(subject: Subject) -> None:
    _states(subject, lambda states: states["ReadRecord"]["Retry"][0].update(MaxDelaySeconds=1))


@mutation("A choice falls back on a state that does not exist", Defect.SYNTAX)
def default_misspelt(subject: Subject) -> None:
    _states(subject, lambda states: states["CheckRecord"].update(Default="WaitForTheJob"))


@mutation("A state with a name of more than 80 characters", Defect.CONFIGURATION_DATA)
def state_name_too_long(subject: Subject) -> None:
    def edit(states: Any) -> None:
        name = "WaitForTheJobAndThenLookAgainWhetherItHasComeToAnEndOrWhetherItHasToBeWaitedForOnceMore"
        states[name] = states.pop("WaitForJob")
        states["CheckRecord"]["Default"] = name

    _states(subject, edit)


@mutation("All errors are caught together with one by name", Defect.CONDITIONAL)
def all_errors_and_one(subject: Subject) -> None:
    errors = ["States.ALL", "States.Timeout"]
    _states(subject, lambda states: states["ReadRecord"]["Catch"][0].update(ErrorEquals=errors))


@mutation("An argument in the notation of the other query language", Defect.SYNTAX)
def argument_in_other_language(subject: Subject) -> None:
    def edit(states: Any) -> None:
        arguments = states["SubmitObject"]["Arguments"]
        del arguments["Payload"]
        arguments["Payload.$"] = "$"

    _states(subject, edit)


@mutation("An expression reads a variable that no state assigns", Defect.SYNTAX)
def assigned_variable_misspelt(subject: Subject) -> None:
    def edit(states: Any) -> None:
        states["CheckRecord"]["Choices"][0]["Condition"] = "{% $recrod.status.S = 'COMPLETE' %}"

    _states(subject, edit)


@mutation("An expression reads an error where none is caught", Defect.SYNTAX)
def error_read_outside_catch(subject: Subject) -> None:
    reason = {"failure": "{% $states.errorOutput.Cause %}"}
    _states(subject, lambda states: states["CheckSubmission"]["Choices"][0].update(Assign=reason))


@mutation("An expression reads a name that belongs to nothing", Defect.SYNTAX)
def expression_without_root(subject: Subject) -> None:
    _states(subject, lambda states: states["SubmitObject"]["Arguments"].update(Payload="{% states.input %}"))


@mutation("A field of another type of state", Defect.SYNTAX)
def field_of_another_type(subject: Subject) -> None:
    _states(subject, lambda states: states["WaitForJob"].update(TimeoutSeconds=60))


@mutation("A path in a state machine that writes JSONata", Defect.SYNTAX)
def path_in_jsonata(subject: Subject) -> None:
    _states(subject, lambda states: states["ReadRecord"].update(ResultPath="$.record"))


@mutation("A number of retries that is a text", Defect.SYNTAX)
def attempts_as_text(subject: Subject) -> None:
    _states(subject, lambda states: states["ReadRecord"]["Retry"][0].update(MaxAttempts="3"))


@mutation("An SDK call whose parameter is in the API's case", Defect.SYNTAX)
def parameter_in_camel_case(subject: Subject) -> None:
    call = {"Resource": "arn:aws:states:::aws-sdk:batch:cancelJob", "Arguments": {"jobId": "j", "Reason": "r"}}
    _states(subject, lambda states: states["ReadRecord"].update(call))


@mutation("A branch names a state as one outside of it is named", Defect.SYNTAX)
def state_named_twice(subject: Subject) -> None:
    branch = {"StartAt": "WaitForJob", "States": {"WaitForJob": {"Type": "Succeed"}}}
    _states(subject, lambda states: states.update(Begin={**states["Begin"], "Type": "Parallel", "Branches": [branch]}))


@mutation("A map that is distributed without the kind of its executions", Defect.SYNTAX)
def map_without_execution_type(subject: Subject) -> None:
    inner = {"StartAt": "OneObject", "States": {"OneObject": {"Type": "Succeed"}}}
    processor = {"ProcessorConfig": {"Mode": "DISTRIBUTED"}, **inner}
    _states(subject, lambda states: states.update(Begin={**states["Begin"], "Type": "Map", "ItemProcessor": processor}))
