"""The MediaConvert job: an HLS stream with one sound group, a poster and thumbnails.

Rules of the service that shape it, from its API model and user guide unless said otherwise:

- QVBR takes ``RateControlMode`` QVBR, ``QvbrSettings`` and ``MaxBitrate``, and no ``Bitrate``; MULTI_PASS_HQ would be
  billed at the professional tier.
- Sound apart from the picture: a sound-only output names its ``AudioGroupId``, the pictures list it in
  ``AudioRenditionSets``.
- Frame capture needs container RAW, no sound, and an ordinary output in the same job
  (https://docs.aws.amazon.com/mediaconvert/latest/ug/file-group-with-frame-capture-output.html).
- Every output of a group needs its own ``NameModifier``.
- AAC-LC at 48 kHz allows 56 to 288 kbit/s in mono and 64 to 576 in stereo
  (https://docs.aws.amazon.com/mediaconvert/latest/ug/aac-support.html).
- ``Rotate`` AUTO follows the rotation of MP4 and MOV files only.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lambda_src import output_layout, stills
from lambda_src.ladder import Rendition, choose_renditions, fit
from lambda_src.record import JobRecord, request_token

if TYPE_CHECKING:
    from mypy_boto3_mediaconvert.literals import InputRotateType
    from mypy_boto3_mediaconvert.type_defs import (
        AudioDescriptionTypeDef,
        CreateJobRequestTypeDef,
        InputTypeDef,
        OutputGroupTypeDef,
        OutputTypeDef,
        VideoDescriptionTypeDef,
        VideoPreprocessorTypeDef,
    )

    from lambda_src.source import Picture, Sound, Source

AUDIO_GROUP = "audio"
AUDIO_SELECTOR = "Audio Selector 1"

_LONGEST_GOP_SECONDS = 2
_THUMBNAIL_BOX_HEIGHT = 180
_JPEG_QUALITY = 80
_CONTAINERS_WITH_AUTO_ROTATION = ("mp4", "quicktime")


@dataclass(frozen=True, slots=True, kw_only=True)
class JobPlan:
    """What a job is made of besides its source. ``role_arn`` is the role MediaConvert takes."""

    role_arn: str
    queue_arn: str
    output_bucket: str
    environment: str
    segment_seconds: int
    max_height: int


def build_job(record: JobRecord, source: Source, plan: JobPlan) -> CreateJobRequestTypeDef:
    """Build the ``CreateJob`` request of a claimed object version.

    Raises ``UnreadableMediaError`` where the picture is too small to encode.
    """
    groups = [_hls_group(record, source, plan)]
    if source.picture:
        groups += _still_groups(record, source.picture, source.duration, plan)
    return {
        "Role": plan.role_arn,
        "Queue": plan.queue_arn,
        "ClientRequestToken": request_token(record.record_id, record.attempt),
        "UserMetadata": {"record_id": record.record_id, "environment": plan.environment},
        "StatusUpdateInterval": "SECONDS_10",
        "Tags": {"environment": plan.environment, "record_id": record.record_id},
        "Settings": {
            "TimecodeConfig": {"Source": "ZEROBASED"},
            "Inputs": [_input(record, source)],
            "OutputGroups": groups,
        },
    }


def _folder(record: JobRecord, plan: JobPlan) -> str:
    return output_layout.folder_url(plan.output_bucket, record.output_prefix)


def _input(record: JobRecord, source: Source) -> InputTypeDef:
    made: InputTypeDef = {"FileInput": f"s3://{record.bucket}/{record.key}", "TimecodeSource": "ZEROBASED"}
    if source.picture:
        made["VideoSelector"] = {"Rotate": _rotate(source.container, source.picture.rotation)}
    if source.sound:
        made["AudioSelectors"] = {AUDIO_SELECTOR: {"DefaultSelection": "DEFAULT"}}
    return made


def _rotate(container: str, rotation: int) -> InputRotateType:
    if container in _CONTAINERS_WITH_AUTO_ROTATION or not rotation:
        return "AUTO"
    by_degrees: dict[int, InputRotateType] = {90: "DEGREES_90", 180: "DEGREES_180", 270: "DEGREES_270"}
    return by_degrees[rotation]


def _hls_group(record: JobRecord, source: Source, plan: JobPlan) -> OutputGroupTypeDef:
    outputs: list[OutputTypeDef] = []
    if source.picture:
        gop = _gop_seconds(plan.segment_seconds)
        outputs += [
            _video_output(rendition, source.picture, gop, with_sound=source.sound is not None)
            for rendition in choose_renditions(source.picture, max_height=plan.max_height)
        ]
    if source.sound:
        outputs.append(_audio_output(source.sound, alone=source.picture is None))
    return {
        "Name": "HLS",
        "OutputGroupSettings": {
            "Type": "HLS_GROUP_SETTINGS",
            "HlsGroupSettings": {
                "Destination": output_layout.playlist_destination(_folder(record, plan)),
                "SegmentLength": plan.segment_seconds,
                "SegmentLengthControl": "GOP_MULTIPLE",
                "MinSegmentLength": 0,
                "SegmentControl": "SEGMENTED_FILES",
                "DirectoryStructure": "SINGLE_DIRECTORY",
                "ManifestDurationFormat": "FLOATING_POINT",
                "CodecSpecification": "RFC_6381",
                "OutputSelection": "MANIFESTS_AND_SEGMENTS",
            },
        },
        "Outputs": outputs,
    }


def _gop_seconds(segment_seconds: int) -> float:
    """Return the longest group of pictures, up to 2 s, of which a segment holds a whole number."""
    return segment_seconds / math.ceil(segment_seconds / _LONGEST_GOP_SECONDS)


def _video_output(rendition: Rendition, picture: Picture, gop_seconds: float, *, with_sound: bool) -> OutputTypeDef:
    description: VideoDescriptionTypeDef = {
        "Width": rendition.width,
        "Height": rendition.height,
        "ScalingBehavior": "DEFAULT",
        "CodecSettings": {
            "Codec": "H_264",
            "H264Settings": {
                "RateControlMode": "QVBR",
                "QvbrSettings": {"QvbrQualityLevel": rendition.quality},
                "MaxBitrate": rendition.max_bitrate,
                "QualityTuningLevel": "SINGLE_PASS_HQ",
                "CodecProfile": "HIGH",
                "CodecLevel": "AUTO",
                "FramerateControl": "INITIALIZE_FROM_SOURCE",
                "GopSizeUnits": "SECONDS",
                "GopSize": gop_seconds,
                "GopClosedCadence": 1,
                # No key frame off the beat, so that segments of all renditions start on the same frames.
                "MinIInterval": 0,
                "SceneChangeDetect": "TRANSITION_DETECTION",
                "InterlaceMode": "PROGRESSIVE",
                "ParControl": "SPECIFIED",
                "ParNumerator": 1,
                "ParDenominator": 1,
            },
        },
    }
    preprocessors = _preprocessors(picture)
    if preprocessors:
        description["VideoPreprocessors"] = preprocessors
    output: OutputTypeDef = {
        "NameModifier": output_layout.name_modifier(rendition.name),
        "ContainerSettings": {"Container": "M3U8", "M3u8Settings": {}},
        "VideoDescription": description,
    }
    if with_sound:
        output["OutputSettings"] = {"HlsSettings": {"AudioRenditionSets": AUDIO_GROUP}}
    return output


def _preprocessors(picture: Picture) -> VideoPreprocessorTypeDef:
    """Bring interlaced and high-dynamic-range sources to what H.264 players show: whole frames in BT.709."""
    made: VideoPreprocessorTypeDef = {}
    if picture.interlaced:
        made["Deinterlacer"] = {"Mode": "DEINTERLACE", "Algorithm": "INTERPOLATE", "Control": "NORMAL"}
    if picture.hdr:
        made["ColorCorrector"] = {"ColorSpaceConversion": "FORCE_709"}
    return made


def _audio_output(sound: Sound, *, alone: bool) -> OutputTypeDef:
    mono = sound.channels == 1
    description: AudioDescriptionTypeDef = {
        "AudioSourceName": AUDIO_SELECTOR,
        "CodecSettings": {
            "Codec": "AAC",
            "AacSettings": {
                "CodecProfile": "LC",
                "RateControlMode": "CBR",
                # Mono stays mono: what would fill the second channel is not documented.
                "CodingMode": "CODING_MODE_1_0" if mono else "CODING_MODE_2_0",
                "Bitrate": 64_000 if mono else 128_000,
                "SampleRate": 48_000,
            },
        },
    }
    return {
        "NameModifier": output_layout.name_modifier(AUDIO_GROUP),
        "ContainerSettings": {"Container": "M3U8", "M3u8Settings": {}},
        "AudioDescriptions": [description],
        "OutputSettings": {
            "HlsSettings": {
                "AudioGroupId": AUDIO_GROUP,
                "AudioTrackType": "AUDIO_ONLY_VARIANT_STREAM" if alone else "ALTERNATE_AUDIO_AUTO_SELECT_DEFAULT",
                "AudioOnlyContainer": "M2TS",
            }
        },
    }


def _still_groups(
    record: JobRecord, picture: Picture, duration: float | None, plan: JobPlan
) -> list[OutputGroupTypeDef]:
    folder = _folder(record, plan)
    top = choose_renditions(picture, max_height=plan.max_height)[0]
    return [
        _still_group(
            "Poster",
            output_layout.poster_destination(folder),
            picture,
            (top.width, top.height),
            stills.poster(duration),
        ),
        _still_group(
            "Thumbnails",
            output_layout.thumbnails_destination(folder),
            picture,
            fit(picture, _THUMBNAIL_BOX_HEIGHT),
            stills.thumbnails(duration),
        ),
    ]


def _still_group(
    name: str, destination: str, picture: Picture, size: tuple[int, int], capture: stills.Capture
) -> OutputGroupTypeDef:
    description: VideoDescriptionTypeDef = {
        "Width": size[0],
        "Height": size[1],
        "ScalingBehavior": "DEFAULT",
        "CodecSettings": {
            "Codec": "FRAME_CAPTURE",
            "FrameCaptureSettings": {
                "FramerateNumerator": capture.numerator,
                "FramerateDenominator": capture.denominator,
                "MaxCaptures": capture.count,
                "Quality": _JPEG_QUALITY,
            },
        },
    }
    preprocessors = _preprocessors(picture)
    if preprocessors:
        description["VideoPreprocessors"] = preprocessors
    return {
        "Name": name,
        "OutputGroupSettings": {
            "Type": "FILE_GROUP_SETTINGS",
            "FileGroupSettings": {"Destination": destination},
        },
        "Outputs": [{"ContainerSettings": {"Container": "RAW"}, "VideoDescription": description}],
    }
