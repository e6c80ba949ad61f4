"""A local cloud that stays: ``make up`` starts it in the background and deploys to it, ``make down`` ends it.

``make up`` again deploys what has changed since.

``build/local.json`` says where everything is, and which process owns it; ``build/local.env`` is the same for a shell
(``. build/local.env``). Both are for people and their tools, and are never read here: which cloud runs is told by the
command lines of the processes, so a file that is lost or damaged loses no cloud. The cloud's content lives in memory:
ending it ends all of it.
"""

from __future__ import annotations

import json
import shlex
import shutil
import signal
import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from local_cloud import folder_lock, local_settings, processes
from local_cloud.cloud import Endpoints, LocalCloud
from local_cloud.deployment import STACK, Deployment, Tools
from local_cloud.errors import UsageError
from local_cloud.provider import attached, describe, local_provider
from local_cloud.temporary_folder import check_temporary_folder
from stacks.settings import Problem, SettingsError
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
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from local_cloud.console import Console
    from local_cloud.deployment import Outputs
    from stacks.config import EnvironmentConfig
    from terraform_runtime.executable import Terraform

BUILD = ROOT / "build"
_START_SECONDS = 40.0
_WATCH_SECONDS = 0.5


@dataclass(frozen=True)
class Places:
    """Where a background cloud keeps its files below one folder, so that two can run side by side.

    ``build`` is an absolute path: the command line of the owning process names it, and is found by it.
    """

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
    def log(self) -> Path:
        """What the owning process prints."""
        return self.folder / "serve.log"

    @property
    def stack(self) -> Path:
        """The folder that cdktf works in; Terraform's state is there."""
        return self.folder / "stack"

    def owner_command(self, region: str, account: str) -> list[str]:
        """Return the command line of the owning process; ``owners`` finds it by its beginning."""
        return [sys.executable, *self._owner_words(), "--region", region, "--account", account]

    def owners(self) -> list[int]:
        """Return the ids of the processes that own a cloud of these places; there should be one at most."""
        return processes.find(self._owner_words())

    def _owner_words(self) -> list[str]:
        return ["-m", "local_cloud", "serve", "--build", str(self.build)]

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other commands off these places; raises ``UsageError`` where one is at work."""
        refusal = f"another `make up` or `make down` is at work on {self.build}; wait for it, or end it with Ctrl-C"
        with folder_lock.exclusive(self.build, refusal):
            yield


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


def serve(places: Places, region: str, account: str) -> int:
    """Own a local cloud and its provider until a signal or the end of a server; what ``up`` leaves behind."""
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: stopped.set())
    provider = local_provider()
    with (
        LocalCloud(places.folder / "cloud", region=region, account=account) as cloud,
        attached(provider, cloud.endpoints) as variables,
    ):
        _Offer(cloud.endpoints, provider, variables).write(places.offer)
        while not stopped.wait(_WATCH_SECONDS):
            if cloud.ended():
                return 1
    return 0


def up(places: Places, console: Console, *, project: Path = local_settings.PROJECT_FILE) -> int:
    """Start the cloud and deploy the stack to it; to one that runs already, deploy what has changed since.

    Returns 0. Raises ``SettingsError`` and ``UsageError`` before anything is started, ``UnavailableError`` where
    another provider is asked for than the one that deployed, ``ProcessError`` and ``DeploymentError`` where it fails.
    """
    settings = local_settings.read(project)
    check_temporary_folder()
    terraform = find_terraform()
    _refuse_in_the_way(places)
    places.build.mkdir(parents=True, exist_ok=True)
    command = _Up(places, settings, terraform, project, console)
    with places.locked():
        if owners := places.owners():
            command.deploy_again(owners[0])
        else:
            console.line(describe(terraform, local_provider()))
            command.start_and_deploy()
    return 0


def _refuse_in_the_way(places: Places) -> None:
    """Refuse what stands where ``up`` writes and was made by no command here."""
    for path, wanted in ((places.build, "folder"), (places.folder, "folder"), (places.state, "file")):
        if path.exists() and path.is_dir() != (wanted == "folder"):
            found = "file" if wanted == "folder" else "folder"
            raise UsageError(f"{path} is a {found}, and `make up` needs a {wanted} there; move it away")


@dataclass(frozen=True)
class _Up:
    """One run of ``up``: what it works on and with."""

    places: Places
    settings: EnvironmentConfig
    terraform: Terraform
    project: Path
    console: Console

    def start_and_deploy(self) -> None:
        """Start a cloud and deploy to it; end it again where that fails."""
        places = self.places
        shutil.rmtree(places.folder, ignore_errors=True)
        places.folder.mkdir(parents=True)
        command = places.owner_command(self.settings.region, self.settings.account_id)
        owner = processes.start(command, log=places.log, cwd=ROOT)
        try:
            with self.console.phase("start the local cloud"):
                offer = _wait_for_offer(places, owner)
            self._deploy(offer, owner.pid)
        except BaseException:
            with uninterrupted():
                processes.end(owner)
            raise

    def deploy_again(self, owner: int) -> None:
        """Deploy what has changed since to the cloud that runs."""
        try:
            offer = _Offer.read(self.places.offer)
        except (OSError, ValueError, KeyError, TypeError):
            raise UsageError(
                f"a local cloud runs (process {owner}), but {self.places.offer} and Terraform's state beside it are "
                "gone or damaged, so nothing can be deployed to it; "
                "end it with `make down`, then `make up` starts a new one"
            ) from None
        _refuse_another_provider(offer.provider)
        _refuse_another_place(offer.endpoints, self.settings)
        self.console.line(describe(self.terraform, offer.provider))
        self.console.line(f"the local cloud runs already at {offer.endpoints.aws} (process {owner})")
        self._deploy(offer, owner)

    def _deploy(self, offer: _Offer, owner: int) -> None:
        tools = Tools(self.terraform, offer.provider, offer.variables)
        deployment = Deployment(self.places.stack, offer.endpoints, tools, project=self.project)
        with self.console.phase("cdktf deploy"):
            outputs = deployment.deploy(progress=self.console.count)
        _announce(self.places, offer, owner, outputs, self.console)


def _refuse_another_provider(provider: ProviderSource) -> None:
    """Refuse to change with one provider what another has deployed: each has its own idea of a state."""
    asked = asked_provider()
    used = OFFLINE if provider.kind == OFFLINE else REAL
    if asked not in (None, used):
        raise UnavailableError(
            f"{PROVIDER_VARIABLE} is {asked!r}, but the local cloud that runs was deployed with {used!r}; "
            "end it first with `make down`"
        )


def _refuse_another_place(endpoints: Endpoints, settings: EnvironmentConfig) -> None:
    """Refuse a region or an account that the running cloud does not speak for."""
    pairs = (("region", settings.region, endpoints.region), ("account_id", settings.account_id, endpoints.account))
    problems = [
        Problem(
            f"environments.{settings.name}.{key}",
            wanted,
            f"the local cloud that runs has {running}; end it first with `make down`",
        )
        for key, wanted, running in pairs
        if wanted != running
    ]
    if problems:
        raise SettingsError(problems)


def _announce(places: Places, offer: _Offer, owner: int, outputs: Outputs, console: Console) -> None:
    """Write and say where everything is."""
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
    shell = places.shell.relative_to(ROOT) if places.shell.is_relative_to(ROOT) else places.shell
    console.line(f"  `. {shell}` points the AWS CLI, SDKs and Terraform here; `make down` ends it")


def down(places: Places, console: Console) -> int:
    """End the cloud that ``up`` started and remove what it left; harmless where none runs. Returns 0.

    Raises ``ProcessError`` where a process cannot be ended, and ``UsageError`` where another command is at work.
    """
    if not places.build.is_dir():
        _end(places, console)
        return 0
    with places.locked():
        _end(places, console)
        for path in (places.state, places.shell):
            if path.is_dir():
                console.line(f"{path} is a folder, which no command here has made; it is left as it is")
            else:
                path.unlink(missing_ok=True)
        shutil.rmtree(places.folder, ignore_errors=True)
    return 0


def _end(places: Places, console: Console) -> None:
    owners = places.owners()
    if not owners:
        console.line("no local cloud runs")
        return
    with console.phase("end the local cloud"):
        for owner in owners:
            processes.end_pid(owner)
    if left := places.owners():
        named = ", ".join(map(str, left))
        raise processes.ProcessError(f"process {named} of the local cloud cannot be ended; it may be another user's")


def _wait_for_offer(places: Places, owner: subprocess.Popen[bytes]) -> _Offer:
    deadline = time.monotonic() + _START_SECONDS
    while not places.offer.exists():
        if owner.poll() is not None or time.monotonic() > deadline:
            said = processes.tail(places.log)
            raise processes.ProcessError(f"the local cloud did not start (log: {places.log}):\n{said}")
        time.sleep(0.05)
    return _Offer.read(places.offer)


def _write(path: Path, text: str) -> None:
    scratch = path.with_suffix(".new")
    scratch.write_text(text)
    scratch.replace(path)
