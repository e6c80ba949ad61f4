"""How a picture is fitted into an output's frame (user guide, "Video scaling behavior and aspect ratios").

4:2:0 video needs even sides, so every size is rounded to the nearest even number of pixels.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from local_mediaconvert.transcoding.plan import Geometry, Size

if TYPE_CHECKING:
    from local_mediaconvert.service_model import Json

_QUARTER_TURNS = frozenset({90, 270})


def turned(size: Size, pixel_aspect: Fraction, turn: int) -> tuple[Size, Fraction]:
    """The picture's size and pixel aspect ratio after a clockwise turn by ``turn`` degrees."""
    if turn in _QUARTER_TURNS:
        return Size(size.height, size.width), 1 / pixel_aspect
    return size, pixel_aspect


def fit(source: Size, source_aspect: Fraction, description: Json, pixel_aspect: Fraction | None) -> Geometry:
    """The geometry for an output's ``videoDescription``.

    ``pixel_aspect`` is the output's, ``None`` to follow the source. Where one side is left out it follows from the
    other and the picture's shape; where both are, the source's size is kept.
    """
    aspect = pixel_aspect or source_aspect
    shape = Fraction(source.width, source.height) * source_aspect / aspect
    width, height = description.get("width"), description.get("height")
    if width and height:
        box = Size(width, height)
    elif width:
        box = Size(width, _even(width / shape))
    elif height:
        box = Size(_even(height * shape), height)
    else:
        box = Size(_even(source.width), _even(source.height))
    content, frame = _behave(description.get("scalingBehavior", "DEFAULT"), box, shape, source)
    return Geometry(content=content, frame=frame, pixel_aspect=aspect)


def _behave(behavior: str, box: Size, shape: Fraction, source: Size) -> tuple[Size, Size]:
    if behavior == "STRETCH_TO_OUTPUT":
        return box, box
    if behavior == "FILL":
        return _cover(box, shape), box
    if behavior == "FIT":
        content = _inside(box, shape)
        return content, content
    if behavior == "FIT_NO_UPSCALE":
        natural = Size(_even(source.height * shape), _even(source.height))
        content = _inside(Size(min(box.width, natural.width), min(box.height, natural.height)), shape)
        return content, content
    return _inside(box, shape), box


def _inside(box: Size, shape: Fraction) -> Size:
    if shape >= Fraction(box.width, box.height):
        return Size(box.width, min(box.height, _even(box.width / shape)))
    return Size(min(box.width, _even(box.height * shape)), box.height)


def _cover(box: Size, shape: Fraction) -> Size:
    if shape >= Fraction(box.width, box.height):
        return Size(max(box.width, _even(box.height * shape)), box.height)
    return Size(box.width, max(box.height, _even(box.width / shape)))


def _even(pixels: Fraction | int) -> int:
    return max(2, 2 * round(Fraction(pixels) / 2))
