from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

from plan_review.configuration.reading import read
from plan_review.findings import Verdict
from plan_review.layout.checks import check
from plan_review.layout.declaration import Layout, parse

from .conftest import configuration

if TYPE_CHECKING:
    from plan_review.findings import Finding

STATEMENT = {
    "Sid": "Start",
    "Effect": "Allow",
    "Action": "states:StartExecution",
    "Resource": "${aws_sfn_state_machine.M.arn}",
}
HISTORIC: dict[str, dict[str, Any]] = {
    "aws_sfn_state_machine.M": {
        "//": {"metadata": {"path": "stack/Workflow/M"}},
        "definition": '{"StartAt": "T", "States": {"T": {"Type": "Task", "Resource": "${aws_lambda_function.F.arn}"}}}',
    },
    "aws_lambda_function.F": {"role": "${aws_iam_role.R.arn}"},
    "aws_iam_role.R": {"inline_policy": {"name": "p", "policy": json.dumps({"Statement": [STATEMENT]})}},
}


def rules(findings: list[Finding]) -> list[str]:
    return [finding.rule_id for finding in findings]


def declared(**more: Any) -> Layout:
    units = {
        "workflow": {"members": ["M"], "needs": {"function": "invokes"}},
        "function": {"members": ["F", "R", "P"], "needs": {}},
    }
    return parse({"unit": units, **more})


def test_the_historic_cycle_is_explained_hop_by_hop_with_the_cheapest_cut() -> None:
    (finding,) = check(configuration(HISTORIC))
    assert finding.rule_id == "layout-cycle"
    assert finding.fails
    assert finding.message == (
        "a cycle of 3:\n"
        "  aws_iam_role.R\n"
        '    inline_policy.policy, statement "Start" (states:StartExecution)   ← cut here\n'
        "  → aws_sfn_state_machine.M [stack/Workflow/M]\n"
        '    definition, state "T"\n'
        "  → aws_lambda_function.F\n"
        "    role = aws_iam_role.R.arn\n"
        "  → aws_iam_role.R"
    )
    assert "move the statement out of the role into an aws_iam_role_policy of its own" in finding.remedy


def test_a_hop_that_the_layout_does_not_allow_is_the_one_to_cut() -> None:
    resources = {
        "aws_sfn_state_machine.M": {"depends_on": ["aws_lambda_function.F"]},
        "aws_lambda_function.F": {"description": "${aws_sfn_state_machine.M.name}"},
    }
    (without,) = check(configuration(resources))
    assert "aws_sfn_state_machine.M → aws_lambda_function.F: remove the depends_on entry" in without.remedy
    cycle = next(each for each in check(configuration(resources), declared()) if each.rule_id == "layout-cycle")
    assert "description = aws_sfn_state_machine.M.name   ← cut here: not in the declared layout" in cycle.message


def test_the_shortest_cycle_of_each_knot_is_told() -> None:
    resources = {
        "aws_a.a": {"x": ["${aws_a.b.id}", "${aws_a.c.id}"]},
        "aws_a.b": {"x": "${aws_a.c.id}"},
        "aws_a.c": {"x": "${aws_a.a.id}"},
        "aws_b.self": {"x": "${aws_b.self.id}"},
    }
    first, second = check(configuration(resources))
    assert first.message.startswith("a cycle of 2, part of a knot of 3:\n  aws_a.a\n    x[1] = aws_a.c.id")
    assert second.message.startswith("it needs itself:\n  aws_b.self\n")


def test_a_cycle_of_locals_is_told() -> None:
    (finding,) = check(
        configuration({"aws_a.a": {"x": "${local.one}"}}, locals={"one": "${local.two}", "two": "${local.one}"})
    )
    assert "local.one" in finding.message
    assert finding.verdict is Verdict.MISSING


def test_a_cycle_through_a_module_that_is_not_read_cannot_be_told() -> None:
    found = check(
        configuration({"aws_a.a": {"x": "${module.m.out}"}}, module={"m": {"source": "far/away", "y": "${aws_a.a.id}"}})
    )
    assert {(each.rule_id, each.verdict) for each in found} == {
        ("layout-cycle", Verdict.CANNOT_TELL),
        ("unread-configuration", Verdict.CANNOT_TELL),
    }


