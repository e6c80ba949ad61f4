"""What is computed of a configuration is what Terraform plans; where it is not, that is a mistake of ours."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from plan_review.configuration.reading import read_folder
from plan_review.evaluate.evaluator import Evaluator
from plan_review.evaluate.view import View
from plan_review.terraform import providers
from plan_review.terraform.workspace import TerraformError, Workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

TESTS = Path(__file__).parent.parent
OTHER_PEOPLE = TESTS / "rules" / "other_people"
PLANNED = [each for each in sorted(OTHER_PEOPLE.iterdir()) if each.is_dir() and not list(each.rglob("*.txt"))]


def planned(folder: Path) -> Mapping[str, Any] | None:
    with Workspace(folder, providers.chosen("offline")) as workspace:
        return None if workspace.init() else workspace.plan()[0]


def differences(folder: Path, plan: Mapping[str, Any]) -> list[Any]:
    evaluator = Evaluator(read_folder(folder), plan, made_up=True)
    for resource in evaluator.configuration.resources.values():
        for item in evaluator.items(resource):
            for argument in resource.arguments:
                item.get(argument)
    return evaluator.planned.differences


def folders() -> list[Path]:
    return [TESTS / "fixtures" / "hard", *PLANNED, *sorted(OTHER_PEOPLE.glob("*.tf.json"))]


@pytest.mark.parametrize("given", folders(), ids=lambda given: given.name)
def test_a_known_value_is_the_one_that_terraform_plans(given: Path, tmp_path: Path) -> None:
    folder = given
    if given.is_file():
        folder = tmp_path
        (tmp_path / given.name).write_bytes(given.read_bytes())
    try:
        plan = planned(folder)
    except TerraformError:
        plan = None  # a provider or module that is not here
    if plan is not None:
        assert differences(folder, plan) == []


VALUES = """
variable "names" { type = set(string) }
variable "wait" { type = number }
locals { rules = [for n in sort(var.names) : { prefix = "${n}/", days = 3 }] }
resource "aws_sqs_queue" "q" {
  for_each                   = var.names
  name                       = "q-${each.key}"
  visibility_timeout_seconds = var.wait * 2
  tags                       = { Name = "x" }
}
resource "aws_sqs_queue" "other" {
  count                      = var.wait
  name                       = "o-${count.index}"
  visibility_timeout_seconds = timestamp() == "" ? 1 : 2
}
"""
PLAN = {
    "resource_changes": [
        {
            "address": f"aws_sqs_queue.{name}",
            "mode": "managed",
            "index": index,
            "change": {"actions": ["create"], "after": after, "after_unknown": {"arn": True}},
        }
        for name, index, after in (
            ('q["a"]', "a", {"name": "q-a", "visibility_timeout_seconds": 60, "tags": {"Name": "x"}}),
            ('q["b"]', "b", {"name": "q-b", "visibility_timeout_seconds": 60, "tags": {"Name": "x"}}),
            ("other[0]", 0, {"name": "o-0", "visibility_timeout_seconds": 2, "delay_seconds": 5}),
        )
    ]
}


ENTRY = {"address": "aws_sqs_queue.q", "mode": "managed"}


def view(write: Callable[[str, Any], Path], text: str, plan: Mapping[str, Any]) -> View:
    return View(read_folder(write("main.tf", text).parent), plan)


def test_instances_and_values_are_the_plans_where_they_are_not_known_here(write: Callable[[str, Any], Path]) -> None:
    made = view(write, VALUES, PLAN)

    items = made.items("aws_sqs_queue")

    assert [(each.address, each.get("name"), each.get("visibility_timeout_seconds")) for each in items] == [
        ("aws_sqs_queue.other[0]", "o-0", 2),
        ('aws_sqs_queue.q["a"]', "q-a", 60),
        ('aws_sqs_queue.q["b"]', "q-b", 60),
    ]
    assert items[0].get("delay_seconds") is None  # a default of the provider is nothing that is given


def test_a_value_that_differs_is_the_plans_and_a_mistake_of_ours(write: Callable[[str, Any], Path]) -> None:
    text = 'resource "aws_sqs_queue" "q" {\n  name = "computed"\n}\n'
    change = {"actions": ["create"], "after": {"name": "planned"}, "after_unknown": {}}
    made = view(
        write, text, {"resource_changes": [{"address": "aws_sqs_queue.q", "mode": "managed", "change": change}]}
    )

    assert made.items("aws_sqs_queue")[0].get("name") == "planned"
    assert [(each.computed, each.planned) for each in made.evaluator.planned.differences] == [("computed", "planned")]


@pytest.mark.parametrize(
    ("body", "after"),
    [
        ('name = "x"\nlifecycle { ignore_changes = [name] }', {"name": "deployed"}),
        ("policy = jsonencode({ b = 1, a = 2 })", {"policy": '{"b": 1, "a": 2}'}),
        ('visibility_timeout_seconds = "30"', {"visibility_timeout_seconds": 30}),
        ("fifo_queue = true", {"fifo_queue": "true"}),
        ("name = aws_sqs_queue.made.arn", {"name": "not this"}),
    ],
)
def test_what_is_the_same_or_left_alone_is_no_mistake(
    body: str, after: dict[str, Any], write: Callable[[str, Any], Path]
) -> None:
    text = f'resource "aws_sqs_queue" "q" {{\n{body}\n}}\nresource "aws_sqs_queue" "made" {{}}\n'
    change = {"actions": ["update"], "after": after, "after_unknown": {}}
    made = view(
        write, text, {"resource_changes": [{"address": "aws_sqs_queue.q", "mode": "managed", "change": change}]}
    )
    item = made.items("aws_sqs_queue")[1]

    for name in after:
        item.get(name)

    assert made.evaluator.planned.differences == []


def test_a_dynamic_block_that_is_not_known_is_the_plans(write: Callable[[str, Any], Path]) -> None:
    text = (
        'variable "x" {}\nresource "aws_lambda_function" "f" {\n  dynamic "environment" {\n    for_each = var.x\n'
        "    content {\n      variables = environment.value\n    }\n  }\n}\n"
    )
    after = {"environment": [{"variables": {"A": "b"}, "other": None}]}
    change = {"actions": ["create"], "after": after, "after_unknown": {}}
    entry = {"address": "aws_lambda_function.f", "mode": "managed", "change": change}
    (item,) = view(write, text, {"resource_changes": [entry]}).items("aws_lambda_function")

    assert item.blocks("environment") == [{"variables": {"A": "b"}}]
    assert not item.is_dynamic("environment")


def test_what_a_stand_in_made_up_is_not_taken_for_a_fact(write: Callable[[str, Any], Path]) -> None:
    text = 'data "aws_ami" "a" {}\nresource "aws_instance" "i" {\n  ami = data.aws_ami.a.id\n}\n'
    change = {"actions": ["create"], "after": {"ami": "ami-1"}, "after_unknown": {}}
    plan = {"resource_changes": [{"address": "aws_instance.i", "mode": "managed", "change": change}]}
    configuration = read_folder(write("main.tf", text).parent)

    real, made_up = (View(configuration, plan, made_up=each).items("aws_instance")[0] for each in (False, True))

    assert real.get("ami") == "ami-1"
    assert made_up.evaluator.shown(made_up.get("ami")) == "${data.aws_ami.a.id}"
