"""The command line of the local cloud: its commands, their arguments, and what each failure is told as."""

from __future__ import annotations

import argparse
import errno
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from local_cloud import background_cloud, demo, demo_folder
from local_cloud.console import Console
from local_cloud.deployment import DeploymentError
from local_cloud.errors import UsageError
from local_cloud.processes import ProcessError
from stacks.settings import SettingsError
from terraform_runtime.executable import UnavailableError
from terraform_runtime.signals import termination_as_interrupt

if TYPE_CHECKING:
    from collections.abc import Sequence

_FAILED, _REFUSED = 1, 2
_EPILOG = """\
examples:
  python -m local_cloud demo --video film.mp4 --out build/film
  python -m local_cloud up && . build/local.env && aws s3 ls

exit codes:
  0    all held
  1    the pipeline, the deployment or the proof failed; the message names the logs
  2    refused before anything was started: an argument, a setting, a folder or the machine does not allow it
  130  interrupted (Ctrl-C, SIGTERM, SIGHUP); everything it started has been ended
"""
# A file of a person's machine that stands in the way, not a mistake of this program.
_DISK_ERRORS = frozenset({errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT, errno.ENOTDIR})


def _absolute(text: str) -> Path:
    return Path(text).resolve()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m local_cloud",
        description="The pipeline on this machine: emulated AWS, the real stack, real video.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True)

    def add(name: str, help_: str) -> argparse.ArgumentParser:
        return commands.add_parser(
            name, help=help_, description=help_, epilog=_EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter
        )

    once = add("demo", "deploy, transcode a video, prove that it plays, take all down")
    once.add_argument("--video", metavar="FILE", help="a video of your own (default: one is made)")
    once.add_argument(
        "--out",
        metavar="DIR",
        type=_absolute,
        default=demo_folder.DEFAULT,
        help="where the results go: a new or empty folder, or one of an earlier demo (default: build/demo)",
    )
    for name, help_ in (
        ("up", "start a local cloud that stays, and deploy to it; again: deploy what has changed"),
        ("down", "end the local cloud that `up` started"),
        ("serve", "own a local cloud until ended by a signal (what `up` leaves running)"),
    ):
        command = add(name, help_)
        command.add_argument(
            "--build",
            metavar="DIR",
            type=_absolute,
            default=background_cloud.BUILD,
            help="where its files are (default: build)",
        )
        if name == "serve":
            command.add_argument("--region", required=True, help="the region that it speaks for")
            command.add_argument("--account", required=True, help="the account that it speaks for")
    return parser


def _run(arguments: argparse.Namespace) -> int:
    console = Console()
    if arguments.command == "demo":
        return demo.run(arguments.video or None, arguments.out, console)
    places = background_cloud.Places(arguments.build)
    return background_cloud.up(places, console) if arguments.command == "up" else background_cloud.down(places, console)


def run(words: Sequence[str]) -> int:
    """Run one command and return its exit code; lets ``KeyboardInterrupt`` through once all has been ended."""
    arguments = _parser().parse_args(words)
    if arguments.command == "serve":
        places = background_cloud.Places(arguments.build)
        return background_cloud.serve(places, arguments.region, arguments.account)
    try:
        with termination_as_interrupt():
            return _run(arguments)
    except SettingsError as error:
        return _told(arguments.command, f"settings in the context of cdktf.json do not do:\n{error}", _REFUSED)
    except (UsageError, UnavailableError) as error:
        return _told(arguments.command, str(error), _REFUSED)
    except (demo.DemoError, DeploymentError, ProcessError) as error:
        return _told(arguments.command, str(error), _FAILED)
    except OSError as error:
        if error.errno not in _DISK_ERRORS or not error.filename:
            raise
        remedy = "make it writable, free some space, or move away what stands there"
        return _told(arguments.command, f"{error.filename} cannot be written ({error.strerror}); {remedy}", _FAILED)


def _told(command: str, message: str, code: int) -> int:
    print(f"{command}: {message}", file=sys.stderr)
    return code
