"""No remedy asks for what the layout, or another rule, would then ask back."""

from __future__ import annotations

import json
from typing import Any

from plan_review.configuration.reading import read
from plan_review.findings import Edit, Finding
from plan_review.layout.declaration import parse
from plan_review.project import Project

DELIVERY = [
    *("logs:CreateLogDelivery", "logs:GetLogDelivery", "logs:UpdateLogDelivery", "logs:DeleteLogDelivery"),
    *("logs:ListLogDeliveries", "logs:PutResourcePolicy", "logs:DescribeResourcePolicies", "logs:DescribeLogGroups"),
    "logs:PutLogEvents",
]


def machine(*, policy_needs: str = "depends_on", **more: Any) -> dict[str, Any]:
    """Return a machine that has to come after its policy, which needs the machine."""
    statement = {"Effect": "Allow", "Action": DELIVERY, "Resource": "*"}
    policy: dict[str, Any] = {
        "role": "${aws_iam_role.r.id}",
        "policy": json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
    }
    policy |= {"depends_on": ["aws_sfn_state_machine.m"]} if policy_needs == "depends_on" else {"name": policy_needs}
    trust = {"Effect": "Allow", "Principal": {"Service": "states.amazonaws.com"}, "Action": "sts:AssumeRole"}
    return {
        "resource": {
            "aws_iam_role": {"r": {"assume_role_policy": json.dumps({"Version": "2012-10-17", "Statement": [trust]})}},
            "aws_iam_role_policy": {"p": policy},
            "aws_cloudwatch_log_group": {"l": {"name": "/aws/vendedlogs/m", "retention_in_days": 1}},
            "aws_sfn_state_machine": {
                "m": {
                    "name": "m",
                    "role_arn": "${aws_iam_role.r.arn}",
                    "definition": json.dumps({"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}),
                    "logging_configuration": [
                        {"log_destination": "${aws_cloudwatch_log_group.l.arn}:*", "level": "ALL"}
                    ],
                    "depends_on": ["aws_iam_role_policy.p"],
                }
            },
            **more,
        }
    }


def cycle(document: dict[str, Any], project: Project | None = None) -> Finding:
    found = (project or Project()).review(read(document))
    (only,) = (each for each in found if each.rule_id == "layout-cycle")
    return only


def test_a_cycle_is_not_cut_where_a_permission_has_to_come_first() -> None:
    found = cycle(machine())

    assert "aws_iam_role_policy.p → aws_sfn_state_machine.m: remove the depends_on entry" in found.remedy
    assert found.edits == (Edit("aws_iam_role_policy.p", ("depends_on",), "remove", "aws_sfn_state_machine.m"),)


def test_it_is_not_cut_there_even_where_the_other_way_costs_more() -> None:
    found = cycle(machine(policy_needs="${aws_sfn_state_machine.m.name}"))

    assert "cheapest to cut: aws_iam_role_policy.p → aws_sfn_state_machine.m" in found.remedy
    assert found.edits == ()


def test_a_cycle_is_not_cut_where_the_layout_demands_the_order() -> None:
    two = {
        "resource": {
            "aws_sns_topic": {"a": {"depends_on": ["aws_sns_topic.b"]}, "b": {"depends_on": ["aws_sns_topic.a"]}},
        }
    }
    for one, other in (("a", "b"), ("b", "a")):
        declared = parse(
            {"unit": {"u": {"members": ["*"]}}, "required": [{"from": one, "to": other, "reason": "it must"}]}
        )

        assert cycle(two, Project(declared=declared)).edits == (
            Edit(f"aws_sns_topic.{other}", ("depends_on",), "remove", f"aws_sns_topic.{one}"),
        )


def test_what_leaves_another_cycle_is_no_remedy_for_a_program() -> None:
    topics = {
        "a": {"depends_on": ["aws_sns_topic.b", "aws_sns_topic.c"]},
        "b": {"depends_on": ["aws_sns_topic.a"]},
        "c": {"depends_on": ["aws_sns_topic.a"]},
    }

    found = cycle({"resource": {"aws_sns_topic": topics}})

    assert "part of a knot of 3" in found.message
    assert found.edits == ()


def test_an_existing_notification_is_changed_and_none_is_added_beside_it() -> None:
    pattern = {"source": ["aws.s3"], "detail": {"bucket": {"name": ["${aws_s3_bucket.b.bucket}"]}}}
    document = {
        "resource": {
            "aws_s3_bucket": {"b": {"bucket": "b-of-team"}},
            "aws_s3_bucket_notification": {"n": {"bucket": "${aws_s3_bucket.b.id}"}},
            "aws_cloudwatch_event_rule": {"r": {"event_pattern": json.dumps(pattern)}},
        }
    }

    (found,) = (each for each in Project().review(read(document)) if each.rule_id == "bucket-events-off")

    assert "set eventbridge = true on aws_s3_bucket_notification.n" in found.remedy
    assert found.edits == (Edit("aws_s3_bucket_notification.n", ("eventbridge",), "set", value=True),)
