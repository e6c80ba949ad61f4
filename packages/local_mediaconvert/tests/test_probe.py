"""Probe: what a file is, without fetching it whole."""

from __future__ import annotations

import json
import threading
import urllib.request
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from local_mediaconvert.service import LocalMediaConvert
from local_mediaconvert.service_model import service_model
from local_mediaconvert.settings.validation import shape_problems

from .conftest import mediaconvert_client
from .jobs import INPUT_BUCKET
from .test_validation import post

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from mypy_boto3_mediaconvert import MediaConvertClient


def probe(client: MediaConvertClient, key: str) -> Any:
    return client.probe(InputFiles=[{"FileUrl": f"s3://{INPUT_BUCKET}/{key}"}])["ProbeResults"][0]


def test_a_video_is_described(client: MediaConvertClient, clip: Path, s3: Any) -> None:
    result = probe(client, "clip.mp4")
    container = result["Container"]
    assert container["Format"] == "mp4"
    assert container["Duration"] == pytest.approx(5.005, abs=0.01)
    picture, sound = container["Tracks"]
    assert (picture["TrackType"], picture["Codec"], picture["Index"]) == ("video", "AVC", 1)
    properties = picture["VideoProperties"]
    assert properties["FrameRate"] == {"Numerator": 30_000, "Denominator": 1001}
    assert (properties["Width"], properties["Height"], properties["BitDepth"]) == (320, 180, 8)
    assert properties["BitRate"] > 0
    assert properties["DisplayAspectRatio"] == {"Numerator": 16, "Denominator": 9}
    assert "Rotation" not in properties
    assert (sound["TrackType"], sound["Codec"], sound["Index"]) == ("audio", "AAC", 2)
    assert sound["AudioProperties"]["SampleRate"] == 48_000
    assert sound["AudioProperties"]["Channels"] == 1
    assert result["TrackMappings"] == [{"VideoTrackIndexes": [1], "AudioTrackIndexes": [2], "DataTrackIndexes": []}]
    head = s3.head_object(Bucket=INPUT_BUCKET, Key="clip.mp4")
    assert result["Metadata"]["FileSize"] == clip.stat().st_size
    assert result["Metadata"]["ETag"] == head["ETag"]
    assert result["Metadata"]["LastModified"] == head["LastModified"]


def test_the_answer_holds_only_what_the_service_model_has(service: LocalMediaConvert, clip: Path) -> None:
    assert clip.exists()
    body = json.dumps({"inputFiles": [{"fileUrl": f"s3://{INPUT_BUCKET}/clip.mp4"}]}).encode()
    _, _, answer = post(service, "/2017-08-29/probe", body)
    shape = service_model().operation_model("Probe").output_shape
    assert shape is not None
    assert list(shape_problems(answer, shape)) == []


def test_containers_are_told_apart(client: MediaConvertClient, remuxed: Callable[..., str]) -> None:
    for name, container in {"a.mkv": "matroska", "a.mov": "quicktime", "a.ts": "mpegts", "a.flv": None}.items():
        found = probe(client, remuxed(name))["Container"]
        assert found.get("Format") == container, "blank where the service model has no name"
        assert [track["Codec"] for track in found["Tracks"]] == ["AVC", "AAC"]


def test_a_file_with_sound_only_has_one_track(client: MediaConvertClient, remuxed: Callable[..., str]) -> None:
    (track,) = probe(client, remuxed("a.m4a", "-vn"))["Container"]["Tracks"]
    assert (track["TrackType"], track["Codec"]) == ("audio", "AAC")


@pytest.fixture(scope="module")
def remuxed(clip: Path, clips: Path, ffmpeg: Callable[..., None], uploaded: Callable[..., str]) -> Callable[..., str]:
    """Uploads the clip in another container; gives the key."""

    def make(name: str, *options: str, before: tuple[str, ...] = ()) -> str:
        ffmpeg(*before, "-i", clip, "-c", "copy", *options, clips / name)
        return uploaded(clips / name, f"remuxed/{name}")

    return make


def test_a_phones_rotation_is_told_clockwise(client: MediaConvertClient, remuxed: Callable[..., str]) -> None:
    key = remuxed("phone.mp4", before=("-display_rotation", "-90"))
    track = probe(client, key)["Container"]["Tracks"][0]["VideoProperties"]
    assert track["Rotation"] == 90
    assert (track["Width"], track["Height"]) == (320, 180)


