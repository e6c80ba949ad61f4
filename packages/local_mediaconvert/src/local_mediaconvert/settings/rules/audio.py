"""Rules for audio: its source, its codec settings, AAC's valid combinations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local_mediaconvert.settings.rules.common import required
from local_mediaconvert.settings.validation import Problem, show

if TYPE_CHECKING:
    from collections.abc import Iterator

    from local_mediaconvert.service_model import Json

DEFAULT_SELECTOR = "Audio Selector 1"
"""Chosen where a description names no source (service model, ``AudioDescription.AudioSourceName``)."""

_AAC_BITRATES = frozenset(
    1000 * kilo
    for kilo in (
        *(6, 8, 10, 12, 14, 16, 20, 24, 28, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256),
        *(288, 320, 384, 448, 512, 576, 640, 768, 896, 1024),
    )
)
"""Service model, ``AacSettings.Bitrate``."""

_AAC_LC_RANGES = {
    "CODING_MODE_1_0": {
        8000: (8000, 14000),
        12000: (8000, 14000),
        16000: (8000, 28000),
        22050: (24000, 28000),
        24000: (24000, 28000),
        32000: (32000, 192000),
        44100: (56000, 256000),
        48000: (56000, 288000),
        88200: (288000, 288000),
        96000: (128000, 288000),
    },
    "CODING_MODE_2_0": {
        8000: (16000, 20000),
        12000: (16000, 20000),
        16000: (16000, 32000),
        22050: (32000, 32000),
        24000: (32000, 32000),
        32000: (40000, 384000),
        44100: (64000, 512000),
        48000: (64000, 576000),
        88200: (576000, 576000),
        96000: (256000, 576000),
    },
}
"""Coding mode → sample rate → lowest and highest bit rate for profile LC and CBR (user guide, "AAC output
reference tables"). The table for 5.1 is not checked."""


def problems(output: Json, settings: Json, path: str) -> Iterator[Problem]:
    """All rules for the output's audio descriptions."""
    for index, description in enumerate(output.get("audioDescriptions", [])):
        at = f"{path}/audioDescriptions/{index}"
        yield from _source(description, settings, at)
        yield from required(description, at, "codecSettings")
        codecs = description.get("codecSettings", {})
        if "codecSettings" in description:
            yield from required(codecs, f"{at}/codecSettings", "codec")
        if codecs.get("codec") == "AAC":
            yield from required(codecs, f"{at}/codecSettings", "aacSettings")
            if "aacSettings" in codecs:
                yield from _aac(codecs["aacSettings"], f"{at}/codecSettings/aacSettings")


def _source(description: Json, settings: Json, path: str) -> Iterator[Problem]:
    wanted = description.get("audioSourceName", DEFAULT_SELECTOR)
    for index, one in enumerate(settings.get("inputs", [])):
        selectors = one.get("audioSelectors", {})
        has_default = any(each.get("defaultSelection") == "DEFAULT" for each in selectors.values())
        if wanted not in selectors and ("audioSourceName" in description or not has_default):
            known = ", ".join(show(name) for name in selectors) or "none"
            text = f"{show(wanted)} should be an audio selector of /inputs/{index}, which has {known}"
            yield Problem(f"{path}/audioSourceName", text)


def _aac(settings: Json, path: str) -> Iterator[Problem]:
    missing = [name for name in ("bitrate", "codingMode", "sampleRate") if name not in settings]
    for name in missing:
        yield Problem(path, f"{name} is needed: AWS documents no default for it")
    if missing:
        return
    bitrate, mode, rate = settings["bitrate"], settings["codingMode"], settings["sampleRate"]
    if bitrate not in _AAC_BITRATES:
        yield Problem(f"{path}/bitrate", f"{bitrate} should be one of {', '.join(map(str, sorted(_AAC_BITRATES)))}")
    ranges = _AAC_LC_RANGES.get(mode)
    if ranges is None:
        return
    if rate not in ranges:
        yield Problem(f"{path}/sampleRate", f"{rate} should be one of {', '.join(map(str, ranges))} for {mode}")
        return
    least, most = ranges[rate]
    if not least <= bitrate <= most:
        text = f"{bitrate} should be {least} to {most} for {mode} at {rate} Hz with the profile LC"
        yield Problem(f"{path}/bitrate", text)
