from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from plan_review.configuration.reading import ConfigurationError, read, read_folder
from plan_review.language.traversals import functions_in

from .conftest import configuration

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from plan_review.configuration.model import Configuration


def edges(found: Configuration, source: str) -> set[str]:
    return {reference.target for reference in found.references_from(source)}


def test_a_reference_says_where_it_stands_and_what_it_takes() -> None:
    found = configuration(
        {
            "aws_sfn_state_machine.m": {
                "logging_configuration": {"log_destination": "${aws_cloudwatch_log_group.g.arn}:*"}
            },
            "aws_cloudwatch_log_group.g": {},
        }
    )
    (reference,) = found.references
    assert reference.path == ("logging_configuration", 0, "log_destination")
    assert (reference.source, reference.target) == ("aws_sfn_state_machine.m", "aws_cloudwatch_log_group.g")
    assert (reference.attribute, reference.text, reference.kind) == (
        "arn",
        "aws_cloudwatch_log_group.g.arn",
        "argument",
    )


def test_a_map_stays_a_map_where_a_block_becomes_a_list() -> None:
    found = configuration(
        {
            "aws_lambda_function.f": {"environment": {"variables": {"T": "${aws_sns_topic.t.arn}"}}},
            "aws_sns_topic.t": {},
        }
    )
    assert found.resources["aws_lambda_function.f"].arguments == {
        "environment": [{"variables": {"T": "${aws_sns_topic.t.arn}"}}]
    }
    assert found.references[0].path == ("environment", 0, "variables", "T")


def test_references_in_the_text_of_a_policy_are_found() -> None:
    policy = '{"Statement": [{"Resource": ["${aws_sns_topic.t.arn}", "${aws_sqs_queue.q.arn}/*"]}]}'
    found = configuration({"aws_iam_policy.p": {"policy": policy}, "aws_sns_topic.t": {}, "aws_sqs_queue.q": {}})
    assert edges(found, "aws_iam_policy.p") == {"aws_sns_topic.t", "aws_sqs_queue.q"}


def test_depends_on_is_read_with_and_without_braces() -> None:
    found = configuration(
        {"aws_a.a": {"depends_on": ["aws_b.b", "${data.aws_c.c}"]}, "aws_b.b": {}, "data.aws_c.c": {}}
    )
    assert {(each.target, each.kind) for each in found.references} == {
        ("aws_b.b", "depends_on"),
        ("data.aws_c.c", "depends_on"),
    }


def test_replace_triggered_by_and_conditions_are_references_and_ignore_changes_is_none() -> None:
    found = configuration(
        {
            "aws_a.a": {
                "lifecycle": {
                    "replace_triggered_by": ["aws_b.b.id"],
                    "precondition": [{"condition": "${aws_c.c.on}", "error_message": "no"}],
                    "ignore_changes": ["${aws_d.d.id}"],
                }
            },
            "aws_b.b": {},
            "aws_c.c": {},
            "aws_d.d": {},
        }
    )
    assert {(each.target, each.kind) for each in found.references} == {
        ("aws_b.b", "replace_triggered_by"),
        ("aws_c.c", "argument"),
    }


def test_count_for_each_and_dynamic_blocks_are_read() -> None:
    found = configuration(
        {
            "aws_a.a": {"for_each": "${aws_b.b.names}", "name": "${each.value}"},
            "aws_c.c": {"dynamic": {"rule": {"for_each": "${aws_b.b.names}", "content": {"x": "${rule.value}"}}}},
            "aws_b.b": {"count": 2},
        }
    )
    assert edges(found, "aws_a.a") == edges(found, "aws_c.c") == {"aws_b.b"}
    assert [found.resources[name].repeated for name in ("aws_a.a", "aws_b.b", "aws_c.c")] == [True, True, False]
    assert found.resources["aws_c.c"].dynamic == {"rule"}


