"""One rendition's encoder settings: rate control, frame rate, GOP.

MediaConvert's QVBR levels become x264's constant rate factors on a straight line (level 10, "nearly lossless",
is 17; each level below adds 2), capped by the maximum bit rate through the decoder buffer. Presets favour a laptop:
pictures of one level look worse here, or take more bits, than on AWS.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from local_mediaconvert.transcoding.plan import Geometry, RateControl, VideoEncode

if TYPE_CHECKING:
    from local_mediaconvert.service_model import Json

_BEST_CRF = 17.0
_BEST_LEVEL = 10
_CRF_PER_LEVEL = 2.0
_AUTO_LEVEL = 7
_H265_CRF_OFFSET = 4.0
"""x265 reaches the same quality at a rate factor about this much higher (its own default is 28, x264's 23)."""
_AUTO_GOP_SECONDS = 2.0
_DEFAULT_FILL = 0.5
"""Share of the buffer that is full at the start. x264's own 0.9 lets short clips exceed the maximum by far."""


def plan_encode(
    codec: Literal["H_264", "H_265"],
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
    gop = _gop_frames(settings, rate, seconds)
    if seconds is not None and not exact:
        seconds = float(math.ceil(seconds * rate / gop) * gop / rate)
    encode = VideoEncode(
        codec=codec,
        profile=settings.get("codecProfile", "MAIN" if codec == "H_264" else "MAIN_MAIN"),
        entropy=settings.get("entropyEncoding", "CABAC"),
        b_frames=settings.get("numberBFramesBetweenReferenceFrames"),
        rate_control=_rate_control(codec, settings),
        frame_rate=rate,
        gop_frames=gop,
        key_seconds=seconds if exact else None,
        geometry=geometry,
        sample_entry=settings.get("writeMp4PackagingType", "HVC1" if codec == "H_265" else "AVC1").lower(),
    )
    return encode, seconds


def _gop_frames(settings: Json, rate: Fraction, seconds: float | None) -> int:
    """Frames between IDR frames; left open, about two seconds that divide a segment evenly."""
    units, size = settings.get("gopSizeUnits", "AUTO"), settings.get("gopSize")
    if units == "FRAMES" and size:
        return int(size)
    if units == "SECONDS" and size:
        return max(1, round(Fraction(size) * rate))
    gop_seconds = seconds / math.ceil(seconds / _AUTO_GOP_SECONDS) if seconds else _AUTO_GOP_SECONDS
    return max(1, round(Fraction(gop_seconds) * rate))


def _rate_control(codec: str, settings: Json) -> RateControl:
    mode = settings.get("rateControlMode", "CBR")
    fill = settings.get("hrdBufferInitialFillPercentage")
    average = None if mode == "QVBR" else settings["bitrate"]
    maximum = settings["bitrate"] if mode == "CBR" else settings.get("maxBitrate", 2 * (average or 0))
    level = crf = None
    if mode == "QVBR":
        qvbr = settings.get("qvbrSettings", {})
        level = float(qvbr.get("qvbrQualityLevel", _AUTO_LEVEL) + qvbr.get("qvbrQualityLevelFineTune", 0))
        crf = _BEST_CRF + (_BEST_LEVEL - level) * _CRF_PER_LEVEL + (_H265_CRF_OFFSET if codec == "H_265" else 0)
    return RateControl(
        crf=crf,
        average=average,
        maximum=maximum,
        buffer=settings.get("hrdBufferSize") or maximum,
        fill=fill / 100 if fill is not None else _DEFAULT_FILL,
        quality=level,
    )
