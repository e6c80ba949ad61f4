"""What the emulator is started with; parsed once from the command line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

DEFAULT_REGION = "ap-southeast-1"
DEFAULT_ACCOUNT = "123456789012"
DEFAULT_LAMBDA_WORKERS = 4
DEFAULT_RETRY_SECONDS = 1.0
HOST = "127.0.0.1"
ACCESS_KEY = "test"
SECRET_KEY = "test"  # noqa: S105 - the emulator's own key, the same for everyone


@dataclass(frozen=True, kw_only=True)
class Settings:
    """One run of the emulator.

    ``port`` 0 asks for any free port. ``lambda_workers`` is how many processes one function may have at a time; more
    invocations than that wait. ``lambda_retry_seconds`` is the wait before the first retry of an asynchronous
    invocation that failed, twice that before the second (on AWS: 1 and 2 minutes,
    https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html).
    """

    port: int
    data_dir: Path
    region: str = DEFAULT_REGION
    account: str = DEFAULT_ACCOUNT
    mediaconvert_endpoint: str | None = None
    auth: bool = False
    lambda_workers: int = DEFAULT_LAMBDA_WORKERS
    lambda_retry_seconds: float = DEFAULT_RETRY_SECONDS
    exit_with_parent: bool = False

    @property
    def endpoint(self) -> str:
        """The emulator's URL, for clients on this machine."""
        return f"http://{HOST}:{self.port}"
