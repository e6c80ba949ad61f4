"""Resources that take away what they do not list: what they take inside the configuration, and what outside."""

from __future__ import annotations

from typing import Any

import pytest

from plan_review.findings import Severity, Verdict

from .examples import findings, of_rule

ROLE, USER, GROUP = "${aws_iam_role.r.name}", "${aws_iam_user.u.name}", "${aws_iam_group.g.name}"
POLICY, AWS = "${aws_iam_policy.p.arn}", "arn:aws:iam::aws:policy/AWSXRayDaemonWriteAccess"
OWNERS: dict[str, Any] = {
    "aws_iam_role": {"r": {"name": "r"}},
    "aws_iam_user": {"u": {"name": "u"}, "v": {"name": "v"}},
    "aws_iam_group": {"g": {"name": "g"}},
    "aws_iam_policy": {"p": {"name": "p"}},
    "aws_security_group": {"s": {"name": "s"}},
}
SECURITY_GROUP = "${aws_security_group.s.id}"
INLINE = {"aws_iam_role_policy": {"a": {"name": "access", "role": ROLE}, "b": {"name": "letters", "role": ROLE}}}


def reviewed(resources: dict[str, Any], **more: Any) -> list[Any]:
    return of_rule(findings({"resource": {**OWNERS, **resources}, **more}), "exclusive-owner")


def exclusive(kind: str, **arguments: Any) -> dict[str, Any]:
    return {f"aws_iam_{kind}_exclusive": {"x": arguments}}


@pytest.mark.parametrize(
    ("resources", "taken"),
    [
        ({**INLINE, **exclusive("role_policies", role_name=ROLE, policy_names=["access"])}, "aws_iam_role_policy.b"),
        ({**INLINE, **exclusive("role_policies", role_name="r", policy_names=["letters"])}, "aws_iam_role_policy.a"),
        (
            {
                "aws_iam_role": {"r": {"name": "r", "inline_policy": [{"name": "own"}]}},
                **exclusive("role_policies", role_name="r", policy_names=[]),
            },
            "aws_iam_role.r",
        ),
        (
            {
                "aws_iam_role_policy_attachment": {"a": {"role": ROLE, "policy_arn": AWS}},
                **exclusive("role_policy_attachments", role_name=ROLE, policy_arns=[POLICY]),
            },
            "aws_iam_role_policy_attachment.a",
        ),
        (
            {
                "aws_iam_user_policy": {"a": {"name": "access", "user": USER}},
                **exclusive("user_policies", user_name=USER, policy_names=["b"]),
            },
            "aws_iam_user_policy.a",
        ),
        (
            {
                "aws_iam_user_policy_attachment": {"a": {"user": USER, "policy_arn": POLICY}},
                **exclusive("user_policy_attachments", user_name=USER, policy_arns=[AWS]),
            },
            "aws_iam_user_policy_attachment.a",
        ),
        (
            {
                "aws_iam_group_policy": {"a": {"name": "access", "group": GROUP}},
                **exclusive("group_policies", group_name=GROUP, policy_names=[]),
            },
            "aws_iam_group_policy.a",
        ),
        (
            {
                "aws_iam_group_policy_attachment": {"a": {"group": GROUP, "policy_arn": POLICY}},
                **exclusive("group_policy_attachments", group_name="g", policy_arns=[AWS]),
            },
            "aws_iam_group_policy_attachment.a",
        ),
        (
            {
                "aws_iam_user_group_membership": {"m": {"user": "v", "groups": [GROUP]}},
                "aws_iam_group_membership": {"x": {"group": GROUP, "users": [USER]}},
            },
            "aws_iam_user_group_membership.m",
        ),
        (
            {
                "aws_vpc_security_group_ingress_rule": {"i": {"security_group_id": SECURITY_GROUP}},
                "aws_vpc_security_group_rules_exclusive": {
                    "x": {"security_group_id": SECURITY_GROUP, "ingress_rule_ids": [], "egress_rule_ids": []}
                },
            },
            "aws_vpc_security_group_ingress_rule.i",
        ),
        (
            {
                "aws_iam_role_policy_attachment": {"a": {"role": ROLE, "policy_arn": AWS}},
                "aws_iam_policy_attachment": {"x": {"roles": ["other"], "policy_arn": AWS}},
            },
            "aws_iam_role_policy_attachment.a",
        ),
        (
            {
                "aws_iam_policy_attachment": {
                    "x": {"roles": [ROLE], "policy_arn": POLICY},
                    "y": {"users": [USER], "policy_arn": POLICY},
                }
            },
            "aws_iam_policy_attachment.x",
        ),
        (
            {
                "aws_iam_role": {"r": {"name": "r", "managed_policy_arns": [POLICY]}},
                "aws_iam_policy_attachment": {"x": {"users": [USER], "policy_arn": POLICY}},
            },
            "aws_iam_role.r",
        ),
        (
            {
                "aws_security_group": {
                    "s": {"name": "s", "ingress": [{"from_port": 1, "to_port": 1, "protocol": "tcp"}]}
                },
                "aws_vpc_security_group_ingress_rule": {"i": {"security_group_id": SECURITY_GROUP}},
            },
            "aws_vpc_security_group_ingress_rule.i",
        ),
        (
            {
                "aws_security_group": {
                    "s": {"name": "s", "egress": [{"from_port": 0, "to_port": 0, "protocol": "-1"}]}
                },
                "aws_security_group_rule": {"e": {"security_group_id": SECURITY_GROUP, "type": "egress"}},
            },
            "aws_security_group_rule.e",
        ),
        (
            {
                "aws_route_table": {"t": {"route": [{"cidr_block": "0.0.0.0/0"}]}},
                "aws_route": {"o": {"route_table_id": "${aws_route_table.t.id}"}},
            },
            "aws_route.o",
        ),
    ],
)
def test_what_is_taken_from_another_resource_is_an_error(resources: Any, taken: str) -> None:
    (found,) = reviewed(resources)

    assert taken in found.message
    assert found.severity is Severity.ERROR
    assert found.verdict is Verdict.MISSING


