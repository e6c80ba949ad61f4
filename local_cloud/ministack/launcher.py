"""Run MiniStack in this process, with our patches, on 127.0.0.1, until SIGTERM or SIGINT."""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
import signal
import socket
import sys
from contextlib import suppress
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any, NoReturn

from local_cloud.ministack import lifetime
from local_cloud.ministack.no_web_pages import without_web_pages
from local_cloud.ministack.settings import ACCESS_KEY, HOST, SECRET_KEY, Settings
from local_mediaconvert.exit_with_parent import end_with_parent

if TYPE_CHECKING:
    from pathlib import Path

PINNED_VERSION = "1.5.33"
LOG_NAME = "ministack.log"
ENDPOINT_NAME = "endpoint"
_KEPT_VARIABLES = ("PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "SYSTEMROOT")
_HTTP_OK = b" 200 "


class LauncherError(Exception):
    """The emulator cannot start; the message says why and what to do, in one line."""


def check_version() -> None:
    """Raise ``LauncherError`` unless the installed MiniStack is the one the patches were written for."""
    try:
        installed = version("ministack")
    except PackageNotFoundError:
        raise LauncherError(f"MiniStack {PINNED_VERSION} is not installed; run `make` to set up") from None
    if installed != PINNED_VERSION:
        raise LauncherError(
            f"MiniStack {installed} is installed, but the patches are for {PINNED_VERSION}; install that version"
        )


def listen(port: int) -> socket.socket:
    """Return a socket bound to 127.0.0.1; port 0 takes any free one."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
        listener.listen()
    except OSError as error:
        listener.close()
        raise LauncherError(f"port {port} on {HOST} cannot be used ({error.strerror}); name another") from None
    return listener


def environment(settings: Settings, run_dir: Path) -> dict[str, str]:
    """Return the whole environment MiniStack runs in: nothing of the caller's AWS settings reaches it."""
    kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
    return {
        **kept,
        "AUTH": "true" if settings.auth else "false",
        "AWS_ACCESS_KEY_ID": ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
        "AWS_DEFAULT_REGION": settings.region,
        "BIND_HOST": HOST,
        # A socket that does not exist: MiniStack removes other people's containers when it finds Docker.
        "DOCKER_HOST": f"unix://{run_dir / 'no-docker.sock'}",
        "GATEWAY_PORT": str(settings.port),
        # Otherwise it opens further ports, for MQTT and SFTP, on every address.
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "LAMBDA_EXECUTOR": "local",
        "LOG_LEVEL": "INFO",
        "MINISTACK_ACCOUNT_ID": settings.account,
        "MINISTACK_HOST": HOST,
        "MINISTACK_REGION": settings.region,
        "S3_DATA_DIR": str(run_dir / "s3"),
        "STATE_DIR": str(run_dir / "state"),
        "TMPDIR": str(run_dir),
    }


def _write_log_to(path: Path) -> None:
    """Send the root logger, standard output and standard error to a file."""
    handler = logging.FileHandler(path)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s [%(name)s] %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    sys.stdout.flush()
    sys.stderr.flush()
    with path.open("ab") as log:
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)


def _end(run_dir: Path, endpoint_file: Path) -> NoReturn:
    """Kill the Lambda workers, remove what this run wrote and exit at once: no state outlives a run."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    runtime = sys.modules.get("local_cloud.ministack.lambda_worker")
    if runtime is not None:
        lifetime.kill_all(runtime.stop_all())
    endpoint_file.unlink(missing_ok=True)
    shutil.rmtree(run_dir, ignore_errors=True)
    logging.shutdown()
    os._exit(0)


async def _answers(port: int) -> bool:
    try:
        reader, writer = await asyncio.open_connection(HOST, port)
    except OSError:
        return False
    writer.write(b"GET /_ministack/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    status = await reader.readline()
    writer.close()
    return _HTTP_OK in status


async def _serve(app: Any, listener: socket.socket, settings: Settings, announcement: tuple[int, str]) -> None:
    """Serve until the process ends; write the announcement to its descriptor once requests are answered."""
    from hypercorn.asyncio import serve  # noqa: PLC0415 - the environment must stand before anything of it loads
    from hypercorn.config import Config  # noqa: PLC0415

    app = without_web_pages(app)
    config = Config()
    config.bind = [f"fd://{listener.fileno()}"]
    config.errorlog = logging.getLogger("hypercorn.error")
    config.keep_alive_timeout = 75
    server = asyncio.create_task(serve(app, config, shutdown_trigger=asyncio.Event().wait))
    while not server.done() and not await _answers(settings.port):
        await asyncio.wait([server], timeout=0.01)
    if not server.done():
        descriptor, text = announcement
        with suppress(OSError):  # nobody reads: the endpoint file says the same
            os.write(descriptor, text.encode())
    await server


def run(settings: Settings) -> NoReturn:
    """Start the emulator and serve until a signal ends the process.

    Raises ``LauncherError`` where it cannot start. Prints one line when it answers requests.
    """
    check_version()
    listener = listen(settings.port)
    settings = replace(settings, port=listener.getsockname()[1], data_dir=settings.data_dir.resolve())
    run_dir = lifetime.create_run_dir(settings.data_dir)
    endpoint_file = settings.data_dir / ENDPOINT_NAME
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: _end(run_dir, endpoint_file))
    if settings.exit_with_parent:
        end_with_parent()
    wanted = environment(settings, run_dir)
    os.environ.clear()
    os.environ.update(wanted)
    log = settings.data_dir / LOG_NAME
    terminal, errors = os.dup(1), os.dup(2)
    _write_log_to(log)
    try:
        from ministack import app  # noqa: PLC0415 - reads its environment while it is imported

        from local_cloud.ministack import patches  # noqa: PLC0415 - imports MiniStack

        patches.apply_all(settings, run_dir)
        endpoint_file.write_text(f"{settings.endpoint}\n")
        ready = f"MiniStack {PINNED_VERSION} ready at {settings.endpoint} (log: {log})\n"
        asyncio.run(_serve(app.app, listener, settings, (terminal, ready)))
    except Exception as error:
        logging.getLogger(__name__).exception("the emulator ended")
        os.write(errors, f"local_cloud.ministack: {error} (log: {log})\n".encode())
    endpoint_file.unlink(missing_ok=True)
    shutil.rmtree(run_dir, ignore_errors=True)
    os._exit(1)
