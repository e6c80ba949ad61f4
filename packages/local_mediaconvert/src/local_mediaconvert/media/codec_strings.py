"""RFC 6381 codec strings of encoded streams, read from the streams themselves.

The H.264 form is three bytes of the sequence parameter set (RFC 6381, section 3.3); the H.265 form comes from its
profile-tier-level structure (ISO/IEC 14496-15, annex E). The same strings serve both values of MediaConvert's
``codecSpecification``: RFC 4281 writes H.264 the same way.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import av

if TYPE_CHECKING:
    from pathlib import Path

AAC_LC = "mp4a.40.2"
_H264_SPS = 7
_H265_SPS = 33
_EMULATION_PREVENTION = re.compile(b"\x00\x00\x03")
_TIERS = ("L", "H")
_PROFILE_SPACES = ("", "A", "B", "C")
_CONSTRAINT_BYTES = 6


def video_codec_string(segment: Path) -> str:
    """The codec string of the video in a transport stream, for example ``avc1.640028``."""
    with av.open(str(segment)) as container:
        context = container.streams.video[0].codec_context
        units = _units(context.extradata or b"")
        if context.name == "hevc":
            return _hevc(next(unit for unit in units if unit[0] >> 1 & 0x3F == _H265_SPS))
        sps = next(unit for unit in units if unit[0] & 0x1F == _H264_SPS)
        return f"avc1.{sps[1:4].hex().upper()}"


def _units(stream: bytes) -> list[bytes]:
    """NAL units of an Annex B byte stream."""
    return [unit for unit in re.split(b"\x00\x00\x00?\x01", stream) if unit]


def _hevc(sps: bytes) -> str:
    """``hvc1.<space><profile>.<compatibility, reversed>.<tier><level>.<constraints>``."""
    raw = _EMULATION_PREVENTION.sub(b"\x00\x00", sps)
    level_structure = raw[3:]
    space, tier, profile = level_structure[0] >> 6, level_structure[0] >> 5 & 1, level_structure[0] & 0x1F
    compatibility = int(f"{int.from_bytes(level_structure[1:5], 'big'):032b}"[::-1], 2)
    constraints = level_structure[5 : 5 + _CONSTRAINT_BYTES].rstrip(b"\x00")
    parts = [f"{_PROFILE_SPACES[space]}{profile}", f"{compatibility:X}", f"{_TIERS[tier]}{level_structure[11]}"]
    return ".".join(["hvc1", *parts, *(f"{byte:X}" for byte in constraints)])
