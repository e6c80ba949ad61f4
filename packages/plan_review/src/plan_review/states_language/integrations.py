"""What Step Functions refuses in how a state machine's tasks call AWS, or never finishes.

https://docs.aws.amazon.com/step-functions/latest/dg/integrate-optimized.html and connect-to-resource.html
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from plan_review.evaluate.attributes import partition
from plan_review.evaluate.symbols import has_symbols
from plan_review.states_language.checks import Problem
from plan_review.states_language.definition import (
    Integration,
    State,
    arguments_of,
    inner_machines,
    integration,
    states_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from plan_review.evaluate.items import Item

_TOKEN = "waitForTaskToken"  # noqa: S105 - the name of a pattern
_SYNC = "sync"
# How the token is passed on: by itself, or with the whole of the context object.
_TOKENS = ("Task.Token", '"$$"', '"$$.Task"', "$states.context")
_ANY: frozenset[str] = frozenset()

# Service → its operations, where all are known, and the patterns besides a plain call.
_OPTIMIZED: Mapping[str, tuple[frozenset[str], tuple[str, ...]]] = {
    "apigateway": (frozenset({"invoke"}), (_TOKEN,)),
    "athena": (_ANY, (_SYNC,)),
    "batch": (frozenset({"submitJob"}), (_SYNC,)),
    "bedrock": (_ANY, (_SYNC, _TOKEN)),
    "codebuild": (_ANY, (_SYNC,)),
    "databrew": (frozenset({"startJobRun"}), (_SYNC,)),
    "dynamodb": (frozenset({"getItem", "putItem", "updateItem", "deleteItem"}), ()),
    "ecs": (frozenset({"runTask"}), (_SYNC, _TOKEN)),
    "eks": (_ANY, (_SYNC, _TOKEN)),
    "elasticmapreduce": (_ANY, (_SYNC,)),
    "emr-containers": (_ANY, (_SYNC,)),
    "emr-serverless": (_ANY, (_SYNC,)),
    "events": (frozenset({"putEvents"}), (_TOKEN,)),
    "glue": (frozenset({"startJobRun"}), (_SYNC,)),
    "http": (frozenset({"invoke"}), ()),
    "lambda": (frozenset({"invoke"}), (_TOKEN,)),
    "mediaconvert": (frozenset({"createJob"}), (_SYNC,)),
    "sagemaker": (_ANY, (_SYNC,)),
    "sns": (frozenset({"publish"}), (_TOKEN,)),
    "sqs": (frozenset({"sendMessage"}), (_TOKEN,)),
    "states": (frozenset({"startExecution"}), (_SYNC, "sync:2", _TOKEN)),
}

_OF_ITEMS = frozenset(
    {
        *("TableName", "ReturnConsumedCapacity", "ExpressionAttributeNames", "ExpressionAttributeValues", "Expected"),
        *("ConditionExpression", "ConditionalOperator", "ReturnItemCollectionMetrics", "ReturnValues"),
        "ReturnValuesOnConditionCheckFailure",
    }
)
_READING = frozenset(
    {
        *("TableName", "Key", "AttributesToGet", "ConsistentRead", "ExpressionAttributeNames", "ProjectionExpression"),
        "ReturnConsumedCapacity",
    }
)

# Integration → the arguments that it takes, and those that must be there: of each set, one.
_PARAMETERS: Mapping[tuple[str, str], tuple[frozenset[str], tuple[frozenset[str], ...]]] = {
    ("dynamodb", "getItem"): (_READING, (frozenset({"TableName"}), frozenset({"Key"}))),
    ("dynamodb", "putItem"): (_OF_ITEMS | {"Item"}, (frozenset({"TableName"}), frozenset({"Item"}))),
    ("dynamodb", "deleteItem"): (_OF_ITEMS | {"Key"}, (frozenset({"TableName"}), frozenset({"Key"}))),
    ("dynamodb", "updateItem"): (
        _OF_ITEMS | {"Key", "UpdateExpression", "AttributeUpdates"},
        (frozenset({"TableName"}), frozenset({"Key"})),
    ),
    ("lambda", "invoke"): (
        frozenset({"FunctionName", "Payload", "ClientContext", "InvocationType", "LogType", "Qualifier", "TenantId"}),
        (frozenset({"FunctionName"}),),
    ),
    ("sns", "publish"): (
        frozenset(
            {
                *("TopicArn", "TargetArn", "PhoneNumber", "Message", "Subject", "MessageStructure"),
                *("MessageAttributes", "MessageDeduplicationId", "MessageGroupId"),
            }
        ),
        (frozenset({"TopicArn", "TargetArn", "PhoneNumber"}),),
    ),
    ("sqs", "sendMessage"): (
        frozenset(
            {
                *("QueueUrl", "MessageBody", "DelaySeconds", "MessageAttribute", "MessageAttributes"),
                *("MessageSystemAttributes", "MessageDeduplicationId", "MessageGroupId"),
            }
        ),
        (frozenset({"QueueUrl"}),),
    ),
    ("states", "startExecution"): (
        frozenset({"StateMachineArn", "Input", "Name", "TraceHeader"}),
        (frozenset({"StateMachineArn"}),),
    ),
    ("events", "putEvents"): (frozenset({"Entries", "EndpointId"}), (frozenset({"Entries"}),)),
}
_EXPRESS = "EXPRESS"
_EXPRESS_SECONDS = 300


def misuses(body: dict[str, Any], machine: Item) -> Iterator[Problem]:
    """Yield what is wrong with the integrations of a machine's tasks."""
    express = machine.get("type") == _EXPRESS
    own = None if has_symbols(machine.region) else partition(machine.region)
    limit = body.get("TimeoutSeconds")
    if express and isinstance(limit, int) and limit > _EXPRESS_SECONDS:
        what = f"TimeoutSeconds is {limit}, and an express workflow runs {_EXPRESS_SECONDS} seconds at most"
        yield Problem("", what, "give less, or make the state machine STANDARD")
    for state in states_of(body):
        place = "/".join(state.path)
        if state.type == "Map" and express and _is_distributed(state):
            yield Problem(place, "an express workflow has no distributed maps", "make the state machine STANDARD")
        called = integration(state.body.get("Resource")) if state.type == "Task" else None
        if called is None:
            continue
        if own is not None and called.partition != own:
            yield Problem(place, f"its resource is of the partition {called.partition}", f"write arn:{own}:states:::…")
        if express and called.pattern:
            remedy = "make the state machine STANDARD, or call without waiting"
            yield Problem(place, f"an express workflow cannot wait by .{called.pattern}", remedy)
        yield from _of_resource(called, place)
        yield from _of_arguments(called, state, place)


