"""The objects of the language: which fields each takes, of which type and range, and which exclude each other.

Sources: https://states-language.net/spec.html, the pages on states of
https://docs.aws.amazon.com/step-functions/latest/dg/concepts-amazon-states-language.html, and recorded answers of
ValidateStateMachineDefinition: which fields a type of state has (https://github.com/floci-io/floci/issues/2735), which
belong to one query language (issues/2968 there), ranges and exclusions of a Map's numbers (issues/3733 there).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from states_language.definition import JSONATA, JSONPATH

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST_TIME = 99_999_999  # seconds
_LONGEST_DELAY = 31_622_399  # seconds: less than 31,622,400
_MOST_ITEMS = 100_000_000
_LARGEST_BATCH = 262_144  # bytes
LONGEST_LABEL = 40  # characters


class Kind(StrEnum):
    """What a field's value is."""

    TEXT = "a text"
    FLAG = "true or false"
    WHOLE = "a whole number"
    NUMBER = "a number"
    OBJECT = "an object"
    LIST = "a list"
    ITEMS = "a list, an object or an expression"
    CONDITION = "an expression between {% and %}"
    TIMESTAMP = "a timestamp such as 2030-01-31T12:00:00Z"
    PATH = "a path that begins with $"
    REFERENCE = "a path to one value, such as $.order.id"
    TEMPLATE = "a payload template"
    PAYLOAD = "JSON"
    CREDENTIALS = "an object with RoleArn"
    ANY = "anything"


@dataclass(frozen=True, slots=True)
class Field:
    """What a field takes. ``language`` is the only one that has it, where there is one.

    ``computed`` fields take an expression in place of their value where the state writes JSONata; ``empty`` ones take
    null.
    """

    kind: Kind
    language: str = ""
    low: float | None = None
    high: float | None = None
    options: tuple[str, ...] = ()
    computed: bool = False
    empty: bool = False


@dataclass(frozen=True, slots=True)
class Shape:
    """An object: its fields; sets of fields of which only one may be given; those that must be there, one of each."""

    fields: Mapping[str, Field]
    one_of: tuple[tuple[str, ...], ...] = ()
    required: tuple[tuple[str, ...], ...] = ()
    nested: Mapping[str, Shape] = field(default_factory=dict)


_TEXT = Field(Kind.TEXT)
_FLAG = Field(Kind.FLAG)
_LIST = Field(Kind.LIST)
_OBJECT = Field(Kind.OBJECT)
_COMPUTED_TEXT = Field(Kind.TEXT, computed=True)
_PATH = Field(Kind.PATH, JSONPATH, empty=True)
_REFERENCE = Field(Kind.REFERENCE, JSONPATH)
_TEMPLATE = Field(Kind.TEMPLATE, JSONPATH)
_SECONDS = Field(Kind.WHOLE, low=1, high=LONGEST_TIME, computed=True)
_ASSIGN = Field(Kind.OBJECT)
_OUTPUT = Field(Kind.PAYLOAD, JSONATA)


def _count(high: float | None = None) -> Field:
    return Field(Kind.WHOLE, low=0, high=high, computed=True)


_EVERY = {"Type": _TEXT, "Comment": _TEXT, "QueryLanguage": Field(Kind.TEXT, options=(JSONPATH, JSONATA))}
_IN_AND_OUT = {"InputPath": _PATH, "OutputPath": _PATH, "Output": _OUTPUT}
_GOES_ON = {"Next": _TEXT, "End": _FLAG, "Assign": _ASSIGN}
_WORKS = {
    "ResultSelector": _TEMPLATE,
    "ResultPath": Field(Kind.REFERENCE, JSONPATH, empty=True),
    "Retry": _LIST,
    "Catch": _LIST,
}
_TRANSITION = (("Next", "End"),)

RETRY = Shape(
    {
        "ErrorEquals": _LIST,
        "IntervalSeconds": Field(Kind.WHOLE, low=1, high=LONGEST_TIME),
        "MaxAttempts": Field(Kind.WHOLE, low=0, high=LONGEST_TIME),
        "BackoffRate": Field(Kind.NUMBER, low=1),
        "MaxDelaySeconds": Field(Kind.WHOLE, low=1, high=_LONGEST_DELAY),
        "JitterStrategy": Field(Kind.TEXT, options=("FULL", "NONE")),
        "Comment": _TEXT,
    },
    required=(("ErrorEquals",),),
)
CATCH = Shape(
    {
        "ErrorEquals": _LIST,
        "Next": _TEXT,
        "ResultPath": Field(Kind.REFERENCE, JSONPATH, empty=True),
        "Output": _OUTPUT,
        "Assign": _ASSIGN,
        "Comment": _TEXT,
    },
    required=(("ErrorEquals",), ("Next",)),
)

