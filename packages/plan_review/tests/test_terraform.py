"""Real Terraform on configurations that need nothing but what is built into it."""

from __future__ import annotations

import json
import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from plan_review.configuration.graph import reachable
from plan_review.configuration.reading import read_folder
from plan_review.report import permissions
from plan_review.terraform.commands import Served
from plan_review.terraform.comparison import OURS, PLAN, compare, destroy_findings, restrict, terraform_graph
from plan_review.terraform.comparison import findings as findings_of
from plan_review.terraform.dot import DotError, address_of, parse
from plan_review.terraform.planned_state import after
from plan_review.terraform.workspace import OVERRIDE, Setting, TerraformError, UnpreparedError, Workspace, read_plan
from terraform_runtime.executable import find_terraform

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from plan_review.configuration.model import Configuration
    from plan_review.findings import Finding

FIXTURES = Path(__file__).parent / "fixtures"
OUTER = r"""
locals {
  names = [terraform_data.a.output, "x"]
  more  = { n = local.names }
}
resource "terraform_data" "a" { input = "x" }
resource "terraform_data" "b" {
  for_each = toset(["p\"q", "r.s"])
  input    = "${each.value}-${local.more.n[0]}"
}
resource "terraform_data" "c" {
  input = [for k, v in terraform_data.b : v.output]
  lifecycle {
    replace_triggered_by = [terraform_data.g]
    precondition {
      condition     = terraform_data.h.id != ""
      error_message = "x"
    }
  }
}
resource "terraform_data" "g" { count = 2 }
resource "terraform_data" "h" {}
resource "terraform_data" "last" { depends_on = [module.m] }
module "m" {
  source     = "./inner"
  for_each   = { one = terraform_data.a.id }
  value      = terraform_data.c.output
  depends_on = [terraform_data.h]
}
resource "terraform_data" "out" { input = module.m["one"].got }
output "o" { value = terraform_data.out.id }
"""
INNER = """
variable "value" {}
variable "unused" { default = 1 }
resource "terraform_data" "in" { input = var.value }
resource "terraform_data" "alone" { input = var.unused }
output "got" { value = terraform_data.in.output }
"""


def findings(configuration: Configuration, plan: Mapping[str, Any] | None, graph: str) -> list[Finding]:
    return findings_of(compare(configuration, plan, graph), graph)


@pytest.fixture(scope="session")
def setting() -> Setting:
    return Setting(binary=find_terraform().binary)


@pytest.fixture(scope="module")
def planned(setting: Setting, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Mapping[str, Any], str]:
    folder = tmp_path_factory.mktemp("modules")
    (folder / "inner").mkdir()
    (folder / "main.tf").write_text(OUTER)
    (folder / "inner" / "main.tf").write_text(INNER)
    with Workspace(folder, setting) as workspace:
        workspace.init()
        plan, _ = workspace.plan()
        assert plan is not None
        return folder, plan, workspace.graph()


def test_three_readers_agree_but_for_what_the_plan_never_tells(planned: tuple[Path, Mapping[str, Any], str]) -> None:
    folder, plan, graph = planned
    found = compare(read_folder(folder), plan, graph)
    assert {(each.source, each.target, each.missing_in) for each in found} == {
        ("terraform_data.c", "terraform_data.g", PLAN),
        ("terraform_data.c", "terraform_data.h", PLAN),
    }
    assert all(each.known for each in found)
    assert findings(read_folder(folder), plan, graph) == []


def test_an_edge_that_one_reader_misses_is_listed(planned: tuple[Path, Mapping[str, Any], str]) -> None:
    folder, plan, graph = planned
    configuration = read_folder(folder)
    cut = graph.replace('"[root] terraform_data.c (expand)" -> "[root] terraform_data.h (expand)"', "", 1)
    (finding,) = findings(configuration, plan, cut)
    assert (finding.address, finding.subject) == ("terraform_data.c", "terraform_data.h")
    assert finding.message == f"{OURS} tells that it needs terraform_data.h, Terraform's graph does not"


def test_a_resource_that_one_reader_lacks_is_listed(planned: tuple[Path, Mapping[str, Any], str]) -> None:
    folder, plan, graph = planned
    more = graph.replace("}\n}", '"[root] terraform_data.new (expand)" [label = "x"]\n}\n}')
    assert [each.address for each in findings(read_folder(folder), plan, more)] == ["terraform_data.new"]