def test_interlacing_and_colours_are_told(
    client: MediaConvertClient, clips: Path, ffmpeg: Callable[..., None], uploaded: Callable[..., str]
) -> None:
    path = clips / "fields.mp4"
    fields = ("-vf", "interlace", "-c:v", "libx264", "-pix_fmt", "yuv422p", "-flags", "+ildct+ilme")
    more = "tff=1:colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc"
    ffmpeg("-f", "lavfi", "-i", "testsrc2=size=320x180:rate=50:duration=1", *fields, "-x264-params", more, path)
    properties = probe(client, uploaded(path))["Container"]["Tracks"][0]["VideoProperties"]
    metadata = properties["CodecMetadata"]
    assert (metadata["ScanType"], metadata["FieldOrder"]) == ("Interlaced", "TopFieldFirst")
    assert metadata["ChromaSubsampling"] == "4:2:2"
    for shown in (properties, metadata):
        assert shown["TransferCharacteristics"] == "SMPTE_2084"
        assert (shown["ColorPrimaries"], shown["MatrixCoefficients"]) == ("ITU_2020", "ITU_2020_NCL")


def test_a_sounds_language_is_told(client: MediaConvertClient, remuxed: Callable[..., str]) -> None:
    key = remuxed("english.mp4", "-metadata:s:a:0", "language=eng")
    assert probe(client, key)["Container"]["Tracks"][1]["AudioProperties"]["LanguageCode"] == "eng"


def test_any_key_can_be_probed(client: MediaConvertClient, clip: Path, uploaded: Callable[..., str]) -> None:
    key = uploaded(clip, "odd/a+b %20 'q' 🎬?x#y.mp4")
    assert probe(client, key)["Container"]["Format"] == "mp4"


def test_a_missing_file_is_not_found(client: MediaConvertClient) -> None:
    with pytest.raises(client.exceptions.NotFoundException, match="nothing"):
        probe(client, "nothing.mp4")


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"", "the file is empty"), (b"just text", "No parser found"), (bytes(5000), "No parser found")],
)
def test_a_file_that_is_no_media_is_a_bad_request(
    content: bytes, message: str, client: MediaConvertClient, uploaded: Callable[..., str]
) -> None:
    with pytest.raises(client.exceptions.BadRequestException, match=message):
        probe(client, uploaded(content))


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ([], "/inputFiles: Should have 1 item, has 0"),
        ([{}], "/inputFiles/0: fileUrl is a required property"),
        ([{"FileUrl": "https://example.com/a.mp4"}], "only of s3://bucket/key"),
    ],
)
def test_a_probe_of_nothing_that_is_here_is_a_bad_request(
    files: list[Any], message: str, client: MediaConvertClient
) -> None:
    with pytest.raises(ClientError, match=message) as caught:
        client.probe(InputFiles=files)
    assert caught.value.response["Error"]["Code"] == "BadRequestException"


@pytest.fixture
def counted(emulator: str) -> Iterator[tuple[str, Counter[str]]]:
    """A way to S3 that counts the bytes of its answers: its URL, and the count under ``bytes``."""
    count: Counter[str] = Counter()

    class Proxy(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            headers = {name: value for name, value in self.headers.items() if name in {"Range", "Authorization"}}
            request = urllib.request.Request(f"{emulator}{self.path}", headers=headers, method=self.command)
            with urllib.request.urlopen(request, timeout=5) as answer:
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                while self.command == "GET" and (chunk := answer.read(1 << 14)):
                    self.wfile.write(chunk)
                    count["bytes"] += len(chunk)

        do_HEAD = do_GET  # noqa: N815 - the base class's

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            """A prober hangs up when it has seen enough."""

    server = Server(("127.0.0.1", 0), Proxy)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}", count
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def large(clip: Path, clips: Path, ffmpeg: Callable[..., None], s3: Any) -> int:
    """Uploads 30 MB with the index at the end as ``large.mov``; gives the size."""
    path = clips / "large.mov"
    noise = ("-f", "lavfi", "-i", "anoisesrc=sample_rate=96000:duration=78")
    ffmpeg("-i", clip, *noise, "-map", "0:v", "-map", "1:a", "-c:v", "copy", "-c:a", "pcm_f32le", path)
    s3.upload_file(str(path), INPUT_BUCKET, "large.mov")
    return path.stat().st_size


def test_a_large_file_is_not_fetched_whole(large: int, counted: tuple[str, Counter[str]], tmp_path: Path) -> None:
    endpoint, count = counted
    with LocalMediaConvert(endpoint=endpoint, data_dir=tmp_path) as service:
        found = probe(mediaconvert_client(service.url), "large.mov")["Container"]
    assert found["Duration"] == pytest.approx(78, abs=1)
    assert large > 25_000_000
    assert count["bytes"] < 2_000_000
