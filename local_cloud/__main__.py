"""``python -m local_cloud demo|up|down``: the pipeline on this machine.

Exit codes: 0 all held, 1 it did not, 2 what was asked for cannot be done here, 130 Ctrl-C.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from local_cloud import background_cloud, demo
from local_cloud.console import Console
from local_cloud.deployment import DeploymentError
from local_cloud.follow import NoEndError
from local_cloud.processes import ProcessError
from local_cloud.video import VideoError
from terraform_runtime.executable import UnavailableError
from terraform_runtime.signals import termination_as_interrupt

_INTERRUPTED = 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m local_cloud", description="The pipeline on this machine.")
    commands = parser.add_subparsers(dest="command", required=True)
    once = commands.add_parser("demo", help="deploy, transcode a video, prove that it plays, take all down")
    once.add_argument("--video", help="a video of your own (default: one is made)", default=None)
    once.add_argument("--out", help="where the results go (default: build/demo)", type=Path, default=demo.FOLDER)
    background_commands = {
        "up": "start a local cloud that stays, and deploy to it",
        "down": "end the local cloud that `up` started",
        "serve": "own a local cloud until ended by a signal (what `up` leaves running)",
    }
    for name, help_ in background_commands.items():
        command = commands.add_parser(name, help=help_)
        command.add_argument(
            "--build", help="where its files are (default: build)", type=Path, default=background_cloud.BUILD
        )
    return parser


def _run(arguments: argparse.Namespace, console: Console) -> int:
    if arguments.command == "demo":
        return demo.run(arguments.video or None, arguments.out, console)
    return {"up": background_cloud.up, "down": background_cloud.down}[arguments.command](
        background_cloud.Places(arguments.build), console
    )


def main() -> int:
    """Run one command; every foreseeable failure is a sentence on standard error."""
    arguments = _parser().parse_args()
    if arguments.command == "serve":
        return background_cloud.serve(background_cloud.Places(arguments.build))
    try:
        with termination_as_interrupt():
            return _run(arguments, Console())
    except (demo.UsageError, UnavailableError) as error:
        print(f"{arguments.command}: {error}", file=sys.stderr)
        return 2
    except (DeploymentError, NoEndError, ProcessError, VideoError) as error:
        print(f"{arguments.command}: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(f"{arguments.command}: interrupted; everything it started has been ended", file=sys.stderr)
        return _INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
