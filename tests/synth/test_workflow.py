"""The state machine's definition is well formed and leads every object to an end."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from jsonata import Jsonata

from lambda_src.errors import RETRYABLE_ERROR_NAMES
from lambda_src.notice_events import ENVIRONMENT_ATTRIBUTE, EVENT_ATTRIBUTE, NoticeEvent
from lambda_src.outcomes import Outcome
from lambda_src.record import WITHOUT_STREAM, Status
from lambda_src.table_schema import Attribute
from stacks.workflow_definition import MOST_POLLS, poll_seconds
from tests.synth.stack import Stack, strings

TERMINAL = {"Succeed", "Fail"}
EVENTS_OF_A_TURN = 12
LONGEST_HISTORY = 25_000


def _next(state: dict[str, Any]) -> Iterator[str]:
    yield from (state[field] for field in ("Next", "Default") if field in state)
    yield from (rule["Next"] for field in ("Choices", "Catch") for rule in state.get(field, []))


def test_every_way_leads_to_a_state_that_exists(stack: Stack) -> None:
    states = stack.definition()["States"]
    for name, state in states.items():
        assert set(_next(state)) <= states.keys(), name


def test_every_state_can_be_reached(stack: Stack) -> None:
    definition = stack.definition()
    reached: set[str] = set()
    waiting = [definition["StartAt"]]
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting += _next(definition["States"][name])
    assert reached == definition["States"].keys()


def test_only_ends_lead_nowhere_and_every_state_leads_to_one(stack: Stack) -> None:
    states = stack.definition()["States"]
    ending = {name for name, state in states.items() if state["Type"] in TERMINAL}
    assert {name for name, state in states.items() if not list(_next(state))} == ending
    leading = set(ending)
    while grown := {name for name, state in states.items() if set(_next(state)) & leading} - leading:
        leading |= grown
    assert leading == states.keys()


def test_every_expression_parses(stack: Stack) -> None:
    expressions = [text[2:-2] for text in strings(stack.definition()) if text.startswith("{%")]
    assert expressions
    for expression in expressions:
        Jsonata(expression)


def test_what_the_function_says_to_retry_is_retried(stack: Stack) -> None:
    (retry,) = stack.definition()["States"]["SubmitObject"]["Retry"]
    assert {*RETRYABLE_ERROR_NAMES, "Lambda.TooManyRequestsException", "Lambda.ServiceException"} <= set(
        retry["ErrorEquals"]
    )


def test_the_execution_asks_under_its_own_name(stack: Stack) -> None:
    payload = Jsonata(stack.definition()["States"]["SubmitObject"]["Arguments"]["Payload"][2:-2])
    assert stack.definition()["States"]["Begin"]["Assign"]["execution"] == "{% $states.context.Execution.Id %}"
    bindings: dict[str, Any] = {"execution": "arn:of:the:execution"}
    asked = {"bucket": "b", "key": "k.mp4", "again": True}
    assert payload.evaluate(None, {**bindings, "states": {"input": asked}}) == {
        **asked,
        "execution": "arn:of:the:execution",
    }
    assert payload.evaluate(None, {**bindings, "states": {"input": "a text"}}) == "a text"


def test_every_call_that_can_fail_ends_in_a_notice(stack: Stack) -> None:
    states = stack.definition()["States"]
    for name in ("SubmitObject", "ReadRecord"):
        (catch,) = states[name]["Catch"]
        assert (catch["ErrorEquals"], catch["Next"]) == (["States.ALL"], "NotifyFailure")


def test_every_end_but_an_ignored_object_comes_after_a_notice(stack: Stack) -> None:
    states = stack.definition()["States"]
    for end in ("TranscodeSucceeded", "TranscodeFailed"):
        before = [name for name, state in states.items() if end in _next(state)]
        assert [states[name]["Resource"] for name in before] == ["arn:aws:states:::sns:publish"], end


def test_a_notice_carries_what_subscribers_filter_by(stacks: dict[str, Stack]) -> None:
    for environment, stack in stacks.items():
        for name, event in (
            ("NotifySuccess", NoticeEvent.EXECUTION_SUCCEEDED),
            ("NotifyFailure", NoticeEvent.EXECUTION_FAILED),
        ):
            attributes = stack.definition()["States"][name]["Arguments"]["MessageAttributes"]
            assert {key: value["StringValue"] for key, value in attributes.items()} == {
                EVENT_ATTRIBUTE: event,
                ENVIRONMENT_ATTRIBUTE: environment,
            }


def test_calls_name_the_deployed_resources(stack: Stack) -> None:
    states = stack.definition()["States"]
    function = "${aws_lambda_function.TranscodingOrchestratorFunction.arn}"
    assert states["SubmitObject"]["Arguments"]["FunctionName"] == function
    assert states["ReadRecord"]["Arguments"]["TableName"] == "${aws_dynamodb_table.JobTable.name}"
    assert states["NotifyFailure"]["Arguments"]["TopicArn"] == "${aws_sns_topic.NotificationTopic.arn}"


def test_the_wait_is_bounded_by_the_context_and_then_by_the_machine(synthesize: Callable[..., Stack]) -> None:
    definition = synthesize("dev", state_machine={"timeout_minutes": 30}).definition()
    conditions = [rule["Condition"] for rule in definition["States"]["CheckRecord"]["Choices"]]
    assert [condition for condition in conditions if "$millis()" in condition and "> 1800000 " in condition]
    assert definition["TimeoutSeconds"] > 30 * 60


@pytest.mark.parametrize("timeout_minutes", [1, 60, 1440, 20_160])
def test_the_wait_never_outgrows_the_history_of_an_execution(timeout_minutes: int) -> None:
    turns = timeout_minutes * 60 / poll_seconds(timeout_minutes * 60)
    assert turns <= MOST_POLLS
    assert turns * EVENTS_OF_A_TURN < LONGEST_HISTORY


@pytest.mark.parametrize("status", list(Status))
def test_every_status_of_a_record_is_decided_on(stack: Stack, status: Status) -> None:
    expected = {Status.COMPLETE: "NotifySuccess", Status.CLAIMED: "WaitForClaim"}
    otherwise = "NotifyFailure" if status in WITHOUT_STREAM else "WaitForJob"
    assert _choose(stack, "CheckRecord", record={Attribute.STATUS: {"S": status}}) == expected.get(status, otherwise)


def test_a_record_that_is_gone_is_a_failure(stack: Stack) -> None:
    assert _choose(stack, "CheckRecord", record={}) == "NotifyFailure"


def test_a_job_that_takes_too_long_is_given_up(stack: Stack) -> None:
    record = {Attribute.STATUS: {"S": Status.PROGRESSING}}
    assert _choose(stack, "CheckRecord", record=record, started="2001-01-01T00:00:00.000Z") == "NotifyFailure"


@pytest.mark.parametrize(
    ("outcome", "then"),
    [
        (Outcome.SUBMITTED, "ReadRecord"),
        (Outcome.DUPLICATE, "ReadRecord"),
        (Outcome.IGNORED, "ObjectIgnored"),
        (Outcome.REJECTED, "NotifyFailure"),
        (Outcome.WAITING, "NotifyFailure"),
        (None, "NotifyFailure"),
    ],
)
def test_every_outcome_of_the_function_is_decided_on(stack: Stack, outcome: Outcome | None, then: str) -> None:
    assert _choose(stack, "CheckSubmission", submission={"outcome": outcome}) == then


def test_the_state_machine_logs_everything_to_a_vended_group(stack: Stack) -> None:
    machine = stack.of_type("aws_sfn_state_machine")["TranscodingStateMachine"]
    assert machine["logging_configuration"]["level"] == "ALL"
    destination = machine["logging_configuration"]["log_destination"]
    assert destination == "${aws_cloudwatch_log_group.TranscodingStateMachineLogGroup.arn}:*"
    group = stack.of_type("aws_cloudwatch_log_group")["TranscodingStateMachineLogGroup"]
    assert group["name"].startswith("/aws/vendedlogs/states/")
    assert machine["tracing_configuration"] == {"enabled": True}


def test_execution_data_is_logged_where_the_context_says_so(synthesize: Callable[..., Stack]) -> None:
    for log_data in (True, False):
        machines = synthesize("dev", state_machine={"log_execution_data": log_data}).of_type("aws_sfn_state_machine")
        logging = machines["TranscodingStateMachine"]["logging_configuration"]
        assert logging["include_execution_data"] is log_data


def _choose(stack: Stack, state: str, *, started: str = "2999-01-01T00:00:00.000Z", **variables: object) -> str:
    """Decide as Step Functions would: the first rule whose condition is true."""
    choice = stack.definition()["States"][state]
    bindings = {**variables, "states": {"context": {"Execution": {"StartTime": started}}}}
    for rule in choice["Choices"]:
        if Jsonata(rule["Condition"][2:-2]).evaluate(None, json.loads(json.dumps(bindings))):
            return str(rule["Next"])
    return str(choice["Default"])
