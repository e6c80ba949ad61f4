"""Definitions that Step Functions refuses, by kind, each with what must be said of it; and such as it takes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

FUNCTION = "arn:aws:lambda:eu-west-1:111122223333:function:charge"
ACTIVITY = "arn:aws:states:eu-west-1:111122223333:activity:approve"
TASK: dict[str, Any] = {"Type": "Task", "Resource": FUNCTION}
DONE: dict[str, Any] = {"Type": "Succeed"}
PASS: dict[str, Any] = {"Type": "Pass", "End": True}
INNER: dict[str, Any] = {"StartAt": "Inner", "States": {"Inner": PASS}}
MAP: dict[str, Any] = {"Type": "Map", "ItemProcessor": INNER}
SPREAD: dict[str, Any] = {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, **INNER}
READER: dict[str, Any] = {
    "Resource": "arn:aws:states:::s3:getObject",
    "ReaderConfig": {"InputType": "JSON"},
    "Parameters": {"Bucket": "b", "Key": "k.json"},
}
PARALLEL: dict[str, Any] = {"Type": "Parallel", "Branches": [INNER]}
INVOKE = "arn:aws:states:::lambda:invoke"
SDK = "arn:aws:states:::aws-sdk"


@dataclass(frozen=True)
class Refused:
    """``said`` is a part of what is said of the definition, ``count`` how many things are wrong with it."""

    kind: str
    name: str
    text: str
    said: str
    type: str = "STANDARD"
    count: int = 1


@dataclass(frozen=True)
class Taken:
    name: str
    text: str
    type: str = "STANDARD"


def text_of(definition: object) -> str:
    return definition if isinstance(definition, str) else json.dumps(definition)


def one(state: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a machine of one state, which ends it where nothing else is said."""
    ends = {} if {"Next", "End"} & state.keys() or state["Type"] in ("Succeed", "Fail", "Choice") else {"End": True}
    return {"StartAt": "A", "States": {"A": {**state, **ends}}, **more}


def jsonata(state: dict[str, Any]) -> dict[str, Any]:
    return one(state, QueryLanguage="JSONata")


def output(expression: str) -> dict[str, Any]:
    return jsonata({"Type": "Pass", "Output": {"value": f"{{% {expression} %}}"}})


def choice(*rules: Any, **more: Any) -> dict[str, Any]:
    state = {"Type": "Choice", "Choices": list(rules), "Default": "B"}
    return {"StartAt": "A", "States": {"A": state, "B": DONE}, **more}


def task(resource: str, parameters: Any = None, **more: Any) -> dict[str, Any]:
    given = {} if parameters is None else {"Parameters": parameters}
    return one({"Type": "Task", "Resource": resource, **given, **more})


def retried(**retrier: Any) -> dict[str, Any]:
    return one({**TASK, "Retry": [{"ErrorEquals": ["States.ALL"], **retrier}]})


def caught(catcher: Any, **more: Any) -> dict[str, Any]:
    states = {"A": {**TASK, "Catch": [catcher], "Next": "B"}, "B": DONE}
    return {"StartAt": "A", "States": states, **more}


def mapped(**more: Any) -> dict[str, Any]:
    return one({**MAP, **more})


def spread(**more: Any) -> dict[str, Any]:
    return one({"Type": "Map", "ItemProcessor": SPREAD, **more})


def _refused(kind: str, *cases: tuple[Any, ...]) -> list[Refused]:
    return [Refused(kind, f"{kind}: {said}", text_of(definition), said, *more) for definition, said, *more in cases]


LOOP = {"A": {"Type": "Pass", "Next": "B"}, "B": {"Type": "Pass", "Next": "A"}}
LONG = "x" * 81

