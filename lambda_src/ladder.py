"""Which renditions a source gets.

A rung is a 16:9 box, turned the way the source lies, and a rendition is the source scaled to fit inside: a portrait
1080x1920 clip fills the 1080p box standing up, and a 1920x800 film fills its width. Nothing is ever enlarged.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from lambda_src.errors import UnreadableMediaError

if TYPE_CHECKING:
    from lambda_src.source import Picture

SMALLEST_SIDE = 32
"""Pixels; the least that MediaConvert encodes (``VideoDescription`` in its API model)."""

_TOLERANCE = Fraction(11, 10)  # a source a little over a rung would only repeat that rung, nearly in the same size
_PEAK_HEADROOM = Fraction(3, 2)  # H.264's peaks over its own average
_FRUGAL_CODECS = ("HEVC", "VP9", "AV1")
_FRUGAL_FACTOR = 2  # bits H.264 needs for what these do in one
_CHEAPER = Fraction(4, 5)  # what a rendition of the same size as the one above may cost of it


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """A step of the ladder: ``height`` of the lying box in pixels, QVBR quality 1 to 10, peak bits per second."""

    height: int
    quality: int
    max_bitrate: int
    suffix: str = ""


LADDER: tuple[Rung, ...] = (
    Rung(height=1080, quality=9, max_bitrate=6_000_000),
    Rung(height=720, quality=8, max_bitrate=4_000_000),
    Rung(height=720, quality=7, max_bitrate=2_000_000, suffix="-low"),
    Rung(height=480, quality=7, max_bitrate=1_000_000),
    Rung(height=360, quality=7, max_bitrate=700_000),
)
"""Highest first; starting points to tune with one's own material."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendition:
    """One video output. Sizes are even pixels, ``max_bitrate`` is in bits per second."""

    name: str
    width: int
    height: int
    quality: int
    max_bitrate: int


def choose_renditions(picture: Picture, *, max_height: int) -> tuple[Rendition, ...]:
    """Choose the renditions of a picture, highest first, from the rungs up to ``max_height`` pixels.

    A source between two rungs keeps its own size under the upper rung's settings; one below the lowest rung becomes a
    single rendition of its own size. Raises ``UnreadableMediaError`` where a side is too short to encode.
    """
    if min(picture.width, picture.height) < SMALLEST_SIDE:
        raise UnreadableMediaError(
            f"the picture of {picture.width}x{picture.height} pixels is too small:"
            f" a side must have at least {SMALLEST_SIDE} pixels to be encoded"
        )
    rungs = [rung for rung in LADDER if rung.height <= max_height] or [LADDER[-1]]
    top = _lowest_holding(picture, sorted({rung.height for rung in rungs}))
    renditions = [_rendition(picture, rung) for rung in rungs if rung.height <= top]
    return _worth_keeping(renditions)


def _lowest_holding(picture: Picture, heights: list[int]) -> int:
    for height in heights:
        if _scale(picture, height) * _TOLERANCE >= 1:
            return height
    return heights[-1]


def _scale(picture: Picture, height: int) -> Fraction:
    long_side, short_side = max(picture.width, picture.height), min(picture.width, picture.height)
    return min(Fraction(height * 16, 9) / long_side, Fraction(height, short_side))


def fit(picture: Picture, height: int) -> tuple[int, int]:
    """Return the even width and height of a picture scaled down into the 16:9 box of a height, turned its way.

    The short side of a strip is not made shorter than can be encoded; MediaConvert pads the rest of it in black.
    """
    scale = _scale(picture, height)
    return _even(picture.width, scale), _even(picture.height, scale)


def _rendition(picture: Picture, rung: Rung) -> Rendition:
    scale = _scale(picture, rung.height)
    width, height = fit(picture, rung.height)
    # A source that does not reach the box is named after the 16:9 frame it would need: 1440x900 is "900p".
    nominal = rung.height if scale <= _TOLERANCE else _nominal_height(width, height)
    return Rendition(
        name=f"{nominal}p{rung.suffix}",
        width=width,
        height=height,
        quality=rung.quality,
        max_bitrate=_bounded(rung.max_bitrate, picture),
    )


def _even(side: int, scale: Fraction) -> int:
    """Scale a side to the nearest even number within what there is and what can be encoded."""
    return max(min(2 * round(side * scale / 2), side - side % 2), SMALLEST_SIDE)


def _nominal_height(width: int, height: int) -> int:
    long_side, short_side = max(width, height), min(width, height)
    return max(short_side, round(Fraction(long_side * 9, 16)))


def _bounded(max_bitrate: int, picture: Picture) -> int:
    """Bound a rung's peak by what the source can hold, but not below half of the rung's.

    The quality level already saves bits on simple material; the lower bound keeps the rungs of a frugal source apart.
    """
    if picture.bitrate is None:
        return max_bitrate
    frugal = _FRUGAL_FACTOR if picture.codec in _FRUGAL_CODECS else 1
    holds = int(picture.bitrate * frugal * _PEAK_HEADROOM)
    return max(max_bitrate // 2, min(max_bitrate, holds))


def _worth_keeping(renditions: list[Rendition]) -> tuple[Rendition, ...]:
    """Drop a rendition of the same size as the one above unless it is a fifth cheaper."""
    kept: list[Rendition] = []
    for rendition in renditions:
        above = kept[-1] if kept else None
        same_size = above is not None and (above.width, above.height) == (rendition.width, rendition.height)
        if above is None or not same_size or rendition.max_bitrate <= above.max_bitrate * _CHEAPER:
            kept.append(rendition)
    return tuple(kept)
