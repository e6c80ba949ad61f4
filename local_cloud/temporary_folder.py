"""A temporary folder of our own for child processes: what they leave behind when they are interrupted goes with it."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from local_cloud.errors import UsageError
from terraform_runtime.signals import uninterrupted

if TYPE_CHECKING:
    from collections.abc import Iterator

_PREFIX = "media-pipeline-"
# A `cdktf deploy`, with what jsii and cdktf put there, had 3 MB at its highest.
_NEEDED_MB = 20
_MB = 1024 * 1024


def check_temporary_folder() -> None:
    """Raise ``UsageError`` where there is no temporary folder that can be written, or too little space in it."""
    try:
        folder = tempfile.gettempdir()
    except FileNotFoundError as error:
        raise UsageError(f"no temporary folder can be written ({error}); set TMPDIR to a folder that can") from None
    free = shutil.disk_usage(folder).free // _MB
    if free < _NEEDED_MB:
        raise UsageError(
            f"the temporary folder {folder} has {free} MB left and {_NEEDED_MB} MB are needed; "
            "free some space there, or set TMPDIR to a folder that has more"
        )


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """Make a folder below the temporary one and remove it, with all that is in it, when the block ends.

    Its path is kept short: Terraform and its plugins talk through sockets there, whose paths may have 103 bytes.
    """
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
    try:
        yield folder
    finally:
        with uninterrupted():
            shutil.rmtree(folder, ignore_errors=True)