@pytest.mark.parametrize(
    "resources",
    [
        {"aws_iam_policy_attachment": {"x": {"roles": [ROLE], "policy_arn": AWS}}},
        {
            "aws_iam_policy_attachment": {
                "x": {"roles": [ROLE], "policy_arn": "arn:aws:iam::111122223333:policy/shared"}
            }
        },
        exclusive("role_policies", role_name="made-elsewhere", policy_names=["a"]),
        exclusive("role_policy_attachments", role_name="${data.aws_iam_role.d.name}", policy_arns=[AWS]),
        exclusive("user_policies", user_name="somebody", policy_names=[]),
        {"aws_iam_group_membership": {"x": {"group": "admins", "users": [USER]}}},
    ],
)
def test_what_may_be_taken_outside_is_a_warning_that_says_so(resources: Any) -> None:
    (found,) = reviewed(resources, data={"aws_iam_role": {"d": {"name": "d"}}})

    assert "outside of this configuration" in found.consequence
    assert found.severity is Severity.WARNING


@pytest.mark.parametrize(
    "resources",
    [
        INLINE,
        {
            **INLINE,
            **exclusive("role_policies", role_name=ROLE, policy_names=["access", "${aws_iam_role_policy.b.name}"]),
        },
        {
            "aws_iam_role_policy_attachment": {"a": {"role": ROLE, "policy_arn": POLICY}},
            **exclusive("role_policy_attachments", role_name=ROLE, policy_arns=[AWS, POLICY]),
        },
        {"aws_iam_policy_attachment": {"x": {"roles": [ROLE], "users": [USER], "policy_arn": POLICY}}},
        {
            "aws_iam_role_policy_attachment": {"a": {"role": ROLE, "policy_arn": AWS}},
            "aws_iam_policy_attachment": {"x": {"roles": [ROLE], "policy_arn": POLICY}},
        },
        {
            "aws_iam_user_group_membership": {"m": {"user": USER, "groups": [GROUP]}},
            "aws_iam_group_membership": {"x": {"group": GROUP, "users": [USER, "v"]}},
        },
        {
            "aws_vpc_security_group_egress_rule": {"e": {"security_group_id": SECURITY_GROUP}},
            "aws_vpc_security_group_rules_exclusive": {
                "x": {
                    "security_group_id": SECURITY_GROUP,
                    "ingress_rule_ids": [],
                    "egress_rule_ids": ["${aws_vpc_security_group_egress_rule.e.id}"],
                }
            },
        },
        {
            "aws_security_group": {"s": {"name": "s", "ingress": [{"from_port": 1, "to_port": 1, "protocol": "tcp"}]}},
            "aws_security_group_rule": {"e": {"security_group_id": SECURITY_GROUP, "type": "egress"}},
        },
        {
            "aws_iam_role_policy": {"c": {"name": "c", "role": "another"}},
            **exclusive("role_policies", role_name=ROLE, policy_names=["access"]),
        },
    ],
)
def test_lists_that_have_everything_are_taken(resources: Any) -> None:
    assert reviewed(resources) == []


@pytest.mark.parametrize("names", ["${var.names}", ["access", "${var.name}"]])
def test_a_list_that_is_not_known_leaves_it_open(names: Any) -> None:
    resources = {**INLINE, **exclusive("role_policies", role_name=ROLE, policy_names=names)}

    found = reviewed(resources, variable={"names": {}, "name": {"type": "string"}})

    assert found
    assert {each.verdict for each in found} == {Verdict.CANNOT_TELL}
