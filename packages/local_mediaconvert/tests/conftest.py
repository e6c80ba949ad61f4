from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Final

import boto3
import pytest
from botocore.config import Config

from local_mediaconvert.service import LocalMediaConvert
from local_mediaconvert.transcoding.ffmpeg_runner import executable

from .jobs import INPUT_BUCKET, OUTPUT_BUCKET
from .recorder import Recorder, recording

if TYPE_CHECKING:
    from pathlib import Path

    from mypy_boto3_mediaconvert import MediaConvertClient
    from mypy_boto3_s3 import S3Client

REGION: Final = "ap-southeast-1"
_PATIENCE_SECONDS = 30.0
SESSION = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name=REGION)  # noqa: S106 - the local cloud's

Finished = Callable[..., dict[str, Any]]


def wait_until(holds: Callable[[], bool], what: str, seconds: float = _PATIENCE_SECONDS) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, f"waited {seconds:.0f} s for {what}"
        time.sleep(0.02)


def mediaconvert_client(url: str, **config: Any) -> MediaConvertClient:
    once = Config(retries={"total_max_attempts": 1}, **config)
    return SESSION.client("mediaconvert", endpoint_url=url, config=once)


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """MiniStack, for its S3."""
    folder = tmp_path_factory.mktemp("ministack")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        **os.environ,
        "GATEWAY_PORT": str(port),
        "BIND_HOST": "127.0.0.1",
        "MINISTACK_HOST": "localhost",
        "MINISTACK_REGION": REGION,
        "LAMBDA_EXECUTOR": "local",
        # A socket that does not exist: MiniStack removes other people's containers when it finds Docker.
        "DOCKER_HOST": f"unix://{folder / 'no-docker.sock'}",
        # Otherwise it opens further ports, for MQTT and SFTP, on every address.
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "S3_DATA_DIR": str(folder / "s3"),
        "STATE_DIR": str(folder / "state"),
        "TMPDIR": str(folder),
    }
    url = f"http://127.0.0.1:{port}"
    start = "from ministack.app import main; main()"
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([sys.executable, "-c", start], env=environment, stdout=log, stderr=log)

    def healthy() -> bool:
        try:
            with urllib.request.urlopen(f"{url}/_ministack/health", timeout=1) as answer:
                return bool(answer.status == 200)
        except OSError:
            assert process.poll() is None, (folder / "log").read_text()
            return False

    try:
        wait_until(healthy, "MiniStack")
        yield url
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@pytest.fixture(scope="session")
def s3(emulator: str) -> S3Client:
    client = SESSION.client("s3", endpoint_url=emulator, config=Config(s3={"addressing_style": "path"}))
    for bucket in (INPUT_BUCKET, OUTPUT_BUCKET):
        client.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
    return client


@pytest.fixture(scope="session")
def events() -> Iterator[Recorder]:
    with recording() as recorder:
        yield recorder


@pytest.fixture(scope="session")
def service_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("mediaconvert")


@pytest.fixture(scope="session")
def service(emulator: str, events: Recorder, service_folder: Path) -> Iterator[LocalMediaConvert]:
    with LocalMediaConvert(endpoint=emulator, data_dir=service_folder, events_endpoint=events.url) as running:
        yield running


@pytest.fixture(scope="session")
def client(service: LocalMediaConvert) -> MediaConvertClient:
    return mediaconvert_client(service.url)


@pytest.fixture(scope="session")
def unchecked_client(service: LocalMediaConvert) -> MediaConvertClient:
    """A client that sends what it is given: the server alone is the guard."""
    return mediaconvert_client(service.url, parameter_validation=False)


@pytest.fixture(scope="session")
def finished(client: MediaConvertClient) -> Finished:
    """Submits a job and waits for its end; gives the job as GetJob then shows it."""

    def submit(**request: Any) -> dict[str, Any]:
        job_id = client.create_job(**request)["Job"]["Id"]
        seen: dict[str, Any] = {}

        def ended() -> bool:
            seen.update(client.get_job(Id=job_id)["Job"])
            return seen["Status"] in {"COMPLETE", "ERROR", "CANCELED"}

        wait_until(ended, f"the end of job {job_id}")
        return seen

    return submit


@pytest.fixture(scope="session")
def ffmpeg() -> Callable[..., None]:
    """Runs ffmpeg, to make clips."""

    def run(*arguments: str | Path) -> None:
        words = [executable(), "-hide_banner", "-loglevel", "error", "-nostdin", "-y", *map(str, arguments)]
        subprocess.run(words, check=True)

    return run


@pytest.fixture(scope="session")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("clips")


@pytest.fixture(scope="session")
def clip(clips: Path, ffmpeg: Callable[..., None], s3: S3Client) -> Path:
    """5 s of 320x180 at 30000/1001 frames a second, with a tone; in S3 as ``clip.mp4``."""
    path = clips / "clip.mp4"
    picture = "testsrc2=size=320x180:rate=30000/1001:duration=5"
    sound = "sine=frequency=440:sample_rate=48000:duration=5"
    encode = (
        "-c:v",
        "libx264",
        "-preset",
        "ultrafast",
        "-pix_fmt",
        "yuv420p",
        "-c:a",
        "aac",
        "-movflags",
        "+faststart",
    )
    ffmpeg("-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", sound, *encode, path)
    s3.upload_file(str(path), INPUT_BUCKET, "clip.mp4")
    return path


@pytest.fixture(scope="session")
def uploaded(s3: S3Client) -> Callable[..., str]:
    """Puts a file or bytes into the input bucket; gives the key."""

    def put(content: Path | bytes, key: str | None = None) -> str:
        name = key or f"{uuid.uuid4().hex}.mp4"
        body = content if isinstance(content, bytes) else content.read_bytes()
        s3.put_object(Bucket=INPUT_BUCKET, Key=name, Body=body)
        return name

    return put


@pytest.fixture(scope="session")
def fetched(s3: S3Client, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Downloads all of the output bucket under a prefix; gives the folder."""

    def fetch(prefix: str) -> Path:
        folder = tmp_path_factory.mktemp("fetched")
        for item in s3.list_objects_v2(Bucket=OUTPUT_BUCKET, Prefix=prefix).get("Contents", []):
            target = folder / item["Key"].removeprefix(prefix).lstrip("/")
            target.parent.mkdir(parents=True, exist_ok=True)
            s3.download_file(OUTPUT_BUCKET, item["Key"], str(target))
        return folder

    return fetch


@pytest.fixture(scope="session")
def ffmpegs_in() -> Callable[[Path], int]:
    """Counts the ffmpeg processes that work below a folder."""

    def count(folder: Path) -> int:
        listed = subprocess.run(["ps", "-e", "-ww", "-o", "args="], capture_output=True, text=True, check=True).stdout
        return sum(line.startswith(executable()) and str(folder) in line for line in listed.splitlines())

    return count
