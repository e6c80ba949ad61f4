"""Job settings as the tests submit them, in boto3's spelling."""

from __future__ import annotations

import copy
from typing import Any

ROLE = "arn:aws:iam::123456789012:role/media-pipeline"
INPUT_BUCKET = "uploads"
OUTPUT_BUCKET = "output"
SEGMENT_SECONDS = 2


def h264(**settings: Any) -> dict[str, Any]:
    return {
        "Codec": "H_264",
        "H264Settings": {
            "RateControlMode": "QVBR",
            "MaxBitrate": 500_000,
            "QvbrSettings": {"QvbrQualityLevel": 7},
            "CodecProfile": "HIGH",
            "GopSize": 1.0,
            "GopSizeUnits": "SECONDS",
            "GopClosedCadence": 1,
            **settings,
        },
    }


def video(modifier: str, width: int, height: int, **settings: Any) -> dict[str, Any]:
    """A video rendition without sound of its own, for an HLS group."""
    return {
        "NameModifier": modifier,
        "ContainerSettings": {"Container": "M3U8"},
        "VideoDescription": {"Width": width, "Height": height, "CodecSettings": h264(**settings)},
    }


def aac(**settings: Any) -> dict[str, Any]:
    values = {"Bitrate": 96_000, "SampleRate": 48_000, "CodingMode": "CODING_MODE_2_0", **settings}
    return {"CodecSettings": {"Codec": "AAC", "AacSettings": values}, "AudioSourceName": "Audio Selector 1"}


def audio(modifier: str = "_audio", **hls: Any) -> dict[str, Any]:
    """An audio-only rendition of an HLS group."""
    return {
        "NameModifier": modifier,
        "ContainerSettings": {"Container": "M3U8"},
        "AudioDescriptions": [aac()],
        "OutputSettings": {"HlsSettings": {"AudioGroupId": "audio", **hls}},
    }


def hls_group(*outputs: dict[str, Any], destination: str, **settings: Any) -> dict[str, Any]:
    return {
        "OutputGroupSettings": {
            "Type": "HLS_GROUP_SETTINGS",
            "HlsGroupSettings": {
                "Destination": destination,
                "SegmentLength": SEGMENT_SECONDS,
                "MinSegmentLength": 0,
                **settings,
            },
        },
        "Outputs": list(outputs),
    }


def file_group(*outputs: dict[str, Any], destination: str) -> dict[str, Any]:
    return {
        "OutputGroupSettings": {
            "Type": "FILE_GROUP_SETTINGS",
            "FileGroupSettings": {"Destination": destination},
        },
        "Outputs": list(outputs),
    }


def captures(modifier: str | None = None, *, width: int = 160, **settings: Any) -> dict[str, Any]:
    """Still pictures, one a second unless said otherwise."""
    values = {"FramerateNumerator": 1, "FramerateDenominator": 1, "Quality": 80, **settings}
    output = {
        "ContainerSettings": {"Container": "RAW"},
        "VideoDescription": {
            "Width": width,
            "CodecSettings": {"Codec": "FRAME_CAPTURE", "FrameCaptureSettings": values},
        },
    }
    return output if modifier is None else {"NameModifier": modifier, **output}


def av1(**settings: Any) -> dict[str, Any]:
    values = {"RateControlMode": "QVBR", "MaxBitrate": 5_000_000, **settings}
    return {"Codec": "AV1", "Av1Settings": values}


def av1_mp4(modifier: str | None = None, **settings: Any) -> dict[str, Any]:
    return {**mp4(modifier, sound=False), "VideoDescription": {"CodecSettings": av1(**settings)}}


def mp4(modifier: str | None = None, *, sound: bool = True, **settings: Any) -> dict[str, Any]:
    output: dict[str, Any] = {
        "ContainerSettings": {"Container": "MP4"},
        "VideoDescription": {"CodecSettings": h264(**settings)},
    }
    if sound:
        output["AudioDescriptions"] = [aac()]
    return output if modifier is None else {"NameModifier": modifier, **output}


def input_of(key: str, **settings: Any) -> dict[str, Any]:
    return {
        "FileInput": f"s3://{INPUT_BUCKET}/{key}",
        "AudioSelectors": {"Audio Selector 1": {"DefaultSelection": "DEFAULT"}},
        "VideoSelector": {"Rotate": "AUTO"},
        **settings,
    }


def job(*groups: dict[str, Any], key: str, **request: Any) -> dict[str, Any]:
    """Arguments for ``create_job``."""
    settings = {"Inputs": [input_of(key)], "OutputGroups": list(groups)}
    return copy.deepcopy({"Role": ROLE, "Settings": settings, **request})


def simple_job(key: str = "clip.mp4", destination: str = "simple/index", **request: Any) -> dict[str, Any]:
    """The smallest useful job: one small MP4."""
    group = file_group(mp4(sound=False), destination=f"s3://{OUTPUT_BUCKET}/{destination}")
    return job(group, key=key, **request)
