"""Jobs through the API: created once, found again, listed, canceled."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import pytest

from local_mediaconvert.exceptions import ConflictError
from local_mediaconvert.models.idempotency import WINDOW_SECONDS, RequestTokens
from local_mediaconvert.models.job import IllegalTransitionError, Job
from local_mediaconvert.service_model import service_model
from local_mediaconvert.settings.validation import shape_problems

from .jobs import simple_job
from .test_validation import post

if TYPE_CHECKING:
    from pathlib import Path

    from mypy_boto3_mediaconvert import MediaConvertClient

    from local_mediaconvert.service import LocalMediaConvert

    from .conftest import Finished


@pytest.fixture(scope="module")
def queue(client: MediaConvertClient, clip: Path) -> str:
    """A paused queue: its jobs stay as they are submitted."""
    assert clip.exists()
    return str(client.create_queue(Name=f"held-{uuid.uuid4().hex[:8]}", Status="PAUSED")["Queue"]["Name"])


def create(client: MediaConvertClient, queue: str, **request: Any) -> dict[str, Any]:
    return dict(client.create_job(**simple_job(Queue=queue, **request))["Job"])


def test_a_new_job_waits_with_all_that_was_submitted(client: MediaConvertClient, queue: str) -> None:
    submitted = simple_job(Queue=queue, UserMetadata={"record_id": "r1"}, Priority=3, Tags={"team": "video"})
    made = client.create_job(**submitted)["Job"]
    read = client.get_job(Id=made["Id"])["Job"]
    assert made == read
    assert read["Status"] == "SUBMITTED"
    assert read["Settings"] == submitted["Settings"]
    assert (read["UserMetadata"], read["Priority"], read["Role"]) == ({"record_id": "r1"}, 3, submitted["Role"])
    assert read["Arn"] == f"arn:aws:mediaconvert:ap-southeast-1:123456789012:jobs/{read['Id']}"
    assert client.list_tags_for_resource(Arn=read["Arn"])["ResourceTags"]["Tags"] == {"team": "video"}


def test_a_job_that_does_not_exist_is_not_found(client: MediaConvertClient) -> None:
    for call in (client.get_job, client.cancel_job):
        with pytest.raises(client.exceptions.NotFoundException, match="1-abc"):
            call(Id="1-abc")


def test_the_same_request_with_the_same_token_makes_one_job(client: MediaConvertClient, queue: str) -> None:
    token = uuid.uuid4().hex
    first = create(client, queue, ClientRequestToken=token)
    assert create(client, queue, ClientRequestToken=token)["Id"] == first["Id"]
    assert create(client, queue, ClientRequestToken=uuid.uuid4().hex)["Id"] != first["Id"]


def test_a_token_used_for_another_request_is_a_conflict(client: MediaConvertClient, queue: str) -> None:
    token = uuid.uuid4().hex
    create(client, queue, ClientRequestToken=token)
    with pytest.raises(client.exceptions.ConflictException, match=token):
        create(client, queue, ClientRequestToken=token, Priority=1)


def test_a_token_is_forgotten_after_a_minute() -> None:
    now = 1000.0
    tokens = RequestTokens(clock=lambda: now)
    tokens.remember({"clientRequestToken": "t", "role": "a"}, "job-1")
    now += WINDOW_SECONDS - 1
    assert tokens.job_for({"clientRequestToken": "t", "role": "a"}) == "job-1"
    with pytest.raises(ConflictError):
        tokens.job_for({"clientRequestToken": "t", "role": "b"})
    now += 2
    assert tokens.job_for({"clientRequestToken": "t", "role": "b"}) is None


def test_jobs_are_listed_newest_first_in_pages(client: MediaConvertClient, queue: str) -> None:
    made = [create(client, queue)["Id"] for _ in range(3)]
    newest = client.list_jobs(Queue=queue, MaxResults=2)
    assert [job["Id"] for job in newest["Jobs"]] == made[:0:-1]
    rest = client.list_jobs(Queue=queue, MaxResults=2, NextToken=newest["NextToken"])
    assert rest["Jobs"][0]["Id"] == made[0]
    oldest = client.list_jobs(Queue=queue, Order="ASCENDING", MaxResults=20)["Jobs"]
    assert [job["Id"] for job in oldest][-3:] == made


def test_a_page_token_of_somebody_else_is_rejected(client: MediaConvertClient) -> None:
    with pytest.raises(client.exceptions.BadRequestException, match="/nextToken"):
        client.list_jobs(NextToken="abc")


def test_jobs_are_found_by_status_and_by_the_name_of_their_input(client: MediaConvertClient, queue: str) -> None:
    name = f"{uuid.uuid4().hex}.mp4"
    made = client.create_job(**simple_job(key=name, Queue=queue))["Job"]["Id"]
    assert made in {job["Id"] for job in client.list_jobs(Queue=queue, Status="SUBMITTED")["Jobs"]}
    assert client.list_jobs(Queue=queue, Status="COMPLETE")["Jobs"] == []
    assert [job["Id"] for job in client.search_jobs(InputFile=name[:12])["Jobs"]] == [made]


def test_a_waiting_job_can_be_canceled(client: MediaConvertClient, queue: str) -> None:
    job_id = create(client, queue)["Id"]
    client.cancel_job(Id=job_id)
    assert client.get_job(Id=job_id)["Job"]["Status"] == "CANCELED"


def test_a_job_that_has_ended_cannot_be_canceled(client: MediaConvertClient, finished: Finished, clip: Path) -> None:
    assert clip.exists()
    done = finished(**simple_job(destination="ended/x"))
    with pytest.raises(client.exceptions.ConflictException, match="it is COMPLETE"):
        client.cancel_job(Id=done["Id"])


@pytest.mark.parametrize(
    "steps",
    [("COMPLETE",), ("PROGRESSING", "PROGRESSING"), ("CANCELED", "PROGRESSING"), ("PROGRESSING", "ERROR", "COMPLETE")],
)
def test_a_job_takes_no_step_that_its_life_does_not_have(steps: tuple[str, ...]) -> None:
    job = Job(id="1", arn="a", queue_arn="q", request={"role": "r", "settings": {}}, number=0)
    *allowed, forbidden = steps
    for step in allowed:
        job.move_to(step)
    with pytest.raises(IllegalTransitionError):
        job.move_to(forbidden)


@pytest.mark.parametrize("state", ["SUBMITTED", "COMPLETE", "ERROR"])
def test_answers_hold_only_what_the_service_model_has(
    state: str, service: LocalMediaConvert, client: MediaConvertClient, queue: str, finished: Finished
) -> None:
    job_id = {
        "SUBMITTED": lambda: create(client, queue)["Id"],
        "COMPLETE": lambda: finished(**simple_job(destination="shape/x"))["Id"],
        "ERROR": lambda: finished(**simple_job(key="missing.mp4"))["Id"],
    }[state]()
    _, _, answer = post(service, f"/2017-08-29/jobs/{job_id}", b"", "GET")
    assert answer["job"]["status"] == state
    shape = service_model().operation_model("GetJob").output_shape
    assert shape is not None
    assert list(shape_problems(answer, shape)) == []


def test_endpoints_lead_back_to_this_server(client: MediaConvertClient, service: LocalMediaConvert) -> None:
    assert client.describe_endpoints()["Endpoints"] == [{"Url": service.url}]
