"""One rendition's encoder settings: rate control, frame rate, GOP.

MediaConvert's QVBR levels become the encoders' constant rate factors on a straight line (x264: level 10, "nearly
lossless", is 17; each level below adds 2), capped by the maximum bit rate. Presets favour a laptop: pictures of one
level look worse here, or take more bits, than on AWS.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING

from local_mediaconvert.transcoding.plan import Geometry, RateControl, VideoCodec, VideoEncode

if TYPE_CHECKING:
    from local_mediaconvert.service_model import Json

_BEST_LEVEL = 10
_BEST_CRF = {"H_264": 17.0, "H_265": 21.0, "AV1": 24.0}
_CRF_PER_LEVEL = {"H_264": 2.0, "H_265": 2.0, "AV1": 3.0}
"""The encoders reach the same quality at different factors: their own defaults are 23 (x264), 28 (x265) and 35
(SVT-AV1, whose scale ends at 63 and not at 51)."""
_AUTO_LEVEL = 7
_DEFAULT_PROFILES = {"H_264": "MAIN", "H_265": "MAIN_MAIN", "AV1": "MAIN"}
_SAMPLE_ENTRIES = {"H_264": "AVC1", "H_265": "HVC1", "AV1": "AV01"}
_AUTO_GOP_SECONDS = 2.0
_DEFAULT_FILL = 0.5
"""Share of the buffer that is full at the start. x264's own 0.9 lets short clips exceed the maximum by far."""


def plan_encode(
    codec: VideoCodec,
    settings: Json,
    source_rate: Fraction,
    geometry: Geometry,
    segment: tuple[float | None, bool],
) -> tuple[VideoEncode, float | None]:
    """The encode and the segment length in seconds that goes with it.

    ``segment`` is the length asked for (``None`` outside HLS) and whether it is to be kept exactly; otherwise it is
    rounded up to whole GOPs (``HlsGroupSettings.SegmentLengthControl``).
    """
    seconds, exact = segment
    rate = source_rate
    if settings.get("framerateControl") == "SPECIFIED":
        rate = Fraction(settings["framerateNumerator"], settings["framerateDenominator"])
    gop = _gop_frames(codec, settings, rate, seconds)
    if seconds is not None and not exact:
        seconds = float(math.ceil(seconds * rate / gop) * gop / rate)
    encode = VideoEncode(
        codec=codec,
        profile=settings.get("codecProfile", _DEFAULT_PROFILES[codec]),
        entropy=settings.get("entropyEncoding", "CABAC"),
        b_frames=settings.get("numberBFramesBetweenReferenceFrames"),
        rate_control=_rate_control(codec, settings),
        frame_rate=rate,
        gop_frames=gop,
        key_seconds=seconds if exact else None,
        geometry=geometry,
        sample_entry=settings.get("writeMp4PackagingType", _SAMPLE_ENTRIES[codec]).lower(),
    )
    return encode, seconds


def _gop_frames(codec: VideoCodec, settings: Json, rate: Fraction, seconds: float | None) -> int:
    """Frames between IDR frames; left open, about two seconds that divide a segment evenly."""
    units, size = settings.get("gopSizeUnits", "FRAMES" if codec == "AV1" else "AUTO"), settings.get("gopSize")
    if units == "FRAMES" and size:
        return int(size)
    if units == "SECONDS" and size:
        return max(1, round(Fraction(size) * rate))
    gop_seconds = seconds / math.ceil(seconds / _AUTO_GOP_SECONDS) if seconds else _AUTO_GOP_SECONDS
    return max(1, round(Fraction(gop_seconds) * rate))


def _rate_control(codec: VideoCodec, settings: Json) -> RateControl:
    mode = settings.get("rateControlMode", "QVBR" if codec == "AV1" else "CBR")
    fill = settings.get("hrdBufferInitialFillPercentage")
    average = None if mode == "QVBR" else settings["bitrate"]
    maximum = settings["bitrate"] if mode == "CBR" else settings.get("maxBitrate", 2 * (average or 0))
    level = crf = None
    if mode == "QVBR":
        qvbr = settings.get("qvbrSettings", {})
        level = float(qvbr.get("qvbrQualityLevel", _AUTO_LEVEL) + qvbr.get("qvbrQualityLevelFineTune", 0))
        crf = _BEST_CRF[codec] + (_BEST_LEVEL - level) * _CRF_PER_LEVEL[codec]
    return RateControl(
        crf=crf,
        average=average,
        maximum=maximum,
        buffer=settings.get("hrdBufferSize") or maximum,
        fill=fill / 100 if fill is not None else _DEFAULT_FILL,
        quality=level,
    )