def test_every_reference_of_a_hop_is_told_since_all_must_go() -> None:
    resources = {
        "aws_a.a": {"x": "${aws_a.b.id}", "y": "${aws_a.b.arn}", "depends_on": ["aws_a.b"]},
        "aws_a.b": {"z": "${aws_a.a.id}"},
    }
    (finding,) = check(configuration(resources))
    for place in ("x = aws_a.b.id", "y = aws_a.b.arn", "depends_on"):
        assert place in finding.message
    assert "aws_a.b → aws_a.a: set z from a name" in finding.remedy


FLAT: dict[str, dict[str, Any]] = {
    "aws_sfn_state_machine.M": {"definition": "${aws_lambda_function.F.arn}"},
    "aws_lambda_function.F": {},
    "aws_iam_role.R": {},
    "aws_iam_role_policy.P": {"role": "${aws_iam_role.R.id}", "policy": "{}"},
}


def test_a_configuration_that_keeps_to_its_layout_has_no_finding() -> None:
    assert check(configuration(FLAT), declared()) == []


def test_an_edge_between_units_that_is_not_declared_is_told_with_its_argument() -> None:
    resources = {**FLAT, "aws_lambda_function.F": {"description": "${aws_sfn_state_machine.M.name}"}}
    resources["aws_sfn_state_machine.M"] = {}
    found = check(configuration(resources), declared())
    assert rules(found) == ["layout-undeclared-edge", "layout-missing-edge"]
    assert "unit function needs unit workflow, which is not declared" in found[0].message
    assert "description = aws_sfn_state_machine.M.name" in found[0].message
    assert 'workflow = "what for" in unit.function.needs' in found[0].remedy


def test_many_undeclared_edges_between_two_units_are_counted() -> None:
    queues = {f"aws_sqs_queue.Q{number}": {"x": "${aws_lambda_function.F.arn}"} for number in range(9)}
    own = parse({"unit": {"q": {"members": ["Q*"]}, "f": {"members": ["F"]}}})
    (finding,) = check(configuration({**queues, "aws_lambda_function.F": {}}), own)
    assert finding.message.endswith("and 4 more")


def test_a_declared_edge_that_is_missing_is_told() -> None:
    (finding,) = check(configuration({**FLAT, "aws_sfn_state_machine.M": {}}), declared())
    assert (finding.rule_id, finding.address, finding.subject) == ("layout-missing-edge", "unit.workflow", "function")
    assert finding.consequence == "without it this does not happen: invokes"


def test_an_edge_that_may_be_there_need_not_be() -> None:
    own = parse({"unit": {"a": {"members": ["A"], "may_need": {"b": "x"}}, "b": {"members": ["B"]}}})
    for arguments in ({}, {"x": "${aws_a.B.id}"}):
        assert check(configuration({"aws_a.A": arguments, "aws_a.B": {}}), own) == []


def test_a_resource_of_no_unit_and_one_of_two_are_told() -> None:
    own = parse({"unit": {"a": {"members": ["A*"]}, "b": {"members": ["*B"]}}})
    found = check(configuration({"aws_a.AB": {}, "data.aws_a.C": {}}), own)
    assert {(each.rule_id, each.address) for each in found} == {
        ("layout-two-units", "aws_a.AB"),
        ("layout-no-unit", "data.aws_a.C"),
    }


def test_a_fixed_name_that_no_resource_has_is_told() -> None:
    (finding,) = check(configuration({"aws_a.A": {}}), parse({"unit": {"a": {"members": ["A", "Gone", "None*"]}}}))
    assert (finding.rule_id, finding.address) == ("layout-missing-member", "Gone")


FORBIDDEN = [{"from": ["F", "R"], "to": "aws_sfn_state_machine.*", "reason": "it would be a cycle"}]