_READER_CONFIG = Shape(
    {
        "InputType": Field(Kind.TEXT, options=("CSV", "JSON", "JSONL", "MANIFEST", "PARQUET"), computed=True),
        "Transformation": Field(Kind.TEXT, options=("NONE", "LOAD_AND_FLATTEN"), computed=True),
        "ManifestType": Field(Kind.TEXT, options=("ATHENA_DATA", "S3_INVENTORY"), computed=True),
        "CSVDelimiter": Field(Kind.TEXT, options=("COMMA", "PIPE", "SEMICOLON", "SPACE", "TAB"), computed=True),
        "CSVHeaderLocation": Field(Kind.TEXT, options=("FIRST_ROW", "GIVEN"), computed=True),
        "CSVHeaders": _LIST,
        "ItemsPointer": _COMPUTED_TEXT,
        "MaxItems": _count(_MOST_ITEMS),
        "MaxItemsPath": _REFERENCE,
    },
    one_of=(("MaxItems", "MaxItemsPath"),),
)
_READER = Shape(
    {
        "Resource": _TEXT,
        "ReaderConfig": _OBJECT,
        "Parameters": _TEMPLATE,
        "Arguments": Field(Kind.PAYLOAD, JSONATA),
        "Comment": _TEXT,
    },
    required=(("Resource",),),
    nested={"ReaderConfig": _READER_CONFIG},
)
_WRITER = Shape(
    {
        "Resource": _TEXT,
        "WriterConfig": _OBJECT,
        "Parameters": _TEMPLATE,
        "Arguments": Field(Kind.PAYLOAD, JSONATA),
        "Comment": _TEXT,
    },
    required=(("Resource", "WriterConfig"),),
    nested={
        "WriterConfig": Shape(
            {
                "Transformation": Field(Kind.TEXT, options=("COMPACT", "FLATTEN", "NONE"), computed=True),
                "OutputType": Field(Kind.TEXT, options=("JSON", "JSONL"), computed=True),
            }
        )
    },
)
_BATCHER = Shape(
    {
        "BatchInput": Field(Kind.PAYLOAD),
        "MaxItemsPerBatch": _count(),
        "MaxItemsPerBatchPath": _REFERENCE,
        "MaxInputBytesPerBatch": _count(_LARGEST_BATCH),
        "MaxInputBytesPerBatchPath": _REFERENCE,
        "Comment": _TEXT,
    },
    one_of=(("MaxItemsPerBatch", "MaxItemsPerBatchPath"), ("MaxInputBytesPerBatch", "MaxInputBytesPerBatchPath")),
    required=(("MaxItemsPerBatch", "MaxItemsPerBatchPath", "MaxInputBytesPerBatch", "MaxInputBytesPerBatchPath"),),
)

STATES: Mapping[str, Shape] = {
    "Task": Shape(
        {
            **_EVERY,
            **_IN_AND_OUT,
            **_GOES_ON,
            **_WORKS,
            "Resource": _TEXT,
            "Parameters": _TEMPLATE,
            "Arguments": Field(Kind.PAYLOAD, JSONATA),
            "Credentials": Field(Kind.CREDENTIALS),
            "TimeoutSeconds": _SECONDS,
            "TimeoutSecondsPath": _REFERENCE,
            "HeartbeatSeconds": _SECONDS,
            "HeartbeatSecondsPath": _REFERENCE,
        },
        one_of=(
            *_TRANSITION,
            ("TimeoutSeconds", "TimeoutSecondsPath"),
            ("HeartbeatSeconds", "HeartbeatSecondsPath"),
        ),
        required=(("Resource",), ("Next", "End")),
    ),
    "Pass": Shape(
        {
            **_EVERY,
            **_IN_AND_OUT,
            **_GOES_ON,
            "Result": Field(Kind.ANY, JSONPATH),
            "ResultPath": _WORKS["ResultPath"],
            "Parameters": _TEMPLATE,
        },
        one_of=_TRANSITION,
        required=(("Next", "End"),),
    ),
    "Choice": Shape(
        {**_EVERY, **_IN_AND_OUT, "Assign": _ASSIGN, "Choices": _LIST, "Default": _TEXT}, required=(("Choices",),)
    ),
    "Wait": Shape(
        {
            **_EVERY,
            **_IN_AND_OUT,
            **_GOES_ON,
            "Seconds": Field(Kind.WHOLE, low=0, high=LONGEST_TIME, computed=True),
            "SecondsPath": _REFERENCE,
            "Timestamp": Field(Kind.TIMESTAMP, computed=True),
            "TimestampPath": _REFERENCE,
        },
        one_of=(*_TRANSITION, ("Seconds", "SecondsPath", "Timestamp", "TimestampPath")),
        required=(("Seconds", "SecondsPath", "Timestamp", "TimestampPath"), ("Next", "End")),
    ),
    "Succeed": Shape({**_EVERY, **_IN_AND_OUT}),
    "Fail": Shape(
        {
            **_EVERY,
            "Error": _COMPUTED_TEXT,
            "ErrorPath": Field(Kind.PATH, JSONPATH),
            "Cause": _COMPUTED_TEXT,
            "CausePath": Field(Kind.PATH, JSONPATH),
        },
        one_of=(("Error", "ErrorPath"), ("Cause", "CausePath")),
    ),
    "Parallel": Shape(
        {
            **_EVERY,
            **_IN_AND_OUT,
            **_GOES_ON,
            **_WORKS,
            "Branches": _LIST,
            "Parameters": _TEMPLATE,
            "Arguments": Field(Kind.PAYLOAD, JSONATA),
        },
        one_of=_TRANSITION,
        required=(("Branches",), ("Next", "End")),
    ),
    "Map": Shape(
        {
            **_EVERY,
            **_IN_AND_OUT,
            **_GOES_ON,
            **_WORKS,
            "ItemProcessor": _OBJECT,
            "Iterator": _OBJECT,
            "Items": Field(Kind.ITEMS, JSONATA),
            "ItemsPath": _REFERENCE,
            "ItemSelector": Field(Kind.PAYLOAD),
            "Parameters": _TEMPLATE,
            "ItemReader": _OBJECT,
            "ItemBatcher": _OBJECT,
            "ResultWriter": _OBJECT,
            "Label": _TEXT,
            "MaxConcurrency": _count(),
            "MaxConcurrencyPath": _REFERENCE,
            "ToleratedFailureCount": _count(),
            "ToleratedFailureCountPath": _REFERENCE,
            "ToleratedFailurePercentage": Field(Kind.NUMBER, low=0, high=100, computed=True),
            "ToleratedFailurePercentagePath": _REFERENCE,
        },
        one_of=(
            *_TRANSITION,
            ("ItemProcessor", "Iterator"),
            ("ItemSelector", "Parameters"),
            ("MaxConcurrency", "MaxConcurrencyPath"),
            ("ToleratedFailureCount", "ToleratedFailureCountPath"),
            ("ToleratedFailurePercentage", "ToleratedFailurePercentagePath"),
        ),
        required=(("ItemProcessor", "Iterator"), ("Next", "End")),
        nested={"ItemReader": _READER, "ResultWriter": _WRITER, "ItemBatcher": _BATCHER},
    ),
}
TYPES = tuple(STATES)
ENDS = ("Succeed", "Fail")
ONLY_DISTRIBUTED = ("ItemReader", "ItemBatcher", "ResultWriter")
"""Fields of a Map in distributed mode: https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html"""

