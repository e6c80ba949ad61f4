"""The folder that the demo leaves its results in. What the demo did not make there is never changed or removed.

A record in the folder lists every file that a demo has made. The next demo removes those, and no others, before it
puts its own there. A folder that holds other things and no record was not made by a demo, and is refused.
"""

from __future__ import annotations

import shutil
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from local_cloud import folder_lock
from local_cloud.errors import UsageError
from terraform_runtime.signals import uninterrupted
from toolchain.bootstrap import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DEFAULT = ROOT / "build" / "demo"
# One path a line, relative to the folder.
RECORD = ".demo-files"
_WORK = "work"
_RESULTS = ("stream", "logs", "events.jsonl", "notification.json", "poster.jpg", "report.md")
_MOST_NAMES = 3


class DemoFolder:
    """An open demo folder: results are made in ``results``, everything else that needs a file in ``work``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.work = folder / _WORK
        self.results = self.work / "results"

    @property
    def shown(self) -> Path:
        """The folder as a person would name it: from the project's root where it is below that."""
        return self.folder.relative_to(ROOT) if self.folder.is_relative_to(ROOT) else self.folder

    def prepare(self) -> None:
        """Mark the folder as the demo's and make the working folder anew."""
        if not (self.folder / RECORD).exists():
            self._write_record([])
        shutil.rmtree(self.work, ignore_errors=True)
        self.results.mkdir(parents=True)

    def take(self, video: Path) -> Path:
        """Return a video that is safe from ``remove_old``: itself, or a copy where it is one of the old results."""
        if video.resolve() not in self._recorded():
            return video
        copy = self.work / "video" / video.name
        copy.parent.mkdir(parents=True)
        shutil.copy(video, copy)
        return copy

    def remove_old(self) -> None:
        """Remove what an earlier demo has made, and the folders that are empty then."""
        for path in self._recorded():
            path.unlink(missing_ok=True)
            for parent in path.parents:
                if parent == self.folder:
                    break
                with suppress(OSError):  # it holds something of the person's, or has gone already
                    parent.rmdir()
        self._write_record([])

    def publish(self) -> None:
        """Record what lies in ``results``, move it into the folder, and remove ``work``."""
        made = sorted(path.relative_to(self.results) for path in self.results.rglob("*") if not path.is_dir())
        self._write_record(made)
        for name in made:
            target = self.folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            (self.results / name).replace(target)
        shutil.rmtree(self.work, ignore_errors=True)

    def _recorded(self) -> list[Path]:
        """Return the files that earlier demos have made; what the record names outside the folder is passed over."""
        with suppress(FileNotFoundError):
            names = (self.folder / RECORD).read_text(errors="replace").splitlines()
            root = self.folder.resolve()
            paths = [root / name for name in names]
            return [path for path in paths if path.parent.resolve().is_relative_to(root) and path.name]
        return []

    def _write_record(self, names: list[Path]) -> None:
        scratch = self.folder / f"{RECORD}.new"
        scratch.write_text("".join(f"{name.as_posix()}\n" for name in names))
        scratch.replace(self.folder / RECORD)


@contextmanager
def opened(folder: Path, video: Path | None) -> Iterator[DemoFolder]:
    """Take a folder for one demo; what is in ``results`` when the block ends is what the folder holds then.

    Nothing is touched before all is known to be well. Raises ``UsageError`` where the folder is not the demo's, where
    another demo is at work in it, or where ``video`` is in the working folder of one that was killed.
    """
    _refuse_foreign(folder)
    place = DemoFolder(folder)
    if video and video.resolve().is_relative_to(place.work.resolve()):
        raise UsageError(
            f"VIDEO is {str(video)!r}: {place.work} was left by a demo that was killed, and the next one removes it; "
            "move the video somewhere else first"
        )
    with _refusing_unwritable(folder):
        folder.mkdir(parents=True, exist_ok=True)
    busy = f"--out is {str(folder)!r}: another demo is at work in it; wait until that has ended, or name another folder"
    with folder_lock.exclusive(folder, busy):
        with _refusing_unwritable(folder):
            place.prepare()
        try:
            yield place
        finally:
            with uninterrupted():
                place.publish()


@contextmanager
def _refusing_unwritable(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        remedy = "name a folder that can, or free some space"
        raise UsageError(f"--out is {str(folder)!r}: it cannot be written ({error.strerror}); {remedy}") from None


def _refuse_foreign(folder: Path) -> None:
    """Refuse a folder that no demo has made: one without a record that holds anything.

    The default folder is the demo's by its name; there, only what the demo would write over is in the way.
    """
    if not folder.exists() or (folder / RECORD).is_file():
        return
    if not folder.is_dir():
        raise UsageError(f"--out is {str(folder)!r}: that is a file; name a folder")
    held = sorted(path.name for path in folder.iterdir())
    if folder == DEFAULT:
        held = [name for name in held if name in (_WORK, *_RESULTS)]
    if held:
        more = f" and {len(held) - _MOST_NAMES} more" if len(held) > _MOST_NAMES else ""
        raise UsageError(
            f"--out is {str(folder)!r}: it holds {', '.join(held[:_MOST_NAMES])}{more}, and no demo has made it; "
            "name a new or an empty folder, or move away what it holds"
        )
