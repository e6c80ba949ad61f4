"""The demo takes a new folder or its own, and changes nothing in it that it did not make."""

from pathlib import Path

import pytest

from local_cloud import demo_folder
from local_cloud.demo_folder import RECORD, opened
from local_cloud.errors import UsageError


def _files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def _run(folder: Path, *names: str, video: Path | None = None) -> Path | None:
    """Make some results as a demo would; return the video that it would upload."""
    with opened(folder, video) as place:
        taken = place.take(video) if video else None
        place.remove_old()
        if taken:
            assert taken.read_text() == "the video"
        for name in names:
            path = place.results / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"made: {name}")
    return taken


def test_results_are_in_the_folder_once_the_demo_has_ended(tmp_path: Path) -> None:
    _run(tmp_path / "new", "report.md", "stream/index.m3u8")
    assert _files(tmp_path / "new") == {RECORD, "report.md", "stream/index.m3u8"}


def test_the_next_demo_removes_what_the_last_one_made_and_nothing_else(tmp_path: Path) -> None:
    _run(tmp_path, "report.md", "stream/index.m3u8", "logs/old.log")
    (tmp_path / "film.mp4").write_text("the person's")
    (tmp_path / "stream" / "notes.txt").write_text("the person's")
    _run(tmp_path, "report.md", "logs/new.log")
    assert _files(tmp_path) == {RECORD, "report.md", "logs/new.log", "film.mp4", "stream/notes.txt"}


def test_a_demo_that_fails_leaves_what_it_has_made_so_far_and_no_working_folder(tmp_path: Path) -> None:
    def fail() -> None:
        with opened(tmp_path, None) as place:
            (place.results / "logs").mkdir()
            (place.results / "logs" / "one.log").write_text("said")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert _files(tmp_path) == {RECORD, "logs/one.log"}
    assert not (tmp_path / "work").exists()


def test_a_demo_that_was_killed_does_not_lock_the_next_one_out(tmp_path: Path) -> None:
    _run(tmp_path, "report.md")
    (tmp_path / "work" / "cloud").mkdir(parents=True)
    _run(tmp_path, "report.md")
    assert _files(tmp_path) == {RECORD, "report.md"}


def test_a_folder_of_somebody_elses_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt", "c.txt", "d.txt"):
        (tmp_path / name).write_text("the person's")
    with pytest.raises(UsageError, match=r"it holds a\.txt, b\.txt, c\.txt and 1 more, and no demo has made it; name"):
        _run(tmp_path, "report.md")
    assert _files(tmp_path) == {"a.txt", "b.txt", "c.txt", "d.txt"}


def test_a_file_in_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "results").write_text("the person's")
    with pytest.raises(UsageError, match="results': that is a file; name a folder"):
        _run(tmp_path / "results")
    with pytest.raises(UsageError, match="it cannot be written"):
        _run(tmp_path / "results" / "below")


def test_in_the_default_folder_only_what_would_be_written_over_is_in_the_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo_folder, "DEFAULT", tmp_path)
    (tmp_path / "film.mp4").write_text("the video")
    (tmp_path / "report.md").write_text("the person's")
    with pytest.raises(UsageError, match=r"it holds report\.md, and no demo has made it"):
        _run(tmp_path, "report.md")
    (tmp_path / "report.md").rename(tmp_path / "mine.md")
    assert _run(tmp_path, "report.md", video=tmp_path / "film.mp4") == tmp_path / "film.mp4"
    assert _files(tmp_path) == {RECORD, "film.mp4", "mine.md", "report.md"}


def test_a_video_that_an_earlier_demo_made_is_copied_before_it_goes(tmp_path: Path) -> None:
    _run(tmp_path, "stream/clip.ts")
    video = tmp_path / "stream" / "clip.ts"
    video.write_text("the video")
    taken = _run(tmp_path, "report.md", video=video)
    assert taken not in (None, video)
    assert _files(tmp_path) == {RECORD, "report.md"}


def test_a_video_in_the_working_folder_of_a_killed_demo_is_refused_before_it_goes(tmp_path: Path) -> None:
    _run(tmp_path, "report.md")
    video = tmp_path / "work" / "demo.mp4"
    video.parent.mkdir()
    video.write_text("the video")
    with pytest.raises(UsageError, match="was left by a demo that was killed"):
        _run(tmp_path, video=video)
    assert video.read_text() == "the video"
    assert (tmp_path / "report.md").exists()


@pytest.mark.parametrize("line", ["../film.mp4", "stream/../../film.mp4", "{outside}", "", "."])
def test_a_record_that_was_tampered_with_removes_nothing_outside(tmp_path: Path, line: str) -> None:
    outside, folder = tmp_path / "film.mp4", tmp_path / "demo"
    outside.write_text("the person's")
    (folder / "stream").mkdir(parents=True)
    (folder / RECORD).write_text(line.format(outside=outside) + "\n")
    _run(folder, "report.md")
    assert outside.read_text() == "the person's"


def test_two_demos_do_not_work_in_one_folder(tmp_path: Path) -> None:
    with opened(tmp_path, None) as place:
        with pytest.raises(UsageError, match="another demo is at work in it"):
            _run(tmp_path)
        assert place.results.is_dir()
