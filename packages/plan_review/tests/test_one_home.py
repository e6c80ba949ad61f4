"""What is stated once: data that is lost, policies that are attached, and documents that must be JSON, whoever asks."""

from __future__ import annotations

from typing import Any

import pytest

from plan_review.aws.policy_arguments import POLICY_ARGUMENTS
from plan_review.aws.policy_attachments import ROLE_ATTACHMENTS
from plan_review.aws.stored_data import STORED_DATA
from plan_review.layout.checks import check
from plan_review.layout.declaration import parse
from plan_review.report import changes
from plan_review.report.contents import Review
from plan_review.report.diagram import draw
from plan_review.report.markdown import render
from plan_review.report.masking import Masker

from .conftest import configuration
from .rules.examples import findings

LAYOUT = parse(
    {
        "unit": {"all": {"members": ["*"]}},
        "forbidden": [
            {"from": "aws_iam_role.R", "to": "aws_sfn_state_machine.M", "reason": "the machine needs the role"}
        ],
    }
)
NO_JSON = "Allow everything"


def plan(kind: str, actions: list[str]) -> dict[str, Any]:
    change = {"actions": actions, "before": {"id": "x"}, "after": None}
    return {
        "resource_changes": [{"address": f"{kind}.a", "mode": "managed", "type": kind, "name": "a", "change": change}]
    }


@pytest.mark.parametrize("kind", sorted(STORED_DATA))
def test_the_destruction_of_whatever_holds_data_is_a_finding_and_is_marked_in_the_report(kind: str) -> None:
    document = {"resource": {kind: {"a": {}}, "aws_sns_topic": {"kept": {"name": "kept"}}}}
    planned = plan(kind, ["delete"])
    planned["resource_changes"] += plan("aws_iam_group", ["create"])["resource_changes"]
    found = [each for each in findings(document, plan=planned) if each.rule_id == "data-loss"]
    assert [(each.address, each.severity) for each in found] == [(f"{kind}.a", "error")]
    told = changes.read(planned["resource_changes"], Masker())
    read = configuration({f"{kind}.a": {}})
    shown = render(
        Review(name="x", findings=tuple(found), changes=tuple(told), diagram=draw(read, None, told), planned=True)
    )
    assert "1 of them holds data" in shown


@pytest.mark.parametrize("kind", sorted(ROLE_ATTACHMENTS))
def test_a_forbidden_path_through_any_attachment_is_seen(kind: str) -> None:
    attachment = ROLE_ATTACHMENTS[kind]
    machine = "${aws_sfn_state_machine.M.arn}"
    given = machine if attachment.inline else "${aws_iam_policy.P.arn}"
    read = configuration(
        {
            "aws_iam_role.R": {"name": "r"},
            "aws_sfn_state_machine.M": {"name": "m"},
            "aws_iam_policy.P": {"policy": machine},
            f"{kind}.A": {attachment.holder: "${aws_iam_role.R.name}", attachment.policies: given},
        }
    )
    assert "layout-forbidden-path" in {each.rule_id for each in check(read, LAYOUT)}


@pytest.mark.parametrize("kind", sorted(POLICY_ARGUMENTS))
def test_a_policy_that_is_no_json_is_a_finding_wherever_it_stands(kind: str) -> None:
    argument, _ = POLICY_ARGUMENTS[kind]
    found = findings({"resource": {kind: {"a": {argument: NO_JSON}}}})
    assert [each.address for each in found if each.path == (argument,) and "JSON" in each.message] == [f"{kind}.a"]
