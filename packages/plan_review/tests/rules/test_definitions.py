"""What Step Functions refuses of a definition, or never finishes, is said before it is asked."""

from __future__ import annotations

import json
from typing import Any

import pytest

from .examples import findings, of_rule

TRUST = {"Effect": "Allow", "Principal": {"Service": "states.amazonaws.com"}, "Action": "sts:AssumeRole"}
FUNCTION = "arn:aws:lambda:eu-west-1:111122223333:function:f"
TASK: dict[str, Any] = {"Type": "Task", "Resource": FUNCTION, "End": True}
INVOKE = {**TASK, "Resource": "arn:aws:states:::lambda:invoke", "Arguments": {"FunctionName": FUNCTION}}


def problems(*states: dict[str, Any], kind: str = "STANDARD", **more: Any) -> list[str]:
    """Return what is found wrong with a machine of these states, one after the other, in JSONata."""
    named = {f"S{index}": state for index, state in enumerate(states)}
    body = {"QueryLanguage": "JSONata", "StartAt": "S0", "States": named, **more}
    machine = {"name": "m", "role_arn": "${aws_iam_role.r.arn}", "type": kind, "definition": json.dumps(body)}
    document = {
        "provider": {"aws": {"region": "eu-west-1"}},
        "resource": {
            "aws_sfn_state_machine": {"m": machine},
            "aws_iam_role": {"r": {"name": "r", "assume_role_policy": json.dumps({"Statement": TRUST})}},
        },
    }
    return [finding.message for finding in of_rule(findings(document), "state-machine-definition")]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"Retry": [{"ErrorEquals": ["States.ALL"], "BackoffRate": 0.5}]}, "BackoffRate is 0.5 (Retry[0]/BackoffRate)"),
        ({"Retry": [{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 0}]}, "IntervalSeconds is 0"),
        (
            {"Retry": [{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 5, "MaxDelaySeconds": 5}]},
            "MaxDelaySeconds is 5, IntervalSeconds 5",
        ),
        (
            {"Arguments": {"FunctionName": FUNCTION, "Payload": {"id.$": "$.id"}}},
            "id.$ is written for JSONPath",
        ),
        ({"Retry": [{"ErrorEquals": ["States.TimedOut"]}]}, "no error States.TimedOut"),
        ({"TimeoutSeconds": 30, "HeartbeatSeconds": 60}, "HeartbeatSeconds is 60, TimeoutSeconds 30"),
        ({"TimeoutSeconds": 99_999_999_999}, "TimeoutSeconds is 99999999999"),
        ({"Output": "{% $states.input "}, "is not closed"),
        ({"Output": "$states.input %}"}, "is not opened"),
        ({"Output": '{% $merge([$states.input, {"a": 1}) %}'}, "does not parse: Expected"),
        ({"Output": "{% $states.input.a == 'b' %}"}, "does not parse: The symbol"),
        ({"Output": "{% $states.input.a && true %}"}, "does not parse: The symbol"),
        ({"Retries": [{"ErrorEquals": ["States.ALL"]}]}, "there is no field Retries"),
        ({"Output": "{% $orders %}"}, "$orders is assigned by no state"),
    ],
)
def test_a_state_is_refused(change: dict[str, Any], said: str) -> None:
    (found,) = problems({**INVOKE, **change})

    assert said in found


@pytest.mark.parametrize(
    "change",
    [
        {"Retry": [{"ErrorEquals": ["States.TaskFailed", "Own.Error"], "MaxAttempts": 0, "BackoffRate": 1}]},
        {"Catch": [{"ErrorEquals": ["States.Http.StatusCode.404"], "Next": "S1"}], "End": False, "Next": "S1"},
        {"Output": "{% $map($states.input.items, function($item, $index) { $item.name & $index }) %}"},
        {"Output": "{% ($total := $sum($states.input.prices); $total > 9 ? 'a)' : \"{\") %}"},
        {"Output": "{% $contains($states.input.name, /^[a-z\\(]+$/) %}"},
        {"Assign": {"order": "{% $states.result.id %}"}, "Output": "{% $states.result %}"},
        {"Output": {"nested": ["{% $states.context.Execution.Id %}"]}},
        {"Output": "${var.expression}"},
        {"Output": "{% $states.input.a != 'a == b' and $states.input.n >= 3 or $not($states.input.c) %}"},
    ],
)
def test_a_state_is_taken(change: dict[str, Any]) -> None:
    state = {**INVOKE, **change}
    if state.get("Next"):
        state.pop("End")

    assert problems(state, *([{"Type": "Succeed"}] if state.get("Next") else [])) == []