def _is_distributed(state: State) -> bool:
    processor = next(iter(inner_machines(state.body)), {}).get("ProcessorConfig")
    return isinstance(processor, dict) and processor.get("Mode") == "DISTRIBUTED"


def _of_resource(called: Integration, place: str) -> Iterator[Problem]:
    if called.sdk:
        if called.operation[0].isupper():
            right = called.operation[0].lower() + called.operation[1:]
            yield Problem(place, f"the operation {called.operation} begins with a capital", f"write {right}")
        if called.pattern.startswith(_SYNC):
            yield Problem(place, "SDK integrations do not wait for jobs", f"take .{called.pattern} off, and poll")
        return
    known = _OPTIMIZED.get(called.service)
    if known is None or (known[0] and called.operation not in known[0]):
        what = f"{called.service}:{called.operation}"
        yield Problem(place, f"there is no optimized integration {what}", f"write arn:aws:states:::aws-sdk:{what}")
    elif called.pattern and called.pattern not in known[1]:
        ways = ", ".join(f".{name}" for name in known[1]) or "no pattern"
        yield Problem(place, f"{called.service} takes no .{called.pattern}", f"use {ways}, or call without waiting")


def _of_arguments(called: Integration, state: State, place: str) -> Iterator[Problem]:
    given = arguments_of(state)
    written = state.body.get("Arguments", state.body.get("Parameters"))
    handed_over = isinstance(written, dict) and any(text in json.dumps(written) for text in _TOKENS)
    if called.pattern == _TOKEN and isinstance(written, dict) and not handed_over:
        yield Problem(
            place,
            "it waits for a token that it hands to nobody, until it times out",
            "pass the context's Task.Token on with the arguments",
        )
    known = None if called.sdk else _PARAMETERS.get((called.service, called.operation))
    if known is None or (written is not None and not isinstance(written, dict)):
        return
    takes, wanted = known
    for name in given:
        if name not in takes and not has_symbols(name):
            yield Problem(
                place, f"{called.service}:{called.operation} takes no {name}", f"use {', '.join(sorted(takes))}"
            )
    for one_of in wanted:
        if not one_of & given.keys():
            names = " or ".join(sorted(one_of))
            yield Problem(place, f"{called.service}:{called.operation} is given no {names}", f"give {names}")
