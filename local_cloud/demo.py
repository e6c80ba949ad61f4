"""The main job, whole: deploy the real stack to a local cloud, turn a video into a stream, prove that it plays.

Everything that is started is ended again, whatever happens; ``build/demo`` keeps the stream, the poster, the event
log, the logs and a report. What can be refused is refused before anything is started or removed.
"""

from __future__ import annotations

import os
import re
import shutil
from contextlib import ExitStack
from typing import TYPE_CHECKING

import boto3

from lambda_src.media_types import VIDEO_SUFFIXES
from local_cloud import demo_folder, demo_report, local_settings
from local_cloud.cloud import LocalCloud
from local_cloud.demo_result import DemoResult
from local_cloud.deployment import Deployment, DeploymentError, Tools, synthesized
from local_cloud.errors import UsageError
from local_cloud.event_recorder import EventRecorder
from local_cloud.follow import Follower, NoEndError
from local_cloud.processes import ProcessError
from local_cloud.provider import attached, describe, local_provider
from local_cloud.stream_check import check_stream, download
from local_cloud.temporary_folder import check_temporary_folder
from local_cloud.video import Media, VideoError, inspect, make_test_video
from terraform_runtime.executable import find_terraform
from toolchain.bootstrap import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from local_cloud.console import Console
    from local_cloud.demo_folder import DemoFolder
    from local_cloud.deployment import Outputs
    from stacks.config import EnvironmentConfig
    from terraform_runtime.executable import Terraform
    from terraform_runtime.provider_source import ProviderSource

_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)

Deployed = tuple[boto3.Session, "Outputs"]


class DemoError(Exception):
    """The demo failed; the message says of what, and where the logs are."""


def named_video(named: str) -> Path:
    """Return the video that a person named, from the project's root on; raises ``UsageError`` where it will not do."""
    path = ROOT / named
    if wrong := _no_file(named, path) or _no_video(path):
        raise UsageError(f"VIDEO is {named!r}: {wrong}")
    return path


def _no_file(named: str, path: Path) -> str | None:
    """Return why this is no file that can be read, with the remedy; None where it is one."""
    if _ADDRESS.match(named):
        return "that is an address, and the demo takes a file of this machine; download it and name the file"
    try:
        path.stat()
    except OSError as error:
        reason = "there is no such file" if isinstance(error, FileNotFoundError) else f"{error.strerror}"
        return f"{reason}; name a video file, or leave VIDEO out"
    if path.is_dir():
        return "that is a folder; name a video file in it"
    if not path.is_file() or not os.access(path, os.R_OK):
        return "that is not a file that can be read; name another one, or change its permissions"
    return None


def _no_video(path: Path) -> str | None:
    """Return why the pipeline does not take a file of this name, with the remedy; None where it does."""
    if path.suffix.lower() not in VIDEO_SUFFIXES:
        return (
            f"the pipeline takes files that end in {', '.join(VIDEO_SUFFIXES)}; "
            "an upload with another ending is ignored by its event rule"
        )
    try:
        path.name.encode()
    except UnicodeEncodeError:
        return "its name is not UTF-8, and object keys are; rename it"
    return None


def run(named: str | None, folder: Path, console: Console, *, project: Path = local_settings.PROJECT_FILE) -> int:
    """Run the demo with the video that is named, else with one that is made, and leave its results in ``folder``.

    ``project`` is the ``cdktf.json`` that holds the settings. Returns 0 where all of it held and 1 where the pipeline
    or the proof failed. Raises ``UsageError``, ``SettingsError`` and ``UnavailableError`` before anything is started
    or removed, and ``DemoError`` where the demo came to no result.
    """
    settings = local_settings.read(project, to_be_destroyed=True)
    video = named_video(named) if named else None
    check_temporary_folder()
    terraform, provider = find_terraform(), local_provider()
    with demo_folder.opened(folder, video) as place:
        console.line(describe(terraform, provider))
        taken = place.take(video) if video else None
        place.remove_old()
        try:
            result = _Run(place, settings, project, (terraform, provider), console).run(taken)
            demo_report.write(place.results, result, console.timings)
        except (DeploymentError, NoEndError, ProcessError, VideoError) as error:
            raise _failed(error, place.shown / "logs") from error
        finally:
            _keep_logs(place)
    demo_report.show(place, result, console)
    return 1 if result.faults else 0


def _failed(error: Exception, logs: Path) -> DemoError:
    """Return an error that names the logs where they will be once the demo has ended."""
    if isinstance(error, DeploymentError):
        error.log = logs / error.log.name
        return DemoError(str(error))
    return DemoError(f"{error}\n(logs: {logs})")


class _Run:
    """One run of the demo, between the moment when all is known to be well and the report."""

    def __init__(
        self,
        place: DemoFolder,
        settings: EnvironmentConfig,
        project: Path,
        tools: tuple[Terraform, ProviderSource],
        console: Console,
    ) -> None:
        self._place = place
        self._settings = settings
        self._project = project
        self._terraform, self._provider = tools
        self._console = console

    def run(self, named: Path | None) -> DemoResult:
        """Deploy, transcode, prove, and take all down."""
        console, settings, work = self._console, self._settings, self._place.work
        with ExitStack() as running:
            with console.phase("prepare the video"):
                video = named or self._made_video()
            with console.phase("start the local cloud"):
                cloud = LocalCloud(work / "cloud", region=settings.region, account=settings.account_id)
                running.enter_context(cloud)
            stack = work / "stack"
            variables = running.enter_context(attached(self._provider, cloud.endpoints, synthesized(stack)))
            tools = Tools(self._terraform, self._provider, variables)
            deployment = Deployment(stack, cloud.endpoints, tools, project=self._project)
            with console.phase("cdktf deploy"):
                outputs = deployment.deploy(progress=console.count)
            session = boto3.Session(region_name=cloud.endpoints.region)
            with cloud.endpoints.applied():
                result = self._transcode(video, f"{settings.uploads.key_prefix}{video.name}", (session, outputs))
            with console.phase("cdktf destroy"):
                deployment.destroy(progress=console.count)
            with console.phase("end the local cloud"):
                running.close()
        return result

    def _made_video(self) -> Path:
        video = self._place.work / "demo.mp4"
        make_test_video(video)
        return video

    def _transcode(self, video: Path, key: str, deployed: Deployed) -> DemoResult:
        """Send a video through the deployed pipeline, download what comes out, and prove it."""
        session, outputs = deployed
        recorder, follower = EventRecorder(session), Follower(session, outputs)
        with self._console.phase("upload, transcode, notify"):
            journey = follower.send(video, key, progress=self._console.update)
        source, checks = None, []
        if journey.succeeded:
            with self._console.phase("decode every rendition"):
                source = _readable(video)
                bucket, _, playlist = journey.notification["playlist"].removeprefix("s3://").partition("/")
                prefix, _, name = playlist.rpartition("/")
                stream = self._place.results / "stream"
                download(session.client("s3"), bucket, f"{prefix}/", stream)
                checks = check_stream(stream / name, source)
        return DemoResult(video, source, journey, checks, recorder.drain())


def _readable(video: Path) -> Media | None:
    """Return what a source holds, None where a part of it cannot be decoded: the stream then shows the rest."""
    try:
        return inspect(video)
    except VideoError:
        return None


def _keep_logs(place: DemoFolder) -> None:
    logs = place.results / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    for pattern in ("cloud/*.log", "cloud/*/*.log", "stack/*.log.txt"):
        for path in place.work.glob(pattern):
            shutil.copy(path, logs / path.name)
