"""The Probe operation: a file in S3, described in the shapes of the service model.

Only what the prober looks at is fetched, see ``s3.reader``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from local_mediaconvert.api.probe_names import (
    BRANDS,
    CODECS,
    FORMATS,
    MATRICES,
    PRIMARIES,
    SAME_NAME,
    TRANSFERS,
)
from local_mediaconvert.destinations import parse_s3
from local_mediaconvert.exceptions import (
    BadRequestError,
    ForbiddenError,
    InternalServerError,
    NotFoundError,
    UnsupportedLocallyError,
)
from local_mediaconvert.media.probing import UnreadableMediaError, probe
from local_mediaconvert.s3.reader import S3Reader
from local_mediaconvert.settings.validation import show

if TYPE_CHECKING:
    from fractions import Fraction

    from mypy_boto3_s3 import S3Client

    from local_mediaconvert.media.tracks import AudioTrack, DataTrack, Media, VideoTrack
    from local_mediaconvert.service_model import Json

_FIELD_ORDERS: dict[bool | None, str] = {True: "TopFieldFirst", False: "BottomFieldFirst"}
_MISSING = frozenset({"404", "NoSuchKey", "NoSuchBucket"})
_DENIED = frozenset({"403", "AccessDenied"})


def probe_file(s3: S3Client, url: str) -> Json:
    """One entry of ``probeResults`` for the S3 URL.

    Raises:
        NotFoundError: the object does not exist.
        ForbiddenError: S3 denies access to it.
        BadRequestError: it is no readable media file.
        UnsupportedLocallyError: the URL is not in S3.

    """
    location = parse_s3(url)
    if location is None or not location.key:
        raise UnsupportedLocallyError(f"the probe of {show(url)}, only of s3://bucket/key")
    try:
        head = s3.head_object(Bucket=location.bucket, Key=location.key)
        if not head["ContentLength"]:
            raise BadRequestError(f"Unable to probe {url}: [the file is empty]")
        media = probe(S3Reader(s3, location, head["ContentLength"]))
    except ClientError as error:
        code = error.response["Error"].get("Code", "")
        if code in _MISSING:
            raise NotFoundError(f"The file to probe doesn't exist: {url}") from error
        if code in _DENIED:
            raise ForbiddenError(f"S3 denies access to the file to probe: {url}") from error
        raise InternalServerError(f"S3 failed on {url}: {error}") from error
    except BotoCoreError as error:
        raise InternalServerError(f"S3 failed on {url}: {error}") from error
    except UnreadableMediaError as error:
        raise BadRequestError(f"Unable to probe {url}: [{error}]") from error
    return {
        "container": _container(media, location.key, head["ContentLength"]),
        "metadata": {
            "eTag": head["ETag"],
            "fileSize": head["ContentLength"],
            "lastModified": int(head["LastModified"].timestamp()),
            "mimeType": head.get("ContentType", "binary/octet-stream"),
        },
        "trackMappings": [
            {
                "videoTrackIndexes": [track.index + 1 for track in media.video],
                "audioTrackIndexes": [track.index + 1 for track in media.audio],
                "dataTrackIndexes": [track.index + 1 for track in media.data],
            }
        ],
    }


def _container(media: Media, key: str, size: int) -> Json:
    tracks = [
        *(_video(track, media) for track in media.video),
        *(_audio(track, media) for track in media.audio),
        *(_data(track) for track in media.data),
    ]
    bit_rate = round(size * 8 / media.duration) if media.duration else None
    return _known(
        format=_format(media, key),
        duration=media.duration,
        bitRate=bit_rate,
        tracks=sorted(tracks, key=lambda track: int(track["index"])),
    )


def _format(media: Media, key: str) -> str | None:
    """The container's name; blank for one that the service model has no name for."""
    name = media.formats[0]
    if name == "mov":
        return next((known for brand, known in BRANDS.items() if media.brand.startswith(brand)), "mp4")
    if name == "matroska" and key.lower().endswith(".webm"):
        return "webm"
    return FORMATS.get(name)


def _video(track: VideoTrack, media: Media) -> Json:
    shape = track.pixel_aspect * track.width / track.height if track.height else None
    essence = _known(
        width=track.width,
        height=track.height,
        bitDepth=track.bit_depth,
        colorPrimaries=PRIMARIES.get(track.color_primaries),
        transferCharacteristics=TRANSFERS.get(track.color_transfer),
        matrixCoefficients=MATRICES.get(track.color_matrix),
        sampleAspectRatio=_fraction(track.pixel_aspect),
        displayAspectRatio=_fraction(shape) if shape else None,
    )
    coded = _known(
        chromaSubsampling=":".join(track.chroma) if track.chroma else None,
        profile=track.profile,
        scanType="Interlaced" if track.interlaced else "Progressive",
        fieldOrder=_FIELD_ORDERS.get(track.top_field_first),
    )
    properties = _known(frameRate=_fraction(track.frame_rate), bitRate=track.bit_rate, rotation=track.rotation or None)
    properties |= {**essence, "codecMetadata": {**essence, **coded}}
    return {
        **_track(track.index, track.codec, "video", track.duration or media.duration),
        "videoProperties": properties,
    }


def _audio(track: AudioTrack, media: Media) -> Json:
    properties = _known(
        channels=track.channels,
        channelLayout=track.layout,
        sampleRate=track.sample_rate,
        bitRate=track.bit_rate,
        bitDepth=track.bit_depth,
        languageCode=track.language,
    )
    return {
        **_track(track.index, track.codec, "audio", track.duration or media.duration),
        "audioProperties": properties,
    }


def _data(track: DataTrack) -> Json:
    return {**_track(track.index, track.codec, "data", None), "dataProperties": _known(languageCode=track.language)}


def _track(index: int, codec: str, kind: str, duration: float | None) -> Json:
    return _known(index=index + 1, codec=_codec(codec), trackType=kind, duration=duration)


def _codec(name: str) -> str:
    if name.startswith("pcm_"):
        return "PCM"
    upper = name.upper()
    return CODECS.get(name) or (upper if upper in SAME_NAME else "UNKNOWN")


def _fraction(value: Fraction) -> Json:
    return {"numerator": value.numerator, "denominator": value.denominator}


def _known(**values: object) -> Json:
    """The values that are known."""
    return {name: value for name, value in values.items() if value is not None}
