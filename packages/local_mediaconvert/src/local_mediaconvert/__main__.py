"""``python -m local_mediaconvert``: serve until SIGTERM or SIGINT."""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
import threading
from pathlib import Path
from urllib.parse import urlsplit

from local_mediaconvert.local import DEFAULT_ACCOUNT, DEFAULT_REGION, LocalMediaConvert
from local_mediaconvert.parent import end_with_parent


def _url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise argparse.ArgumentTypeError(f"{text!r} should be a URL such as http://127.0.0.1:4566")
    return text


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m local_mediaconvert", description=__doc__)
    parser.add_argument("--port", type=int, required=True, help="port on 127.0.0.1; 0 takes a free one")
    parser.add_argument("--endpoint", type=_url, required=True, help="URL of S3 and EventBridge")
    parser.add_argument("--data-dir", type=Path, required=True, help="folder for temporary files")
    parser.add_argument("--region", default=DEFAULT_REGION, help=f"AWS region (default {DEFAULT_REGION})")
    parser.add_argument("--account", default=DEFAULT_ACCOUNT, help=f"AWS account id (default {DEFAULT_ACCOUNT})")
    parser.add_argument("--exit-with-parent", action="store_true", help="end when the process that started it is gone")
    return parser.parse_args()


def main() -> int:
    """Run the server; the one line it prints says that it is ready and where."""
    logging.basicConfig(level=logging.WARNING, format="mediaconvert: %(message)s")
    arguments = _arguments()
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    try:
        service = LocalMediaConvert(
            endpoint=arguments.endpoint,
            data_dir=arguments.data_dir,
            port=arguments.port,
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


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    # Everything is cleared away by now; a thread that still waits for a silent S3 must not hold up the end.
    os._exit(code)
