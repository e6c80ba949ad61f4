"""The main job, whole: deploy the real stack to a local cloud, turn a video into a stream, prove that it plays.

Everything that is started is ended again, whatever happens; ``build/demo`` keeps the stream, the poster, the event
log and a report. Exit codes: 0 all of it held, 1 the pipeline or the proof failed, 2 the video or the machine does not
allow a start, 130 Ctrl-C.
"""

from __future__ import annotations

import shutil
from contextlib import ExitStack
from typing import TYPE_CHECKING

import boto3

from lambda_src.media_types import VIDEO_SUFFIXES
from local_cloud import demo_report
from local_cloud.cloud import LocalCloud
from local_cloud.demo_result import DemoResult
from local_cloud.deployment import Deployment, Tools, synthesized
from local_cloud.event_recorder import EventRecorder
from local_cloud.follow import Follower
from local_cloud.provider import attached, describe, local_provider
from local_cloud.stream_check import check_stream, download
from local_cloud.video import Media, VideoError, inspect, make_test_video
from terraform_runtime.executable import find_terraform
from toolchain.bootstrap import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from local_cloud.console import Console
    from local_cloud.deployment import Outputs

FOLDER = ROOT / "build" / "demo"


Deployed = tuple[boto3.Session, "Outputs"]


class UsageError(Exception):
    """The person asked for something that cannot be done; the message names it, its value and the remedy."""


def chosen_video(named: str | None, folder: Path) -> Path:
    """Return the video to upload: the one named, or one made in ``folder``. Raises ``UsageError``."""
    if named is None:
        made = folder / "demo.mp4"
        make_test_video(made)
        return made
    path = ROOT / named
    if not path.is_file():
        raise UsageError(f"VIDEO is {named!r}: there is no such file; name a video file, or leave VIDEO out")
    if path.suffix.lower() not in VIDEO_SUFFIXES:
        raise UsageError(
            f"VIDEO is {named!r}: the pipeline takes files that end in {', '.join(VIDEO_SUFFIXES)}; "
            "an upload with another ending is ignored by its event rule"
        )
    return path


def run(named: str | None, folder: Path, console: Console) -> int:
    """Run the demo, leave its results in ``folder``, and return its exit code; see the module for what each means."""
    terraform, provider = find_terraform(), local_provider()
    console.line(describe(terraform, provider))
    shutil.rmtree(folder, ignore_errors=True)
    work = folder / "work"
    work.mkdir(parents=True)
    try:
        with ExitStack() as running:
            with console.phase("prepare the video"):
                video = chosen_video(named, work)
            with console.phase("start the local cloud"):
                cloud = running.enter_context(LocalCloud(work / "cloud"))
            stack = work / "stack"
            variables = running.enter_context(attached(provider, cloud.endpoints, synthesized(stack)))
            deployment = Deployment(stack, cloud.endpoints, Tools(terraform, provider, variables))
            with console.phase("cdktf deploy"):
                outputs = deployment.deploy(progress=console.count)
            session = boto3.Session(region_name=cloud.endpoints.region)
            with cloud.endpoints.applied():
                key = f"{deployment.key_prefix}{video.name}"
                result = _transcode(video, key, folder / "stream", (session, outputs), console)
            with console.phase("cdktf destroy"):
                deployment.destroy(progress=console.count)
            with console.phase("end the local cloud"):
                running.close()
    finally:
        _keep_logs(work, folder / "logs")
        shutil.rmtree(work, ignore_errors=True)
    demo_report.write(folder, result, console.timings)
    demo_report.show(folder, result, console)
    return 1 if result.faults else 0


def _transcode(
    video: Path, key: str, stream: Path, deployed: tuple[boto3.Session, Outputs], console: Console
) -> DemoResult:
    """Send a video through the deployed pipeline, download what comes out into ``stream``, and prove it."""
    session, outputs = deployed
    recorder, follower = EventRecorder(session), Follower(session, outputs)
    with console.phase("upload, transcode, notify"):
        journey = follower.send(video, key, progress=console.update)
    source, checks = None, []
    if journey.succeeded:
        with console.phase("decode every rendition"):
            source = _readable(video)
            bucket, _, playlist = journey.notification["playlist"].removeprefix("s3://").partition("/")
            prefix = playlist.rpartition("/")[0]
            download(session.client("s3"), bucket, f"{prefix}/", stream)
            checks = check_stream(stream / playlist.rpartition("/")[2], source)
    return DemoResult(video, source, journey, checks, recorder.drain())


def _readable(video: Path) -> Media | None:
    """Return what a source holds, None where a part of it cannot be decoded: the stream then shows the rest."""
    try:
        return inspect(video)
    except VideoError:
        return None


def _keep_logs(work: Path, logs: Path) -> None:
    logs.mkdir(parents=True, exist_ok=True)
    for path in [*work.glob("cloud/*.log"), *work.glob("cloud/*/*.log"), *work.glob("stack/*.log.txt")]:
        shutil.copy(path, logs / path.name)
