from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from plan_review.model import Composite, Configuration, Known, Literal, Template, Unknown
from plan_review.synthesized import read_folder
from tests.plan.conftest import configuration

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def pipeline() -> Configuration:
    return configuration(
        {"aws_sns_topic.t": {"name": "${var.project}-done"}, "aws_s3_bucket.b": {}},
        locals={
            "arns": {"topic": "${aws_sns_topic.t.arn}", "all": ["${aws_s3_bucket.b.arn}"]},
            "env": "dev",
            "on": True,
        },
        variable={"project": {"default": "media"}, "account": {}},
    )


def topic(found: Configuration, text: str = "aws_sns_topic.t.arn") -> Known:
    return Known(found.resources["aws_sns_topic.t"], "arn", text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("plain", "plain"),
        ("$${aws:username}", "${aws:username}"),
        ("${local.env}", "dev"),
        ("a-${local.env}", "a-dev"),
        ("${var.project}", "media"),
        ('${format("%s-%d", var.project, 3)}', "media-3"),
        ('${join("-", [local.env, "x"])}', "dev-x"),
        ('${local.on ? "yes" : "no"}', "yes"),
        ('${merge({a = 1}, {b = 2})["b"]}', 2),
        ('${[for e in ["a", "b"] : upper(e) if e != "b"]}', ["A"]),
        ('${{for k, v in {a = "b"} : v => k}}', {"b": "a"}),
        ('${jsonencode({b = 1, a = "é"})}', '{"a":"é","b":1}'),
        ('${lookup({a = "x"}, "c", "d")}', "d"),
        ('${coalesce("", null, "x")}', "x"),
        ("${-1 + 3}", 2),
        ('${"a" == "a" && !false}', True),
        (12, 12),
        (["${local.env}"], ["dev"]),
    ],
)
def test_what_the_configuration_states_is_told(pipeline: Configuration, text: Any, value: Any) -> None:
    assert pipeline.resolve(text) == Literal(value)


@pytest.mark.parametrize(
    "text",
    ["${aws_sns_topic.t.arn}", "${local.arns.topic}", '${local.arns["topic"]}', '${try(local.arns.topic, "")}'],
)
def test_a_reference_is_followed_to_its_resource(pipeline: Configuration, text: str) -> None:
    assert pipeline.resolve(text) == topic(pipeline)


def test_a_string_around_a_reference_keeps_both(pipeline: Configuration) -> None:
    assert pipeline.resolve("${local.arns.topic}:${local.env}") == Template((topic(pipeline), Literal(":dev")))


def test_a_list_with_a_reference_keeps_both(pipeline: Configuration) -> None:
    assert pipeline.resolve(["${aws_sns_topic.t.arn}", "x"]) == Composite([topic(pipeline), "x"])


def test_an_attribute_that_is_given_can_be_followed_and_one_that_aws_makes_cannot(pipeline: Configuration) -> None:
    name = pipeline.resolve("${aws_sns_topic.t.name}")
    assert isinstance(name, Known)
    assert pipeline.follow(name) == Literal("media-done")
    assert pipeline.follow(topic(pipeline)) == topic(pipeline)


@pytest.mark.parametrize(
    "text",
    [
        "${var.account}",
        "${each.value}",
        "${module.m.out}",
        "${sha256(aws_sns_topic.t.arn)}",
        "${aws_sns_topic.none.arn}",
        "${local.none}",
        "${var.account ? 1 : 2}",
        "${[for x in var.account : x]}",
        "%{ if local.on }x%{ endif }",
        "${broken",
        "${broken ~~ 1}",
        "${local.env[5]}",
        '${join(",", local.none)}',
    ],
)
def test_what_only_terraform_knows_is_unknown_and_says_why(pipeline: Configuration, text: str) -> None:
    found = pipeline.resolve(text)
    assert isinstance(found, Unknown)
    assert found.reason


