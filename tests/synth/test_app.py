"""The app as a person or the cdktf command line runs it."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]


def _run(folder: Path, context: dict[str, Any] | str | None = None) -> subprocess.CompletedProcess[str]:
    """Run the app as the command line does, or, without a context, as ``python main.py``."""
    environment = {name: value for name, value in os.environ.items() if name != "CDKTF_CONTEXT_JSON"}
    if context is not None:
        environment["CDKTF_CONTEXT_JSON"] = context if isinstance(context, str) else json.dumps(context)
    return subprocess.run(
        [sys.executable, ROOT / "main.py"],
        cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


def _files(folder: Path) -> dict[str, bytes]:
    output = folder / "cdktf.out"
    return {str(path.relative_to(output)): path.read_bytes() for path in sorted(output.rglob("*")) if path.is_file()}


@pytest.fixture(scope="module")
def synthesized(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("app")
    done = _run(folder)
    assert done.returncode == 0, done.stderr
    return folder


def test_a_stack_is_made_for_every_environment_of_the_context(synthesized: Path) -> None:
    manifest = json.loads((synthesized / "cdktf.out" / "manifest.json").read_text())
    assert manifest["stacks"].keys() == {"media-pipeline-local", "media-pipeline-dev", "media-pipeline-prod"}


def test_a_second_synthesis_changes_no_byte(synthesized: Path, tmp_path: Path) -> None:
    assert _run(tmp_path).returncode == 0
    assert _files(tmp_path) == _files(synthesized)


def test_nothing_of_this_machine_is_in_the_configuration(synthesized: Path) -> None:
    for name, content in _files(synthesized).items():
        if name.endswith(".json"):
            for place in (ROOT, synthesized, Path.home()):
                assert str(place).encode() not in content, name


def test_the_context_of_the_command_line_comes_first(
    project_context: dict[str, Any], synthesized: Path, tmp_path: Path
) -> None:
    only_dev = {"environments": {"dev": project_context["environments"]["dev"]}, "cdktfRelativeModules": ["./"]}
    assert _run(tmp_path, only_dev).returncode == 0
    made = _files(tmp_path)
    assert {name for name in made if name.endswith("cdk.tf.json")} == {"stacks/media-pipeline-dev/cdk.tf.json"}
    assert made["stacks/media-pipeline-dev/cdk.tf.json"] == _files(synthesized)["stacks/media-pipeline-dev/cdk.tf.json"]


def _remember(folder: Path, stack: str) -> Path:
    """Leave a stack behind as an earlier synthesis would have, and return its folder."""
    manifest = folder / "cdktf.out" / "manifest.json"
    written = json.loads(manifest.read_text())
    written["stacks"][stack] = {**written["stacks"]["media-pipeline-dev"], "name": stack}
    manifest.write_text(json.dumps(written))
    left = folder / "cdktf.out" / "stacks" / stack
    left.mkdir()
    (left / "cdk.tf.json").write_text("{}")
    return left


def test_the_stack_of_an_environment_that_is_gone_is_removed(synthesized: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(synthesized, tmp_path / "app")
    left = _remember(folder, "media-pipeline-old")
    wrong: dict[str, Any] = {"environments": {}}
    assert _run(folder, wrong).returncode == 1
    assert left.exists()
    assert _run(folder).returncode == 0
    assert not left.exists()
    assert _files(folder) == _files(synthesized)


def test_the_command_line_can_remove_it_itself(project_context: dict[str, Any], tmp_path: Path) -> None:
    """It does so after the app has ended, and fails where the folder is gone by then."""
    environments = project_context["environments"]
    for names in (("dev", "prod"), ("dev",)):
        context = {"environments": {name: environments[name] for name in names}}
        app = f'"{sys.executable}" "{ROOT / "main.py"}"'
        project = {"language": "python", "app": app, "sendCrashReports": "false", "context": context}
        (tmp_path / "cdktf.json").write_text(json.dumps(project))
        done = subprocess.run(
            ["cdktf", "synth"], cwd=tmp_path, env={**os.environ, "CHECKPOINT_DISABLE": "1"},
            capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        stacks = {folder.name for folder in (tmp_path / "cdktf.out" / "stacks").iterdir()}
        assert stacks == {f"media-pipeline-{name}" for name in names}


def test_wrong_settings_end_it_with_a_list_and_no_trace(context: dict[str, Any], tmp_path: Path) -> None:
    context["environments"]["prod"]["logs"]["retention_days"] = 45
    del context["environments"]["dev"]["account_id"]
    done = _run(tmp_path, context)
    assert done.returncode == 1
    assert "environments.prod.logs.retention_days = 45: CloudWatch Logs accepts only 1, 3, 5" in done.stderr
    assert "environments.dev.account_id is missing: give the account's 12 digits" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "cdktf.out").exists()


def test_a_context_that_is_no_json_is_named(tmp_path: Path) -> None:
    done = _run(tmp_path, '{"environments": ')
    assert done.returncode == 1
    assert "CDKTF_CONTEXT_JSON" in done.stderr
    assert "it is not JSON" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_committed_command_runs_the_app() -> None:
    project = json.loads((ROOT / "cdktf.json").read_text())
    assert project["app"] == "python main.py"
    assert project["sendCrashReports"] == "false"
    assert shutil.which("node")


def test_the_aws_sdk_is_not_loaded_to_synthesize() -> None:
    """``stacks`` takes names from ``lambda_src``; the modules that hold them are free of what only Lambda needs."""
    code = "import fast_bindings; fast_bindings.enable(); import stacks.pipeline, sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert not {"boto3", "botocore", "aws_lambda_powertools"} & set(done.stdout.split())
    assert "lambda_src.output_layout" in done.stdout.split()