def test_a_forbidden_path_is_shown_hop_by_hop_with_its_reason() -> None:
    resources = {
        "aws_sfn_state_machine.M": {},
        "aws_lambda_function.F": {"environment": {"variables": {"PARAMETER": "${aws_ssm_parameter.S.name}"}}},
        "aws_ssm_parameter.S": {"value": "${aws_sfn_state_machine.M.arn}"},
        "aws_iam_role.R": {},
    }
    own = parse({"unit": {"all": {"members": ["*"]}}, "forbidden": FORBIDDEN})
    (finding,) = check(configuration(resources), own)
    assert finding.rule_id == "layout-forbidden-path"
    assert finding.consequence == "it would be a cycle"
    assert finding.message == (
        "it reaches aws_sfn_state_machine.M, which it never may:\n"
        "  aws_lambda_function.F\n"
        "    environment.variables.PARAMETER = aws_ssm_parameter.S.name   ← cut here\n"
        "  → aws_ssm_parameter.S\n"
        "    value = aws_sfn_state_machine.M.arn\n"
        "  → aws_sfn_state_machine.M"
    )


def test_a_role_reaches_what_a_policy_attached_to_it_names() -> None:
    resources = {
        **FLAT,
        "aws_iam_role_policy.P": {
            "role": "${aws_iam_role.R.id}",
            "policy": json.dumps(
                {"Statement": [{"Sid": "Other", "Action": "sns:Publish", "Resource": "*"}, STATEMENT]}
            ),
        },
    }
    resources["aws_sfn_state_machine.M"] = {}
    own = parse({"unit": {"all": {"members": ["*"]}}, "forbidden": FORBIDDEN})
    (finding,) = check(configuration(resources), own)
    assert finding.address == "aws_iam_role.R"
    assert 'which it is given by\n  → aws_iam_role_policy.P\n    policy, statement "Start" (states' in finding.message


def test_a_forbidden_path_through_a_module_that_is_not_read_cannot_be_told() -> None:
    own = parse({"unit": {"all": {"members": ["*"]}}, "forbidden": FORBIDDEN})
    found = check(
        configuration(
            {"aws_lambda_function.F": {"x": "${module.m.out}"}, "aws_iam_role.R": {}, "aws_sfn_state_machine.M": {}},
            module={"m": {"source": "far/away", "x": "${aws_sfn_state_machine.M.arn}"}},
        ),
        own,
    )
    assert ("layout-forbidden-path", Verdict.CANNOT_TELL) in {(each.rule_id, each.verdict) for each in found}


REQUIRED = [{"from": "M", "to": ["P"], "reason": "AWS checks the role when the machine is made"}]


def test_what_must_come_after_something_else_and_does_not_is_told() -> None:
    own = declared(required=REQUIRED)
    (finding,) = check(configuration(FLAT), own)
    assert (finding.rule_id, finding.address) == ("layout-missing-order", "aws_sfn_state_machine.M")
    assert finding.remedy == "add aws_iam_role_policy.P to its depends_on"
    ordered = {
        **FLAT,
        "aws_sfn_state_machine.M": {**FLAT["aws_sfn_state_machine.M"], "depends_on": ["aws_iam_role_policy.P"]},
    }
    assert check(configuration(ordered), own) == []


def test_order_through_another_resource_is_order() -> None:
    resources = {**FLAT, "aws_lambda_function.F": {"depends_on": ["aws_iam_role_policy.P"]}}
    assert check(configuration(resources), declared(required=REQUIRED)) == []


def test_a_rule_about_a_name_that_is_gone_is_told() -> None:
    own = declared(required=[{"from": "M", "to": "Gone", "reason": "x"}])
    assert rules(check(configuration(FLAT), own)) == ["layout-missing-member"]


def test_a_stack_of_five_thousand_resources_is_checked_in_seconds() -> None:
    size = 5000
    resources = {
        f"r{place}": {"arguments": [f"${{aws_a.r{(place + 1 + jump * 97) % size}.arn}}" for jump in range(10)]}
        for place in range(size)
    }
    own = parse(
        {
            "unit": {f"u{digit}": {"members": [f"r*{digit}"]} for digit in range(10)},
            "forbidden": [{"from": "r*1", "to": "r7", "reason": "x"}],
            "required": [{"from": "r*2", "to": "r8", "reason": "x"}],
        }
    )
    started = time.perf_counter()
    found = check(read({"resource": {"aws_a": resources}}), own)
    assert time.perf_counter() - started < 5
    assert {"layout-cycle", "layout-undeclared-edge", "layout-forbidden-path"} == set(rules(found))
