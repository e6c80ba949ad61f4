from __future__ import annotations

from typing import Any

import pytest

from lambda_src.errors import MalformedEventError
from lambda_src.job_event import parse_job_event
from tests.unit.lambda_src.samples import event, record

JOB = "1760000001234-x7k2pq"


@pytest.mark.parametrize(
    "name",
    [
        "input_information",
        "progressing",
        "status_update",
        "complete",
        "complete_audio_only",
        "error",
        "canceled",
        "new_warning",
        "queue_hop",
    ],
)
def test_every_job_event_names_its_job_record_and_environment(name: str) -> None:
    body = event(f"mediaconvert_{name}")
    change = parse_job_event(body)
    assert change.status == body["detail"]["status"]
    assert (change.job_id, change.record_id, change.environment) == (JOB, record().record_id, "dev")


def test_progress_is_read_where_it_is_given() -> None:
    assert parse_job_event(event("mediaconvert_status_update")).percent == 42
    assert parse_job_event(event("mediaconvert_progressing")).percent is None


@pytest.mark.parametrize(
    ("given", "read"), [(0, 0), (100, 100), (-3, 0), (130, 100), (12.7, 12), (None, None), ("9", None), (True, None)]
)
def test_progress_stays_a_percentage_whatever_comes(given: Any, read: int | None) -> None:
    body = event("mediaconvert_status_update")
    body["detail"]["jobProgress"]["jobPercentComplete"] = given
    assert parse_job_event(body).percent == read


def test_a_number_beyond_all_bounds_is_no_number() -> None:
    body = event("mediaconvert_status_update")
    body["detail"]["jobProgress"]["jobPercentComplete"] = float("inf")
    assert parse_job_event(body).percent is None


def test_an_error_has_code_and_message() -> None:
    change = parse_job_event(event("mediaconvert_error"))
    assert change.error_code == "1040"
    assert (change.error_message or "").startswith("Demuxer: [ReadPacketData File read failed")


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        "COMPLETE",
        {},
        {"detail": None},
        {"detail": []},
        {"detail": {"status": "COMPLETE"}},
        {"detail": {"jobId": JOB}},
        {"detail": {"jobId": 5, "status": "COMPLETE"}},
        {"detail": {"jobId": JOB, "status": ""}},
    ],
)
def test_an_event_without_job_or_status_is_malformed(body: Any) -> None:
    with pytest.raises(MalformedEventError, match="has no"):
        parse_job_event(body)


@pytest.mark.parametrize("part", ["userMetadata", "jobProgress", "outputGroupDetails", "errorCode", "errorMessage"])
@pytest.mark.parametrize("value", [None, 7, "text", [], {}, [7], [{"outputDetails": [7], "type": 1}]])
def test_parts_of_a_wrong_type_are_read_as_absent(part: str, value: Any) -> None:
    body = event("mediaconvert_error")
    body["detail"][part] = value
    assert parse_job_event(body).job_id == JOB


def test_a_job_that_is_not_ours_has_no_record() -> None:
    body = event("mediaconvert_complete")
    body["detail"]["userMetadata"] = {"team": "someone else"}
    assert parse_job_event(body).record_id is None
