"""What the offline provider does with the local cloud's emulator, whose patches add to the bare one, and the stacks."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from local_cloud.cloud import LocalCloud
from offline_provider import serve
from packages.offline_provider.tests.apply.conftest import environment
from packages.offline_provider.tests.apply.families import FAMILIES, Change, Family
from packages.offline_provider.tests.apply.family_check import check
from packages.offline_provider.tests.apply.workspace import Workspace
from tests.offline_provider.apply.conftest import endpoints_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from packages.offline_provider.tests.apply.conftest import MakeWorkspace
    from packages.offline_provider.tests.apply.emulator import Endpoints

_GUARDED = ("iam", "lambda", "workflow", "bucket")
_FORGOTTEN = (
    Family(
        "events",
        (
            Change('  description   = "one"\n', "", "aws_cloudwatch_event_rule.rule"),
            Change('state               = "DISABLED"', 'state = "ENABLED"', "aws_cloudwatch_event_rule.nightly"),
        ),
    ),
    Family(
        "workflow",
        (
            Change(
                "depends_on = [aws_iam_role_policy.policy]",
                "tracing_configuration { enabled = true }\n  depends_on = [aws_iam_role_policy.policy]",
                "aws_sfn_state_machine.machine",
            ),
            Change(
                "tracing_configuration { enabled = true }",
                "tracing_configuration { enabled = false }",
                "aws_sfn_state_machine.machine",
            ),
        ),
    ),
)
"""Changes that MiniStack forgets without the patches."""


@pytest.mark.parametrize("family", _FORGOTTEN, ids=lambda family: family.name)
def test_what_the_bare_emulator_forgets_is_changed_too(family: Family, make_workspace: MakeWorkspace) -> None:
    check(family, make_workspace(family.hcl))


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoints]:
    """Return a cloud that checks signatures and policies."""
    with LocalCloud(tmp_path_factory.mktemp("guarded"), authenticate=True) as started:
        yield endpoints_of(started)


def test_an_emulator_that_checks_signatures_is_applied_to(guarded: Endpoints, tmp_path: Path) -> None:
    with serve(environ=environment(guarded)) as provider:
        for family in (each for each in FAMILIES if each.name in _GUARDED):
            folder = tmp_path / family.name
            folder.mkdir()
            work = Workspace(folder, provider.environment(environment(guarded)), guarded)
            work.write(family.hcl)
            work.apply()
            assert work.actions() == {}
            work.destroy()


@pytest.mark.usefixtures("no_network")
@pytest.mark.parametrize("name", ["dev", "prod"])
def test_the_stacks_for_aws_cannot_be_deployed_with_it(
    name: str, stacks: dict[str, Path], make_workspace: MakeWorkspace
) -> None:
    work = make_workspace("", provider="")
    configuration = json.loads((stacks[name] / "cdk.tf.json").read_text())
    configuration["terraform"].pop("backend")
    (work.folder / "main.tf").unlink()
    (work.folder / "cdk.tf.json").write_text(json.dumps(configuration))
    (work.folder / "assets").symlink_to(stacks[name] / "assets")
    refused = work.apply(check=False)
    assert refused.code == 1
    assert "does not say skip_credentials_validation = true" in refused.words
    assert work.state() == {}
