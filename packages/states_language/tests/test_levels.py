"""What the service takes, and what fails when it runs or may fail, is told apart from what it refuses."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from states_language.problems import Level
from states_language.resources import is_refused
from states_language.validation import causes, validate

from .definitions import ACTIVITY, DONE, FUNCTION, INNER, INVOKE, SDK, TASK, jsonata, one, output, task

READS_LATER = {
    "A": {"Type": "Pass", "Output": "{% $late %}", "Next": "B"},
    "B": {"Type": "Pass", "Assign": {"late": 1}, "End": True},
}
IN_EXPRESS = {
    "Type": "Map",
    "ItemProcessor": {
        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"},
        "StartAt": "Inner",
        "States": {"Inner": {"Type": "Task", "Resource": ACTIVITY, "End": True}},
    },
}
OF_OUTSIDE = {
    "A": {"Type": "Pass", "Assign": {"n": 1}, "Next": "M"},
    "M": {
        "Type": "Map",
        "End": True,
        "ItemProcessor": {
            "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
            "StartAt": "X",
            "States": {"X": {"Type": "Pass", "Output": "{% $n %}", "End": True}},
        },
    },
}


@pytest.mark.parametrize(
    ("definition", "level", "said"),
    [
        (output("$unset"), Level.DOUBTFUL, "$unset is assigned by no state"),
        (
            {"QueryLanguage": "JSONata", "StartAt": "A", "States": READS_LATER},
            Level.DOUBTFUL,
            "$late is assigned by no",
        ),
        ({"QueryLanguage": "JSONata", "StartAt": "A", "States": OF_OUTSIDE}, Level.DOUBTFUL, "$n is assigned by no"),
        (one({"Type": "Pass", "Parameters": {"a.$": "$unset.b"}}), Level.DOUBTFUL, "$unset is assigned by no"),
        (jsonata({**TASK, "Arguments": {"a": "{% $states.result %}"}}), Level.DOUBTFUL, "$states.result"),
        (output("$states.inputs"), Level.DOUBTFUL, "$states.inputs, which there is not"),
        (output("$states.input.a ?? 1"), Level.DOUBTFUL, '"??"'),
        (jsonata({**TASK, "Arguments": {"a.$": "$.a"}}), Level.DOUBTFUL, "is written for JSONPath"),
        (output("$eval('1')"), Level.FAILS, "calls $eval"),
        (one({**TASK, "Retry": [{"ErrorEquals": ["States.Nope"]}]}), Level.FAILS, "no error States.Nope"),
        (task(INVOKE + ".waitForTaskToken", {"FunctionName": "f"}), Level.FAILS, "hands to nobody"),
        (one(IN_EXPRESS), Level.FAILS, "has no activities"),
        (task("arn:aws:states:::glue:startJobRun"), Level.DOUBTFUL, "is given no JobName"),
        (task(f"{SDK}:rds:describeDbClusters", {}), Level.DOUBTFUL, "in another case"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_the_service_takes_is_told_by_what_comes_of_it(
    definition: dict[str, Any], level: Level, said: str
) -> None:
    (problem,) = validate(json.dumps(definition))

    assert (problem.level, problem.diagnostic["severity"]) == (level, "WARNING")
    assert said in problem.what


def test_an_express_machine_that_may_run_for_longer_than_it_can() -> None:
    (problem,) = validate(json.dumps(one(DONE, TimeoutSeconds=301)), kind="EXPRESS")

    assert problem.level is Level.FAILS
    assert validate(json.dumps(one(DONE, TimeoutSeconds=301))) == []


@pytest.mark.parametrize("resource", [FUNCTION, ACTIVITY, INVOKE, f"{SDK}:s3:getObject", f"{SDK}:macie:anything"])
def test_a_resource_is_taken(resource: str) -> None:
    assert not is_refused(resource)


@pytest.mark.parametrize("resource", [None, 5, "", "charge", f"{SDK}:s3:get", f"{SDK}:nope:get", INVOKE + ".sync"])
def test_a_resource_is_refused(resource: object) -> None:
    assert is_refused(resource)


def test_a_definition_that_was_not_rendered_is_one_mistake() -> None:
    states = {
        "A": {"Type": "Task", "Resource": "${Charge}", "Next": "B"},
        "B": {**TASK, "Resource": "${Tell}", "End": True},
    }

    (problem,) = causes(validate(json.dumps({"StartAt": "A", "States": states})))

    assert "a placeholder that nothing has filled in" in problem.what


def test_a_diagnostic_has_the_service_s_words_where_they_are_recorded() -> None:
    (problem,) = validate(json.dumps({"StartAt": "A", "States": {"A": {**DONE}, "B": INNER["States"]["Inner"]}}))

    assert problem.diagnostic == {
        "severity": "ERROR",
        "code": "MISSING_TRANSITION_TARGET",
        "message": 'State "B" is not reachable.',
        "location": "/States/B",
    }


def test_a_large_machine_is_read_in_time() -> None:
    last = 3_000
    states: dict[str, Any] = {
        f"S{number}": {
            "Type": "Pass",
            "Assign": {f"v{number % 50}": "{% $states.input.a %}"},
            "Output": f"{{% $exists($v{(number - 1) % 50}) ? $v{(number - 1) % 50} : {number} %}}",
            "Next": f"S{number + 1}",
        }
        for number in range(last)
    }
    states["S0"].pop("Output")
    states[f"S{last}"] = {"Type": "Choice", "Choices": [{"Condition": "{% true %}", "Next": "S0"}], "Default": "End"}
    states["End"] = DONE
    begin = time.perf_counter()

    assert validate(json.dumps({"QueryLanguage": "JSONata", "StartAt": "S0", "States": states})) == []
    assert time.perf_counter() - begin < 20  # on a machine that does other things besides
