"""Queues as Terraform and people use them, and what they do to jobs."""

from __future__ import annotations

import time
import uuid
from typing import TYPE_CHECKING, Any

import pytest

from .conftest import wait_until
from .jobs import INPUT_BUCKET, OUTPUT_BUCKET, file_group, job, mp4, simple_job

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from mypy_boto3_mediaconvert import MediaConvertClient


@pytest.fixture
def new_queue(client: MediaConvertClient) -> Iterator[Callable[..., Any]]:
    """Creates queues; in the end their jobs are canceled and they are removed."""
    names: list[str] = []

    def create(**settings: Any) -> Any:
        name = f"queue-{uuid.uuid4().hex[:8]}"
        names.append(name)
        return client.create_queue(Name=name, **settings)["Queue"]

    yield create
    for name in names:
        for status in ("SUBMITTED", "PROGRESSING"):
            for each in client.list_jobs(Queue=name, Status=status)["Jobs"]:
                client.cancel_job(Id=each["Id"])
        client.delete_queue(Name=name)


@pytest.fixture(scope="module")
def long_job(clips: Path, ffmpeg: Callable[..., None], s3: Any) -> Callable[..., dict[str, Any]]:
    """A job that would run for many seconds."""
    path = clips / "long.mp4"
    ffmpeg(
        "-f",
        "lavfi",
        "-i",
        "testsrc2=size=160x90:rate=25:duration=120",
        "-c:v",
        "libx264",
        "-preset",
        "ultrafast",
        path,
    )
    s3.upload_file(str(path), INPUT_BUCKET, "long.mp4")

    def make(**request: Any) -> dict[str, Any]:
        output = mp4(sound=False, MaxBitrate=5_000_000)
        output["VideoDescription"] |= {"Width": 1920, "Height": 1080}
        return job(file_group(output, destination=f"s3://{OUTPUT_BUCKET}/long/x"), key="long.mp4", **request)

    return make


def statuses(client: MediaConvertClient, jobs: list[str]) -> list[str]:
    return [client.get_job(Id=each)["Job"]["Status"] for each in jobs]


def test_the_default_queue_is_there_and_takes_jobs(client: MediaConvertClient, clip: Path) -> None:
    assert clip.exists()
    queue = client.get_queue(Name="Default")["Queue"]
    assert (queue["Type"], queue["Status"], queue["PricingPlan"]) == ("SYSTEM", "ACTIVE", "ON_DEMAND")
    assert queue["Arn"] == "arn:aws:mediaconvert:ap-southeast-1:123456789012:queues/Default"
    assert client.create_job(**simple_job())["Job"]["Queue"] == queue["Arn"]


def test_the_default_queue_can_neither_be_changed_nor_deleted(client: MediaConvertClient) -> None:
    with pytest.raises(client.exceptions.BadRequestException, match="default queue"):
        client.delete_queue(Name="Default")
    with pytest.raises(client.exceptions.BadRequestException, match="System queues"):
        client.update_queue(Name="Default", Status="PAUSED")


def test_a_queue_lives_as_terraform_makes_it(client: MediaConvertClient, new_queue: Callable[..., Any]) -> None:
    made = new_queue(Description="one", Status="ACTIVE", PricingPlan="ON_DEMAND", Tags={"a": "1"}, ConcurrentJobs=3)
    read = client.get_queue(Name=made["Name"])["Queue"]
    assert (read["Description"], read["ConcurrentJobs"], read["Type"]) == ("one", 3, "CUSTOM")
    assert client.list_tags_for_resource(Arn=read["Arn"])["ResourceTags"]["Tags"] == {"a": "1"}

    client.update_queue(Name=made["Name"], Description="two", Status="PAUSED")
    client.tag_resource(Arn=read["Arn"], Tags={"b": "2"})
    client.untag_resource(Arn=read["Arn"], TagKeys=["a"])
    again = client.get_queue(Name=made["Name"])["Queue"]
    assert (again["Description"], again["Status"], again["ConcurrentJobs"]) == ("two", "PAUSED", 3)
    assert client.list_tags_for_resource(Arn=read["Arn"])["ResourceTags"]["Tags"] == {"b": "2"}


def test_a_deleted_queue_is_not_found(client: MediaConvertClient) -> None:
    client.create_queue(Name="short-lived")
    client.delete_queue(Name="short-lived")
    for call in (client.get_queue, client.delete_queue):
        with pytest.raises(client.exceptions.NotFoundException, match="short-lived"):
            call(Name="short-lived")


