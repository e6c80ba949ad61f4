"""What is not known is neither a pass nor a failure: each family says "cannot tell", and what would tell."""

from __future__ import annotations

import copy
import json
import random
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from plan_review.configuration.files import ConfigurationError
from plan_review.configuration.reading import read
from plan_review.findings import Verdict
from plan_review.layout import checks
from plan_review.rules import RULES, check

from .examples import findings, of_rule

if TYPE_CHECKING:
    from collections.abc import Iterator

# Rule → what of its failing example becomes unknown.
UNKNOWN: dict[str, dict[str, Any]] = {
    "state-machine-log-delivery": {"data": {"aws_iam_policy_document": {"runner": {"statement": "${var.x}"}}}},
    "state-machine-log-destination": {
        "resource": {"aws_sfn_state_machine": {"order": {"logging_configuration": {"log_destination": "${var.x}"}}}}
    },
    "state-machine-tracing": {"resource": {"aws_sfn_state_machine": {"order": {"role_arn": "${var.x}"}}}},
    "event-target-permission": {
        "module": {"permission": {"source": "./x", "function": "${aws_lambda_function.report.function_name}"}}
    },
    "event-target-role-permission": {
        "resource": {"aws_iam_role_policy": {"starter": {"policy": '${file("missing.json")}'}}}
    },
    "bucket-notification-permission": {"resource": {"aws_lambda_permission": {"uploads": {"source_arn": "${var.x}"}}}},
    "subscription-permission": {"resource": {"aws_sqs_queue": {"inbox": {"policy": "${var.x}"}}}},
    "dead-letter-queue-permission": {"resource": {"aws_sqs_queue_policy": {"failed": {"policy": "${var.x}"}}}},
    "alarm-action-permission": {"resource": {"aws_sns_topic_policy": {"oncall": {"policy": "${var.x}"}}}},
    "function-log-permission": {"resource": {"aws_lambda_function": {"report": {"role": "${var.x}"}}}},
    "function-tracing-permission": {"resource": {"aws_lambda_function": {"report": {"role": "${module.m.arn}"}}}},
    "event-source-permission": {"resource": {"aws_lambda_function": {"worker": {"role": "${var.x}"}}}},
    "role-trust": {"resource": {"aws_iam_role": {"worker": {"assume_role_policy": "${var.x}"}}}},
    "pass-role-trust": {"resource": {"aws_iam_role": {"jobs": {"assume_role_policy": "${var.x}"}}}},
    "state-machine-definition": {"resource": {"aws_sfn_state_machine": {"order": {"definition": "${var.x}"}}}},
    "task-permission": {"resource": {"aws_sfn_state_machine": {"order": {"role_arn": "${var.x}"}}}},
    "bucket-events-off": {"module": {"events": {"source": "./x", "bucket": "${aws_s3_bucket.uploads.id}"}}},
    "key-permission": {"resource": {"aws_iam_role_policy": {"runner": {"policy": "${var.x}"}}}},
    "key-for-services": {"resource": {"aws_kms_key": {"data": {"policy": "${var.x}"}}}},
    "log-group-key": {"resource": {"aws_kms_key": {"logs": {"policy": "${var.x}"}}}},
}  # fmt: skip


def merged(target: Any, change: Any) -> Any:
    if not isinstance(change, dict) or not isinstance(target, dict):
        return change
    return {**target, **{name: merged(target.get(name), value) for name, value in change.items()}}


# Rule → the argument of its failing example that becomes unknown: type, name, argument.
UNKNOWN_ARGUMENTS: dict[str, tuple[str, str]] = {
    "event-target-permission": ("aws_cloudwatch_event_target", "arn"),
    "subscription-permission": ("aws_sns_topic_subscription", "endpoint"),
    "function-tracing-permission": ("aws_lambda_function", "tracing_config"),
    "function-dead-letter-permission": ("aws_lambda_function", "dead_letter_config"),
    "state-machine-log-delivery": ("aws_sfn_state_machine", "logging_configuration"),
    "event-source-permission": ("aws_lambda_event_source_mapping", "event_source_arn"),
    "function-code": ("aws_lambda_function", "handler"),
    "event-pattern": ("aws_cloudwatch_event_rule", "event_pattern"),
    "policy-document": ("aws_iam_role_policy", "policy"),
}
INNER: dict[str, Any] = {
    "tracing_config": [{"mode": "${var.x}"}],
    "dead_letter_config": [{"target_arn": "${var.x}"}],
}


@pytest.mark.parametrize("rule", UNKNOWN_ARGUMENTS)
def test_an_argument_that_is_unknown_cannot_be_told(rule: str) -> None:
    kind, argument = UNKNOWN_ARGUMENTS[rule]
    document = copy.deepcopy(RULES[rule].examples["failing"])
    for body in document["resource"][kind].values():
        body[argument] = INNER.get(argument, "${var.x}")

    found = of_rule(findings({**document, "variable": {"x": {}}}), rule)

    assert {finding.verdict for finding in found} == {Verdict.CANNOT_TELL}
    assert all(finding.remedy for finding in found)


