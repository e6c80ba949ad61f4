"""Expressions come to what Terraform would make of them, with a symbol for what only a deployment tells."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from plan_review.configuration.reading import read, read_folder
from plan_review.evaluate.symbols import is_symbol
from plan_review.evaluate.view import View

if TYPE_CHECKING:
    from pathlib import Path

    from plan_review.evaluate.items import Item

BASE: dict[str, Any] = {
    "variable": {"stage": {"default": "dev"}, "secret": {"type": "string"}, "names": {"default": ["a", "b"]}},
    "locals": {"prefix": "shop-${var.stage}", "ports": {"http": 80}},
    "data": {"aws_caller_identity": {"me": {}}, "aws_region": {"here": {}}, "aws_partition": {"p": {}}},
    "resource": {
        "aws_sqs_queue": {
            "q": {"name": "${local.prefix}-orders"},
            "each": {"for_each": "${toset(var.names)}", "name": "q-${each.key}"},
            "two": {"count": 2, "name": "n-${count.index}"},
            "none": {"count": '${var.stage == "prod" ? 1 : 0}', "name": "none"},
            "made": {},
        }
    },
}


def view(argument: Any = None, **more: Any) -> tuple[View, Item]:
    document = json.loads(json.dumps(BASE))
    document["resource"]["aws_sns_topic"] = {"x": {"name": "x", "display_name": argument}}
    document.update(more)
    made = View(read(document))
    return made, made.items("aws_sns_topic")[0]


@pytest.mark.parametrize(
    ("expression", "shown"),
    [
        ("${local.prefix}/${local.ports.http}", "shop-dev/80"),
        ('${local.ports["http"]}', "80"),
        ("$${not_an_expression}", "${not_an_expression}"),
        ("${aws_sqs_queue.q.arn}", "arn:aws:sqs:${region}:${account}:shop-dev-orders"),
        ("${aws_sqs_queue.q.url}", "https://sqs.${region}.amazonaws.com/${account}/shop-dev-orders"),
        ('${aws_sqs_queue.each["a"].name}', "q-a"),
        ('${join(",", [for q in aws_sqs_queue.two : q.name])}', "n-0,n-1"),
        ('${join(",", aws_sqs_queue.two[*].name)}', "n-0,n-1"),
        ('${try(aws_sqs_queue.none[0].arn, "absent")}', "absent"),
        ('${one(aws_sqs_queue.none[*].name) == null ? "no" : "yes"}', "no"),
        ('${format("%s-%d", var.stage, 3)}', "dev-3"),
        ('${upper(var.stage)}${replace("a.b", ".", "-")}', "DEVa-b"),
        ("${var.secret}", "${var.secret}"),
        ("${var.secret}-${var.secret}", "${var.secret}-${var.secret}"),
        ('${md5("x")}', "9dd4e461268c8034f5c8564e155c67a6"),
        ('${bcrypt("x")}', '${bcrypt("x")}'),
        ("${nosuch(upper(var.secret), [var.names[0]], true)}", "${nosuch(upper(var.secret), [var.names[0]], true)}"),
        ('${try(nosuch(1), "default")}', '${try(nosuch(1), "default")}'),
        ('${can(regex("a", var.secret)) ? 1 : 2}', '${can(regex("a", var.secret)) ? 1 : 2}'),
        ("arn:${data.aws_partition.p.partition}:x:${data.aws_region.here.name}", "arn:aws:x:${region}"),
        ("${aws_sqs_queue.made.name}", "${aws_sqs_queue.made.name}"),
        ("${aws_vpc.gone.id}", "${aws_vpc.gone.id}"),
        ('${element(split(":", aws_sqs_queue.q.arn), 5)}', "shop-dev-orders"),
        ("${jsonencode({a = [1, true, null]})}", '{"a":[1,true,null]}'),
        ('${lookup({a = "b"}, "a", "c")}', "b"),
        ('${coalesce("", "x")}', "x"),
        ("%{ if true }x%{ endif }", "x"),
        ("${unclosed", "${${unclosed}"),
    ],
)
def test_an_expression_comes_to(expression: str, shown: str) -> None:
    made, item = view(expression)

    assert made.show(item.get("display_name")) == shown


def test_the_same_unknown_thing_is_equal_wherever_it_stands() -> None:
    made, item = view("${var.secret}-${md5(var.secret)}")
    other = made.evaluator.evaluate("${var.secret}-${md5(var.secret)}", item.environment)

    assert item.get("display_name") == other


def test_a_cycle_of_references_ends() -> None:
    made, item = view("${aws_sns_topic.x.display_name}")

    assert made.show(item.get("display_name")) == "${aws_sns_topic.x.display_name}"


def test_a_resource_without_instances_is_not_there() -> None:
    made, _ = view()

    assert [item.address for item in made.items("aws_sqs_queue")] == [
        'aws_sqs_queue.each["a"]',
        'aws_sqs_queue.each["b"]',
        "aws_sqs_queue.made",
        "aws_sqs_queue.q",
        "aws_sqs_queue.two[0]",
        "aws_sqs_queue.two[1]",
    ]


def test_region_and_account_are_the_providers_where_it_states_them() -> None:
    provider = {"provider": {"aws": [{"region": "eu-west-1", "allowed_account_ids": ["111122223333"]}]}}
    made, item = view(**provider)

    assert item.arn == "arn:aws:sns:eu-west-1:111122223333:x"
    assert made.find("arn:aws:sns:eu-west-1:111122223333:x", "aws_sns_topic") is item


def test_a_policy_document_is_put_together_as_the_provider_does() -> None:
    document = {
        "aws_iam_policy_document": {
            "base": {"statement": [{"sid": "A", "actions": ["s3:GetObject"], "resources": ["*"]}]},
            "all": {
                "source_policy_documents": ["${data.aws_iam_policy_document.base.json}"],
                "statement": [{"sid": "B", "actions": ["sqs:SendMessage"], "resources": ["${aws_sqs_queue.q.arn}"]}],
                "override_policy_documents": ['{"Statement": {"Sid": "A", "Effect": "Deny", "Action": "s3:*"}}'],
            },
        }
    }
    made, _ = view(data=document)
    (_, whole) = sorted(made.items("data.aws_iam_policy_document"), key=lambda item: -len(item.resource.name))
    statements = json.loads(whole.attribute("json"))["Statement"]

    assert [(each["Sid"], each["Effect"]) for each in statements] == [("B", "Allow"), ("A", "Deny")]


def test_a_file_beside_the_configuration_is_read(tmp_path: Path) -> None:
    (tmp_path / "policy.json").write_text('{"Statement": []}')
    document = {"resource": {"aws_sns_topic": {"x": {"name": "x", "policy": '${file("${path.module}/policy.json")}'}}}}
    made = View(read(document, tmp_path))

    assert made.items("aws_sns_topic")[0].get("policy") == '{"Statement": []}'


TEMPLATE = '{"queue": "${queue}", "kept": "$${context}", "unknown": "${secret}"}'
FILLED = '{"queue": "shop-dev-orders", "kept": "${context}", "unknown": "${var.secret}"}'


def test_a_template_is_filled_in(tmp_path: Path) -> None:
    (tmp_path / "policy.json").write_text(TEMPLATE, encoding="utf-8")
    given = "{queue = aws_sqs_queue.q.name, secret = var.secret}"
    topic = {"x": {"name": "x", "policy": f'${{templatefile("${{path.module}}/policy.json", {given})}}'}}
    document = {**BASE, "resource": {**BASE["resource"], "aws_sns_topic": topic}}

    made = View(read(document, tmp_path))

    assert made.show(made.items("aws_sns_topic")[0].get("policy")) == FILLED


def test_a_template_as_a_data_source_is_filled_in() -> None:
    variables = {"queue": "${aws_sqs_queue.q.name}", "secret": "${var.secret}"}
    data = {**BASE["data"], "template_file": {"t": {"template": TEMPLATE.replace("${", "$${"), "vars": variables}}}

    made, item = view("${data.template_file.t.rendered}", data=data)

    assert made.show(item.get("display_name")) == FILLED


@pytest.mark.parametrize("text", ["%{ for x in timestamp() }${x}%{ endfor }", "${missing}"])
def test_a_template_that_takes_more_is_unknown(tmp_path: Path, text: str) -> None:
    (tmp_path / "t").write_text(text, encoding="utf-8")
    topic = {"x": {"name": '${templatefile("t", {})}'}}

    made = View(read({"resource": {"aws_sns_topic": topic}}, tmp_path))

    assert is_symbol(made.items("aws_sns_topic")[0].get("name"))


def test_a_module_reads_files_of_its_own_folder(tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    (inner / "name").write_text("of-the-module", encoding="utf-8")
    (tmp_path / "name").write_text("of-the-root", encoding="utf-8")
    (inner / "main.tf").write_text(
        'resource "aws_sns_topic" "x" {\n  name = file("${path.module}/name")\n'
        '  display_name = file("${path.root}/name")\n}\n',
        encoding="utf-8",
    )
    (tmp_path / "main.tf").write_text('module "m" {\n  source = "./inner"\n}\n', encoding="utf-8")

    topic = View(read_folder(tmp_path)).items("aws_sns_topic")[0]

    assert (topic.get("name"), topic.get("display_name")) == ("of-the-module", "of-the-root")


ATTRIBUTES = """
resource "aws_instance" "i" {
  security_groups = ["b", "a"]
  twice           = ["a", "a"]
  one             = ["b"]
  wait            = "30"
  on              = "true"
  name            = "n"
}
resource "aws_sns_topic" "x" {
  name = %s
}
"""


@pytest.mark.parametrize(
    ("expression", "shown"),
    [
        # Whether an argument is a list or a set, a text or a number, is known to the provider only.
        ('join(",", aws_instance.i.security_groups)', '${join(",", aws_instance.i.security_groups)}'),
        ('join(",", aws_instance.i.one)', "b"),
        ("aws_instance.i.security_groups[1]", "a"),
        ("length(aws_instance.i.security_groups)", "2"),
        ("length(aws_instance.i.twice)", "${length(aws_instance.i.twice)}"),
        ("jsonencode(aws_instance.i.security_groups)", '["b","a"]'),
        ("aws_instance.i.wait == 30", "${(aws_instance.i.wait == 30)}"),
        ("aws_instance.i.wait + 1", "31"),
        ('"${aws_instance.i.wait}s"', "30s"),
        ("jsonencode(aws_instance.i.wait)", "${jsonencode(aws_instance.i.wait)}"),
        ('aws_instance.i.on ? "a" : "b"', "a"),
        ('aws_instance.i.name == "n"', "true"),
    ],
)
def test_an_attribute_is_of_the_type_that_the_provider_gives_it(expression: str, shown: str, tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(ATTRIBUTES % expression, encoding="utf-8")
    made = View(read_folder(tmp_path))
    (item,) = made.items("aws_sns_topic")

    assert made.show(item.get("name")) == shown
