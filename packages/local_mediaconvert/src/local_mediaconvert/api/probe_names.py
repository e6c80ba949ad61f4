"""FFmpeg's names and numbers in the words of MediaConvert's service model."""

from __future__ import annotations

FORMATS = {
    "mov": "mp4",
    "matroska": "matroska",
    "mxf": "mxf",
    "wav": "wave",
    "avi": "avi",
    "mpegts": "mpegts",
    "mpeg": "mpegps",
    "mp3": "mp3",
    "flac": "flac",
    "asf": "asf",
    "ogg": "ogg",
    "aac": "aac",
    "ac3": "ac3",
    "eac3": "eac3",
}
"""Demuxer → ``Format``; what is missing has no name there and stays blank."""
BRANDS = {"qt": "quicktime", "3gp": "three_gp", "3g2": "three_g2"}
"""Beginning of an MP4 file's major brand → ``Format``."""
CODECS = {
    "h264": "AVC",
    "hevc": "HEVC",
    "mpeg4": "MP4V",
    "mpeg2video": "MPEG2",
    "mpeg1video": "MPEG1",
    "dvvideo": "DV",
    "rawvideo": "UNCOMPRESSED",
    "wmv3": "VC1",
    "dnxhd": "VC3",
    "libdav1d": "AV1",
    "mp3float": "MP3",
    "wmav1": "WMA",
    "wmav2": "WMA2",
    "amrnb": "AMR",
    "amrwb": "AMR",
    "webvtt": "WEBVTT",
    "eia_608": "C608",
}
"""Decoder → ``Codec``, where the names differ."""
SAME_NAME = frozenset(
    {
        *("AAC", "AC3", "EAC3", "FLAC", "MP2", "MP3", "OPUS", "VORBIS", "WMAPRO"),
        *("AV1", "H263", "JPEG2000", "MJPEG", "PRORES", "QTRLE", "THEORA", "VC1", "VP8", "VP9"),
    }
)
"""Codecs that both call the same."""
PRIMARIES = {
    1: "ITU_709",
    2: "UNSPECIFIED",
    4: "ITU_470M",
    5: "ITU_470BG",
    6: "SMPTE_170M",
    7: "SMPTE_240M",
    8: "GENERIC_FILM",
    9: "ITU_2020",
    10: "SMPTE_428_1",
    11: "SMPTE_431_2",
    12: "SMPTE_EG_432_1",
}
"""ITU-T H.273 code point → ``ColorPrimaries``."""
TRANSFERS = {
    1: "ITU_709",
    2: "UNSPECIFIED",
    4: "ITU_470M",
    5: "ITU_470BG",
    6: "SMPTE_170M",
    7: "SMPTE_240M",
    8: "LINEAR",
    11: "IEC_61966_2_4",
    13: "IEC_61966_2_1",
    14: "ITU_2020_10bit",
    15: "ITU_2020_12bit",
    16: "SMPTE_2084",
    18: "ARIB_B67",
}
"""ITU-T H.273 code point → ``TransferCharacteristics``."""
MATRICES = {
    0: "RGB",
    1: "ITU_709",
    2: "UNSPECIFIED",
    4: "FCC",
    5: "ITU_470BG",
    6: "SMPTE_170M",
    7: "SMPTE_240M",
    8: "YCgCo",
    9: "ITU_2020_NCL",
    10: "ITU_2020_CL",
}
"""ITU-T H.273 code point → ``MatrixCoefficients``."""