REFUSED: list[Refused] = [
    *_refused(
        "structure",
        ("", "it is empty"),
        ("[]", "it is no JSON object"),
        ('{"StartAt": "A"', "it is not valid JSON"),
        ({}, "has no States and no StartAt"),
        ({"States": {"A": DONE}}, "has no StartAt"),
        ({"StartAt": "A", "States": {}}, "has no state"),
        ({"StartAt": "B", "States": {"A": DONE}}, "\"StartAt\" names 'B'"),
        ({"StartAt": "A", "States": {"A": "Succeed"}}, "write a state", "STANDARD", 1),
        ({"StartAt": "A", "States": {"A": {"End": True}}}, "it has no Type"),
        (one({"Type": "Tusk"}), "its type is 'Tusk'"),
        (one(DONE, TimeoutSeconds="60"), 'TimeoutSeconds is the text "60"'),
        (one(DONE, Timeout=60), "there is no field Timeout in the state machine"),
        (one({"Type": "Pass", "Comment": 5}), "Comment is 5"),
    ),
    *_refused(
        "nothing ends it",
        ({"StartAt": "A", "States": LOOP}, "no state of the state machine ends it"),
        (
            one(
                {
                    "Type": "Map",
                    "ItemProcessor": {
                        "StartAt": "X",
                        "States": {"X": {"Type": "Pass", "Next": "Y"}, "Y": {"Type": "Pass", "Next": "X"}},
                    },
                }
            ),
            "no state of its processor ends it",
        ),
        (
            one(
                {
                    "Type": "Parallel",
                    "Branches": [{"StartAt": "X", "States": {"X": {"Type": "Wait", "Seconds": 1, "Next": "X"}}}],
                }
            ),
            "no state of a branch ends it",
        ),
        (one({"Type": "Pass", "End": False}), "End is false", "STANDARD", 2),
        ({"StartAt": "A", "States": {"A": {"Type": "Pass"}, "B": DONE}}, "has no Next or End", "STANDARD", 2),
        (one({"Type": "Pass", "Next": "A", "End": True}), "has both Next and End"),
        (one({"Type": "Pass", "End": "true"}), 'End is the text "true"'),
    ),
    *_refused(
        "transitions",
        (
            {"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "Bee"}, "B": DONE}},
            "which is no state here",
            "STANDARD",
        ),
        ({"StartAt": "A", "States": {"A": PASS, "B": DONE}}, "no state leads to it"),
        (caught({"ErrorEquals": ["States.ALL"], "Next": "Z"}), 'it leads to "Z"'),
        (choice({"Variable": "$.a", "IsNull": True, "Next": "Z"}), 'it leads to "Z"'),
        ({"StartAt": "A", "States": {"A": {**DONE, "Next": "B"}, "B": DONE}}, "ends the machine by itself"),
        (one({"Type": "Fail", "End": True}), "ends the machine by itself"),
        (
            {
                "StartAt": "A",
                "States": {
                    "A": {"Type": "Choice", "Next": "B", "Choices": [{"Variable": "$.a", "IsNull": True, "Next": "B"}]},
                    "B": DONE,
                },
            },
            "neither Next nor End",
        ),
    ),
    *_refused(
        "fields of other types",
        *(
            (one({**state, "TimeoutSeconds": 5}), f"no field TimeoutSeconds in a {state['Type']} state")
            for state in (MAP, PARALLEL, {"Type": "Pass"}, {"Type": "Wait", "Seconds": 1}, DONE, {"Type": "Fail"})
        ),
        *(
            (one({**state, "Retry": []}), f"no field Retry in a {state['Type']} state")
            for state in ({"Type": "Pass"}, DONE, {"Type": "Fail"}, {"Type": "Wait", "Seconds": 1})
        ),
        (one({"Type": "Pass", "Resource": FUNCTION}), "no field Resource in a Pass state"),
        (one({**TASK, "Colour": "red"}), "no field Colour in a Task state"),
        (one({**TASK, "Timeoutseconds": 5}), "no field Timeoutseconds"),
        (one({"Type": "Fail", "OutputPath": "$"}), "no field OutputPath in a Fail state"),
        (one({**TASK, "Branches": [INNER]}), "no field Branches in a Task state"),
        (one({**DONE, "Assign": {"a": 1}}), "no field Assign in a Succeed state"),
        (one({"Type": "Wait", "Seconds": 1, "Result": {}}), "no field Result in a Wait state"),
        (mapped(ItemProcessor={**INNER, "TimeoutSeconds": 5}), "no field TimeoutSeconds in its processor"),
    ),
    *_refused(
        "fields that exclude each other",
        (one({"Type": "Fail", "Error": "E", "ErrorPath": "$.e"}), "has both Error and ErrorPath"),
        (one({"Type": "Fail", "Cause": "E", "CausePath": "$.e"}), "has both Cause and CausePath"),
        (one({**TASK, "TimeoutSeconds": 5, "TimeoutSecondsPath": "$.t"}), "has both TimeoutSeconds and"),
        (one({**TASK, "HeartbeatSeconds": 5, "HeartbeatSecondsPath": "$.t"}), "has both HeartbeatSeconds and"),
        (mapped(Iterator=INNER), "has both ItemProcessor and Iterator"),
        (mapped(MaxConcurrency=1, MaxConcurrencyPath="$.n"), "has both MaxConcurrency and"),
        (mapped(ItemSelector={}, Parameters={}), "has both ItemSelector and Parameters"),
        (one({"Type": "Wait", "Seconds": 1, "SecondsPath": "$.s"}), "has both Seconds and SecondsPath"),
        (spread(ToleratedFailureCount=1, ToleratedFailureCountPath="$.n"), "has both ToleratedFailureCount and"),
        (spread(ItemBatcher={"MaxItemsPerBatch": 1, "MaxItemsPerBatchPath": "$.n"}), "has both MaxItemsPerBatch and"),
    ),
    *_refused(
        "types and ranges",
        (retried(MaxAttempts="3"), 'MaxAttempts is the text "3"'),
        (retried(MaxAttempts=-1), "MaxAttempts is -1"),
        (retried(IntervalSeconds=0), "IntervalSeconds is 0"),
        (retried(BackoffRate=0.9), "BackoffRate is 0.9"),
        (retried(MaxDelaySeconds=31_622_400), "MaxDelaySeconds is 31622400"),
        (retried(IntervalSeconds=10, MaxDelaySeconds=10), "MaxDelaySeconds is 10, IntervalSeconds 10"),
        (one({**TASK, "TimeoutSeconds": 1.5}), "TimeoutSeconds is 1.5"),
        (one({**TASK, "TimeoutSeconds": 0}), "TimeoutSeconds is 0"),
        (one({**TASK, "TimeoutSeconds": 100_000_000}), "TimeoutSeconds is 100000000"),
        (one({**TASK, "TimeoutSeconds": 5, "HeartbeatSeconds": 5}), "HeartbeatSeconds is 5, TimeoutSeconds 5"),
        (one({**TASK, "TimeoutSeconds": True}), "TimeoutSeconds is true"),
        (mapped(MaxConcurrency=-1), "MaxConcurrency is -1"),
        (spread(ToleratedFailurePercentage=101), "ToleratedFailurePercentage is 101"),
        (spread(ToleratedFailureCount=-1), "ToleratedFailureCount is -1"),
        (one({"Type": "Wait", "Seconds": -5}), "Seconds is -5"),
        (one({"Type": "Wait"}), "has no Seconds or SecondsPath or Timestamp or TimestampPath"),
        (one({"Type": "Wait", "Timestamp": "2030-01-31 12:00:00Z"}), "Timestamp is the text"),
        (one({"Type": "Wait", "Timestamp": "2030-01-31T12:00:00"}), "Timestamp is the text"),
        (one({"Type": "Wait", "Timestamp": "2030-02-31T12:00:00Z"}), "Timestamp is the text"),
        (one({"Type": "Fail", "Error": 5}), "Error is 5"),
        (one({"Type": "Parallel", "Branches": []}), "it has no branch"),
        (one({"Type": "Parallel", "Branches": INNER}), "Branches is {"),
        (one({"Type": "Parallel", "Branches": [5]}), "a branch is 5"),
        (one({"Type": "Task", "Resource": 5}), "Resource is 5"),
        (one({**TASK, "Assign": []}), "Assign is []"),
        (one({**TASK, "Credentials": "role"}), 'Credentials is the text "role"'),
    ),
    *_refused(
        "choices",
        (choice({"Variable": "$.a", "NumericEqual": 1, "Next": "B"}), "no field NumericEqual in a choice"),
        (choice({"Variable": "$.a", "Next": "B"}), "a choice has no comparison"),
        (choice({"Variable": "$.a", "IsNull": True, "IsString": True, "Next": "B"}), "compares in 2 ways"),
        (choice({"Variable": "$.a", "StringEquals": 1, "Next": "B"}), "StringEquals is 1"),
        (choice({"Variable": "$.a", "NumericEquals": "1", "Next": "B"}), 'NumericEquals is the text "1"'),
        (choice({"Variable": "$.a", "BooleanEquals": "true", "Next": "B"}), 'BooleanEquals is the text "true"'),
        (choice({"Variable": "$.a", "IsPresent": "yes", "Next": "B"}), 'IsPresent is the text "yes"'),
        (choice({"Variable": "$.a", "TimestampEquals": "today", "Next": "B"}), "TimestampEquals is the text"),
        (choice({"Variable": "$.a", "StringEqualsPath": "b", "Next": "B"}), 'StringEqualsPath is "b"'),
        (choice({"Variable": "a", "IsNull": True, "Next": "B"}), 'Variable is "a"'),
        (choice({"IsNull": True, "Next": "B"}), "IsNull and no Variable"),
        (choice({"Variable": "$.a", "IsNull": True}), "a choice has no Next"),
        (choice({"And": [], "Next": "B"}), "And is []"),
        (choice({"Or": {"Variable": "$.a", "IsNull": True}, "Next": "B"}), "Or is {"),
        (choice({"Not": [{"Variable": "$.a", "IsNull": True}], "Next": "B"}), "Not holds"),
        (
            choice({"And": [{"Variable": "$.a", "IsNull": True, "Next": "B"}], "Next": "B"}),
            "a rule inside And has a Next",
        ),
        (choice({"And": [{"Variable": "$.a", "Equals": 1}], "Next": "B"}), "no field Equals in a choice"),
        (choice({"Variable": "$.a", "StringMatches": "a\\b*", "Next": "B"}), "an illegal escape"),
        (one({"Type": "Choice", "Choices": []}), "it has no choice", "STANDARD", 2),
        ({"StartAt": "A", "States": {"A": {"Type": "Choice", "Default": "B"}, "B": DONE}}, "has no Choices"),
        (choice("B"), 'a choice is "B"'),
        (
            choice({"Variable": "$.a", "IsNull": True, "Next": "B"}, QueryLanguage="JSONata"),
            "a choice has no Condition",
        ),
        (choice({"Condition": "{% true %}", "Next": "B"}), "Condition is not for JSONPath"),
        (choice({"Condition": "$states.input.a", "Next": "B"}, QueryLanguage="JSONata"), "Condition is the text"),
    ),
    *_refused(
        "retry and catch",
        (one({**TASK, "Retry": {"ErrorEquals": ["States.ALL"]}}), "Retry is {"),
        (one({**TASK, "Retry": ["States.ALL"]}), 'Retry 1 is "States.ALL"'),
        (one({**TASK, "Retry": [{"MaxAttempts": 1}]}), "Retry 1 has no ErrorEquals"),
        (one({**TASK, "Retry": [{"ErrorEquals": []}]}), "an empty ErrorEquals"),
        (one({**TASK, "Retry": [{"ErrorEquals": "States.ALL"}]}), 'ErrorEquals is the text "States.ALL"'),
        (retried(Backoff=2), "there is no field Backoff in Retry 1"),
        (retried(JitterStrategy="PARTIAL"), 'JitterStrategy is "PARTIAL"'),
        (one({**TASK, "Retry": [{"ErrorEquals": ["States.ALL", "Own"]}]}), "States.ALL must stand alone"),
        (one({**TASK, "Retry": [{"ErrorEquals": ["States.ALL"]}, {"ErrorEquals": ["Own"]}]}), "in the last Retry"),
        (caught({"ErrorEquals": ["States.ALL"]}), "Catch 1 has no Next"),
        (caught({"ErrorEquals": ["Own"], "Next": "B", "MaxAttempts": 1}), "no field MaxAttempts in Catch 1"),
        (caught({"ErrorEquals": [5], "Next": "B"}), "the error 5 is no text"),
        (caught({"ErrorEquals": ["Own"], "Next": "B", "ResultPath": "e"}), 'ResultPath is "e"'),
        (caught({"ErrorEquals": ["Own"], "Next": "B", "Output": {}}), "Output is not for JSONPath"),
    ),
    *_refused(
        "paths and intrinsic functions",
        (one({**TASK, "InputPath": "input"}), 'InputPath is "input"'),
        (one({**TASK, "OutputPath": "Payload"}), 'OutputPath is "Payload"'),
        (one({**TASK, "OutputPath": "$."}), 'OutputPath is "$."'),
        (one({**TASK, "OutputPath": "$.a["}), 'OutputPath is "$.a["'),
        (one({**TASK, "ResultPath": "$.a[?(@.b == 1)]"}), "may stand for several values"),
        (one({**TASK, "ResultPath": "$.a[*]"}), "may stand for several values"),
        (one({**TASK, "ResultPath": "$$.a"}), "the context object cannot stand here"),
        (one({**TASK, "TimeoutSecondsPath": 5}), "TimeoutSecondsPath is 5"),
        (one({**TASK, "Parameters": {"a.$": "a"}}), '"a.$" is "a"'),
        (one({**TASK, "Parameters": {"a.$": 5}}), '"a.$" is 5'),
        (one({**TASK, "Parameters": {"deep": [{"a.$": "nope"}]}}), '"a.$" is "nope"'),
        (one({**TASK, "Parameters": {"a": 1, "a.$": "$.a"}}), '"a" stands beside "a.$"'),
        (one({**TASK, "ResultSelector": {"a.$": "States.Nope($.a)"}}), "there is no function States.Nope"),
        (one({**TASK, "Parameters": {"a.$": "States.Format('{}', $.a"}}), "it is not closed"),
        (one({**TASK, "Parameters": {"a.$": "States.Format('a\\n')"}}), "is no escape"),
        (one({**TASK, "Parameters": {"a.$": "States.MathAdd($.a)"}}), "takes 2 arguments, and 1 are given"),
        (one({**TASK, "Parameters": {"a.$": "States.UUID(1)"}}), "takes 0 arguments"),
        (one({**TASK, "Parameters": {"a.$": "States.MathAdd(1, '-1')"}}), "argument 2 of States.MathAdd is a number"),
        (one({**TASK, "Credentials": {"RoleArn.$": "role"}}), '"RoleArn.$" is "role"'),
        (output("420."), "does not parse"),
        (one({**TASK, "Parameters": {"a.$": "States.Array($.a) x"}}), "stands behind the function"),
        (one({"Type": "Pass", "Assign": {"a.$": "b"}}), '"a.$" is "b"'),
        (mapped(ItemSelector={"a.$": "b"}), '"a.$" is "b"'),
    ),
    *_refused(
        "JSONata",
        (output("1 +"), "does not parse: Unexpected end of expression"),
        (output("10 + * 2"), "does not parse"),
        (output('$match("a", /abc'), "No terminating / in regular expression"),
        (output('{"a":}'), "does not parse"),
        (output("$sum([1, 2)"), "does not parse: Expected"),
        (output('"open'), "String literal must be terminated"),
        (output("$states.input.a == 1"), "does not parse"),
        (output("$$.a"), "reads $$"),
        (output("phone"), "reads phone"),
        (output("states.input.a"), "reads states"),
        (output("$map($states.input.a, function($x) { phone })"), "reads phone"),
        (output("$string($)"), "reads $,"),
        (output("$states.errorOutput.Cause"), "reads $states.errorOutput"),
        (jsonata({"Type": "Pass", "Output": "{% $states.input"}), "is not closed"),
        (jsonata({"Type": "Pass", "Output": " {% $states.input %}"}), "is not opened"),
        (jsonata({"Type": "Pass", "Assign": {"states": 1}}), "Assign writes $states"),
        (jsonata({"Type": "Pass", "Assign": {"a-b": 1}}), '"a-b" is no name of a variable'),
        (jsonata({"Type": "Pass", "Assign": {LONG: 1}}), "has 81 characters"),
        (choice({"Condition": "{% amount > 5 %}", "Next": "B"}, QueryLanguage="JSONata"), "reads amount"),
        (jsonata({"Type": "Wait", "Seconds": "{% 1 + %}"}), "does not parse"),
        (jsonata({"Type": "Wait", "Seconds": "60"}), 'Seconds is the text "60"'),
        (jsonata({**MAP, "Items": "$states.input.a"}), "Items is the text"),
    ),
    *_refused(
        "query language",
        (one({"Type": "Pass", "QueryLanguage": "JSONPath"}, QueryLanguage="JSONata"), "it writes JSONPath in"),
        (one(DONE, QueryLanguage="jsonata"), 'QueryLanguage is "jsonata"'),
        (one({"Type": "Pass", "QueryLanguage": "JMESPath"}), 'QueryLanguage is "JMESPath"'),
        (mapped(ItemProcessor={**INNER, "QueryLanguage": "JSONata"}), "no field QueryLanguage in its processor"),
        (jsonata({**TASK, "ResultPath": "$.a"}), "ResultPath is not for JSONata"),
        (jsonata({**TASK, "Parameters": {}}), "Parameters is not for JSONata"),
        (jsonata({"Type": "Pass", "Result": {}}), "Result is not for JSONata"),
        (one({**TASK, "Arguments": {}}), "Arguments is not for JSONPath"),
        (
            one(
                {
                    **MAP,
                    "QueryLanguage": "JSONata",
                    "ItemProcessor": {
                        "StartAt": "X",
                        "States": {"X": {"Type": "Pass", "Output": "{% 1 %}", "End": True}},
                    },
                }
            ),
            "Output is not for JSONPath",
        ),
    ),
    *_refused(
        "names",
        ({"StartAt": LONG, "States": {LONG: DONE}}, "its name has 81 characters"),
        ({"StartAt": "Inner", "States": {"Inner": {**MAP, "End": True}}}, "has the same name"),
        (one({"Type": "Parallel", "Branches": [INNER, INNER]}), "has the same name"),
        (
            '{"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}, "A": {"Type": "Succeed"}}}',
            'the key "A" stands twice',
        ),
        (
            '{"StartAt": "A", "States": {"A": {"Type": "Pass", "Comment": "a", "Comment": "b", "End": true}}}',
            'the key "Comment"',
        ),
    ),
    *_refused(
        "resources",
        (task("charge"), "is no ARN of a function"),
        (task("arn:aws:sns:eu-west-1:111122223333:orders"), "is no ARN of a function"),
        (task("arn:aws:lambda:eu-west-1:111122223333:charge"), "is no ARN of a function"),
        (task("arn:aws:states:::lambda"), "is no ARN of a function"),
        (task("arn:aws:states:::lambda:call", {}), "no optimized integration lambda:call"),
        (task("arn:aws:states:::rekognition:detectLabels", {}), "no optimized integration rekognition:detectLabels"),
        (task(INVOKE + ".sync", {"FunctionName": FUNCTION}), "takes no .sync"),
        (task("arn:aws:states:::athena:getQueryResults.sync", {"QueryExecutionId": "q"}), "takes no .sync"),
        (task("arn:aws:states:::dynamodb:getItem.waitForTaskToken", {}), "takes no .waitForTaskToken"),
        (task(INVOKE, {"Function": FUNCTION}), "takes no Function", "STANDARD", 2),
        (task(INVOKE, {"Payload": {}}), "is given no FunctionName"),
        (task("arn:aws:states:::sqs:sendMessage", {"MessageBody": "m"}), "is given no QueueUrl"),
        (task("arn:aws:states:::glue:startJobRun.sync", {"Arguments": {}}), "is given no JobName"),
        (task(f"{SDK}:dynamo:getItem", {}), "no SDK integration with a service dynamo"),
        (task(f"{SDK}:logs:putLogEvents", {}), "did you mean cloudwatchlogs?"),
        (task(f"{SDK}:s3:getObjects", {}), "s3 has no operation getObjects"),
        (task(f"{SDK}:s3:GetObject", {}), "begins with a capital"),
        (task(f"{SDK}:glue:startJobRun.sync", {"JobName": "j"}), "do not wait for jobs"),
        (task(f"{SDK}:s3:getObject", {"bucket": "b", "Key": "k"}), "takes no bucket"),
        (task(f"{SDK}:s3:getObject", {"Bucket": "b"}), "is given no Key"),
        (task(f"{SDK}:s3:getObject", {"Bucket": ["b"], "Key": "k"}), 'Bucket is ["b"]'),
        (task(f"{SDK}:dynamodb:query", {"TableName": "t", "Limit": "5"}), 'Limit is "5"'),
        (task(f"{SDK}:sfn:startExecution", {"stateMachineArn": "a"}), "takes no stateMachineArn"),
        (task(f"{SDK}:ec2:describeInstances", {"Filters": [{"name": "x"}]}), "takes no name"),
    ),
    *_refused(
        "maps",
        (one({"Type": "Map"}), "has no ItemProcessor or Iterator"),
        (mapped(ItemProcessor={"ProcessorConfig": {"Mode": "DISTRIBUTED"}, **INNER}), "has no ExecutionType"),
        (mapped(ItemReader=READER), "ItemReader is for Maps in distributed mode only"),
        (mapped(ItemBatcher={"MaxItemsPerBatch": 5}), "ItemBatcher is for Maps in distributed mode only"),
        (mapped(ItemProcessor={"ProcessorConfig": {"Mode": "PARALLEL"}, **INNER}), 'Mode is "PARALLEL"'),
        (
            mapped(ItemProcessor={"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "FAST"}, **INNER}),
            '"FAST"',
        ),
        (spread(Label="l" * 41), "its label has 41 characters"),
        (spread(Label="a b"), "its label has the character ' '"),
        (spread(ItemReader={**READER, "Resource": "arn:aws:states:::s3:headObject"}), "its resource is"),
        (spread(ItemReader={**READER, "ReaderConfig": {"InputType": "XML"}}), 'InputType is "XML"'),
        (spread(ItemReader={**READER, "ReaderConfig": {"InputType": "JSON", "MaxItems": -1}}), "MaxItems is -1"),
        (spread(ItemReader={**READER, "Parameters": {"Bucket": "b"}}), "ItemReader names no Key"),
        (spread(ItemReader={"ReaderConfig": {"InputType": "JSON"}}), "its ItemReader has no Resource"),
        (spread(ResultWriter={}), "its ResultWriter has no Resource or WriterConfig"),
        (
            spread(ResultWriter={"Resource": "arn:aws:states:::s3:putObject", "Parameters": {"Prefix": "p"}}),
            "names no Bucket",
        ),
        (spread(ItemBatcher={}), "its ItemBatcher has no MaxItemsPerBatch"),
        (spread(ItemBatcher={"MaxInputBytesPerBatch": 300_000}), "MaxInputBytesPerBatch is 300000"),
        (mapped(MaxConcurrencyPath="$.limits[*]"), "may stand for several values"),
        (mapped(ItemsPath="items"), 'ItemsPath is "items"'),
        (
            mapped(ItemProcessor={"StartAt": "X", "States": {"X": {"Type": "Pass", "Next": "A"}}}),
            'it leads to "A"',
            "STANDARD",
            1,
        ),
    ),
    *_refused(
        "express",
        (task(ACTIVITY), "has no activities", "EXPRESS"),
        (
            task(INVOKE + ".waitForTaskToken", {"FunctionName": FUNCTION, "Payload": {"t.$": "$$.Task.Token"}}),
            "cannot wait by .waitForTaskToken",
            "EXPRESS",
        ),
        (
            task("arn:aws:states:::ecs:runTask.sync", {"Cluster": "c", "TaskDefinition": "t"}),
            "cannot wait by .sync",
            "EXPRESS",
        ),
        (
            task("arn:aws:states:::states:startExecution.sync:2", {"StateMachineArn": "a"}),
            "cannot wait by .sync:2",
            "EXPRESS",
        ),
        (spread(), "no distributed maps", "EXPRESS"),
    ),
]

TAKEN: list[Taken] = [
    Taken(name, text_of(definition), *kind)
    for name, definition, *kind in (
        ("one state", one(DONE)),
        ("everything of a machine", one(DONE, Comment="c", Version="1.0", TimeoutSeconds=60, QueryLanguage="JSONPath")),
        (
            "everything of a task",
            one(
                {
                    **TASK,
                    "Comment": "c",
                    "InputPath": "$.a",
                    "OutputPath": "$.b",
                    "Parameters": {"x.$": "$.y"},
                    "ResultSelector": {"z.$": "$.z"},
                    "ResultPath": "$.r",
                    "TimeoutSeconds": 60,
                    "HeartbeatSeconds": 30,
                    "Credentials": {"RoleArn": "arn:aws:iam::111122223333:role/r"},
                    "Assign": {"v.$": "$.q"},
                }
            ),
        ),
        ("nothing of the result", one({**TASK, "ResultPath": None, "InputPath": None, "OutputPath": None})),
        ("a version of a function", task(FUNCTION + ":$LATEST")),
        ("an alias of a function", task(FUNCTION + ":live")),
        ("a function elsewhere", task("arn:aws-us-gov:lambda:us-gov-west-1:111122223333:function:f")),
        ("an activity", task(ACTIVITY)),
        (
            "retries",
            one(
                {
                    **TASK,
                    "Retry": [
                        {
                            "ErrorEquals": ["States.Timeout", "Own"],
                            "IntervalSeconds": 2,
                            "MaxAttempts": 0,
                            "BackoffRate": 1.5,
                            "MaxDelaySeconds": 60,
                            "JitterStrategy": "FULL",
                            "Comment": "c",
                        },
                        {"ErrorEquals": ["States.ALL"], "BackoffRate": 2},
                    ],
                }
            ),
        ),
        ("a catch", caught({"ErrorEquals": ["States.ALL"], "Next": "B", "ResultPath": "$.error", "Comment": "c"})),
        ("a catch that assigns", caught({"ErrorEquals": ["Own"], "Next": "B", "Assign": {"e.$": "$.Cause"}})),
        ("an HTTP status", caught({"ErrorEquals": ["States.Http.StatusCode.404"], "Next": "B"})),
        (
            "a pass with a result",
            one({"Type": "Pass", "Result": [1, {"a.$": "as it stands"}], "ResultPath": "$.a['b c'][0]"}),
        ),
        (
            "a path of many kinds",
            one(
                {
                    "Type": "Pass",
                    "Parameters": {
                        "a.$": "$..book[?(@.price < 10)]",
                        "b.$": "$.a[*].b",
                        "c.$": "$.a[0:2]",
                        "d.$": "$['x']['y z']",
                        "e.$": "$$.Execution.Id",
                        "f.$": "$.a.length()",
                        "g.$": "$.a[-1:]",
                        "h.$": "$.items[0,1]",
                    },
                }
            ),
        ),
        (
            "intrinsic functions",
            one(
                {
                    "Type": "Pass",
                    "Parameters": {
                        "a.$": "States.Format('Hello, {} \\'{}\\' \\{\\}', $.a, $$.State.Name)",
                        "b.$": "States.UUID()",
                        "c.$": "States.ArrayGetItem(States.StringSplit($.a, '/'), 1)",
                        "d.$": "States.Array()",
                        "e.$": "States.JsonMerge($.a, $.b, false)",
                        "f.$": "States.MathRandom(1, 10, 5)",
                        "g.$": "States.Array(1, -2.5, null, true, 'x')",
                        "h.$": "States.Hash( $.a , 'SHA-1' )",
                    },
                }
            ),
        ),
        (
            "variables",
            {
                "StartAt": "A",
                "States": {
                    "A": {"Type": "Pass", "Assign": {"limit": 5, "name.$": "$.n"}, "Next": "B"},
                    "B": {
                        "Type": "Pass",
                        "Parameters": {"a.$": "$limit", "b.$": "States.Format('{}', $name)"},
                        "End": True,
                    },
                },
            },
        ),
        (
            "a variable of a loop",
            {
                "StartAt": "A",
                "QueryLanguage": "JSONata",
                "States": {
                    "A": {"Type": "Pass", "Assign": {"n": 0}, "Next": "B"},
                    "B": {"Type": "Pass", "Assign": {"n": "{% $n + 1 %}"}, "Next": "C"},
                    "C": {"Type": "Choice", "Choices": [{"Condition": "{% $n < 3 %}", "Next": "B"}], "Default": "D"},
                    "D": DONE,
                },
            },
        ),
        (
            "a variable of the outside",
            {
                "StartAt": "A",
                "QueryLanguage": "JSONata",
                "States": {
                    "A": {"Type": "Pass", "Assign": {"n": 0}, "Next": "M"},
                    "M": {
                        "Type": "Map",
                        "End": True,
                        "ItemProcessor": {
                            "StartAt": "X",
                            "States": {"X": {"Type": "Pass", "Output": "{% $n %}", "End": True}},
                        },
                    },
                },
            },
        ),
        (
            "choices",
            choice(
                {"Variable": "$.a", "NumericGreaterThanEquals": 1.5, "Next": "B", "Comment": "c", "Assign": {"x": 1}},
                {"Variable": "$$.State.Name", "StringMatches": "log-\\*-*.txt", "Next": "B"},
                {"Variable": "$.a[0].b", "StringEqualsPath": "$.c", "Next": "B"},
                {
                    "And": [
                        {"Variable": "$.a", "IsPresent": True},
                        {"Not": {"Variable": "$.a", "TimestampLessThan": "2030-01-31T12:00:00.5+02:00"}},
                    ],
                    "Next": "B",
                },
                {"Or": [{"Variable": "$.a", "BooleanEquals": False}, {"Variable": "$.b", "IsNull": True}], "Next": "B"},
            ),
        ),
        (
            "a choice without default",
            {
                "StartAt": "A",
                "States": {
                    "A": {
                        "Type": "Choice",
                        "Choices": [{"Variable": "$.a", "IsNull": True, "Next": "B"}],
                        "InputPath": "$.x",
                    },
                    "B": {"Type": "Fail"},
                },
            },
        ),
        (
            "choices in JSONata",
            choice(
                {
                    "Condition": "{% $states.input.a = 1 %}",
                    "Next": "B",
                    "Output": {"a": "{% $states.input %}"},
                    "Assign": {"x": 1},
                },
                QueryLanguage="JSONata",
            ),
        ),
        ("a wait", one({"Type": "Wait", "Seconds": 0})),
        ("a wait until then", one({"Type": "Wait", "Timestamp": "2030-01-31T12:00:00Z"})),
        ("a wait by a path", one({"Type": "Wait", "SecondsPath": "$.s"})),
        ("a wait until a path", one({"Type": "Wait", "TimestampPath": "$.t"})),
        ("a wait in JSONata", jsonata({"Type": "Wait", "Seconds": "{% $states.input.s %}"})),
        ("a moment in JSONata", jsonata({"Type": "Wait", "Timestamp": "{% $now() %}"})),
        ("a failure", one({"Type": "Fail", "Error": "Own", "Cause": "because"})),
        ("a failure by paths", one({"Type": "Fail", "ErrorPath": "$.e", "CausePath": "States.Format('{}', $.c)"})),
        ("a failure in JSONata", jsonata({"Type": "Fail", "Error": "{% $states.input.e %}", "Cause": "plain"})),
        (
            "branches",
            one(
                {
                    "Type": "Parallel",
                    "Branches": [
                        {"StartAt": "X", "States": {"X": PASS}},
                        {"StartAt": "Y", "Comment": "c", "States": {"Y": DONE}},
                    ],
                    "ResultSelector": {"a.$": "$[0]"},
                    "Retry": [{"ErrorEquals": ["States.ALL"]}],
                }
            ),
        ),
        ("a map", mapped(ItemsPath="$.items", MaxConcurrency=0, ItemSelector={"i.$": "$$.Map.Item.Value"})),
        ("a map as it was", one({"Type": "Map", "Iterator": INNER, "Parameters": {"i.$": "$$.Map.Item.Index"}})),
        ("a map of the context", mapped(ItemsPath="$$.Execution.Input.items")),
        ("a map that says inline", mapped(ItemProcessor={"ProcessorConfig": {"Mode": "INLINE"}, **INNER})),
        (
            "a distributed map",
            spread(
                ItemReader=READER,
                Label="each-order",
                ItemBatcher={"MaxItemsPerBatch": 10, "BatchInput": {"a.$": "$.a"}},
                MaxConcurrency=1000,
                ToleratedFailurePercentage=5,
                ResultWriter={
                    "Resource": "arn:aws:states:::s3:putObject",
                    "Parameters": {"Bucket": "b", "Prefix.$": "$.p"},
                },
            ),
        ),
        ("a distributed map of a list", spread(ItemsPath="$.items", ToleratedFailureCountPath="$.n")),
        (
            "a map over a prefix",
            spread(
                ItemReader={
                    "Resource": "arn:aws:states:::s3:listObjectsV2",
                    "Parameters": {"Bucket.$": "$.bucket", "Prefix": "in/"},
                }
            ),
        ),
        (
            "a map over a table",
            spread(
                ItemReader={
                    "Resource": "arn:aws:states:::s3:getObject",
                    "Parameters": {"Bucket": "b", "Key.$": "$.key"},
                    "ReaderConfig": {
                        "InputType": "CSV",
                        "CSVHeaderLocation": "GIVEN",
                        "CSVHeaders": ["a", "{% b %}"],
                        "MaxItems": 100,
                    },
                }
            ),
        ),
        (
            "a writer that only shapes",
            spread(ResultWriter={"WriterConfig": {"Transformation": "FLATTEN", "OutputType": "JSONL"}}),
        ),
        (
            "a distributed map in JSONata",
            jsonata(
                {
                    "Type": "Map",
                    "ItemProcessor": SPREAD,
                    "ItemReader": {
                        "Resource": "arn:aws:states:::s3:getObject",
                        "ReaderConfig": {"InputType": "JSON", "MaxItems": "{% 5 %}"},
                        "Arguments": {"Bucket": "{% $states.input.b %}", "Key": "k"},
                    },
                    "ItemSelector": {"v": "{% $states.context.Map.Item.Value %}"},
                    "MaxConcurrency": "{% $states.input.n %}",
                    "ResultWriter": {"Resource": "arn:aws:states:::s3:putObject", "Arguments": {"Bucket": "b"}},
                }
            ),
        ),
        ("items in JSONata", jsonata({**MAP, "Items": "{% $states.input.items %}"})),
        ("a list of items", jsonata({**MAP, "Items": [1, "{% 2 %}"]})),
        (
            "states inside a map write the machine's language",
            jsonata(
                {
                    "Type": "Map",
                    "Items": [1],
                    "ItemProcessor": {
                        "StartAt": "X",
                        "States": {"X": {"Type": "Pass", "Output": "{% $states.input %}", "End": True}},
                    },
                }
            ),
        ),
        (
            "states inside a JSONata map of a JSONPath machine",
            one(
                {
                    "Type": "Map",
                    "QueryLanguage": "JSONata",
                    "Items": [1],
                    "ItemProcessor": {
                        "StartAt": "X",
                        "States": {"X": {"Type": "Pass", "Parameters": {"a.$": "$.a"}, "End": True}},
                    },
                }
            ),
        ),
        ("one state in JSONata", one({"Type": "Pass", "QueryLanguage": "JSONata", "Output": "{% $uuid() %}"})),
        (
            "functions that the service adds",
            output(
                "[$uuid(), $partition([1..4], 2), $range(1, 9, 2), $hash('a', 'SHA-256'), $random(5), $parse('{}')]"
            ),
        ),
        ("a comment that looks like an expression", jsonata({"Type": "Pass", "Comment": "{% not one"})),
        ("names that a path binds", output("$states.input.orders@$o#$i.{ 'n': $i, 'id': $o.id }")),
        (
            "names that an expression binds",
            output("($f := function($x, $y) { $x + $y }; $reduce($states.input.a, $f))"),
        ),
        (
            "fields of what a step gave",
            output("$states.input.items[price > 3]^(>price).{ 'name': name, 'sum': $sum(parts.n) }"),
        ),
        ("a transform", output("$states.input ~> |items|{ 'price': price * 2 }, ['old']|")),
        ("wildcards and groups", output("$states.input.items.*{ id: $sum(price) }")),
        ("texts with signs", output("'a == b && ' & \"(\" & '['")),
        ("regular expressions", output("$replace($states.input.a, /[a-z]+\\//i, 'x')")),
        ("parents", output("$states.input.orders.items.{ 'of': %.id }")),
        (
            "the error in a catch",
            {
                "StartAt": "A",
                "QueryLanguage": "JSONata",
                "States": {
                    "A": {
                        **TASK,
                        "Next": "B",
                        "Catch": [
                            {
                                "ErrorEquals": ["States.ALL"],
                                "Next": "B",
                                "Output": {"c": "{% $states.errorOutput.Cause %}"},
                                "Assign": {"e": "{% $states.errorOutput.Error %}"},
                            }
                        ],
                    },
                    "B": DONE,
                },
            },
        ),
        (
            "the result of a task",
            jsonata({**TASK, "Output": "{% $states.result.Payload %}", "Assign": {"r": "{% $states.result %}"}}),
        ),
        ("a text with an expression inside", jsonata({"Type": "Pass", "Output": "a {% b %} c"})),
        (
            "arguments that are computed",
            jsonata({"Type": "Task", "Resource": INVOKE, "Arguments": "{% $states.input %}"}),
        ),
        ("a callback", task(INVOKE + ".waitForTaskToken", {"FunctionName": "f", "Payload": {"t.$": "$$.Task.Token"}})),
        (
            "a table",
            task(
                "arn:aws:states:::dynamodb:updateItem",
                {
                    "TableName": "t",
                    "Key": {"id": {"S.$": "$.id"}},
                    "UpdateExpression": "SET a = :a",
                    "ExpressionAttributeValues": {":a": {"N": "1"}},
                },
            ),
        ),
        (
            "a message with a structure",
            task("arn:aws:states:::sns:publish", {"TopicArn": "t", "Message": {"a.$": "$.a"}}),
        ),
        ("an SDK call", task(f"{SDK}:s3:listObjectsV2", {"Bucket": "b", "MaxKeys": 5})),
        (
            "an SDK call with a name that the SDK for Java changes",
            task(f"{SDK}:rds:stopDBInstance", {"DbInstanceIdentifier": "d"}),
        ),
        ("an SDK call to logs", task(f"{SDK}:cloudwatchlogs:describeLogGroups", {})),
        (
            "an SDK callback",
            task(f"{SDK}:sqs:sendMessage.waitForTaskToken", {"QueueUrl": "u", "MessageBody.$": "$$.Task.Token"}),
        ),
        ("an SDK call that fills in its token", task(f"{SDK}:ec2:runInstances", {"MinCount": 1, "MaxCount": 1})),
        (
            "an SDK call in camel case",
            task(f"{SDK}:batch:submitJob", {"JobName": "j", "JobQueue": "q", "JobDefinition": "d"}),
        ),
        ("an object in a bucket", task(f"{SDK}:s3:putObject", {"Bucket": "b", "Key": "k", "Body": {"a.$": "$.a"}})),
        ("no retry", one({**TASK, "Retry": []})),
        ("a role", one({**TASK, "Credentials": {"RoleArn.$": "$.role"}})),
        ("a job", task("arn:aws:states:::glue:startJobRun.sync", {"JobName": "j", "Arguments": {"--a.$": "$.a"}})),
        (
            "a container",
            task(
                "arn:aws:states:::ecs:runTask.sync",
                {
                    "Cluster": "c",
                    "TaskDefinition": "t",
                    "LaunchType": "FARGATE",
                    "NetworkConfiguration": {"AwsvpcConfiguration": {"Subnets": ["s"]}},
                    "Overrides": {
                        "ContainerOverrides": [{"Name": "n", "Environment": [{"Name": "A", "Value.$": "$.a"}]}]
                    },
                },
            ),
        ),
        (
            "an HTTP call",
            task(
                "arn:aws:states:::http:invoke",
                {"ApiEndpoint": "https://example.com", "Method": "GET", "Authentication": {"ConnectionArn": "c"}},
            ),
        ),
        (
            "another machine",
            task("arn:aws:states:::states:startExecution.sync:2", {"StateMachineArn": "m", "Input": {}}),
        ),
        ("express", task(INVOKE, {"FunctionName": "f"}), "EXPRESS"),
        ("an express map", mapped(), "EXPRESS"),
    )
]