def test_locals_are_followed_through_each_other_and_named() -> None:
    found = configuration(
        {"aws_a.a": {"x": "${local.one}"}, "aws_b.b": {}},
        locals={"one": {"inner": "${local.two}"}, "two": "${aws_b.b.arn}"},
    )
    (reference,) = found.references
    assert (reference.target, reference.via, reference.attribute) == ("aws_b.b", ("local.one", "local.two"), "arn")


def test_locals_that_stand_for_each_other_are_a_cycle_of_their_own() -> None:
    found = configuration({"aws_a.a": {"x": "${local.one}"}}, locals={"one": "${local.two}", "two": "${local.one}"})
    assert {(each.source, each.target) for each in found.references} == {
        ("local.one", "local.two"),
        ("local.two", "local.one"),
    }


def test_a_long_chain_of_locals_is_followed() -> None:
    chain = {f"l{i}": f"${{local.l{i + 1}}}" for i in range(5000)}
    found = configuration({"aws_a.a": {"x": "${local.l0}"}, "aws_b.b": {}}, locals={**chain, "l5000": "${aws_b.b.id}"})
    assert edges(found, "aws_a.a") == {"aws_b.b"}


def test_a_provider_that_needs_a_resource_hands_the_need_to_all_that_use_it() -> None:
    found = configuration(
        {"aws_a.a": {}, "aws_b.b": {"provider": "aws.second"}, "aws_c.c": {"provider": "aws.third"}},
        provider={
            "aws": [
                {"region": "x"},
                {"alias": "second", "assume_role": {"role_arn": "${aws_c.c.arn}"}},
                {"alias": "third"},
            ]
        },
    )
    assert [(each.source, each.target, each.kind) for each in found.references] == [("aws_b.b", "aws_c.c", "provider")]


def test_the_data_source_of_a_check_is_read() -> None:
    check = {"alive": {"data": {"aws_a": {"probe": {"x": "${aws_b.b.id}"}}}, "assert": [{"condition": "${true}"}]}}
    found = configuration({"aws_b.b": {}}, check=check)
    assert edges(found, "data.aws_a.probe") == {"aws_b.b"}


def test_a_name_with_a_quote_or_a_dash_is_an_ordinary_name() -> None:
    found = configuration({'aws_a.a-"1"': {"x": "${aws_b.b-2.id}"}, "aws_b.b-2": {}})
    assert edges(found, 'aws_a.a-"1"') == {"aws_b.b-2"}


def test_what_cannot_be_read_is_said_with_its_place() -> None:
    found = configuration({"aws_a.a": {"x": "${aws_b.b.id ~~ 1}"}, "aws_b.b": {}})
    assert edges(found, "aws_a.a") == {"aws_b.b"}
    assert found.incomplete[0].startswith("aws_a.a: 'aws_b.b.id ~~ 1' cannot be read")


def test_a_module_that_is_not_here_is_one_node_and_said_to_be_unread() -> None:
    found = configuration(
        {"aws_a.a": {"x": "${module.m.out}"}, "aws_b.b": {}},
        module={"m": {"source": "terraform-aws-modules/vpc/aws", "x": "${aws_b.b.id}"}},
    )
    assert edges(found, "aws_a.a") == {"module.m"}
    assert edges(found, "module.m") == {"aws_b.b"}
    assert found.incomplete == ("module.m is not read: its source 'terraform-aws-modules/vpc/aws' is no folder here",)


def modules(write: Callable[[str, Any], Path]) -> Configuration:
    write("inner/main.tf.json", {
        "variable": {"topic": {}, "other": {"default": "x"}},
        "resource": {"aws_b": {"b": {"x": "${var.topic}", "y": "${var.other}"}, "c": {}}},
        "output": {"b": {"value": "${aws_b.b.arn}"}},
    })  # fmt: skip
    folder = write("main.tf.json", {
        "module": {"m": {"source": "./inner", "topic": "${aws_t.t.arn}", "depends_on": ["aws_d.d"]}},
        "resource": {
            "aws_t": {"t": {}}, "aws_d": {"d": {}},
            "aws_a": {"a": {"x": "${module.m.b}"}, "all": {"depends_on": ["module.m"]}},
        },
    }).parent  # fmt: skip
    return read_folder(folder)


