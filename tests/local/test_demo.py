"""What the demo refuses before it starts or removes anything, and where a failed one says that its logs are."""

import json
import os
import re
from io import StringIO
from pathlib import Path

import pytest

from local_cloud import demo
from local_cloud.console import Console
from local_cloud.deployment import DeploymentError
from local_cloud.errors import UsageError
from local_cloud.follow import NoEndError
from stacks.settings import SettingsError
from toolchain.bootstrap import ROOT


def _fill(folder: Path) -> list[str]:
    """Put the results of an earlier demo into a folder; return their names."""
    (folder / "stream").mkdir(parents=True)
    (folder / "stream" / "index.m3u8").write_text("#EXTM3U\n")
    (folder / ".demo-files").write_text("stream/index.m3u8\n")
    return sorted(str(path) for path in folder.rglob("*"))


@pytest.mark.parametrize(
    ("named", "told"),
    [
        ("https://example.com/film.mp4", "that is an address, and the demo takes a file of this machine; download it"),
        ("s3://bucket/film.mp4", "that is an address"),
        ("FILE:///film.mp4", "that is an address"),
        ("{folder}", "that is a folder; name a video file in it"),
        ("{folder}/missing.mp4", "there is no such file; name a video file, or leave VIDEO out"),
        ("{folder}/notes.txt/film.mp4", "Not a directory; name a video file"),
        ("{folder}/notes.txt", r"the pipeline takes files that end in .*\.mp4"),
        ("{folder}/pipe.mp4", "that is not a file that can be read"),
        ("{folder}/" + "x" * 300 + ".mp4", "File name too long; name a video file"),
        (os.fsdecode(b"{folder}/\xff.mp4"), "its name is not UTF-8"),
    ],
)
def test_a_video_that_will_not_do_is_refused_with_its_reason_before_anything_goes(
    tmp_path: Path, named: str, told: str
) -> None:
    before = _fill(tmp_path / "demo")
    (tmp_path / "notes.txt").write_text("text")
    os.mkfifo(tmp_path / "pipe.mp4")
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.mp4")).touch()
    shown = StringIO()
    with pytest.raises(UsageError, match=f"VIDEO is .*: {told}"):
        demo.run(named.replace("{folder}", str(tmp_path)), tmp_path / "demo", Console(stream=shown))
    assert sorted(str(path) for path in (tmp_path / "demo").rglob("*")) == before
    assert shown.getvalue() == ""


def test_a_setting_that_will_not_do_is_refused_before_anything_goes(tmp_path: Path) -> None:
    before = _fill(tmp_path / "demo")
    document = json.loads((ROOT / "cdktf.json").read_text())
    document["context"]["environments"]["local"]["removable"] = False
    project = tmp_path / "cdktf.json"
    project.write_text(json.dumps(document))
    with pytest.raises(SettingsError, match=r"environments\.local\.removable = false: the demo destroys the stack"):
        demo.run(None, tmp_path / "demo", Console(stream=StringIO()), project=project)
    assert sorted(str(path) for path in (tmp_path / "demo").rglob("*")) == before


@pytest.mark.parametrize("deploying", [True, False])
def test_a_failed_demo_names_its_logs_where_they_are_in_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, deploying: bool
) -> None:
    def fail(run: demo._Run, named: Path | None) -> None:
        del named
        log = run._place.work / "stack" / "cdktf.log.txt"
        log.parent.mkdir()
        log.write_text("it failed\n")
        raise DeploymentError("`cdktf deploy` failed", ["it failed"], log) if deploying else NoEndError("no news")

    monkeypatch.setattr(demo._Run, "run", fail)
    with pytest.raises(demo.DemoError) as failed:
        demo.run(None, tmp_path / "demo", Console(stream=StringIO()))
    named = re.search(r"\((?:log|logs): (.+?)\)", str(failed.value))
    assert named
    place = Path(named[1])
    assert (place if deploying else place / "cdktf.log.txt").read_text() == "it failed\n"
    assert not (tmp_path / "demo" / "work").exists()
