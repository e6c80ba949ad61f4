"""Settings that the local cloud cannot work with are refused by name; all others work."""

import json
from pathlib import Path
from typing import Any

import pytest

from local_cloud import local_settings
from stacks.settings import SettingsError
from toolchain.bootstrap import ROOT


def _project(folder: Path, **changes: Any) -> Path:
    """Write a ``cdktf.json`` with some settings of ``local`` changed; None takes one out."""
    document = json.loads((ROOT / "cdktf.json").read_text())
    local = document["context"]["environments"]["local"]
    for path, value in changes.items():
        *above, name = path.split("__")
        place = local
        for part in above:
            place = place[part]
        if value is None:
            del place[name]
        else:
            place[name] = value
    project = folder / "cdktf.json"
    project.write_text(json.dumps(document))
    return project


def test_the_projects_own_settings_do() -> None:
    settings = local_settings.read(to_be_destroyed=True)
    assert settings.name == "local"


@pytest.mark.parametrize(
    "changes",
    [
        {"region": "eu-west-1"},
        {"region": None},
        {"account_id": "210987654321"},
        {"uploads__key_prefix": None},
        {"uploads__key_prefix": "incoming/"},
    ],
)
def test_another_region_account_or_prefix_does(tmp_path: Path, changes: dict[str, Any]) -> None:
    settings = local_settings.read(_project(tmp_path, **changes), to_be_destroyed=True)
    assert settings.region == (changes.get("region") or "ap-southeast-1")
    assert settings.account_id == changes.get("account_id", "123456789012")
    assert settings.uploads.key_prefix == (changes.get("uploads__key_prefix") or "")


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"emulated": False}, "environments.local.emulated = false: "),
        ({"emulated": None}, "environments.local.emulated = false: "),
        (
            {"state": {"bucket": "terraform-state", "key": "local.tfstate", "region": "eu-west-1"}},
            'environments.local.state.bucket = "terraform-state": the local cloud keeps the state beside itself',
        ),
        ({"notifications__inbox": False}, "environments.local.notifications.inbox = false: the end of a transcoding"),
        ({"removable": False}, "environments.local.removable = false: the demo destroys the stack"),
        ({"uploads__retention_days": "soon"}, 'environments.local.uploads.retention_days = "soon": '),
    ],
)
def test_a_setting_that_cannot_work_is_named_with_its_remedy(
    tmp_path: Path, changes: dict[str, Any], told: str
) -> None:
    with pytest.raises(SettingsError) as refused:
        local_settings.read(_project(tmp_path, **changes), to_be_destroyed=True)
    assert str(refused.value).startswith(told)
    assert len(refused.value.problems) == 1


def test_a_cloud_that_stays_need_not_be_removable(tmp_path: Path) -> None:
    assert not local_settings.read(_project(tmp_path, removable=False)).removable


def test_a_project_without_the_local_environment_is_refused(tmp_path: Path) -> None:
    document = json.loads((ROOT / "cdktf.json").read_text())
    del document["context"]["environments"]["local"]
    project = tmp_path / "cdktf.json"
    project.write_text(json.dumps(document))
    with pytest.raises(SettingsError, match=r"environments\.local is missing: the local cloud takes this environment"):
        local_settings.read(project)
