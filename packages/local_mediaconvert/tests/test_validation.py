"""A job that AWS would reject is rejected here, whoever sends it, with AWS's error code and the place named."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from local_mediaconvert import exceptions
from local_mediaconvert.service_model import service_model

from .jobs import (
    OUTPUT_BUCKET,
    aac,
    audio,
    av1,
    av1_mp4,
    captures,
    file_group,
    h264,
    hls_group,
    job,
    mp4,
    simple_job,
    video,
)

if TYPE_CHECKING:
    from mypy_boto3_mediaconvert import MediaConvertClient

    from local_mediaconvert.service import LocalMediaConvert

AT = f"s3://{OUTPUT_BUCKET}/never/index"
OUTPUT = "Settings/OutputGroups/0/Outputs/0"
CODEC = f"{OUTPUT}/VideoDescription/CodecSettings"
REMOVED = object()


def changed(request: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """``request`` with the member at ``path`` set, or removed."""
    *parents, last = path.split("/")
    at: Any = request
    for name in parents:
        at = at[int(name)] if isinstance(at, list) else at.setdefault(name, {})
    if value is REMOVED:
        del at[last]
    else:
        at[int(last) if isinstance(at, list) else last] = value
    return request


def rejection(client: MediaConvertClient, request: dict[str, Any]) -> str:
    with pytest.raises(ClientError) as caught:
        client.create_job(**request)
    error = caught.value.response
    assert error["Error"]["Code"] == "BadRequestException"
    assert error["ResponseMetadata"]["HTTPStatusCode"] == 400
    return str(error["Error"]["Message"])


BY_SHAPE: dict[str, tuple[str, Any, str]] = {
    "a wrong type": (f"{OUTPUT}/NameModifier", 7, "/outputGroups/0/outputs/0/nameModifier: 7 should be a string"),
    "a string that is too long": (f"{OUTPUT}/NameModifier", "x" * 257, "should have at most 256 characters"),
    "an unknown enum value": (f"{CODEC}/Codec", "H_999", '"H_999" should be one of AV1, AVC_INTRA'),
    "a number below its range": (f"{OUTPUT}/VideoDescription/Width", 30, "/width: 30 should be at least 32"),
    "a number above its range": (f"{CODEC}/H264Settings/QvbrSettings/QvbrQualityLevel", 11, "11 should be at most 10"),
    "a fraction for an integer": (f"{CODEC}/H264Settings/MaxBitrate", 1.5, "1.5 should be an integer"),
    "a truth value for an integer": (f"{CODEC}/H264Settings/MaxBitrate", True, "true should be an integer"),
    "a string against its pattern": ("Settings/OutputGroups/0/OutputGroupSettings/FileGroupSettings/Destination",
                                     "http://x/y", "should match the pattern ^s3:"),
    "a missing required member": ("Settings", REMOVED, "settings is a required property"),
}  # fmt: skip


@pytest.mark.parametrize("case", BY_SHAPE)
def test_what_the_service_model_forbids_is_rejected(case: str, unchecked_client: MediaConvertClient) -> None:
    path, value, message = BY_SHAPE[case]
    assert message in rejection(unchecked_client, changed(simple_job(), path, value))


ACROSS_FIELDS: dict[str, tuple[dict[str, Any], str]] = {
    "no inputs": (changed(simple_job(), "Settings/Inputs", []), "/inputs: Should have at least 1 items"),
    "an input without a file": (
        changed(simple_job(), "Settings/Inputs/0/FileInput", REMOVED),
        "fileInput is a required",
    ),
    "no output groups": (
        changed(simple_job(), "Settings/OutputGroups", []),
        "/outputGroups: Should have at least 1 items",
    ),
    "no outputs": (
        changed(simple_job(), "Settings/OutputGroups/0/Outputs", []),
        "/outputGroups/0/outputs: Should have at least 1 items",
    ),
    "a group without the settings of its type": (
        changed(simple_job(), "Settings/OutputGroups/0/OutputGroupSettings/FileGroupSettings", REMOVED),
        "/outputGroups/0/outputGroupSettings: fileGroupSettings is a required property",
    ),
    "a group without a type": (
        changed(simple_job(), "Settings/OutputGroups/0/OutputGroupSettings/Type", REMOVED),
        "type is a required property",
    ),
    "no destination": (
        changed(simple_job(), "Settings/OutputGroups/0/OutputGroupSettings/FileGroupSettings", {}),
        "destination is a required property",
    ),
    "AV1 in a transport stream": (
        job(
            hls_group({**video("_v", 320, 180), "VideoDescription": {"CodecSettings": av1()}}, destination=AT),
            key="k.mp4",
        ),
        "videoDescription/codecSettings/codec: AV1 does not go into the container M3U8",
    ),
    "AV1 without its maximum": (
        changed(job(file_group(av1_mp4(), destination=AT), key="k.mp4"), f"{CODEC}/Av1Settings/MaxBitrate", REMOVED),
        "av1Settings: maxBitrate is a required property",
    ),
    "a GOP of AV1 in parts of a frame": (
        job(file_group(av1_mp4(GopSize=1.5), destination=AT), key="k.mp4"),
        "av1Settings/gopSize: 1.5 should be a whole number of frames above 0",
    ),
    "a destination without a bucket": (
        job(file_group(mp4(), destination="s3:///x"), key="k.mp4"),
        "should be s3://bucket/path",
    ),
    "no container": (
        changed(simple_job(), f"{OUTPUT}/ContainerSettings", REMOVED),
        "/outputGroups/0/outputs/0: containerSettings is a required property",
    ),
    "a container of another group type": (
        job(hls_group({**mp4("_x")}, destination=AT), key="k.mp4"),
        '"MP4" should be one of M3U8 in a HLS_GROUP_SETTINGS group',
    ),
    "an HLS output without a name modifier": (
        changed(job(hls_group(video("_v", 320, 180), destination=AT), key="k"), f"{OUTPUT}/NameModifier", REMOVED),
        "/outputGroups/0/outputs/0: nameModifier is a required property",
    ),
    "several outputs without name modifiers": (
        job(file_group(mp4("_a"), mp4(), destination=AT), key="k.mp4"),
        "/outputGroups/0/outputs/1: nameModifier is a required property",
    ),
    "two outputs of one name": (
        job(file_group(mp4("_a"), mp4("_a"), destination=AT), key="k.mp4"),
        f"would write {AT}_a.mp4, as /outputGroups/0/outputs/0 does",
    ),
    "two groups of one name": (
        job(file_group(mp4(), destination=AT), file_group(mp4(), destination=AT), key="k.mp4"),
        f"would write {AT}.mp4",
    ),
    "QVBR without a maximum": (
        changed(simple_job(), f"{CODEC}/H264Settings/MaxBitrate", REMOVED),
        "maxBitrate is a required property when rateControlMode is QVBR",
    ),
    "CBR without a bit rate": (
        changed(simple_job(), f"{CODEC}/H264Settings", {"RateControlMode": "CBR"}),
        "bitrate is a required property when rateControlMode is CBR",
    ),
    "QVBR settings for another mode": (
        changed(simple_job(), f"{CODEC}/H264Settings", {"RateControlMode": "VBR", "Bitrate": 9000, "QvbrSettings": {}}),
        "/qvbrSettings: is for the rateControlMode QVBR",
    ),
    "a codec without its settings": (
        changed(simple_job(), f"{CODEC}/H264Settings", REMOVED),
        "/codecSettings: h264Settings is a required property",
    ),
    "settings of another codec": (
        changed(simple_job(), f"{CODEC}/H265Settings", {"RateControlMode": "CBR"}),
        "/h265Settings: does not belong to the codec H_264",
    ),
    "a frame rate without its numbers": (
        changed(simple_job(), f"{CODEC}/H264Settings/FramerateControl", "SPECIFIED"),
        "framerateNumerator is a required property",
    ),
    "a pixel aspect ratio without its numbers": (
        changed(simple_job(), f"{CODEC}/H264Settings/ParControl", "SPECIFIED"),
        "parNumerator is a required property",
    ),
    "a broken number of frames in a GOP": (
        changed(simple_job(), f"{CODEC}/H264Settings", h264(GopSize=1.5, GopSizeUnits="FRAMES")["H264Settings"]),
        "/gopSize: 1.5 should be a whole number of frames",
    ),
    "an odd width": (changed(simple_job(), f"{OUTPUT}/VideoDescription/Width", 321), "/width: 321 should be even"),
    "frame capture alone": (
        job(file_group(captures(), destination=AT), key="k.mp4"),
        "/outputGroups: frame capture outputs need another output in the same job",
    ),
    "frame capture in a container": (
        changed(job(file_group(captures(), destination=AT), key="k"), f"{OUTPUT}/ContainerSettings/Container", "MP4"),
        "FRAME_CAPTURE does not go into the container MP4",
    ),
    "frame capture with sound": (
        job(file_group({**captures(), "AudioDescriptions": [aac()]}, destination=AT), key="k.mp4"),
        "a frame capture output has no audio",
    ),
    "an audio source that no input has": (
        changed(
            changed(simple_job(), f"{OUTPUT}/AudioDescriptions", [{**aac(), "AudioSourceName": "Nobody"}]),
            "Settings/Inputs/0/AudioSelectors",
            {"Audio Selector 1": {"DefaultSelection": "NOT_DEFAULT"}},
        ),
        '"Nobody" should be an audio selector of /inputs/0, which has "Audio Selector 1"',
    ),
    "an AAC bit rate that does not exist": (
        job(hls_group({**audio(), "AudioDescriptions": [aac(Bitrate=97_000)]}, destination=AT), key="k.mp4"),
        "/bitrate: 97000 should be one of 6000, 8000",
    ),
    "an AAC bit rate that its sample rate cannot carry": (
        job(hls_group({**audio(), "AudioDescriptions": [aac(SampleRate=8000)]}, destination=AT), key="k.mp4"),
        "/bitrate: 96000 should be 16000 to 20000 for CODING_MODE_2_0 at 8000 Hz",
    ),
    "an audio group that no output provides": (
        job(
            hls_group(
                {**video("_v", 320, 180), "OutputSettings": {"HlsSettings": {"AudioRenditionSets": "audio,other"}}},
                audio(),
                destination=AT,
            ),
            key="k.mp4",
        ),
        '"other" should be the audioGroupId of an audio-only output of this group, which has audio',
    ),
    "two audio tracks in an audio-only output": (
        job(hls_group({**audio(), "AudioDescriptions": [aac(), aac()]}, destination=AT), key="k.mp4"),
        "an audio-only output has one audio description",
    ),
    "two default tracks in an audio group": (
        job(
            hls_group(
                *(audio(name, AudioTrackType="ALTERNATE_AUDIO_AUTO_SELECT_DEFAULT") for name in ("_a", "_b")),
                destination=AT,
            ),
            key="k.mp4",
        ),
        'the audio group "audio" has 2 default tracks',
    ),
    "a final segment as long as a segment": (
        job(hls_group(video("_v", 320, 180), destination=AT, MinFinalSegmentLength=2.0), key="k.mp4"),
        "/minFinalSegmentLength: 2.0 should be 0, or at least 1 and below the segment length of 2",
    ),
    "a role that is no role": (simple_job() | {"Role": "arn:aws:iam::1:user/me"}, "/role:"),
    "a role whose name IAM does not give": (
        simple_job() | {"Role": f"arn:aws:iam::123456789012:role/{'r' * 65}"},
        "should be the ARN of an IAM role",
    ),
    "a GOP below nothing": (
        changed(simple_job(), f"{CODEC}/H264Settings/GopSize", -1),
        "h264Settings/gopSize: -1 should be at least 0",
    ),
    "a selector that the input has not got, though it has a default": (
        changed(simple_job(), f"{OUTPUT}/AudioDescriptions", [{**aac(), "AudioSourceName": "Music"}]),
        '"Music" should be an audio selector of /inputs/0, which has "Audio Selector 1"',
    ),
    "settings without anything": (simple_job() | {"Settings": {}}, "/outputGroups: Should have at least 1 items"),
    "a token that is too long": (simple_job() | {"ClientRequestToken": "x" * 65}, "at most 64 ASCII characters"),
    "a token that is not ASCII": (simple_job() | {"ClientRequestToken": "é"}, "at most 64 ASCII characters"),
}


@pytest.mark.parametrize("case", ACROSS_FIELDS)
def test_what_the_services_rules_forbid_is_rejected(case: str, client: MediaConvertClient) -> None:
    request, message = ACROSS_FIELDS[case]
    assert message in rejection(client, request)


def test_every_problem_of_a_job_is_told_at_once(unchecked_client: MediaConvertClient) -> None:
    request = changed(changed(simple_job(), f"{OUTPUT}/VideoDescription/Width", 1), f"{CODEC}/Codec", "X")
    message = rejection(unchecked_client, request)
    assert "/width: 1 should be at least 32" in message
    assert '"X" should be one of' in message


def test_a_queue_that_does_not_exist_is_not_found(client: MediaConvertClient) -> None:
    with pytest.raises(client.exceptions.NotFoundException, match="nowhere"):
        client.create_job(**simple_job(Queue="nowhere"))


def post(service: LocalMediaConvert, path: str, body: bytes, method: str = "POST") -> tuple[int, str, dict[str, Any]]:
    """A request from no SDK: status, error type and body of the answer."""
    request = urllib.request.Request(f"{service.url}{path}", data=body, method=method)
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            return answer.status, "", json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, error.headers["x-amzn-ErrorType"], json.load(error)


def test_an_unknown_member_is_rejected_by_name(service: LocalMediaConvert) -> None:
    body = {"role": "arn:aws:iam::123456789012:role/r", "settings": {"inputs": [{"fileimput": "s3://a/b"}]}}
    status, kind, answer = post(service, "/2017-08-29/jobs", json.dumps(body).encode())
    assert (status, kind) == (400, "BadRequestException")
    assert "/inputs/0/fileimput: is not a property of Input" in answer["message"]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"{", "not valid JSON"),
        (b"[]", "must be a JSON object"),
        (b'{"role": null, "settings": {}}', "/role: null should be a string"),
        (b"\xff", "not valid JSON"),
        (b'{"role": "r", "settings": {"timecodeConfig": []}}', "/timecodeConfig: [] should be an object"),
        (b'{"role": "r", "settings": {"inputs": {}}}', "/inputs: {} should be a list"),
    ],
)
def test_a_body_that_is_no_job_is_rejected(body: bytes, message: str, service: LocalMediaConvert) -> None:
    status, kind, answer = post(service, "/2017-08-29/jobs", body)
    assert (status, kind) == (400, "BadRequestException")
    assert message in answer["message"]


def test_a_path_that_is_no_operation_is_not_found(service: LocalMediaConvert) -> None:
    status, kind, answer = post(service, "/2017-08-29/nonsense", b"{}")
    assert (status, kind) == (404, "NotFoundException")
    assert "POST /2017-08-29/nonsense" in answer["message"]


def test_a_member_of_the_url_is_not_taken_from_the_body(service: LocalMediaConvert) -> None:
    status, _, answer = post(service, "/2017-08-29/queues/q", b'{"name": "other"}', "PUT")
    assert status == 400
    assert "/name: belongs in the URL" in answer["message"]


@pytest.mark.parametrize(
    "name",
    sorted(
        set(service_model().operation_names)
        - {
            *("CancelJob", "CreateJob", "GetJob", "ListJobs", "SearchJobs", "Probe", "DescribeEndpoints"),
            *("CreateQueue", "DeleteQueue", "GetQueue", "ListQueues", "UpdateQueue"),
            *("TagResource", "UntagResource", "ListTagsForResource"),
        }
    ),
)
def test_an_operation_that_is_missing_here_says_so(name: str, service: LocalMediaConvert) -> None:
    http = service_model().operation_model(name).http
    path = http["requestUri"].replace("{", "").replace("}", "")
    body = b"" if http["method"] == "GET" else b"{}"
    status, kind, answer = post(service, path, body, http["method"])
    assert (status, kind) == (400, "BadRequestException")
    assert answer["message"] == f"the local MediaConvert does not support the operation {name}"


def test_error_codes_and_statuses_are_those_of_the_service_model() -> None:
    ours = [exceptions.BadRequestError, exceptions.ForbiddenError, exceptions.NotFoundError]
    ours += [exceptions.ConflictError, exceptions.InternalServerError]
    for kind in ours:
        assert service_model().shape_for(kind.code).metadata["error"]["httpStatusCode"] == kind.status
