from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from plan_review.configuration.reading import read
from plan_review.layout.checks import check
from plan_review.layout.declaration import LayoutError, parse

from .conftest import configuration

if TYPE_CHECKING:
    from plan_review.findings import Finding
    from plan_review.layout import declaration

QUEUE = {"type": "aws_sqs_queue", "argument": "delay_seconds", "at_least": 5, "reason": "because"}


def declared(*tables: dict[str, Any]) -> declaration.Layout:
    return parse({"unit": {"all": {"members": ["*"]}}, "demand": list(tables)})


def findings(demand: dict[str, Any], body: dict[str, Any], kind: str = "aws_sqs_queue", **more: Any) -> list[Finding]:
    return check(configuration({f"{kind}.Q": body}, **more), declared({**demand, "reason": "because"}))


def demand(argument: str, **test: Any) -> dict[str, Any]:
    return {"type": "aws_*", "argument": argument, **test}


@pytest.mark.parametrize(
    ("given", "body", "fails"),
    [
        (demand("a", is_=True), {"a": True}, False),
        (demand("a", is_=True), {"a": "true"}, False),
        (demand("a", is_=True), {"a": False}, True),
        (demand("a", is_=True), {}, True),
        (demand("a", is_=["x", "y"]), {"a": "y"}, False),
        (demand("a", is_=["x", "y"]), {"a": "z"}, True),
        (demand("a", **{"not": 0}), {}, False),
        (demand("a", **{"not": 0}), {"a": 0}, True),
        (demand("a", at_least=3), {"a": 3}, False),
        (demand("a", at_least=3), {"a": "4"}, False),
        (demand("a", at_least=3), {"a": 2}, True),
        (demand("a", at_least=3), {"a": "many"}, True),
        (demand("a", at_least=3), {}, True),
        (demand("a", present=True), {"a": "${aws_kms_key.K.arn}"}, False),
        (demand("a", present=True), {"a": ""}, True),
        (demand("a", present=True), {}, True),
        (demand("a", present=False), {"a": ["x"]}, True),
        (demand("a", present=False), {"a": []}, False),
        (demand("b.a", is_=1), {"b": {"a": 1}}, False),
        (demand("b.a", is_=1), {"b": [{"a": 1}, {"a": 2}]}, True),
        (demand("b.a", is_=1), {}, True),
        (demand("a", is_=True, unless="k"), {"k": "${aws_kms_key.K.arn}"}, False),
        (demand("a", is_=True, unless="k"), {"k": ""}, True),
        (demand("lifecycle.ignore_changes", present=False), {"lifecycle": {"ignore_changes": "all"}}, True),
        (demand("lifecycle.ignore_changes", present=False), {"lifecycle": {"ignore_changes": ["a"]}}, True),
        (demand("lifecycle.ignore_changes", present=False), {"lifecycle": {"create_before_destroy": True}}, False),
    ],
)
def test_a_demand_is_met_or_not(given: dict[str, Any], body: dict[str, Any], fails: bool) -> None:  # noqa: FBT001
    test = {key.rstrip("_"): value for key, value in given.items()}
    body = {**body, "policy": "x"}
    key = {"aws_kms_key.K": {"a": True, "b": {"a": 1}}}
    found = check(configuration({"aws_sqs_queue.Q": body, **key}), declared({**test, "name": "Q", "reason": "because"}))
    assert [finding.fails for finding in found] == [True] * fails


def test_the_finding_names_argument_value_reason_and_remedy() -> None:
    (found,) = findings(demand("b.a", at_least=3), {"b": {"a": 1}})
    assert str(found) == (
        "aws_sqs_queue.Q: b.a is 1; demand 1 of the declared layout wants it at least 3 [layout-demand]\n"
        "  consequence: because\n"
        "  remedy: set it to at least 3; where it is meant, change the demand in the layout"
    )
    assert found.path == ("b", 0, "a")


@pytest.mark.parametrize("test", [{"is": 1}, {"not": 1}, {"at_least": 1}, {"present": True}])
@pytest.mark.parametrize(
    "body",
    [
        {"a": "${var.v}"},
        {"dynamic": {"a": {"for_each": "${var.v}", "content": {}}}},
    ],
)
def test_what_only_a_deployment_can_tell_is_not_told(test: dict[str, Any], body: dict[str, Any]) -> None:
    (found,) = findings(demand("a", **test), body, variable={"v": {}})
    assert found.verdict == "cannot tell"
    assert "a is not known" in found.message or "var.v" in found.message


def test_a_value_of_a_local_or_variable_with_a_default_is_known() -> None:
    given = demand("a", at_least=3)
    assert findings(given, {"a": "${local.l}"}, locals={"l": 2})[0].fails
    assert findings(given, {"a": "${local.l}"}, locals={"l": 3}) == []


def test_a_demand_can_be_for_some_stacks_and_names() -> None:
    def of(stack: str, **more: Any) -> list[str]:
        document = {
            "//": {"metadata": {"stackName": stack}},
            "resource": {"aws_sqs_queue": {"Q": {}, "DeadLetterQueue": {}}},
        }
        return [finding.address for finding in check(read(document), declared({**QUEUE, **more}))]

    assert of("x-prod", stacks="*-prod") == ["aws_sqs_queue.DeadLetterQueue", "aws_sqs_queue.Q"]
    assert of("x-dev", stacks="*-prod") == []
    assert of("x-dev", stacks=["*-prod", "*-dev"], name="Q*") == ["aws_sqs_queue.Q"]


def test_a_demand_on_a_type_that_is_not_there_is_told() -> None:
    (found,) = check(configuration({"aws_sns_topic.T": {}}), declared(QUEUE))
    assert (found.rule_id, found.address, found.fails) == ("layout-missing-member", "aws_sqs_queue", True)
    assert check(configuration({"aws_sns_topic.T": {}}), declared({**QUEUE, "type": "aws_sqs_*"})) == []


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({**QUEUE, "resource": "x"}, "demand 1: unknown key 'resource'; known are argument, at_least, is,"),
        ({**QUEUE, "reason": " "}, "demand 1: the reason must be written, as text"),
        ({**QUEUE, "type": []}, "demand 1.type is []; write a name or pattern"),
        ({**QUEUE, "argument": "a..b"}, "demand 1.argument is 'a..b'; write an argument, through its blocks"),
        ({**QUEUE, "argument": None}, "demand 1.argument is None"),
        ({**QUEUE, "argument": "lifecycle.ignore_change"}, "lifecycle takes create_before_destroy, ignore_changes,"),
        ({**QUEUE, "is": 5}, "demand 1: give one of is, not, at_least, present"),
        ({**QUEUE, "at_least": "5"}, "demand 1.at_least is '5'; write a number"),
        ({**QUEUE, "at_least": True}, "demand 1.at_least is True; write a number"),
        ({**demand("a", present="yes"), "reason": "x"}, "demand 1.present is 'yes'; write true or false"),
        ({**demand("a"), "is": [], "reason": "x"}, "demand 1.is is []; write a value"),
    ],
)
def test_a_demand_that_is_wrong_is_refused_with_what_would_be_right(table: dict[str, Any], message: str) -> None:
    with pytest.raises(LayoutError) as refused:
        declared(table)
    assert message in str(refused.value)
