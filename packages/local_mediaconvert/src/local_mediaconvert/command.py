"""The command ``local-mediaconvert``: serve until SIGTERM or SIGINT."""

from __future__ import annotations

import argparse
import ipaddress
import logging
import os
import signal
import sys
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn
from urllib.parse import urlsplit

from local_mediaconvert.api.server import LOOPBACK
from local_mediaconvert.exit_with_parent import end_with_parent
from local_mediaconvert.service import DEFAULT_ACCOUNT, DEFAULT_REGION, LocalMediaConvert

if TYPE_CHECKING:
    from collections.abc import Sequence

_DESCRIPTION = """\
Serve the API of AWS Elemental MediaConvert on this machine until SIGTERM or Ctrl-C. Jobs read from and write to the S3
at the endpoint, are transcoded by ffmpeg, and send their events to the EventBridge at the endpoint. The one line
printed, "ready URL", says that requests are answered. State is in memory: jobs and queues are forgotten at the end.
"""
_EXAMPLES = """\
example: beside an emulator of S3 and EventBridge on port 4566
  python -m local_mediaconvert --port 9099 --endpoint http://127.0.0.1:4566
  export AWS_ENDPOINT_URL=http://127.0.0.1:4566 AWS_ENDPOINT_URL_MEDIACONVERT=http://127.0.0.1:9099
  aws mediaconvert create-job --cli-input-json file://job.json

for functions that run in containers, which cannot reach 127.0.0.1 of this machine:
  python -m local_mediaconvert --port 9099 --endpoint http://127.0.0.1:4566 \
    --host 0.0.0.0 --open-to-network --known-host host.docker.internal

exit codes: 0 ended by a signal, 1 the port or the folder cannot be used, 2 wrong arguments
"""
_HIGHEST_PORT = 65_535


def _url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise argparse.ArgumentTypeError(f"{text!r} should be a URL such as http://127.0.0.1:4566")
    return text


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > _HIGHEST_PORT:
        raise argparse.ArgumentTypeError(
            f"{text!r} should be a port number from 0 to {_HIGHEST_PORT}; 0 takes a free one"
        )
    return int(text)


def _address(text: str) -> str:
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} should be an address such as {LOOPBACK}") from None


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m local_mediaconvert",
        description=_DESCRIPTION,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    folder = Path(tempfile.gettempdir())
    parser.add_argument("--port", type=_port, required=True, help="port to listen on; 0 takes a free one")
    parser.add_argument("--host", type=_address, default=LOOPBACK, help=f"address to listen on (default {LOOPBACK})")
    opens = "allow a --host that others can reach: whoever does may read and write all that the S3 endpoint has"
    parser.add_argument("--open-to-network", action="store_true", help=opens)
    named = "a name under which clients reach this server, beside localhost and addresses; may be given several times"
    parser.add_argument("--known-host", action="append", default=[], metavar="NAME", help=named)
    parser.add_argument("--endpoint", type=_url, required=True, help="URL of S3 and EventBridge")
    parser.add_argument("--data-dir", type=Path, default=folder, help=f"folder for temporary files (default {folder})")
    parser.add_argument("--region", default=DEFAULT_REGION, help=f"AWS region (default {DEFAULT_REGION})")
    parser.add_argument("--account", default=DEFAULT_ACCOUNT, help=f"AWS account id (default {DEFAULT_ACCOUNT})")
    parser.add_argument("--exit-with-parent", action="store_true", help="end when the process that started it is gone")
    arguments = parser.parse_args(argv)
    if not ipaddress.ip_address(arguments.host).is_loopback and not arguments.open_to_network:
        parser.error(
            f"--host {arguments.host} can be reached from other machines: add --open-to-network, or leave it out"
        )
    return arguments


def main(argv: Sequence[str] | None = None) -> int:
    """Serve until a signal comes; return 0, or 1 where the port or the folder cannot be used."""
    logging.basicConfig(level=logging.WARNING, format="mediaconvert: %(message)s")
    arguments = _arguments(argv)
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    try:
        service = LocalMediaConvert(
            endpoint=arguments.endpoint,
            data_dir=arguments.data_dir,
            port=arguments.port,
            host=arguments.host,
            known_hosts=arguments.known_host,
            region=arguments.region,
            account=arguments.account,
        )
    except OSError as error:
        print(
            f"mediaconvert: cannot start on port {arguments.port} with {arguments.data_dir}: {error}", file=sys.stderr
        )
        return 1
    with service:
        if arguments.exit_with_parent:
            end_with_parent()
        print(f"ready {service.url}", flush=True)
        ended.wait()
    return 0


def run() -> NoReturn:
    """Run ``main`` and end the process."""
    code = main()
    sys.stdout.flush()
    # Everything is cleared away by now; a thread that still waits for a silent S3 must not hold up the end.
    os._exit(code)