def test_a_cycle_in_terraforms_graph_is_a_finding(planned: tuple[Path, Mapping[str, Any], str]) -> None:
    folder, _, graph = planned
    cycle = '\t\t"[root] terraform_data.a (expand)" -> "[root] terraform_data.b (expand)"\n\t}\n}'
    found = findings(read_folder(folder), None, graph.replace("\t}\n}", cycle))
    assert "terraform-cycle" in {each.rule_id for each in found}


def test_destroying_runs_against_the_order_of_making(
    planned: tuple[Path, Mapping[str, Any], str], setting: Setting
) -> None:
    folder, plan, graph = planned
    state = after(plan, graph)
    assert {(each.get("module"), each["name"]) for each in state["resources"]} >= {
        (None, "b"),
        ('module.m["one"]', "in"),
    }
    with Workspace(folder, setting) as workspace:
        workspace.init()
        destroying = workspace.destroy_graph(state)
    assert "[root] terraform_data.last (destroy)" in reachable(parse(destroying), ["[root] terraform_data.a (destroy)"])
    assert destroy_findings(read_folder(folder), destroying) == []


def test_what_would_be_destroyed_before_what_needs_it_is_a_finding(
    write: Callable[[str, Any], Path],
) -> None:
    text = 'resource "aws_a" "a" {\n  x = aws_b.b.id\n}\nresource "aws_b" "b" {}\n'
    configuration = read_folder(write("main.tf", text).parent)
    nodes = '"[root] aws_a.a (destroy)" [label = "x"]\n"[root] aws_b.b (destroy)" [label = "x"]\n'
    right = '"[root] aws_b.b (destroy)" -> "[root] aws_a.a (destroy)"\n'
    assert destroy_findings(configuration, nodes + right) == []
    (finding,) = destroy_findings(configuration, nodes)
    assert (finding.rule_id, finding.address, finding.subject) == ("destroy-order", "aws_b.b", "aws_a.a")


def test_nothing_is_left_in_the_folder_and_its_state_is_not_read(
    write: Callable[[str, Any], Path], setting: Setting
) -> None:
    write("terraform.tfstate", "not a state")
    folder = write(
        "main.tf", 'resource "terraform_data" "a" {}\nterraform {\n backend "s3" {\n bucket = "x"\n }\n}\n'
    ).parent
    before = sorted(path.name for path in folder.iterdir())
    with Workspace(folder, setting) as workspace:
        workspace.init()
        plan, _ = workspace.plan()
        scratch = workspace.path
    assert plan is not None
    assert plan["resource_changes"][0]["change"]["actions"] == ["create"]
    assert sorted(path.name for path in folder.iterdir()) == before
    assert not scratch.exists()


def test_what_a_plan_writes_is_not_written_into_the_folder(write: Callable[[str, Any], Path], setting: Setting) -> None:
    write("build/code.zip", "old")
    folder = write("main.tf", 'resource "terraform_data" "a" {}\n').parent
    with Workspace(folder, setting) as workspace:
        # As the provider archive does it when it plans: over what is there, and beside it.
        (workspace.path / "build" / "code.zip").write_text("new")
        (workspace.path / "build" / "more.zip").write_text("new")
        (workspace.path / "top.zip").write_text("new")
    assert (folder / "build" / "code.zip").read_text() == "old"
    assert [path.name for path in (folder / "build").iterdir()] == ["code.zip"]
    assert not (folder / "top.zip").exists()


def test_a_given_state_is_what_the_change_is_planned_against(
    write: Callable[[str, Any], Path], setting: Setting
) -> None:
    state = write("elsewhere/state.json", {
        "version": 4, "serial": 1, "lineage": "x", "terraform_version": "1.11.0",
        "resources": [{
            "mode": "managed", "type": "terraform_data", "name": "gone",
            "provider": 'provider["terraform.io/builtin/terraform"]',
            "instances": [{"schema_version": 0, "attributes": {"id": "1"}}],
        }],
    })  # fmt: skip
    folder = write("stack/main.tf", "").parent
    with Workspace(folder, setting, state=state) as workspace:
        workspace.init()
        plan, _ = workspace.plan()
    assert plan is not None
    assert [each["change"]["actions"] for each in plan["resource_changes"]] == [["delete"]]
    assert json.loads(state.read_text())["serial"] == 1


