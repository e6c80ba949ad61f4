"""Rules for Apple HLS output groups: segment lengths, audio groups, audio-only outputs."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from local_mediaconvert.settings.hls_settings import (
    DEFAULT_AUDIO_GROUP,
    DEFAULT_SEGMENT_SECONDS,
    audio_group,
    hls_settings,
    is_audio_only,
    rendition_sets,
)
from local_mediaconvert.settings.rules.common import no_format_identifiers
from local_mediaconvert.settings.validation import Problem, show

if TYPE_CHECKING:
    from collections.abc import Iterator

    from local_mediaconvert.service_model import Json


def problems(group: Json, path: str) -> Iterator[Problem]:
    """All rules for the HLS group at ``path`` (its settings exist or their absence is already reported)."""
    settings = group["outputGroupSettings"].get("hlsGroupSettings", {})
    yield from _final_segment(settings, f"{path}/outputGroupSettings/hlsGroupSettings")
    outputs = group.get("outputs", [])
    for index, output in enumerate(outputs):
        yield from _output(output, outputs, f"{path}/outputs/{index}")
    yield from _defaults(outputs, path)


def _final_segment(settings: Json, path: str) -> Iterator[Problem]:
    """``minFinalSegmentLength`` is 0, or at least 1 and below the segment length (service model)."""
    final = settings.get("minFinalSegmentLength", 0)
    length = settings.get("segmentLength", DEFAULT_SEGMENT_SECONDS)
    if final and not 1 <= final < length:
        text = f"{show(final)} should be 0, or at least 1 and below the segment length of {length}"
        yield Problem(f"{path}/minFinalSegmentLength", text)


def _output(output: Json, outputs: list[Json], path: str) -> Iterator[Problem]:
    settings = hls_settings(output)
    inner = f"{path}/outputSettings/hlsSettings"
    yield from no_format_identifiers(settings, inner, "segmentModifier")
    descriptions = output.get("audioDescriptions", [])
    if is_audio_only(output):
        if len(descriptions) > 1:
            yield Problem(f"{path}/audioDescriptions", "an audio-only output has one audio description")
        return
    if len(descriptions) > 1:
        text = "the local MediaConvert does not support several audio tracks beside video; use audio groups"
        yield Problem(f"{path}/audioDescriptions", text)
    groups = {audio_group(other) for other in outputs if is_audio_only(other)} | {DEFAULT_AUDIO_GROUP}
    for name in rendition_sets(output):
        if name not in groups:
            known = ", ".join(sorted(groups - {DEFAULT_AUDIO_GROUP})) or "none"
            text = f"{show(name)} should be the audioGroupId of an audio-only output of this group, which has {known}"
            yield Problem(f"{inner}/audioRenditionSets", text)


def _defaults(outputs: list[Json], path: str) -> Iterator[Problem]:
    """At most one member of an audio group is its default (RFC 8216, section 4.3.4.1.1)."""
    chosen = Counter(
        audio_group(output)
        for output in outputs
        if is_audio_only(output) and hls_settings(output).get("audioTrackType") == "ALTERNATE_AUDIO_AUTO_SELECT_DEFAULT"
    )
    for name, count in chosen.items():
        if count > 1:
            yield Problem(
                f"{path}/outputs", f"the audio group {show(name)} has {count} default tracks, one is possible"
            )