@pytest.mark.parametrize("name", ["bad name!", "a/b", "", "größe"])
def test_a_name_that_cannot_be_part_of_an_arn_is_refused(client: MediaConvertClient, name: str) -> None:
    with pytest.raises(client.exceptions.BadRequestException, match="letters, digits, - and _ only"):
        client.create_queue(Name=name)


def test_a_name_cannot_be_taken_twice(client: MediaConvertClient, new_queue: Callable[..., Any]) -> None:
    name = new_queue()["Name"]
    with pytest.raises(client.exceptions.ConflictException, match=name):
        client.create_queue(Name=name)


def test_a_reserved_queue_is_refused_by_name(client: MediaConvertClient) -> None:
    with pytest.raises(client.exceptions.BadRequestException, match='does not support "RESERVED" for `pricingPlan`'):
        client.create_queue(Name="bought", PricingPlan="RESERVED")


def test_a_queue_runs_at_least_one_job_at_once(client: MediaConvertClient) -> None:
    with pytest.raises(client.exceptions.BadRequestException, match="/concurrentJobs: 0 should be at least 1"):
        client.create_queue(Name="none", ConcurrentJobs=0)


def test_queues_are_listed_in_pages_and_by_name(client: MediaConvertClient, new_queue: Callable[..., Any]) -> None:
    mine = {new_queue()["Name"] for _ in range(3)}
    names, token = [], ""
    while True:
        following: Any = {"NextToken": token} if token else {}
        answer = client.list_queues(MaxResults=2, ListBy="NAME", **following)
        names += [queue["Name"] for queue in answer["Queues"]]
        token = answer.get("NextToken", "")
        if not token:
            break
    assert names == sorted(names)
    assert mine | {"Default"} <= set(names)


def test_a_paused_queue_holds_its_jobs_until_it_is_active(
    client: MediaConvertClient, new_queue: Callable[..., Any], clip: Path
) -> None:
    assert clip.exists()
    queue = new_queue(Status="PAUSED")
    held = client.create_job(**simple_job(Queue=queue["Arn"]))["Job"]["Id"]
    # A job elsewhere comes and goes; the held one still waits.
    other = client.create_job(**simple_job())["Job"]["Id"]
    wait_until(lambda: statuses(client, [other]) == ["COMPLETE"], "the other job")
    assert statuses(client, [held]) == ["SUBMITTED"]
    assert client.get_queue(Name=queue["Name"])["Queue"]["SubmittedJobsCount"] == 1

    client.update_queue(Name=queue["Name"], Status="ACTIVE")
    wait_until(lambda: statuses(client, [held]) == ["COMPLETE"], "the held job")


def test_a_queue_runs_no_more_jobs_at_once_than_it_may_and_the_important_first(
    client: MediaConvertClient, new_queue: Callable[..., Any], long_job: Callable[..., dict[str, Any]]
) -> None:
    queue = new_queue(ConcurrentJobs=1, Status="PAUSED")
    jobs: list[str] = [
        client.create_job(**long_job(Queue=queue["Name"], Priority=priority))["Job"]["Id"] for priority in (0, 0, 9)
    ]
    client.update_queue(Name=queue["Name"], Status="ACTIVE")
    wait_until(lambda: "PROGRESSING" in statuses(client, jobs), "a first job")
    assert statuses(client, jobs) == ["SUBMITTED", "SUBMITTED", "PROGRESSING"]
    client.cancel_job(Id=jobs[2])
    wait_until(lambda: statuses(client, jobs) == ["PROGRESSING", "SUBMITTED", "CANCELED"], "the next in order")


def test_a_queue_with_jobs_cannot_be_deleted(
    client: MediaConvertClient, new_queue: Callable[..., Any], clip: Path
) -> None:
    assert clip.exists()
    queue = new_queue(Status="PAUSED")
    client.create_job(**simple_job(Queue=queue["Name"]))
    with pytest.raises(client.exceptions.ConflictException, match="1 of its jobs"):
        client.delete_queue(Name=queue["Name"])


def test_canceling_ends_ffmpeg_and_the_job(
    client: MediaConvertClient,
    service_folder: Path,
    long_job: Callable[..., dict[str, Any]],
    ffmpegs_in: Callable[[Path], int],
) -> None:
    job_id = client.create_job(**long_job())["Job"]["Id"]
    wait_until(lambda: ffmpegs_in(service_folder) > 0, "ffmpeg")
    began = time.monotonic()
    client.cancel_job(Id=job_id)
    wait_until(lambda: ffmpegs_in(service_folder) == 0, "the end of ffmpeg", seconds=5)
    assert time.monotonic() - began < 2
    assert statuses(client, [job_id]) == ["CANCELED"]
    with pytest.raises(client.exceptions.ConflictException, match="it is CANCELED"):
        client.cancel_job(Id=job_id)
