"""Where a stack goes, where its state is kept, and what it says about itself."""

from collections.abc import Callable
from pathlib import Path

import pytest
from cdktf import App
from cdktf import Testing as Terraform

from stacks.config import PipelineConfig
from stacks.pipeline import PipelineStack
from stacks.provider_versions import NEWEST_MAJOR
from tests.synth.stack import Stack

OUTPUTS = {
    "upload_bucket",
    "output_bucket",
    "topic_arn",
    "job_table",
    "state_machine_arn",
    "orchestrator_function",
    "job_events_function",
    "mediaconvert_queue_arn",
    "dead_letter_queue_url",
}


def _provider(stack: Stack) -> dict[str, object]:
    (provider,) = stack.document["provider"]["aws"]
    assert isinstance(provider, dict)
    return provider


def test_no_other_account_can_be_deployed_to(stack: Stack) -> None:
    assert _provider(stack)["allowed_account_ids"] == ["123456789012"]


def test_only_the_local_stack_skips_what_an_emulator_does_not_answer(stacks: dict[str, Stack]) -> None:
    skips = ("skip_credentials_validation", "skip_metadata_api_check", "s3_use_path_style")
    for skip in skips:
        assert _provider(stacks["local"])[skip] in (True, "true")
    for name in ("dev", "prod"):
        assert not set(skips) & _provider(stacks[name]).keys()


def test_no_endpoint_and_no_credential_is_written_down(stack: Stack) -> None:
    assert not _provider(stack).keys() & {"endpoints", "access_key", "secret_key", "token", "profile"}
    assert "localhost" not in stack.text
    assert "127.0.0.1" not in stack.text


@pytest.mark.parametrize("environment", ["local", "dev", "prod"])
def test_everything_is_tagged(synthesize: Callable[..., Stack], environment: str) -> None:
    stack = synthesize(environment, tags={"CostCentre": "films"})
    assert _provider(stack)["default_tags"] == [
        {
            "tags": {
                "Project": "media-pipeline",
                "Environment": environment,
                "ManagedBy": "cdktf",
                "CostCentre": "films",
            }
        }
    ]


def test_state_is_kept_in_s3_with_a_lock_file_where_the_context_names_a_bucket(stacks: dict[str, Stack]) -> None:
    assert stacks["prod"].document["terraform"]["backend"] == {
        "s3": {
            "bucket": "media-pipeline-terraform-state-123456789012",
            "key": "media-pipeline/prod.tfstate",
            "region": "ap-southeast-1",
            "encrypt": True,
            "use_lockfile": True,
        }
    }


def test_state_is_kept_beside_the_output_folder_otherwise(stacks: dict[str, Stack]) -> None:
    for name in ("local", "dev"):
        path = f"../../../terraform.media-pipeline-{name}.tfstate"
        assert stacks[name].document["terraform"]["backend"] == {"local": {"path": path}}


def test_the_state_of_a_deployment_is_never_mixed_with_anothers(stacks: dict[str, Stack]) -> None:
    backends = [str(stack.document["terraform"]["backend"]) for stack in stacks.values()]
    assert len(set(backends)) == len(backends)


def test_another_provider_version_can_be_demanded(context: dict[str, object], tmp_path: Path) -> None:
    config = PipelineConfig.from_context({**context, "aws_provider_version": "5.100.0"})
    stack = PipelineStack(
        App(outdir=str(tmp_path)),
        config.environments["local"],
        package=Path(__file__),
        package_hash="hash",
        aws_provider_version=config.aws_provider_version,
    )
    version = Stack(Terraform.synth(stack)).document["terraform"]["required_providers"]["aws"]["version"]
    assert version == "5.100.0"


def test_the_bindings_are_of_the_newest_major_version_that_may_be_demanded(stack: Stack) -> None:
    version: str = stack.document["terraform"]["required_providers"]["aws"]["version"]
    assert int(version.partition(".")[0]) == NEWEST_MAJOR


def test_every_stack_says_where_things_are(stack: Stack) -> None:
    assert stack.document["output"].keys() >= OUTPUTS
    for name, output in stack.document["output"].items():
        assert output["value"].startswith("${aws_"), name


def test_terraform_itself_finds_the_names(stacks: dict[str, Stack]) -> None:
    for name, stack in stacks.items():
        assert Terraform.to_have_resource_with_properties(
            stack.text, "aws_sfn_state_machine", {"name": f"media-pipeline-{name}-transcoding"}
        )
