"""A job's events: which, in what order, in the shapes that AWS documents."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any

import pytest
from botocore.config import Config

from local_mediaconvert.jobs.event_delivery import EventDelivery
from local_mediaconvert.service import LocalMediaConvert

from .conftest import REGION, SESSION, mediaconvert_client, wait_until
from .jobs import (
    INPUT_BUCKET,
    OUTPUT_BUCKET,
    audio,
    captures,
    file_group,
    hls_group,
    job,
    mp4,
    simple_job,
    video,
)
from .recorder import recording

if TYPE_CHECKING:
    from pathlib import Path

    from mypy_boto3_mediaconvert import MediaConvertClient

    from .conftest import Finished
    from .recorder import Recorder

AT = f"s3://{OUTPUT_BUCKET}/told"


@pytest.fixture(scope="module")
def told(finished: Finished, events: Recorder, clip: Path) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """A job with every kind of output, and the details of its events."""
    assert clip.exists()
    file_out = mp4("_file", sound=False, RateControlMode="CBR", Bitrate=300_000)
    settings = file_out["VideoDescription"]["CodecSettings"]["H264Settings"]
    del settings["MaxBitrate"], settings["QvbrSettings"]
    done = finished(
        **job(
            hls_group(video("_v", 160, 90), audio(), destination=f"{AT}/index"),
            file_group(file_out, captures("_shot"), destination=f"{AT}/out"),
            key="clip.mp4",
            UserMetadata={"record_id": "r1"},
            StatusUpdateInterval="SECONDS_10",
        )
    )
    events.wait_for(done["Id"], "COMPLETE")
    return done, events.details(done["Id"])


def one(details: list[dict[str, Any]], status: str) -> dict[str, Any]:
    (found,) = [detail for detail in details if detail["status"] == status]
    return found


def test_a_jobs_events_come_in_order_and_none_tells_of_its_submission(told: Any) -> None:
    _, details = told
    order = list(dict.fromkeys(detail["status"] for detail in details))
    assert order == ["PROGRESSING", "INPUT_INFORMATION", "STATUS_UPDATE", "COMPLETE"]


def test_every_event_says_whose_it_is(told: Any, events: Recorder) -> None:
    done, details = told
    for detail in details:
        assert detail["jobId"] == done["Id"]
        assert detail["queue"] == done["Queue"]
        assert detail["accountId"] == "123456789012"
        assert detail["userMetadata"] == {"record_id": "r1"}
        assert isinstance(detail["timestamp"], int)
        assert detail["timestamp"] > 1_600_000_000_000, "milliseconds"
    for entry in events.entries(done["Id"]):
        assert entry["Source"] == "aws.mediaconvert"
        assert entry["DetailType"] == "MediaConvert Job State Change"
        assert entry["Resources"] == [done["Arn"]]


def test_input_information_describes_the_source(told: Any) -> None:
    (details,) = one(told[1], "INPUT_INFORMATION")["inputDetails"]
    assert details == {
        "id": 1,
        "uri": f"s3://{INPUT_BUCKET}/clip.mp4",
        "audio": [{"channels": 1, "codec": "AAC", "language": "UND", "sampleRate": 48_000, "streamId": 2}],
        "video": [
            {
                "bitDepth": 8,
                "codec": "H_264",
                "colorFormat": "YUV_420",
                "fourCC": "avc1",
                "frameRate": 29.97,
                "height": 180,
                "interlaceMode": "PROGRESSIVE",
                "sar": "1:1",
                "standard": "UNSPECIFIED",
                "streamId": 1,
                "width": 320,
            }
        ],
    }


def test_status_updates_tell_phase_and_percent(told: Any) -> None:
    updates = [detail for detail in told[1] if detail["status"] == "STATUS_UPDATE"]
    percents = [update["jobProgress"]["jobPercentComplete"] for update in updates]
    assert percents == sorted(percents)
    last = updates[-1]
    assert last["framesDecoded"] > 0
    assert last["jobProgress"]["currentPhase"] == "UPLOADING"
    assert last["jobProgress"]["retryCount"] == 0
    assert last["jobProgress"]["phaseProgress"] == {
        "PROBING": {"status": "COMPLETE", "percentComplete": 100},
        "TRANSCODING": {"status": "COMPLETE", "percentComplete": 100},
        "UPLOADING": {"status": "PROGRESSING", "percentComplete": 0},
    }


def test_complete_tells_where_every_output_is(told: Any) -> None:
    hls, files = one(told[1], "COMPLETE")["outputGroupDetails"]
    assert hls["type"] == "HLS_GROUP"
    assert hls["playlistFilePaths"] == [f"{AT}/index.m3u8"]
    assert [each["outputFilePaths"] for each in hls["outputDetails"]] == [
        [f"{AT}/index_v.m3u8"],
        [f"{AT}/index_audio.m3u8"],
    ]
    assert files["type"] == "FILE_GROUP"
    assert "playlistFilePaths" not in files
    # Of captures, the last one is named.
    paths = [each["outputFilePaths"] for each in files["outputDetails"]]
    assert paths == [[f"{AT}/out_file.mp4"], [f"{AT}/out_shot.0000004.jpg"]]


def test_complete_tells_durations_sizes_bit_rates_and_quality(told: Any) -> None:
    hls, files = one(told[1], "COMPLETE")["outputGroupDetails"]
    rendition, sound = hls["outputDetails"]
    assert rendition["durationInMs"] == pytest.approx(5005, abs=34)
    assert sound["durationInMs"] == pytest.approx(5000, abs=50)
    assert "videoDetails" not in sound
    picture = rendition["videoDetails"]
    assert (picture["widthInPx"], picture["heightInPx"]) == (160, 90)
    assert 10_000 < picture["averageBitrate"] < 1_000_000
    assert picture["qvbrMinQuality"] <= picture["qvbrAvgQuality"] <= picture["qvbrMaxQuality"]
    constant, shots = (each["videoDetails"] for each in files["outputDetails"])
    assert constant["averageBitrate"] == pytest.approx(300_000, rel=0.25)
    assert "qvbrAvgQuality" not in constant, "only QVBR outputs have a quality"
    assert shots == {"widthInPx": 160, "heightInPx": 90}


def test_an_error_tells_code_and_message(client: MediaConvertClient, events: Recorder) -> None:
    made = client.create_job(**simple_job(key="gone.mp4"))["Job"]["Id"]
    detail = events.wait_for(made, "ERROR")
    assert detail["errorCode"] == 1404
    assert "gone.mp4" in detail["errorMessage"]
    assert [each["status"] for each in events.details(made)] == ["PROGRESSING", "ERROR"]


def test_a_canceled_job_tells_so_once_and_last(client: MediaConvertClient, events: Recorder, clip: Path) -> None:
    assert clip.exists()
    client.create_queue(Name="told", Status="PAUSED")
    made = client.create_job(**simple_job(Queue="told"))["Job"]["Id"]
    client.cancel_job(Id=made)
    events.wait_for(made, "CANCELED")
    assert [each["status"] for each in events.details(made)] == ["CANCELED"]
    client.delete_queue(Name="told")


def test_a_job_that_is_canceled_while_its_last_file_is_written_stays_canceled(
    emulator: str, events: Recorder, clip: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert clip.exists()
    with LocalMediaConvert(endpoint=emulator, data_dir=tmp_path, events_endpoint=events.url) as service:
        client = mediaconvert_client(service.url)

        def cancel(**_: Any) -> None:
            (job_id,) = [each["Id"] for each in client.list_jobs()["Jobs"]]
            client.cancel_job(Id=job_id)

        service._s3.meta.events.register("after-call.s3.PutObject", cancel)
        made = client.create_job(**simple_job(destination="last/x"))["Job"]["Id"]
        events.wait_for(made, "CANCELED")
        wait_until(lambda: not list(tmp_path.glob("*/job-*")), "the job's folder to go")
        assert client.get_job(Id=made)["Job"]["Status"] == "CANCELED"
    assert events.details(made)[-1]["status"] == "CANCELED"
    assert not caplog.records


def test_an_event_that_fails_is_sent_again_and_order_is_kept(clip: Path, finished: Finished, events: Recorder) -> None:
    assert clip.exists()
    events.failures = 2
    done = finished(**simple_job(destination="again/x"))
    events.wait_for(done["Id"], "COMPLETE")
    statuses = [each["status"] for each in events.details(done["Id"])]
    assert statuses[0] == "PROGRESSING"
    assert statuses[-1] == "COMPLETE"


def test_an_event_that_never_arrives_is_logged_whole(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("local_mediaconvert.jobs.event_delivery._WAITS_SECONDS", (0.01,))
    with recording() as bus, caplog.at_level(logging.ERROR):
        bus.failures = 100
        once = Config(retries={"total_max_attempts": 1})
        client = SESSION.client("events", endpoint_url=bus.url, config=once)
        delivery = EventDelivery(lambda _: client)
        delivery.send(f"arn:aws:mediaconvert:{REGION}:123456789012:jobs/1", {"status": "COMPLETE", "jobId": "1"})
        wait_until(lambda: bool(caplog.records), "the log")
        delivery.stop()
    assert json.dumps({"status": "COMPLETE", "jobId": "1"}) in caplog.text
