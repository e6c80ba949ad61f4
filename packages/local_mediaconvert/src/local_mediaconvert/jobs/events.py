"""The events of a job, in the shapes of the user guide's "List of MediaConvert EventBridge events".

PROGRESSING, INPUT_INFORMATION, STATUS_UPDATE (any number), then COMPLETE, ERROR or CANCELED; there is no SUBMITTED.
The guide's examples disagree on the names of QVBR figures; these are the ones of "Events with COMPLETE status", whose
table also explains them. ``blackVideoDetected`` and ``blackSegments`` are left out: black is not looked for here.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from local_mediaconvert.jobs.phases import PHASES, overall_percent

if TYPE_CHECKING:
    from local_mediaconvert.job_errors import JobError
    from local_mediaconvert.media.tracks import AudioTrack, Media, VideoTrack
    from local_mediaconvert.models.job import Job
    from local_mediaconvert.service_model import Json

SOURCE = "aws.mediaconvert"
DETAIL_TYPE = "MediaConvert Job State Change"
_CODECS = {
    "libdav1d": "AV1",
    "h264": "H_264",
    "hevc": "H_265",
    "mpeg4": "MPEG4",
    "mpeg2video": "MPEG2",
    "prores": "PRORES",
}
_UNKNOWN_LANGUAGE = "UND"


class EventWriter:
    """Writes event details for the jobs of one account."""

    def __init__(self, account: str) -> None:
        self._account = account

    def progressing(self, job: Job) -> Json:
        """The job has left its queue."""
        return self._detail(job, "PROGRESSING")

    def canceled(self, job: Job) -> Json:
        """The job was canceled."""
        return self._detail(job, "CANCELED")

    def input_information(self, job: Job, media: Media) -> Json:
        """What the input is."""
        details = {
            "id": 1,
            "uri": job.settings["inputs"][0]["fileInput"],
            "audio": [_audio(track) for track in media.audio],
            "video": [_video(track) for track in media.video],
        }
        return {**self._detail(job, "INPUT_INFORMATION"), "inputDetails": [details]}

    def status_update(self, job: Job, phase: str, percent: int, frames: int) -> Json:
        """How far the job is: ``percent`` of its present ``phase`` done, ``frames`` decoded."""
        at = PHASES.index(phase)
        progress = {
            name: {"status": "COMPLETE", "percentComplete": 100}
            if number < at
            else {"status": "PROGRESSING", "percentComplete": percent}
            if number == at
            else {"status": "PENDING", "percentComplete": 0}
            for number, name in enumerate(PHASES)
        }
        return {
            **self._detail(job, "STATUS_UPDATE"),
            "framesDecoded": frames,
            "jobProgress": {
                "phaseProgress": progress,
                "jobPercentComplete": overall_percent(phase, percent),
                "currentPhase": phase,
                "retryCount": 0,
            },
        }

    def complete(self, job: Job) -> Json:
        """All outputs are in S3."""
        detail = {
            **self._detail(job, "COMPLETE"),
            "outputGroupDetails": job.output_group_details,
            "paddingInserted": 0,
        }
        if job.warnings:
            detail["warnings"] = [{"code": code, "count": count} for code, count in job.warnings.items()]
        return detail

    def error(self, job: Job, error: JobError) -> Json:
        """The job failed."""
        return {**self._detail(job, "ERROR"), "errorCode": error.code, "errorMessage": error.message}

    def _detail(self, job: Job, status: str) -> Json:
        return {
            "timestamp": time.time_ns() // 1_000_000,
            "accountId": self._account,
            "queue": job.queue_arn,
            "jobId": job.id,
            "status": status,
            "userMetadata": job.user_metadata,
        }


def _audio(track: AudioTrack) -> Json:
    return {
        "channels": track.channels,
        "codec": _CODECS.get(track.codec, track.codec.upper()),
        "language": (track.language or _UNKNOWN_LANGUAGE).upper(),
        "sampleRate": track.sample_rate,
        "streamId": track.index + 1,
    }


def _video(track: VideoTrack) -> Json:
    rate = float(track.frame_rate)
    aspect = track.pixel_aspect
    return {
        "bitDepth": track.bit_depth,
        "codec": _CODECS.get(track.codec, track.codec.upper()),
        "colorFormat": f"YUV_{track.chroma}" if track.chroma else "UNKNOWN",
        "fourCC": track.fourcc if track.fourcc.isprintable() else "",
        "frameRate": int(rate) if rate.is_integer() else round(rate, 3),
        "height": track.height,
        "interlaceMode": "INTERLACED" if track.interlaced else "PROGRESSIVE",
        "sar": f"{aspect.numerator}:{aspect.denominator}",
        "standard": "UNSPECIFIED",
        "streamId": track.index + 1,
        "width": track.width,
    }