def test_a_module_that_is_here_is_read_and_its_variables_and_outputs_are_followed(
    write: Callable[[str, Any], Path],
) -> None:
    found = modules(write)
    assert edges(found, "module.m.aws_b.b") == {"aws_t.t", "aws_d.d"}
    assert edges(found, "aws_a.a") == {"module.m.aws_b.b"}
    assert found.incomplete == ()


def test_what_waits_for_a_module_waits_for_everything_in_it(write: Callable[[str, Any], Path]) -> None:
    found = modules(write)
    assert edges(found, "aws_a.all") == {"module.m.aws_b.b", "module.m.aws_b.c"}
    assert edges(found, "module.m.aws_b.c") == {"aws_d.d"}


def test_a_module_that_calls_itself_is_given_up(write: Callable[[str, Any], Path]) -> None:
    folder = write("main.tf.json", {"module": {"m": {"source": "./."}}}).parent
    assert "more than 20 deep" in read_folder(folder).incomplete[0]


def test_files_of_a_folder_are_put_together(write: Callable[[str, Any], Path]) -> None:
    write("a.tf.json", {"resource": {"aws_a": {"a": {"x": "${aws_a.b.id}"}}}})
    folder = write("b.tf.json", {"resource": [{"aws_a": [{"b": [{}]}]}]}).parent
    assert edges(read_folder(folder), "aws_a.a") == {"aws_a.b"}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "main.tf.json: not JSON"),
        ("[]", "holds list, not an object"),
        ('{"resource": 1}', "resource is a number where an object should stand"),
        ('{"resource": {"aws_a": {"b": "x"}}}', "resource.aws_a.b is a string where an object should stand"),
        ('{"resource": {"aws_a": {"b": {}}, "aws_a": {"b": {}}}}', "'aws_a' is given twice"),
        ('{"resource": [{"aws_a": {"b": {}}}, {"aws_a": {"b": {}}}]}', "aws_a.b is declared twice"),
        ("[" * 100_000, "main.tf.json: n"),
    ],
)
def test_what_is_no_configuration_is_refused_with_its_place(
    content: str, message: str, write: Callable[[str, Any], Path]
) -> None:
    folder = write("main.tf.json", content).parent
    with pytest.raises(ConfigurationError, match=message.replace("[", r"\[")):
        read_folder(folder)


def test_a_folder_without_configuration_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"holds no Terraform configuration"):
        read_folder(tmp_path)
    with pytest.raises(ConfigurationError, match="is not a folder"):
        read_folder(tmp_path / "none")


def test_fifty_thousand_references_are_found_in_seconds() -> None:
    size = 5000
    resources = {
        f"r{i}": {"arguments": [f"${{aws_a.r{(i * 7 + j * 13 + 1) % size}.arn}}" for j in range(10)]}
        for i in range(size)
    }
    started = time.perf_counter()
    found = read({"resource": {"aws_a": resources}})
    assert len(found.references) == size * 10
    assert time.perf_counter() - started < 4


@pytest.mark.parametrize(
    ("text", "called"),
    [
        ("${timestamp()}", {"timestamp"}),
        ("a-${substr(uuid(), 0, 8)}", {"substr", "uuid"}),
        ('${jsonencode({ Output = "{% $uuid() %}" })}', {"jsonencode"}),
        ('${jsonencode({ at = "now: ${timestamp()}" })}', {"jsonencode", "timestamp"}),
        ("${[for name in var.names : upper(name) if can(name.x)]}", {"upper", "can"}),
        ("%{ if fileexists(var.path) }x%{ endif }", {"fileexists"}),
        ("{% $uuid() %}", set()),
        ("${unclosed(", set()),
    ],
)
def test_functions_are_those_that_the_expressions_call(text: str, called: set[str]) -> None:
    assert functions_in(text) == called