def test_modules_beside_and_above_the_folder_are_found(write: Callable[[str, Any], Path], setting: Setting) -> None:
    write("common/main.tf", 'resource "terraform_data" "x" {}\n')
    folder = write("stacks/one/main.tf", 'module "m" {\n  source = "../../common"\n}\n').parent
    with Workspace(folder, setting) as workspace:
        workspace.init()
        plan, _ = workspace.plan()
    assert plan is not None
    assert [each["address"] for each in plan["resource_changes"]] == ["module.m.terraform_data.x"]
    assert "module.m.terraform_data.x" in read_folder(folder).resources


def test_what_terraform_says_of_a_configuration_is_told_with_its_place(
    write: Callable[[str, Any], Path], setting: Setting
) -> None:
    folder = write("main.tf", 'resource "terraform_data" "a" {\n  input = terraform_data.b.id\n}\n').parent
    with Workspace(folder, setting) as workspace:
        workspace.init()
        (said,) = workspace.validate()
    assert said.summary == "Reference to undeclared resource"
    assert (said.address, said.place) == ('resource "terraform_data" "a"', "main.tf:2")


def test_a_cycle_is_what_terraform_says_of_the_configuration_too(
    write: Callable[[str, Any], Path], setting: Setting
) -> None:
    resource = 'resource "terraform_data" "{}" {{\n  input = terraform_data.{}.id\n}}\n'
    text = resource.format("a", "b") + resource.format("b", "a")
    with Workspace(write("main.tf", text).parent, setting) as workspace:
        workspace.init()
        (said,) = workspace.validate()
    assert said.summary.startswith("Cycle: ")


def test_a_provider_that_cannot_be_had_is_no_verdict_on_the_configuration(
    write: Callable[[str, Any], Path], setting: Setting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(
        "TF_CLI_CONFIG_FILE",
        str(write("none.tfrc", 'provider_installation {\n  filesystem_mirror {\n path = "/none"\n }\n}\n')),
    )
    folder = write("stack/main.tf", 'resource "random_id" "a" {\n  byte_length = 1\n}\n').parent
    with (
        Workspace(folder, setting) as workspace,
        pytest.raises(UnpreparedError, match="the provider hashicorp/random cannot"),
    ):
        workspace.init()


def test_settings_of_the_callers_terraform_are_not_inherited(
    write: Callable[[str, Any], Path], setting: Setting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TF_CLI_ARGS", "-nonsense")
    monkeypatch.setenv("TF_WORKSPACE", "none")
    monkeypatch.setenv("TF_CLI_CONFIG_FILE", os.sep + "none")
    with Workspace(write("main.tf", "").parent, setting) as workspace:
        workspace.init()
        assert workspace.validate() == []


def test_a_terraform_that_is_none_is_named(write: Callable[[str, Any], Path], tmp_path: Path) -> None:
    folder = write("main.tf", "").parent
    with (
        Workspace(folder, Setting(binary=tmp_path / "terraform")) as workspace,
        pytest.raises(TerraformError, match="terraform cannot be run"),
    ):
        workspace.init()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "x.json: not JSON"),
        ("[]", "x.json: not a plan: it states no format_version"),
        ('{"format_version": "9.0"}', "x.json: a plan of format 9.0; only 1.x is understood"),
        ('{"format_version": "1.0", "values": {}}', "x.json: not a plan: it holds no configuration"),
    ],
)
def test_what_is_no_plan_is_refused_by_name(text: str, message: str) -> None:
    with pytest.raises(TerraformError) as refused:
        read_plan(text, "x.json")
    assert str(refused.value).startswith(message)


def test_a_plan_file_that_terraform_cannot_show_is_refused(write: Callable[[str, Any], Path], setting: Setting) -> None:
    write("main.tf", "")
    plan = write("broken.plan", "x")
    with Workspace(plan.parent, setting) as workspace, pytest.raises(TerraformError) as refused:
        workspace.show(plan, where_made=True)
    assert str(refused.value).startswith("broken.plan cannot be shown:\n")


def test_a_plan_is_shown_where_it_was_made_by_the_providers_there(write: Callable[[str, Any], Path]) -> None:
    answer = '{"format_version": "1.0", "configuration": {}, "resource_changes": [], "by": "\'"$BY"\'"}'
    terraform = write("bin/terraform", f"#!/bin/sh\necho '{answer}'\n")
    terraform.chmod(0o755)

    @contextmanager
    def serve(_folder: Path, _plans: Sequence[Path]) -> Iterator[Served]:
        yield Served({"BY": "the stand-in"})

    plan = write("stack/saved", "x")
    write("stack/main.tf", "")
    with Workspace(plan.parent, Setting(binary=terraform, serve=serve)) as workspace:
        assert workspace.show(plan)["by"] == "the stand-in"
        assert workspace.show(plan, where_made=True)["by"] == ""


