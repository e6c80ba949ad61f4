"""What schedules call, and what load balancers invoke, under which permission, and made in which order."""

from __future__ import annotations

import json
from typing import Any

import pytest

from plan_review.findings import Verdict

from .examples import findings, of_rule

TRUST = {
    "Statement": {"Effect": "Allow", "Principal": {"Service": "scheduler.amazonaws.com"}, "Action": "sts:AssumeRole"}
}


def scheduled(target: dict[str, Any], action: str, resource: str = "*") -> list[tuple[str, str]]:
    """Return verdict and message of what is said of a schedule whose role may do one thing."""
    policy = {"Statement": {"Effect": "Allow", "Action": action, "Resource": resource}}
    document = {
        "resource": {
            "aws_cloudwatch_event_bus": {"orders": {"name": "orders"}},
            "aws_ecs_cluster": {"c": {"name": "c"}},
            "aws_ecs_task_definition": {"t": {"family": "t", "execution_role_arn": "${aws_iam_role.r.arn}"}},
            "aws_iam_role": {"r": {"name": "r", "assume_role_policy": json.dumps(TRUST)}},
            "aws_iam_role_policy": {"r": {"role": "${aws_iam_role.r.id}", "policy": json.dumps(policy)}},
            "aws_scheduler_schedule": {
                "s": {
                    "schedule_expression": "rate(1 hour)",
                    "flexible_time_window": {"mode": "OFF"},
                    "target": {"role_arn": "${aws_iam_role.r.arn}", **target},
                }
            },
        }
    }
    return [(each.verdict, each.message) for each in of_rule(findings(document), "schedule-target")]


BUS = {
    "arn": "${aws_cloudwatch_event_bus.orders.arn}",
    "eventbridge_parameters": {"detail_type": "tick", "source": "clock"},
}
TASK = {
    "arn": "${aws_ecs_cluster.c.arn}",
    "ecs_parameters": {"task_definition_arn": "${aws_ecs_task_definition.t.arn}"},
}
CALL = {"arn": "arn:aws:scheduler:::aws-sdk:sqs:purgeQueue", "input": json.dumps({"QueueUrl": "q"})}


@pytest.mark.parametrize(
    ("target", "action"), [(BUS, "events:putEvents"), (TASK, "ecs:RunTask"), (CALL, "sqs:PurgeQueue")]
)
def test_a_schedule_needs_the_action_of_its_target(target: dict[str, Any], action: str) -> None:
    lacking = [message for verdict, message in scheduled(target, "s3:GetObject") if verdict == Verdict.MISSING]

    assert any(action.lower() in message.lower() for message in lacking)
    assert not any(action.lower() in message.lower() for _, message in scheduled(target, action))


def test_a_role_that_starts_tasks_passes_on_the_roles_of_the_task() -> None:
    assert ["iam:PassRole" in message for _, message in scheduled(TASK, "ecs:RunTask")] == [True]
    assert scheduled(TASK, "*") == []


@pytest.mark.parametrize("attribute", ["arn", "arn_without_revision"])
def test_a_statement_on_all_revisions_of_a_task_lets_it_start(attribute: str) -> None:
    target = {**TASK, "ecs_parameters": {"task_definition_arn": f"${{aws_ecs_task_definition.t.{attribute}}}"}}
    revisions = "${aws_ecs_task_definition.t.arn_without_revision}:*"

    assert not any("ecs:RunTask" in message for _, message in scheduled(target, "ecs:RunTask", revisions))


@pytest.mark.parametrize(("first", "found"), [(None, 1), (["aws_lambda_permission.f"], 0)])
def test_a_function_becomes_a_target_after_its_permission(first: Any, found: int) -> None:
    document = {
        "data": {"aws_iam_role": {"r": {"name": "r"}}},
        "resource": {
            "aws_lb_target_group": {"g": {"name": "g", "target_type": "lambda"}},
            "aws_lambda_function": {
                "f": {"function_name": "f", "role": "${data.aws_iam_role.r.arn}", "runtime": "python3.13"}
            },
            "aws_lambda_permission": {
                "f": {
                    "action": "lambda:InvokeFunction",
                    "function_name": "f",
                    "principal": "elasticloadbalancing.amazonaws.com",
                    "source_arn": "${aws_lb_target_group.g.arn}",
                }
            },
            "aws_lb_target_group_attachment": {
                "a": {
                    "target_group_arn": "${aws_lb_target_group.g.arn}",
                    "target_id": "${aws_lambda_function.f.arn}",
                    **({"depends_on": first} if first else {}),
                }
            },
        },
    }
    said = findings(document)

    assert of_rule(said, "target-attachment-permission") == []
    assert len(of_rule(said, "permission-before-use")) == found


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ({"most_recent": True}, 1),
        ({"most_recent": True, "owners": ["self"]}, 0),
        ({"most_recent": True, "owners": "${var.owners}"}, 0),
        ({"most_recent": True, "filter": [{"name": "owner-alias", "values": ["amazon"]}]}, 0),
        ({"most_recent": True, "filter": [{"name": "image-id", "values": ["ami-1"]}]}, 0),
        ({"most_recent": True, "filter": [{"name": "name", "values": ["ubuntu-*"]}]}, 1),
        ({"most_recent": "${var.newest}"}, 0),
        ({"filter": [{"name": "name", "values": ["ubuntu-1"]}]}, 0),
    ],
)
def test_the_newest_image_has_an_owner(search: dict[str, Any], found: int) -> None:
    document = {"variable": {"owners": {}, "newest": {}}, "data": {"aws_ami": {"linux": search}}}

    assert len(of_rule(findings(document), "image-owner")) == found