@pytest.mark.parametrize("rule", sorted(RULES))
def test_what_is_unknown_is_never_said_to_be_missing(rule: str) -> None:
    """With every argument of what is to blame unknown, nothing can be said to be wrong with it."""
    given = RULES[rule].examples
    document = copy.deepcopy(given["failing"])
    if "failing_plan" in given or "plan" in given:
        return  # a plan knows its values
    for first in of_rule(findings(document, events=given.get("events")), rule):
        kind, _, name = first.address.partition("[")[0].removeprefix("data.").partition(".")
        body = document.get("resource", {}).get(kind, {}).get(name)
        for argument in body or ():
            if argument not in ("depends_on", "lifecycle", "provider"):
                body[argument] = "${var.x}"
    left = of_rule(findings({**document, "variable": {"x": {}}}, events=given.get("events")), rule)

    assert [str(each) for each in left if each.verdict is Verdict.MISSING and rule not in BY_WHAT_IS_NOT_THERE] == []


# What is wrong is that something is not there at all, or the order: no unknown value changes that.
BY_WHAT_IS_NOT_THERE = {
    "bucket-acl-off",
    "bucket-events-off",
    "function-runtime",
    "image-owner",
    "permission-before-use",
    "settings-together",
    "stream-without-table-stream",
    "targets-per-rule",
    "undeclared-reference",
}


@pytest.mark.parametrize("rule", UNKNOWN)
def test_what_is_unknown_cannot_be_told(rule: str) -> None:
    document = merged(RULES[rule].examples["failing"], {**UNKNOWN[rule], "variable": {"x": {}}})

    found = of_rule(findings(document), rule)

    assert {finding.verdict for finding in found} <= {Verdict.CANNOT_TELL}
    if rule != "state-machine-log-delivery":
        assert found


def test_a_dynamic_block_of_statements_cannot_be_told() -> None:
    document = copy.deepcopy(RULES["state-machine-log-delivery"].examples["failing"])
    statements = document["data"]["aws_iam_policy_document"]["runner"]
    statements["dynamic"] = {"statement": {"for_each": "${var.x}", "content": {"actions": ["${statement.value}"]}}}

    found = of_rule(findings({**document, "variable": {"x": {}}}), "state-machine-log-delivery")

    assert {finding.verdict for finding in found} == {Verdict.CANNOT_TELL}
    assert all(finding.remedy for finding in found)


JUNK: list[Any] = [
    None, "", [], {}, 0, -1, 1.5, True, "x", "${", "${aws_x.y}", "${var.q}", "{}", "[]", "null", '{"Statement": 5}',
    '{"Statement": [1]}', '{"Statement": {"Effect": "Allow", "Action": 5}}', ["a", None], [[1]], {"a": {"b": 1}},
    "${jsonencode([1])}", "${each.key}", "arn:aws:sqs", "arn:::::", 10**12,
]  # fmt: skip


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from places(inner, (*path, name))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from places(inner, (*path, index))


@pytest.mark.parametrize("rule", sorted(RULES))
def test_nonsense_in_a_configuration_breaks_no_rule(rule: str) -> None:
    document = RULES[rule].examples["passing"]
    random_source = random.Random(rule)  # noqa: S311 - the same nonsense in every run
    for _ in range(8):
        broken = copy.deepcopy(document)
        deep = [path for path in places(broken) if len(path) > 3 and path[0] in ("resource", "data")]
        *steps, last = random_source.choice(deep)
        place = broken
        for step in steps:
            place = place[step]
        place[last] = copy.deepcopy(random_source.choice(JUNK))

        assert isinstance(findings(broken, code=Path("nowhere")), list)


OTHER_PEOPLE = sorted((Path(__file__).parent / "other_people").glob("*.tf.json"))


def damage(document: Any, random_source: random.Random) -> None:
    """Drop, replace, wrap or double something within a document, in place."""
    deep = [path for path in places(document) if len(path) > 1]
    *steps, last = random_source.choice(deep)
    place = document
    for step in steps:
        place = place[step]
    match random_source.randrange(4):
        case 0 if isinstance(place, dict):
            del place[last]
        case 1:
            place[last] = "${var.gone}"
        case 2:
            for _ in range(random_source.choice([1, 40])):
                place[last] = random_source.choice([[place[last]], {"x": place[last]}])
        case _:
            place[last] = copy.deepcopy(random_source.choice(JUNK))


@pytest.mark.parametrize("file", OTHER_PEOPLE, ids=lambda file: file.name.partition(".")[0])
def test_a_damaged_configuration_has_findings_or_a_clear_error(file: Path) -> None:
    document = json.loads(file.read_text(encoding="utf-8"))
    random_source = random.Random(file.name)  # noqa: S311 - the same damage in every run
    for _ in range(25):
        broken = copy.deepcopy(document)
        for _ in range(random_source.choice([1, 1, 3])):
            damage(broken, random_source)
        try:
            configuration = read(broken)
        except ConfigurationError:
            continue

        assert isinstance(checks.check(configuration, None), list)
        assert isinstance(check(configuration), list)
