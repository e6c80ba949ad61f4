"""A local cloud that stays: ``make up`` starts it in the background and deploys to it, ``make down`` ends it.

``make up`` again deploys what has changed since.

``build/local.json`` says where everything is, and which process owns it; ``build/local.env`` is the same for a shell
(``. build/local.env``). The cloud's content lives in memory: ending it ends all of it.
"""

from __future__ import annotations

import json
import shlex
import shutil
import signal
import sys
import threading
import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from local_cloud import processes
from local_cloud.cloud import Endpoints, LocalCloud
from local_cloud.deployment import STACK, Deployment, Tools
from local_cloud.provider import attached, describe, local_provider
from terraform_runtime.executable import UnavailableError, find_terraform
from terraform_runtime.provider_source import (
    OFFLINE,
    PROVIDER_VARIABLE,
    REAL,
    ProviderSource,
    asked_provider,
)
from terraform_runtime.signals import uninterrupted
from toolchain.bootstrap import ROOT

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Mapping
    from pathlib import Path

    from local_cloud.console import Console

BUILD = ROOT / "build"
_START_SECONDS = 40.0


@dataclass(frozen=True)
class Places:
    """Where a background cloud keeps its files below one folder, so that two can run side by side."""

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
    def offer(self) -> Path:
        """What the owning process says of itself once both servers answer; see ``_Offer``."""
        return self.folder / "offer.json"

    @property
    def stack(self) -> Path:
        """The folder that cdktf works in; Terraform's state is there."""
        return self.folder / "stack"

    def running(self) -> dict[str, Any] | None:
        """Return what the state says where the cloud that it names still runs, else None."""
        try:
            state: dict[str, Any] = json.loads(self.state.read_text())
        except (FileNotFoundError, ValueError):
            return None
        return state if processes.command_of(state["pid"]).endswith(f"local_cloud serve --build {self.build}") else None


@dataclass(frozen=True)
class _Offer:
    """A cloud that runs, and the provider that the owning process took for deploying to it."""

    endpoints: Endpoints
    provider: ProviderSource
    variables: Mapping[str, str]

    def write(self, path: Path) -> None:
        provider = {"kind": self.provider.kind, "version": self.provider.version, "cli_config": None}
        known = {"endpoints": asdict(self.endpoints), "provider": provider, "variables": dict(self.variables)}
        _write(path, json.dumps(known))

    @classmethod
    def read(cls, path: Path) -> _Offer:
        known = json.loads(path.read_text())
        return cls(Endpoints(**known["endpoints"]), ProviderSource(**known["provider"]), known["variables"])


def serve(places: Places) -> int:
    """Own a local cloud and its provider until a signal or the end of a server; what ``up`` leaves behind."""
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: stopped.set())
    provider = local_provider()
    with LocalCloud(places.folder / "cloud") as cloud, attached(provider, cloud.endpoints) as variables:
        _Offer(cloud.endpoints, provider, variables).write(places.offer)
        while not stopped.wait(0.5):
            if cloud.ended():
                return 1
    return 0


def up(places: Places, console: Console) -> int:
    """Start the cloud and deploy the stack to it; to one that runs already, deploy what has changed since.

    Returns the exit code. Raises ``UnavailableError`` where another provider is asked for than the one that deployed.
    """
    terraform = find_terraform()
    if state := places.running():
        offer = _Offer.read(places.offer)
        _refuse_another_provider(offer.provider)
        console.line(describe(terraform, offer.provider))
        console.line(f"the local cloud runs already at {state['endpoint']} (process {state['pid']})")
        deployment = Deployment(places.stack, offer.endpoints, Tools(terraform, offer.provider, offer.variables))
        _deploy(places, deployment, offer, state["pid"], console)
        return 0
    console.line(describe(terraform, local_provider()))
    shutil.rmtree(places.folder, ignore_errors=True)
    places.folder.mkdir(parents=True)
    command: list[str | Path] = [sys.executable, "-m", "local_cloud", "serve", "--build", places.build]
    owner = processes.start(command, log=places.folder / "serve.log", cwd=ROOT)
    try:
        with console.phase("start the local cloud"):
            offer = _wait_for_offer(places, owner)
        deployment = Deployment(places.stack, offer.endpoints, Tools(terraform, offer.provider, offer.variables))
        _deploy(places, deployment, offer, owner.pid, console)
    except BaseException:
        with uninterrupted():
            processes.end(owner)
        raise
    return 0


def _refuse_another_provider(provider: ProviderSource) -> None:
    """Refuse to change with one provider what another has deployed: each has its own idea of a state."""
    asked = asked_provider()
    used = OFFLINE if provider.kind == OFFLINE else REAL
    if asked not in (None, used):
        raise UnavailableError(
            f"{PROVIDER_VARIABLE} is {asked!r}, but the local cloud that runs was deployed with {used!r}; "
            "end it first with `make down`"
        )


def _deploy(places: Places, deployment: Deployment, offer: _Offer, owner: int, console: Console) -> None:
    """Deploy, and write and say where everything is."""
    with console.phase("cdktf deploy"):
        outputs = deployment.deploy(progress=console.count)
    endpoints = offer.endpoints
    state = {
        "pid": owner,
        "endpoint": endpoints.aws,
        "mediaconvert_endpoint": endpoints.mediaconvert,
        "region": endpoints.region,
        "stack": STACK,
        **asdict(outputs),
    }
    _write(places.state, json.dumps(state, indent=2) + "\n")
    variables = {**offer.variables, **endpoints.environment()}
    _write(places.shell, "".join(f"export {name}={shlex.quote(value)}\n" for name, value in variables.items()))
    for name in ("endpoint", "upload_bucket", "output_bucket", "topic_arn", "inbox_queue_url", "job_table"):
        console.line(f"  {name:<18} {state[name]}")
    console.line("  `. build/local.env` points the AWS CLI, SDKs and Terraform here; `make down` ends it")


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


def _wait_for_offer(places: Places, owner: subprocess.Popen[bytes]) -> _Offer:
    deadline = time.monotonic() + _START_SECONDS
    while not places.offer.exists():
        if owner.poll() is not None or time.monotonic() > deadline:
            said = processes.tail(places.folder / "serve.log")
            raise processes.ProcessError(f"the local cloud did not start:\n{said}")
        time.sleep(0.05)
    return _Offer.read(places.offer)


def _write(path: Path, text: str) -> None:
    scratch = path.with_suffix(".new")
    scratch.write_text(text)
    scratch.replace(path)
