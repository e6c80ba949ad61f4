"""Rules for video: codec settings, rate control, frame rate, GOP, frame capture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local_mediaconvert.settings.rules.common import required
from local_mediaconvert.settings.validation import Problem, show

if TYPE_CHECKING:
    from collections.abc import Iterator

    from local_mediaconvert.service_model import Json

CODEC_SETTINGS = {
    "AV1": "av1Settings",
    "H_264": "h264Settings",
    "H_265": "h265Settings",
    "FRAME_CAPTURE": "frameCaptureSettings",
}
"""Codec → the settings object it requires (service model, ``VideoCodecSettings``)."""
_ANY_CONTAINER = ("M3U8", "MP4")
_CONTAINERS = {"AV1": ("MP4",), "FRAME_CAPTURE": ("RAW",)}
"""Codec → the containers it goes into, of those supported here (user guide, "Supported output formats")."""


def is_frame_capture(output: Json) -> bool:
    """Whether the output is a series of still pictures."""
    return bool(output.get("videoDescription", {}).get("codecSettings", {}).get("codec") == "FRAME_CAPTURE")


def problems(output: Json, path: str) -> Iterator[Problem]:
    """All rules for the output's video description, if it has one."""
    description = output.get("videoDescription")
    if description is None:
        return
    path = f"{path}/videoDescription"
    for side in ("width", "height"):
        if description.get(side, 0) % 2:
            yield Problem(f"{path}/{side}", f"{description[side]} should be even: 4:2:0 video halves it for colour")
    yield from required(description, path, "codecSettings")
    codecs = description.get("codecSettings", {})
    if "codecSettings" in description:
        yield from required(codecs, f"{path}/codecSettings", "codec")
    codec = codecs.get("codec")
    if codec not in CODEC_SETTINGS:
        return
    yield from _codec(codecs, codec, output, f"{path}/codecSettings")


def _codec(codecs: Json, codec: str, output: Json, path: str) -> Iterator[Problem]:
    name = CODEC_SETTINGS[codec]
    yield from required(codecs, path, name)
    for other in set(CODEC_SETTINGS.values()) - {name}:
        if other in codecs:
            yield Problem(f"{path}/{other}", f"does not belong to the codec {codec}")
    settings = codecs.get(name)
    container = output.get("containerSettings", {}).get("container")
    if container not in _CONTAINERS.get(codec, _ANY_CONTAINER):
        yield Problem(f"{path}/codec", f"{codec} does not go into the container {container}")
    if settings is None:
        return
    path = f"{path}/{name}"
    if codec == "FRAME_CAPTURE":
        yield from _frame_capture(settings, output, path)
    elif codec == "AV1":
        yield from _av1(settings, path)
        yield from _rates(settings, path)
    else:
        yield from _rate_control(settings, path)
        yield from _rates(settings, path)
        yield from _gop(settings, path)


def _frame_capture(settings: Json, output: Json, path: str) -> Iterator[Problem]:
    for name in ("framerateNumerator", "framerateDenominator"):
        if name not in settings:
            yield Problem(path, f"{name} is needed: AWS documents no default for it")
    if output.get("audioDescriptions"):
        yield Problem(path, "a frame capture output has no audio")


def _av1(settings: Json, path: str) -> Iterator[Problem]:
    """AV1 has quality-defined rate control alone, and its GOP in frames (service model, ``Av1Settings``)."""
    if "maxBitrate" not in settings:
        yield Problem(path, "maxBitrate is a required property when rateControlMode is QVBR")
    yield from _qvbr(settings, path)
    size = settings.get("gopSize")
    if size is not None and (size <= 0 or size != int(size)):
        yield Problem(f"{path}/gopSize", f"{show(size)} should be a whole number of frames above 0")


def _rate_control(settings: Json, path: str) -> Iterator[Problem]:
    mode = settings.get("rateControlMode", "CBR")
    if mode == "QVBR":
        if "maxBitrate" not in settings:
            yield Problem(path, "maxBitrate is a required property when rateControlMode is QVBR")
        if "bitrate" in settings:
            yield Problem(f"{path}/bitrate", "is for VBR and CBR; QVBR takes maxBitrate and qvbrSettings")
    else:
        if "bitrate" not in settings:
            yield Problem(path, f"bitrate is a required property when rateControlMode is {mode}")
        if "qvbrSettings" in settings:
            yield Problem(f"{path}/qvbrSettings", f"is for the rateControlMode QVBR, not for {mode}")
        if settings.get("maxBitrate", settings.get("bitrate", 0)) < settings.get("bitrate", 0):
            yield Problem(f"{path}/maxBitrate", f"{settings['maxBitrate']} should be at least bitrate")
    yield from _qvbr(settings, path)


def _qvbr(settings: Json, path: str) -> Iterator[Problem]:
    qvbr = settings.get("qvbrSettings", {})
    path = f"{path}/qvbrSettings"
    fine = qvbr.get("qvbrQualityLevelFineTune")
    if fine is not None and not 0 <= fine < 1:
        yield Problem(f"{path}/qvbrQualityLevelFineTune", f"{fine} should be at least 0 and below 1")
    if fine is not None and "qvbrQualityLevel" not in qvbr:
        yield Problem(path, "qvbrQualityLevel is needed with qvbrQualityLevelFineTune")
    if "maxAverageBitrate" in qvbr and settings.get("qualityTuningLevel") != "MULTI_PASS_HQ":
        yield Problem(f"{path}/maxAverageBitrate", "is for the qualityTuningLevel MULTI_PASS_HQ only")


def _rates(settings: Json, path: str) -> Iterator[Problem]:
    if settings.get("framerateControl") == "SPECIFIED":
        yield from required(settings, path, "framerateNumerator", "framerateDenominator")
    if settings.get("parControl") == "SPECIFIED":
        yield from required(settings, path, "parNumerator", "parDenominator")


def _gop(settings: Json, path: str) -> Iterator[Problem]:
    size, units = settings.get("gopSize"), settings.get("gopSizeUnits")
    if size is not None and size < 0:
        yield Problem(f"{path}/gopSize", f"{show(size)} should be at least 0")
        return
    if units in {"FRAMES", "SECONDS"} and not size:
        yield Problem(path, f"gopSize above 0 is needed when gopSizeUnits is {units}")
    if size is not None and units in {None, "AUTO"}:
        yield Problem(f"{path}/gopSize", "needs gopSizeUnits FRAMES or SECONDS; leave it out for AUTO")
    if units == "FRAMES" and size and size != int(size):
        yield Problem(f"{path}/gopSize", f"{show(size)} should be a whole number of frames")
    baseline = settings.get("codecProfile") == "BASELINE"
    if baseline and settings.get("numberBFramesBetweenReferenceFrames"):
        yield Problem(f"{path}/numberBFramesBetweenReferenceFrames", "the profile BASELINE has no B-frames")
    if baseline and settings.get("entropyEncoding") == "CABAC":
        yield Problem(f"{path}/entropyEncoding", "CABAC needs the profile MAIN or HIGH")
