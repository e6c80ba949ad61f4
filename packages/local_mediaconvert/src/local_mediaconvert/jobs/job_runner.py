"""One job from its queue to its end: fetch, probe, transcode, package, upload.

STATUS_UPDATE events come ten times as often as ``statusUpdateInterval`` says, and once more when uploading begins:
jobs here take seconds, and a job of ten seconds would otherwise show no progress at all.
"""

from __future__ import annotations

import logging
import shutil
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from local_mediaconvert.destinations import parse_s3
from local_mediaconvert.job_errors import CANNOT_OPEN, SILENCE_ADDED, UNKNOWN, JobCanceledError, JobError
from local_mediaconvert.jobs.phases import overall_percent
from local_mediaconvert.media.probing import UnreadableMediaError, probe
from local_mediaconvert.models.job import IllegalTransitionError
from local_mediaconvert.s3.objects import download, upload
from local_mediaconvert.transcoding import ffmpeg_command, packaging
from local_mediaconvert.transcoding.ffmpeg_runner import Run, executable
from local_mediaconvert.transcoding.planning import make_plan

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

    from local_mediaconvert.jobs.event_delivery import EventDelivery
    from local_mediaconvert.jobs.events import EventWriter
    from local_mediaconvert.media.tracks import Media
    from local_mediaconvert.models.account import Account
    from local_mediaconvert.models.job import Job
    from local_mediaconvert.service_model import Json
    from local_mediaconvert.transcoding.packaging import Package
    from local_mediaconvert.transcoding.plan import Plan

_LOG = logging.getLogger(__name__)
UPDATES_PER_INTERVAL = 10
"""STATUS_UPDATE events here for each that AWS would send."""
_UNFINISHED_PERCENT = 99


@dataclass(frozen=True, slots=True)
class JobRunner:
    """Runs jobs, each in the thread that calls ``run``; ``folder`` is where their temporary files go."""

    account: Account
    s3: S3Client
    events: EventWriter
    delivery: EventDelivery
    folder: Path

    def run(self, job: Job) -> None:
        """Bring the job to its end, whatever that is."""
        with self.account.lock:
            try:
                job.move_to("PROGRESSING")
            except IllegalTransitionError:
                return  # canceled between being chosen and being started
            self.delivery.send(job.arn, self.events.progressing(job))
        folder = Path(tempfile.mkdtemp(prefix=f"job-{job.id}-", dir=self.folder))
        try:
            _Work(self, job, folder).do()
        except JobCanceledError:
            return  # whoever canceled it has said so
        except JobError as error:
            self._fail(job, error)
        except Exception as error:  # noqa: BLE001 - the job's last word: a fault of ours must not leave it hanging
            _LOG.exception("job %s failed for a reason of our own", job.id)
            self._fail(job, JobError(UNKNOWN, f"Unexpected error: {type(error).__name__}: {error}"))
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _fail(self, job: Job, error: JobError) -> None:
        with self.account.lock:
            if job.canceled.is_set():
                return
            job.error_code, job.error_message = error.code, error.message
            job.move_to("ERROR")
            self.delivery.send(job.arn, self.events.error(job, error))


class _Work:
    """The work on one job and how far it is."""

    def __init__(self, runner: JobRunner, job: Job, folder: Path) -> None:
        self._runner = runner
        self._job = job
        self._folder = folder
        self._source = folder / "source"
        self._frames = 0
        self._last_update = time.monotonic()

    def do(self) -> None:
        media = self._fetch()
        plan = make_plan(self._job.settings, media)
        if plan.adds_silence:
            self._job.warnings[SILENCE_ADDED] = 1
        self._enter("TRANSCODING")
        self._transcode(plan)
        self._enter("UPLOADING")
        package = packaging.package(plan, self._folder)
        self._update(0)
        self._upload(package)
        with self._runner.account.lock:
            if self._job.canceled.is_set():
                raise JobCanceledError
            self._job.output_group_details = package.details
            self._job.move_to("COMPLETE")
            self._tell(self._runner.events.complete(self._job))

    def _fetch(self) -> Media:
        location = parse_s3(self._job.settings["inputs"][0]["fileInput"])
        if location is None:
            raise ValueError("an input passed validation without being s3://")
        download(self._runner.s3, location, self._source, self._job.canceled)
        try:
            media = probe(str(self._source))
        except UnreadableMediaError as error:
            text = f"Unable to open input file [{location.uri}]: [Failed probe/open: [{error}]]"
            raise JobError(CANNOT_OPEN, text) from error
        self._tell(self._runner.events.input_information(self._job, media))
        return media

    def _transcode(self, plan: Plan) -> None:
        def progress(seconds: float, frames: int) -> None:
            self._frames = frames
            self._progress(min(_UNFINISHED_PERCENT, int(100 * seconds / plan.duration)) if plan.duration else 0)

        arguments = ffmpeg_command.command(executable(), plan, self._source, self._folder)
        Run(self._folder, self._job.canceled, progress).transcode(arguments, plan.duration)
        self._source.unlink()

    def _upload(self, package: Package) -> None:
        total = sum(map(len, package.stages))
        sent = 0
        for stage in package.stages:
            for _ in upload(self._runner.s3, stage, self._job.canceled):
                sent += 1
                self._progress(min(_UNFINISHED_PERCENT, 100 * sent // total))

    def _enter(self, phase: str) -> None:
        if self._job.canceled.is_set():
            raise JobCanceledError
        self._job.phase = phase
        self._progress(0)

    def _progress(self, percent: int) -> None:
        self._job.percent = overall_percent(self._job.phase or "PROBING", percent)
        if time.monotonic() - self._last_update >= self._job.status_update_seconds / UPDATES_PER_INTERVAL:
            self._update(percent)

    def _update(self, percent: int) -> None:
        self._last_update = time.monotonic()
        phase = self._job.phase or "PROBING"
        self._tell(self._runner.events.status_update(self._job, phase, percent, self._frames))

    def _tell(self, detail: Json) -> None:
        """Send an event, unless the job was canceled: that event is the last."""
        with self._runner.account.lock:
            if not self._job.canceled.is_set():
                self._runner.delivery.send(self._job.arn, detail)