TOKEN = {"FunctionName": FUNCTION, "Payload": {"token": "{% $states.context.Task.Token %}"}}


@pytest.mark.parametrize(
    ("resource", "arguments", "said"),
    [
        ("arn:aws:states:::lambda:invoke.sync", {"FunctionName": FUNCTION}, "lambda:invoke takes no .sync"),
        ("arn:aws:states:::lambda:invoke.waitForTaskToken", {"FunctionName": FUNCTION}, "hands to nobody"),
        ("arn:aws:states:::dynamodb:query", {"TableName": "t"}, "no optimized integration dynamodb:query"),
        ("arn:aws:states:::rekognition:detectLabels", {}, "no optimized integration rekognition:detectLabels"),
        ("arn:aws:states:::aws-sdk:dynamodb:GetItem", {"TableName": "t"}, "begins with a capital"),
        ("arn:aws:states:::aws-sdk:mediaconvert:createJob.sync", {}, "do not wait for jobs"),
        ("arn:aws-cn:states:::sqs:sendMessage", {"QueueUrl": "u"}, "of the partition aws-cn"),
        ("arn:aws:states:::dynamodb:getItem", {"TableName": "t"}, "is given no Key"),
        ("arn:aws:states:::dynamodb:getItem", {"TableName": "t", "Key": {}, "ConsistantRead": True}, "takes no Cons"),
        ("arn:aws:states:::sns:publish", {"Topicarn": "t", "Message": "m", "TopicArn": "t"}, "takes no Topicarn"),
        ("arn:aws:states:::sns:publish", {"Message": "m"}, "is given no PhoneNumber or TargetArn or TopicArn"),
        ("arn:aws:states:::sqs:sendMessage", {"MessageBody": "m"}, "is given no QueueUrl"),
    ],
)
def test_an_integration_is_refused(resource: str, arguments: dict[str, Any], said: str) -> None:
    (found,) = problems({**TASK, "Resource": resource, "Arguments": arguments})

    assert said in found


@pytest.mark.parametrize(
    ("resource", "arguments"),
    [
        ("arn:aws:states:::lambda:invoke.waitForTaskToken", TOKEN),
        ("arn:aws:states:::lambda:invoke.waitForTaskToken", "{% $states.input %}"),
        (
            "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
            {"QueueUrl": "u", "MessageBody": "{% $states.context %}"},
        ),
        ("arn:aws:states:::states:startExecution.sync:2", {"StateMachineArn": "arn:aws:states:x"}),
        ("arn:aws:states:::glue:startJobRun.sync", {"JobName": "j"}),
        ("arn:aws:states:::ecs:runTask.sync", {"Cluster": "c", "TaskDefinition": "t"}),
        ("arn:aws:states:::aws-sdk:sqs:receiveMessage", {"QueueUrl": "u"}),
        ("${var.task}", {}),
    ],
)
def test_an_integration_is_taken(resource: str, arguments: Any) -> None:
    assert problems({**TASK, "Resource": resource, "Arguments": arguments}) == []


def test_an_express_workflow_does_not_wait() -> None:
    waiting = {**TASK, "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken", "Arguments": TOKEN}

    (found,) = problems(waiting, kind="EXPRESS")

    assert "an express workflow cannot wait by .waitForTaskToken" in found
    assert problems(waiting) == []


def test_an_express_workflow_has_no_distributed_map() -> None:
    inner = {"StartAt": "P", "States": {"P": {"Type": "Pass", "End": True}}}
    each = {
        "Type": "Map",
        "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"}, **inner},
        "End": True,
    }

    (found,) = problems(each, kind="EXPRESS")

    assert "no distributed maps" in found


def test_a_choice_is_written_in_the_machine_s_language() -> None:
    choice = {"Type": "Choice", "Choices": [{"Variable": "$.x", "IsPresent": True, "Next": "S1"}], "Default": "S1"}

    (found,) = problems(choice, {"Type": "Succeed"})

    assert "a choice has no Condition" in found
    assert problems(choice, {"Type": "Succeed"}, QueryLanguage="JSONPath") == []


def test_a_wait_is_a_number() -> None:
    (found,) = problems({"Type": "Wait", "Seconds": "60", "Next": "S1"}, {"Type": "Succeed"})

    assert "Seconds is the text" in found
    assert problems({"Type": "Wait", "Seconds": "{% 60 %}", "Next": "S1"}, {"Type": "Succeed"}) == []
