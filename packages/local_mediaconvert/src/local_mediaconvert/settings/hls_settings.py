"""Reading an HLS output's settings, with AWS's defaults."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from local_mediaconvert.service_model import Json

DEFAULT_SEGMENT_SECONDS = 10
"""``HlsGroupSettings.SegmentLength`` where it is left out (service model)."""
DEFAULT_AUDIO_GROUP = "program_audio"
"""The audio group's name where none is given, as the AWS console fills it in."""


def hls_settings(output: Json) -> Json:
    """The output's ``hlsSettings``, empty where it has none."""
    settings: Json = output.get("outputSettings", {}).get("hlsSettings", {})
    return settings


def is_audio_only(output: Json) -> bool:
    """Whether the output has audio and no video."""
    return "videoDescription" not in output and bool(output.get("audioDescriptions"))


def audio_group(output: Json) -> str:
    """The audio group that an audio-only output belongs to."""
    return str(hls_settings(output).get("audioGroupId") or DEFAULT_AUDIO_GROUP)


def rendition_sets(output: Json) -> list[str]:
    """The audio groups that a video output is played with."""
    listed = hls_settings(output).get("audioRenditionSets") or DEFAULT_AUDIO_GROUP
    return [name.strip() for name in str(listed).split(",") if name.strip()]
