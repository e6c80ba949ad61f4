"""The review and the local cloud say the same of a definition, which is what Step Functions says."""

from __future__ import annotations

import json

import pytest

from local_cloud.ministack.patches.state_machine_definitions import diagnostics
from packages.plan_review.tests.rules.examples import findings, of_rule
from packages.states_language.tests.definitions import REFUSED, TAKEN, Refused, Taken

TRUST = {"Effect": "Allow", "Principal": {"Service": "states.amazonaws.com"}, "Action": "sts:AssumeRole"}


def said(case: Refused | Taken) -> list[str]:
    """Return what the review says of a definition: each message with its remedy."""
    # What Terraform would read as an expression of its own is written as the text that it is.
    text = case.text.replace("${", "$${").replace("%{", "%%{")
    machine = {"name": "m", "role_arn": "${aws_iam_role.r.arn}", "type": case.type, "definition": text}
    role = {"name": "r", "assume_role_policy": json.dumps({"Version": "2012-10-17", "Statement": [TRUST]})}
    document = {
        "provider": {"aws": {"region": "eu-west-1"}},
        "resource": {"aws_sfn_state_machine": {"m": machine}, "aws_iam_role": {"r": role}},
    }
    found = of_rule(findings(document), "state-machine-definition")
    return [f"{finding.message}: {finding.remedy}" for finding in found]


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case.name)
def test_a_definition_is_refused_by_both(case: Refused) -> None:
    found = said(case)
    assert any(case.said in each for each in found), found
    assert len(found) == case.count, found
    refused = diagnostics(case.text, case.type)
    assert all(each["severity"] == "ERROR" and each["code"] and each["message"] for each in refused)
    assert refused


@pytest.mark.parametrize("case", TAKEN, ids=lambda case: case.name)
def test_a_definition_is_taken_by_both(case: Taken) -> None:
    assert said(case) == []
    assert diagnostics(case.text, case.type) == []