def test_names_with_quotes_and_dots_survive_dot() -> None:
    text = 'digraph {\n"[root] aws_a.b[\\"p\\\\\\"q\\"] (destroy)" -> "[root] provider[\\"x/y\\"] (close)"\n}\n'
    (first, second) = parse(text)
    assert address_of(first) == ("aws_a.b", "destroy")
    assert address_of(second) == ('provider["x/y"]', "close")


def test_a_line_that_terraform_does_not_write_is_an_error() -> None:
    with pytest.raises(DotError, match="unknown form: 'a => b'"):
        parse("digraph {\na => b\n}")


def test_nodes_that_are_left_out_are_passed_through() -> None:
    assert restrict({"a": ["x"], "x": ["y", "b"], "y": ["x", "c"]}, ["a", "b", "c"]) == {
        "a": {"b", "c"},
        "b": set(),
        "c": set(),
    }


def test_the_roles_of_a_node_are_put_together() -> None:
    graph = terraform_graph(
        '"[root] aws_a.b (expand)" -> "[root] local.x (expand)"\n"[root] local.x (expand)" -> "[root] aws_a.c (expand)"'
    )
    assert graph["aws_a.b"] == {"local.x"}


def test_the_override_does_not_reach_the_folder(write: Callable[[str, Any], Path], setting: Setting) -> None:
    folder = write("main.tf", "").parent
    with Workspace(folder, setting) as workspace:
        assert (workspace.path / OVERRIDE).is_file()
        assert not (folder / OVERRIDE).exists()


@pytest.mark.parametrize("fixture", sorted(path.name for path in FIXTURES.glob("graph-*.dot")))
def test_the_graph_is_read_as_each_version_of_terraform_writes_it(
    fixture: str, planned: tuple[Path, Mapping[str, Any], str]
) -> None:
    folder, plan, _ = planned
    configuration = read_folder(folder)
    graph = (FIXTURES / fixture).read_text()
    assert findings(configuration, plan, graph) == []
    assert terraform_graph(graph)["terraform_data.b"] == {"local.more"}


def test_the_terraform_in_use_writes_its_graph_as_a_version_that_is_known(
    planned: tuple[Path, Mapping[str, Any], str],
) -> None:
    known = {(FIXTURES / path.name).read_text() for path in FIXTURES.glob("graph-*.dot")}
    assert planned[2] in known


def test_the_lock_of_the_folder_is_kept_and_not_written(write: Callable[[str, Any], Path], setting: Setting) -> None:
    lock = write(".terraform.lock.hcl", "# mine\n")
    folder = write("main.tf", "").parent
    with Workspace(folder, setting) as workspace:
        copy = workspace.path / lock.name
        assert copy.read_text() == "# mine\n"
        assert not copy.is_symlink()


@pytest.fixture(scope="module")
def hard() -> tuple[Configuration, Mapping[str, Any], str]:
    """What HashiCorp's provider makes of dynamic blocks, two providers, keys with quotes, modules, nested documents."""
    folder = FIXTURES / "hard"
    plan = read_plan((folder / "plan.json").read_text(), "plan.json")
    return read_folder(folder), plan, (folder / "graph.dot").read_text()


def test_the_readers_agree_on_a_hard_configuration(hard: tuple[Configuration, Mapping[str, Any], str]) -> None:
    configuration, plan, graph = hard
    assert configuration.incomplete == ()
    assert findings(configuration, plan, graph) == []
    known = {(each.source, each.target) for each in compare(configuration, plan, graph)}
    assert known == {("aws_security_group.g", "aws_sqs_queue.q")}  # the dynamic block, of which the plan tells nothing


def test_policies_of_a_hard_configuration_are_told_from_the_configuration(
    hard: tuple[Configuration, Mapping[str, Any], str],
) -> None:
    configuration, plan, _ = hard
    told = {change.address: change.added for change in permissions.read(plan, configuration)}
    assert set(told) == {
        "aws_iam_policy.p",
        "aws_iam_role.r",
        "aws_iam_role_policy_attachment.a",
        "module.m.aws_iam_role_policy.inner[0]",
        "module.m.aws_iam_role_policy.inner[1]",
    }
    assert told["aws_iam_policy.p"][0].startswith("[Base] Allow sqs:SendMessage on ")
    assert told["aws_iam_policy.p"][1] == "Allow sns:Publish on arn:aws:sns:us-west-2:${account of aws.west}:t"
