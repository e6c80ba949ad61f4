"""The same rules for the job table and for the ledger in memory that other tests rely on."""

from __future__ import annotations

import uuid
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from lambda_src.adapter import DynamoLedger
from lambda_src.job_event import parse_job_event
from lambda_src.notices import Fault
from lambda_src.ports import Ending
from lambda_src.record import Claim, JobRecord, Status, reclaim
from lambda_src.stream import describe_stream
from lambda_src.table_schema import PARTITION_KEY
from tests.unit.lambda_src.fakes import FakeLedger, Faults
from tests.unit.lambda_src.samples import NOW, OUTPUT, event, record, run

if TYPE_CHECKING:
    import boto3

    from lambda_src.ports import Ledger

TABLE = "jobs"
FAULT = Fault(code="1040", message="File read failed")
COMPLETE = Ending(status=Status.COMPLETE)
ERROR = Ending(status=Status.ERROR, fault=FAULT)


@pytest.fixture(params=["in memory", "DynamoDB"])
def ledger(request: pytest.FixtureRequest) -> Ledger:
    if request.param == "in memory":
        return FakeLedger(Faults())
    session: boto3.Session = request.getfixturevalue("aws")
    return DynamoLedger(session, _table(session), ttl_days=90)


def _table(session: boto3.Session) -> str:
    dynamodb = session.client("dynamodb")
    if TABLE not in dynamodb.list_tables()["TableNames"]:
        dynamodb.create_table(
            TableName=TABLE,
            KeySchema=[{"AttributeName": PARTITION_KEY, "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": PARTITION_KEY, "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
    return TABLE


@pytest.fixture
def claim(ledger: Ledger) -> JobRecord:
    """A claim of a version that no other test knows."""
    made = record(key=f"{uuid.uuid4()}.mp4")
    assert ledger.create(made) is None
    return made


def stored(ledger: Ledger, claim: JobRecord) -> JobRecord:
    found = ledger.read(claim.record_id)
    assert found is not None
    return found


def attributes(ledger: Ledger, claim: JobRecord) -> dict[str, Any]:
    """Everything written of a record, for what only people and other programs read."""
    if isinstance(ledger, FakeLedger):
        return ledger.rows[claim.record_id].values
    assert isinstance(ledger, DynamoLedger)
    from boto3.dynamodb.types import TypeDeserializer  # noqa: PLC0415 - one test helper needs it

    answer = ledger._dynamodb.get_item(
        TableName=TABLE, Key={PARTITION_KEY: {"S": claim.record_id}}, ConsistentRead=True
    )
    return {name: TypeDeserializer().deserialize(value) for name, value in answer["Item"].items()}


def test_a_claim_is_read_back_as_it_was_made(ledger: Ledger, claim: JobRecord) -> None:
    assert ledger.read(claim.record_id) == claim


def test_an_unversioned_object_is_read_back_without_a_version(ledger: Ledger) -> None:
    made = record(key=f"{uuid.uuid4()}.mp4", version_id=None)
    ledger.create(made)
    assert stored(ledger, made).version_id is None


def test_there_is_no_record_of_an_unknown_version(ledger: Ledger) -> None:
    assert ledger.read("0" * 64) is None


def test_a_version_is_claimed_once(ledger: Ledger, claim: JobRecord) -> None:
    second = replace(claim, request_id="request-2")
    assert ledger.create(second) == claim
    assert stored(ledger, claim).request_id == "request-1"


def test_a_claim_is_taken_over_if_it_is_as_it_was_read(ledger: Ledger, claim: JobRecord) -> None:
    renewed = reclaim(claim, replace(claim, request_id="request-2"), Claim.RESUME)
    assert ledger.replace(claim, renewed)
    assert stored(ledger, claim) == renewed


def test_of_two_that_take_over_one_wins(ledger: Ledger, claim: JobRecord) -> None:
    renewals = [replace(claim, request_id=f"request-{number}", lease_until=NOW + 999) for number in (2, 3)]
    assert [ledger.replace(claim, renewal) for renewal in renewals] == [True, False]
    assert stored(ledger, claim).request_id == "request-2"


def test_a_record_that_moved_meanwhile_is_not_taken_over(ledger: Ledger, claim: JobRecord) -> None:
    ledger.progress(claim.record_id, "job-1", None, NOW)
    assert not ledger.replace(claim, replace(claim, request_id="request-2"))


def test_a_new_attempt_forgets_the_failure_before_it(ledger: Ledger, claim: JobRecord) -> None:
    ledger.submit(claim, "job-1", NOW)
    ledger.finish(claim.record_id, "job-1", ERROR, run())
    failed = stored(ledger, claim)
    renewed = reclaim(failed, replace(claim, request_id="request-2"), Claim.RESTART)
    assert ledger.replace(failed, renewed)
    assert stored(ledger, claim) == renewed
    assert renewed.past_jobs == ("job-1",)
    assert "error_code" not in attributes(ledger, claim)


def test_a_released_claim_can_be_taken_at_once(ledger: Ledger, claim: JobRecord) -> None:
    ledger.release(claim)
    assert stored(ledger, claim).lease_until == 0


def test_nobody_releases_what_another_holds(ledger: Ledger, claim: JobRecord) -> None:
    renewed = replace(claim, request_id="request-2")
    ledger.replace(claim, renewed)
    ledger.release(claim)
    assert stored(ledger, claim).lease_until == claim.lease_until


def test_a_job_is_recorded_under_its_claim(ledger: Ledger, claim: JobRecord) -> None:
    move = ledger.submit(claim, "job-1", NOW)
    assert move.moved
    assert move.record == stored(ledger, claim)
    assert (stored(ledger, claim).status, stored(ledger, claim).job_id) == (Status.SUBMITTED, "job-1")


@pytest.mark.parametrize("percent", [None, 40])
def test_a_job_event_may_come_before_the_job_is_recorded(ledger: Ledger, claim: JobRecord, percent: int | None) -> None:
    assert ledger.progress(claim.record_id, "job-1", percent, NOW).moved
    move = ledger.submit(claim, "job-1", NOW)
    assert not move.moved
    assert move.record is not None
    assert (move.record.status, move.record.job_id) == (Status.PROGRESSING, "job-1")


def test_a_job_may_even_end_before_it_is_recorded(ledger: Ledger, claim: JobRecord) -> None:
    assert ledger.finish(claim.record_id, "job-1", ERROR, run()).moved
    move = ledger.submit(claim, "job-1", NOW)
    assert not move.moved
    assert move.record is not None
    assert move.record.status is Status.ERROR


def test_a_lost_claim_records_no_job(ledger: Ledger, claim: JobRecord) -> None:
    ledger.replace(claim, replace(claim, request_id="request-2"))
    assert not ledger.submit(claim, "job-1", NOW).moved
    assert not ledger.reject(claim, FAULT, NOW).moved
    assert stored(ledger, claim).status is Status.CLAIMED


def test_a_rejected_claim_says_why(ledger: Ledger, claim: JobRecord) -> None:
    assert ledger.reject(claim, FAULT, NOW).moved
    assert stored(ledger, claim).status is Status.REJECTED
    written = attributes(ledger, claim)
    assert (written["error_code"], written["error_message"]) == ("1040", "File read failed")


def test_progress_only_rises(ledger: Ledger, claim: JobRecord) -> None:
    ledger.submit(claim, "job-1", NOW)
    moves = [ledger.progress(claim.record_id, "job-1", percent, NOW).moved for percent in (None, 30, 30, 20, 31)]
    assert moves == [True, True, False, False, True]
    assert attributes(ledger, claim)["percent"] == 31


@pytest.mark.parametrize("ending", [COMPLETE, ERROR, Ending(status=Status.CANCELED)], ids=lambda e: e.status)
def test_nothing_moves_a_record_that_has_ended(ledger: Ledger, claim: JobRecord, ending: Ending) -> None:
    ledger.submit(claim, "job-1", NOW)
    assert ledger.finish(claim.record_id, "job-1", ending, run()).moved
    assert not ledger.progress(claim.record_id, "job-1", 100, NOW).moved
    for other in (COMPLETE, ERROR, Ending(status=Status.CANCELED)):
        assert not ledger.finish(claim.record_id, "job-1", other, run("request-2")).moved
    assert not ledger.submit(claim, "job-1", NOW).moved
    assert stored(ledger, claim).status is ending.status


def test_a_finished_stream_is_written_down(ledger: Ledger, claim: JobRecord) -> None:
    groups = parse_job_event(event("mediaconvert_complete")).groups
    stream = describe_stream(groups, output_bucket=OUTPUT, output_prefix=record().output_prefix)
    ledger.finish(claim.record_id, "job-1", Ending(status=Status.COMPLETE, stream=stream), run())
    written = attributes(ledger, claim)
    assert (written["playlist"], written["poster"]) == (stream.playlist, stream.poster)
    assert isinstance(written["duration_seconds"], float | Decimal)
    assert float(written["duration_seconds"]) == 10.026
    assert [rendition["name"] for rendition in written["renditions"]][:2] == ["1080p", "720p"]
    assert written["percent"] == 100


def test_another_job_does_not_move_the_record(ledger: Ledger, claim: JobRecord) -> None:
    ledger.submit(claim, "job-1", NOW)
    assert not ledger.progress(claim.record_id, "job-2", 50, NOW).moved
    move = ledger.finish(claim.record_id, "job-2", ERROR, run())
    assert not move.moved
    assert move.record is not None
    assert move.record.status is Status.SUBMITTED


def test_a_late_event_of_an_earlier_attempt_does_not_move_the_new_one(ledger: Ledger) -> None:
    second = record(key=f"{uuid.uuid4()}.mp4", attempt=3, past_jobs=("job-1", "job-2"))
    ledger.create(second)
    for job_id in ("job-1", "job-2"):
        assert not ledger.progress(second.record_id, job_id, 50, NOW).moved
        assert not ledger.finish(second.record_id, job_id, ERROR, run()).moved
    assert ledger.progress(second.record_id, "job-3", 1, NOW).moved


def test_an_unknown_record_is_neither_moved_nor_made(ledger: Ledger) -> None:
    identity = uuid.uuid4().hex * 2
    assert ledger.progress(identity, "job-1", 5, NOW).record is None
    assert ledger.finish(identity, "job-1", COMPLETE, run()).record is None
    ledger.release(record(record_id=identity))
    assert not ledger.submit(record(record_id=identity), "job-1", NOW).moved
    assert ledger.read(identity) is None


def test_an_unsent_notice_is_taken_over_by_the_same_request(ledger: Ledger, claim: JobRecord) -> None:
    ledger.finish(claim.record_id, "job-1", ERROR, run())
    assert ledger.finish(claim.record_id, "job-1", ERROR, run(after=1)).moved


def test_an_unsent_notice_is_taken_over_by_others_only_when_its_holder_is_over(
    ledger: Ledger, claim: JobRecord
) -> None:
    ledger.finish(claim.record_id, "job-1", ERROR, run())
    assert not ledger.finish(claim.record_id, "job-1", ERROR, run("request-2", after=64)).moved
    assert ledger.finish(claim.record_id, "job-1", ERROR, run("request-2", after=65)).moved
    assert not ledger.finish(claim.record_id, "job-1", ERROR, run("request-3", after=66)).moved


def test_a_sent_notice_is_never_sent_again(ledger: Ledger, claim: JobRecord) -> None:
    ledger.finish(claim.record_id, "job-1", ERROR, run())
    ledger.mark_notified(claim.record_id, "job-1", NOW)
    assert not ledger.finish(claim.record_id, "job-1", ERROR, run(after=1_000)).moved
    assert not ledger.finish(claim.record_id, "job-1", ERROR, run("request-2", after=1_000)).moved


def test_a_new_attempts_notice_is_its_own(ledger: Ledger, claim: JobRecord) -> None:
    ledger.finish(claim.record_id, "job-1", ERROR, run())
    ledger.mark_notified(claim.record_id, "job-1", NOW)
    failed = stored(ledger, claim)
    ledger.replace(failed, reclaim(failed, replace(claim, request_id="request-2"), Claim.RESTART))
    assert ledger.finish(claim.record_id, "job-2", COMPLETE, run("request-4")).moved


def test_a_job_table_record_expires(aws: boto3.Session) -> None:
    ledger = DynamoLedger(aws, _table(aws), ttl_days=90)
    made = record(key=f"{uuid.uuid4()}.mp4")
    ledger.create(made)
    assert attributes(ledger, made)["expires_at"] == NOW + 90 * 86_400
