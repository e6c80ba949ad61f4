from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.local.ministack.support import ACCOUNT, REGION, ROLE, unique, wait_for

if TYPE_CHECKING:
    from tests.local.ministack.support import Emulator

FUNCTION = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:missing"
TASK = {"Type": "Task", "Resource": FUNCTION, "End": True}
PASS = {"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}}


def create(emulator: Emulator, definition: dict[str, Any], **options: Any) -> str:
    created = emulator.client("stepfunctions").create_state_machine(
        name=unique("machine"), definition=json.dumps(definition), roleArn=options.pop("roleArn", ROLE), **options
    )
    return str(created["stateMachineArn"])


def finish(emulator: Emulator, execution: str) -> dict[str, Any]:
    states = emulator.client("stepfunctions")

    def ended() -> dict[str, Any] | None:
        found: dict[str, Any] = states.describe_execution(executionArn=execution)
        return None if found["status"] == "RUNNING" else found

    return wait_for(ended)


def run(emulator: Emulator, machine: str, given: object = None) -> dict[str, Any]:
    started = emulator.client("stepfunctions").start_execution(stateMachineArn=machine, input=json.dumps(given or {}))
    return finish(emulator, started["executionArn"])


def logged(emulator: Emulator, level: str, *, data: bool, definition: dict[str, Any] | None = None) -> list[Any]:
    group = unique("/aws/vendedlogs/states/machine")
    emulator.client("logs").create_log_group(logGroupName=group)
    destination = {"cloudWatchLogsLogGroup": {"logGroupArn": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{group}:*"}}
    configuration = {"level": level, "includeExecutionData": data, "destinations": [destination]}
    machine = create(emulator, definition or PASS, loggingConfiguration=configuration)
    run(emulator, machine, {"in": 1})
    return [json.loads(line) for line in emulator.log_lines(group)]


def test_history_is_logged_with_data(emulator: Emulator) -> None:
    events = logged(emulator, "ALL", data=True)
    assert [event["type"] for event in events] == [
        "ExecutionStarted",
        "PassStateEntered",
        "PassStateExited",
        "ExecutionSucceeded",
    ]
    assert [(event["id"], event["previous_event_id"]) for event in events][:2] == [("1", "0"), ("2", "1")]
    started = events[0]
    assert json.loads(started["details"]["input"]) == {"in": 1}
    assert started["details"]["inputDetails"] == {"truncated": False}
    assert started["details"]["roleArn"] == ROLE
    assert started["execution_arn"].startswith(f"arn:aws:states:{REGION}:{ACCOUNT}:execution:")
    assert int(started["event_timestamp"]) > 1_600_000_000_000


def test_history_is_logged_without_data(emulator: Emulator) -> None:
    for event in logged(emulator, "ALL", data=False):
        assert {"input", "output"}.isdisjoint(event["details"])


@pytest.mark.parametrize(
    ("level", "types"),
    [("ERROR", ["FailStateEntered", "ExecutionFailed"]), ("FATAL", ["ExecutionFailed"]), ("OFF", [])],
)
def test_only_what_the_level_asks_for_is_logged(emulator: Emulator, level: str, types: list[str]) -> None:
    failing = {"StartAt": "A", "States": {"A": {"Type": "Fail", "Error": "No", "Cause": "because"}}}
    assert [event["type"] for event in logged(emulator, level, data=True, definition=failing)] == types


@pytest.mark.parametrize(
    ("definition", "reason"),
    [
        ("{", "INVALID_JSON_DESCRIPTION"),
        ({"States": PASS["States"]}, "SCHEMA_VALIDATION_FAILED: These fields are required: [StartAt]"),
        ({"StartAt": "A"}, "SCHEMA_VALIDATION_FAILED: These fields are required: [States]"),
        ({**PASS, "StartAt": "B"}, "MISSING_TRANSITION_TARGET: Missing 'Next' target: B at /StartAt"),
        (
            {"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B"}}},
            "Missing 'Next' target: B at /States/A/Next, MISSING_END_STATE: Workflow has no terminal state",
        ),
        (
            {"StartAt": "A", "States": {"A": {**TASK, "Catch": [{"Next": "Z"}]}}},
            "MISSING_TRANSITION_TARGET: Missing 'Next' target: Z at /States/A/Catch[0]/Next",
        ),
        (
            {"StartAt": "A", "States": {**PASS["States"], "B": {"Type": "Succeed"}}},  # type: ignore[dict-item]
            'MISSING_TRANSITION_TARGET: State "B" is not reachable. at /States/B',
        ),
        (
            {"StartAt": "A", "States": {"A": {"Type": "Task", "End": True}}},
            "SCHEMA_VALIDATION_FAILED: These fields are required: [Resource] at /States/A",
        ),
        (
            {"StartAt": "M", "States": {"M": {"Type": "Map", "End": True, "ItemProcessor": {"States": {}}}}},
            "SCHEMA_VALIDATION_FAILED: These fields are required: [StartAt] at /States/M/ItemProcessor",
        ),
    ],
)
def test_a_definition_that_is_wrong_is_refused_with_the_reason(
    emulator: Emulator, definition: object, reason: str
) -> None:
    text = definition if isinstance(definition, str) else json.dumps(definition)
    states = emulator.client("stepfunctions")
    with pytest.raises(states.exceptions.InvalidDefinition) as refused:
        states.create_state_machine(name=unique("machine"), definition=text, roleArn=ROLE)
    assert reason in str(refused.value)
    with pytest.raises(states.exceptions.InvalidDefinition) as refused:
        states.update_state_machine(stateMachineArn=create(emulator, PASS), definition=text)
    assert reason in str(refused.value)
    verdict = states.validate_state_machine_definition(definition=text)
    assert verdict["result"] == "FAIL"
    assert any(diagnostic["code"] in reason for diagnostic in verdict["diagnostics"])


def test_an_execution_times_out_as_a_whole_and_stays_so(emulator: Emulator) -> None:
    slow = emulator.function("import time\ndef handler(event, context): time.sleep(2); raise ValueError")
    machine = create(
        emulator,
        {
            "StartAt": "A",
            "TimeoutSeconds": 1,
            "States": {"A": {"Type": "Task", "Resource": slow, "Next": "B"}, "B": {"Type": "Succeed"}},
        },
    )
    execution = run(emulator, machine)
    assert execution["status"] == "TIMED_OUT"
    group = f"/aws/lambda/{slow.rpartition(':')[2]}"
    wait_for(lambda: emulator.log_lines(group))  # the task has come back by now
    states = emulator.client("stepfunctions")
    assert states.describe_execution(executionArn=execution["executionArn"])["status"] == "TIMED_OUT"
    events = states.get_execution_history(executionArn=execution["executionArn"])["events"]
    assert events[-1]["type"] == "ExecutionTimedOut"


def test_the_tracing_setting_reads_back(emulator: Emulator) -> None:
    states = emulator.client("stepfunctions")
    machine = create(emulator, PASS, tracingConfiguration={"enabled": True})
    assert states.describe_state_machine(stateMachineArn=machine)["tracingConfiguration"] == {"enabled": True}
    states.update_state_machine(stateMachineArn=machine, tracingConfiguration={"enabled": False})
    assert states.describe_state_machine(stateMachineArn=machine)["tracingConfiguration"] == {"enabled": False}
    plain = create(emulator, PASS)
    assert states.describe_state_machine(stateMachineArn=plain)["tracingConfiguration"] == {"enabled": False}


@pytest.mark.parametrize("language", ["JSONPath", "JSONata"])
def test_errors_are_retried_and_caught_by_the_name_of_the_exception(emulator: Emulator, language: str) -> None:
    source = """
class BusyError(Exception): pass
class WrongError(Exception): pass
calls = 0
def handler(event, context):
    global calls
    calls += 1
    raise BusyError("later") if calls < 3 else WrongError(f"call {calls}")
"""
    function = emulator.function(source)
    task: dict[str, Any] = {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Retry": [{"ErrorEquals": ["BusyError"], "IntervalSeconds": 1, "BackoffRate": 1, "MaxAttempts": 5}],
        "Catch": [{"ErrorEquals": ["WrongError"], "Next": "Caught"}],
        "Next": "Done",
    }
    task["Parameters" if language == "JSONPath" else "Arguments"] = {"FunctionName": function, "Payload": {}}
    states = {"A": task, "Caught": {"Type": "Pass", "End": True}, "Done": {"Type": "Fail"}}
    machine = create(emulator, {"StartAt": "A", "QueryLanguage": language, "States": states})
    execution = run(emulator, machine)
    assert execution["status"] == "SUCCEEDED", execution
    output = json.loads(execution["output"])
    assert output["Error"] == "WrongError"
    assert json.loads(output["Cause"])["errorMessage"] == "call 3"


def test_a_throttled_function_can_be_retried_by_name(emulator: Emulator) -> None:
    function = emulator.function("def handler(event, context): return event")
    emulator.client("lambda").put_function_concurrency(FunctionName=function, ReservedConcurrentExecutions=0)
    task = {"Type": "Task", "Resource": function, "End": True}
    assert run(emulator, create(emulator, {"StartAt": "A", "States": {"A": task}}))["error"] == (
        "Lambda.TooManyRequestsException"
    )


def test_a_succeed_state_gives_the_output_it_describes(emulator: Emulator) -> None:
    done = {"Type": "Succeed", "Output": {"twice": "{% $states.input.number * 2 %}"}}
    machine = create(emulator, {"StartAt": "A", "QueryLanguage": "JSONata", "States": {"A": done}})
    assert json.loads(run(emulator, machine, {"number": 21})["output"]) == {"twice": 42}
    plain = create(emulator, {"StartAt": "A", "QueryLanguage": "JSONata", "States": {"A": {"Type": "Succeed"}}})
    assert json.loads(run(emulator, plain, {"number": 21})["output"]) == {"number": 21}


@pytest.mark.parametrize("language", ["JSONPath", "JSONata"])
def test_a_record_is_claimed_read_and_announced(emulator: Emulator, language: str) -> None:
    table, topic, queue = unique("table"), unique("topic"), emulator.queue(open_to="sns.amazonaws.com")
    emulator.client("dynamodb").create_table(
        TableName=table, KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}], BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
    )  # fmt: skip
    sns = emulator.client("sns")
    topic_arn = sns.create_topic(Name=topic)["TopicArn"]
    filter_policy = json.dumps({"event": ["claimed"]})
    sns.subscribe(
        TopicArn=topic_arn, Protocol="sqs", Endpoint=queue.arn,
        Attributes={"FilterPolicy": filter_policy, "RawMessageDelivery": "true"},
    )  # fmt: skip
    jsonata = language == "JSONata"
    given, suffix = ("Arguments", "") if jsonata else ("Parameters", ".$")
    key = {"S": "{% $states.input.pk %}"} if jsonata else {"S.$": "$.pk"}
    status = "{% $states.input.Item.status.S %}" if jsonata else "$.Item.status.S"
    keep: dict[str, Any] = {"Output": "{% $states.input %}"} if jsonata else {"ResultPath": None}
    prefix = "arn:aws:states:::"
    item = {"pk": key, "status": {"S": "CLAIMED"}}
    update = {
        "TableName": table, "Key": {"pk": key}, "UpdateExpression": "SET #s = :done",
        "ExpressionAttributeNames": {"#s": "status"}, "ExpressionAttributeValues": {":done": {"S": "DONE"}},
    }  # fmt: skip
    attributes = {"event": {"DataType": "String", "StringValue": "claimed"}}
    claim = {"TableName": table, "Item": item, "ConditionExpression": "attribute_not_exists(pk)"}
    states = {
        "Claim": {
            "Type": "Task", "Resource": f"{prefix}dynamodb:putItem", given: claim, "Next": "Update", **keep,
            "Catch": [{"ErrorEquals": ["DynamoDB.ConditionalCheckFailedException"], "Next": "Duplicate"}],
        },
        "Update": {"Type": "Task", "Resource": f"{prefix}dynamodb:updateItem", given: update, "Next": "Read", **keep},
        "Read": {
            "Type": "Task", "Resource": f"{prefix}dynamodb:getItem",
            given: {"TableName": table, "Key": {"pk": key}}, "Next": "Tell",
        },
        "Tell": {
            "Type": "Task", "Resource": f"{prefix}sns:publish", "End": True,
            given: {"TopicArn": topic_arn, f"Message{suffix}": status, "MessageAttributes": attributes},
        },
        "Duplicate": {"Type": "Pass", "End": True},
    }  # fmt: skip
    machine = create(emulator, {"StartAt": "Claim", "QueryLanguage": language, "States": states})
    assert run(emulator, machine, {"pk": "1"})["status"] == "SUCCEEDED"
    assert queue.receive()["Body"] == "DONE"
    again = run(emulator, machine, {"pk": "1"})
    assert json.loads(again["output"])["Error"] == "DynamoDB.ConditionalCheckFailedException"
