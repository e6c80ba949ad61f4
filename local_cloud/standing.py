"""A local cloud that stays: ``make up`` starts it in the background and deploys to it, ``make down`` ends it.

``build/local.json`` says where everything is, and which process owns it; ``build/local.env`` is the same for a shell
(``. build/local.env``). The cloud's content lives in memory: ending it ends all of it.
"""

from __future__ import annotations

import json
import shutil
import signal
import sys
import threading
import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from local_cloud import processes
from local_cloud.cloud import Endpoints, LocalCloud
from local_cloud.deployment import STACK, Deployment
from toolchain.bootstrap import ROOT
from toolchain.terraform import describe, find_terraform, provider_source

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path

    from local_cloud.console import Console

BUILD = ROOT / "build"
_START_SECONDS = 40.0


@dataclass(frozen=True)
class Places:
    """Where a standing cloud keeps its files below one folder, so that two can stand side by side."""

    build: Path

    @property
    def folder(self) -> Path:
        """The folder of the servers' and the deployment's own files."""
        return self.build / "local"

    @property
    def state(self) -> Path:
        """What runs, and where everything is, as JSON."""
        return self.build / "local.json"

    @property
    def shell(self) -> Path:
        """The variables that point a shell's AWS tools at the cloud."""
        return self.build / "local.env"

    @property
    def endpoints(self) -> Path:
        """What the owning process says of itself once both servers answer."""
        return self.folder / "endpoints.json"

    def running(self) -> dict[str, Any] | None:
        """Return what the state says where the cloud that it names still runs, else None."""
        try:
            state: dict[str, Any] = json.loads(self.state.read_text())
        except (FileNotFoundError, ValueError):
            return None
        return state if processes.command_of(state["pid"]).endswith(f"local_cloud serve --build {self.build}") else None


def serve(places: Places) -> int:
    """Own a local cloud until a signal or the end of one of its servers; the process that ``up`` leaves behind."""
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: stopped.set())
    with LocalCloud(places.folder / "cloud") as cloud:
        _write(places.endpoints, json.dumps(asdict(cloud.endpoints)))
        while not stopped.wait(0.5):
            if cloud.ended():
                return 1
    return 0


def up(places: Places, console: Console) -> int:
    """Start the cloud and deploy the stack to it; where one runs already, say where. Returns the exit code."""
    if state := places.running():
        console.line(
            f"the local cloud runs already at {state['endpoint']} (process {state['pid']}); `make down` ends it"
        )
        return 0
    terraform, provider = find_terraform(), provider_source()
    console.line(describe(terraform, provider))
    shutil.rmtree(places.folder, ignore_errors=True)
    places.folder.mkdir(parents=True)
    command: list[str | Path] = [sys.executable, "-m", "local_cloud", "serve", "--build", places.build]
    owner = processes.start(command, log=places.folder / "serve.log", cwd=ROOT)
    try:
        with console.phase("start the local cloud"):
            endpoints = _wait_for_endpoints(places, owner)
        deployment = Deployment(places.folder / "stack", endpoints, terraform, provider)
        with console.phase("cdktf deploy"):
            outputs = deployment.deploy(progress=console.count)
    except BaseException:
        with processes.uninterrupted():
            processes.end(owner)
        raise
    state = {
        "pid": owner.pid,
        "endpoint": endpoints.aws,
        "mediaconvert_endpoint": endpoints.mediaconvert,
        "region": endpoints.region,
        "stack": STACK,
        **asdict(outputs),
    }
    _write(places.state, json.dumps(state, indent=2) + "\n")
    _write(places.shell, "".join(f"export {name}='{value}'\n" for name, value in endpoints.environment().items()))
    for name in ("endpoint", "upload_bucket", "output_bucket", "topic_arn", "inbox_queue_url", "job_table"):
        console.line(f"  {name:<18} {state[name]}")
    console.line("  `. build/local.env` points the AWS CLI and SDKs here; `make down` ends it")
    return 0


def down(places: Places, console: Console) -> int:
    """End the cloud that ``up`` started and remove what it left; harmless where none runs. Returns 0."""
    state = places.running()
    if state:
        with console.phase("end the local cloud"):
            processes.end_pid(state["pid"])
    else:
        console.line("no local cloud runs")
    for path in (places.state, places.shell):
        path.unlink(missing_ok=True)
    shutil.rmtree(places.folder, ignore_errors=True)
    return 0


def _wait_for_endpoints(places: Places, owner: subprocess.Popen[bytes]) -> Endpoints:
    deadline = time.monotonic() + _START_SECONDS
    while not places.endpoints.exists():
        if owner.poll() is not None or time.monotonic() > deadline:
            said = processes.tail(places.folder / "serve.log")
            raise processes.ProcessError(f"the local cloud did not start:\n{said}")
        time.sleep(0.05)
    return Endpoints(**json.loads(places.endpoints.read_text()))


def _write(path: Path, text: str) -> None:
    scratch = path.with_suffix(".new")
    scratch.write_text(text)
    scratch.replace(path)