def test_an_unknown_names_what_it_is_made_of(pipeline: Configuration) -> None:
    found = pipeline.resolve("${sha256(aws_sns_topic.t.arn)}")
    assert isinstance(found, Unknown)
    assert found.references == ("aws_sns_topic.t",)


def test_locals_that_never_end_are_unknown() -> None:
    found = configuration({}, locals={"a": "${local.b}", "b": "${local.a}"})
    assert found.resolve("${local.a}") == Unknown("it leads through too many names", (), "${local.b}")


POLICIES = [
    '{"Resource": "${aws_sns_topic.t.arn}", "Sid": "x"}',
    '${jsonencode({"Resource" = aws_sns_topic.t.arn, "Sid" = "x"})}',
    '{"Resource": ${jsonencode(aws_sns_topic.t.arn)}, "Sid": "${replace("y", "y", "x")}"}',
    '{"Sid": "${replace("y", "y", "x")}", "Resource": ${jsonencode(aws_sns_topic.t.arn)}}',
    "${local.policy}",
]


@pytest.mark.parametrize("text", POLICIES)
def test_a_policy_is_read_however_it_is_written(text: str) -> None:
    found = configuration({"aws_sns_topic.t": {}}, locals={"policy": POLICIES[0]})
    assert found.document(text) == {"Resource": topic(found), "Sid": "x"}


def test_iam_variables_stay_what_they_are(pipeline: Configuration) -> None:
    document = pipeline.document('{"Resource": "arn:$${aws:username}/*"}')
    assert document == {"Resource": Literal("arn:${aws:username}/*")}
    assert pipeline.resolve(document["Resource"]) == Literal("arn:${aws:username}/*")


def test_a_key_made_of_a_reference_keeps_its_text(pipeline: Configuration) -> None:
    document = pipeline.document('{"${local.env}": 1, "${aws_sns_topic.t.name}:aud": 2}')
    assert document == {"dev": 1, "${aws_sns_topic.t.name}:aud": 2}


def test_a_document_that_another_resource_makes_is_that_reference() -> None:
    found = configuration({"data.aws_iam_policy_document.d": {}})
    document = found.document("${data.aws_iam_policy_document.d.json}")
    assert isinstance(document, Known)
    assert (document.resource.address, document.attribute) == ("data.aws_iam_policy_document.d", "json")


@pytest.mark.parametrize("text", ["{", "${var.account}", '{"a": ${', "%{ if true }{}%{ endif }", '{"a": ${local.no}'])
def test_a_document_that_cannot_be_read_is_unknown(pipeline: Configuration, text: str) -> None:
    assert isinstance(pipeline.document(text), Unknown)


def test_a_template_file_is_read_with_its_names(write: Callable[[str, Any], Path]) -> None:
    write("machine.json", '{"Resource": "${function}", "Comment": "${comment}"}')
    definition = '${templatefile("${path.module}/machine.json", {function = aws_sns_topic.t.arn, comment = "x"})}'
    folder = write("main.tf.json", {"resource": {"aws_sns_topic": {"t": {}}}}).parent
    found = read_folder(folder)
    assert found.document(definition) == {"Resource": topic(found), "Comment": "x"}
    assert isinstance(found.document('${file("none.json")}'), Unknown)


def test_a_module_reads_its_input_in_the_callers_words(write: Callable[[str, Any], Path]) -> None:
    write("inner/main.tf.json", {
        "variable": {"arn": {}},
        "resource": {"aws_sns_topic": {"t": {}}},
        "output": {"own": {"value": "${aws_sns_topic.t.arn}"}},
    })  # fmt: skip
    folder = write("main.tf.json", {
        "module": {"m": {"source": "./inner", "arn": "${aws_sns_topic.t.arn}"}},
        "resource": {"aws_sns_topic": {"t": {}}},
    }).parent  # fmt: skip
    found = read_folder(folder)
    assert found.resolve("${var.arn}", "module.m") == topic(found)
    inner = found.resolve("${module.m.own}")
    assert isinstance(inner, Known)
    assert inner.resource.address == "module.m.aws_sns_topic.t"