MACHINE = Shape(
    {
        "Comment": _TEXT,
        "QueryLanguage": _EVERY["QueryLanguage"],
        "StartAt": _TEXT,
        "States": _OBJECT,
        "TimeoutSeconds": Field(Kind.WHOLE, low=1, high=LONGEST_TIME),
        "Version": _TEXT,
    },
    required=(("States",), ("StartAt",)),
)
BRANCH = Shape({"Comment": _TEXT, "StartAt": _TEXT, "States": _OBJECT}, required=MACHINE.required)
PROCESSOR = Shape(
    {**BRANCH.fields, "ProcessorConfig": _OBJECT},
    required=MACHINE.required,
    nested={
        "ProcessorConfig": Shape(
            {
                "Mode": Field(Kind.TEXT, options=("INLINE", "DISTRIBUTED")),
                "ExecutionType": Field(Kind.TEXT, options=("STANDARD", "EXPRESS")),
            }
        )
    },
)

_ORDERED = ("Equals", "LessThan", "GreaterThan", "LessThanEquals", "GreaterThanEquals")
OPERATORS: Mapping[str, Field] = {
    **{f"String{way}": _TEXT for way in _ORDERED},
    **{f"Numeric{way}": Field(Kind.NUMBER) for way in _ORDERED},
    **{f"Timestamp{way}": Field(Kind.TIMESTAMP) for way in _ORDERED},
    "BooleanEquals": _FLAG,
    **{f"{what}{way}Path": _REFERENCE for what in ("String", "Numeric", "Timestamp") for way in _ORDERED},
    "BooleanEqualsPath": _REFERENCE,
    "StringMatches": _TEXT,
    **{f"Is{what}": _FLAG for what in ("Null", "Present", "Numeric", "String", "Boolean", "Timestamp")},
}
"""The comparisons of a Choice rule in JSONPath."""

COMBINATIONS = ("And", "Or", "Not")
RULE = Shape(
    {
        "Next": _TEXT,
        "Comment": _TEXT,
        "Assign": _ASSIGN,
        "Condition": Field(Kind.CONDITION, JSONATA),
        "Output": _OUTPUT,
        "Variable": _REFERENCE,
        **{name: Field(each.kind, JSONPATH) for name, each in OPERATORS.items()},
        **{name: Field(Kind.ANY, JSONPATH) for name in COMBINATIONS},
    }
)

# https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
ERRORS = frozenset(
    f"States.{name}"
    for name in (
        *("ALL", "BranchFailed", "DataLimitExceeded", "ExceedToleratedFailureThreshold", "HeartbeatTimeout"),
        *("IntrinsicFailure", "ItemReaderFailed", "NoChoiceMatched", "ParameterPathFailure", "Permissions"),
        *("QueryEvaluationError", "ResultPathMatchFailure", "ResultWriterFailed", "Runtime", "TaskFailed", "Timeout"),
    )
)
