"""Command line of the local AWS: ``python -m local_cloud.ministack --help``."""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

from local_cloud.ministack import launcher
from local_cloud.ministack.settings import (
    DEFAULT_ACCOUNT,
    DEFAULT_LAMBDA_WORKERS,
    DEFAULT_REGION,
    DEFAULT_RETRY_SECONDS,
    Settings,
)

_LARGEST_PORT = 65535
_EPILOG = """\
example:
  python -m local_cloud.ministack --port 4566 --data-dir build/aws
  AWS_ENDPOINT_URL=http://127.0.0.1:4566 AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test aws s3 mb s3://videos

exit codes:
  0  ended by a signal, or --list-patches
  1  it cannot start, or has failed; the message says why
  2  a wrong argument
"""


def _port(text: str) -> int:
    if not text.isdigit() or int(text) > _LARGEST_PORT:
        raise argparse.ArgumentTypeError(f"{text!r} is no port; give 0 (any free one) to {_LARGEST_PORT}")
    return int(text)


def _account(text: str) -> str:
    if not re.fullmatch(r"\d{12}", text):
        raise argparse.ArgumentTypeError(f"{text!r} is no AWS account id; give 12 digits")
    return text


def _count(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of workers; give 1 or more")
    return int(text)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if seconds < 0:
        raise argparse.ArgumentTypeError(f"{text!r} is no time; give seconds, 0 or more")
    return seconds


def parser() -> argparse.ArgumentParser:
    """Return the command line's parser."""
    made = argparse.ArgumentParser(
        prog="python -m local_cloud.ministack",
        description="Run the local AWS on 127.0.0.1 until SIGTERM or Ctrl-C.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = made.add_argument
    add("--port", type=_port, default=0, metavar="N", help="port to listen on; 0, the default, takes any free one")
    add("--data-dir", type=Path, metavar="DIR", help="folder for the log, the endpoint file and all temporary files")
    add("--region", default=DEFAULT_REGION, metavar="R", help=f"default: {DEFAULT_REGION}")
    add("--account", type=_account, default=DEFAULT_ACCOUNT, metavar="ID", help=f"default: {DEFAULT_ACCOUNT}")
    add("--mediaconvert-endpoint", metavar="URL", help="given to Lambda functions as AWS_ENDPOINT_URL_MEDIACONVERT")
    add("--auth", action="store_true", help="check signatures and enforce IAM policies")
    add(
        "--lambda-workers", type=_count, default=DEFAULT_LAMBDA_WORKERS, metavar="N",
        help=f"processes one function may have at a time; more invocations wait (default: {DEFAULT_LAMBDA_WORKERS})",
    )  # fmt: skip
    add(
        "--lambda-retry-seconds", type=_seconds, default=DEFAULT_RETRY_SECONDS, metavar="S",
        help=f"wait before the first retry of a failed asynchronous invocation, twice that before the second"
        f" (default: {DEFAULT_RETRY_SECONDS:g}; on AWS 60)",
    )  # fmt: skip
    add("--exit-with-parent", action="store_true", help="end when the process that started this one is gone")
    add("--list-patches", action="store_true", help="print what is patched in MiniStack, and until when, and end")
    return made


def main(arguments: list[str] | None = None) -> int:
    """Run the command; 0 after ``--list-patches``, 1 where the emulator cannot start, 2 for a wrong argument."""
    made = parser()
    given = made.parse_args(arguments)
    try:
        if given.list_patches:
            launcher.check_version()
            from local_cloud.ministack import patches  # noqa: PLC0415 - imports MiniStack, which takes its time

            print(patches.table())
            return 0
        if given.data_dir is None:
            made.error("the following arguments are required: --data-dir")
        fields = {name: value for name, value in vars(given).items() if name != "list_patches"}
        launcher.run(Settings(**fields))
    except launcher.LauncherError as error:
        print(f"local_cloud.ministack: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
