"""The ledger keeps its rules on the emulator's table and on the simulated one, which other tests rely on."""

from __future__ import annotations

import uuid
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from boto3.dynamodb.types import TypeDeserializer

from lambda_src.adapter import DynamoLedger
from lambda_src.job_event import parse_job_event
from lambda_src.ports import Ending
from lambda_src.record import Claim, Fault, JobRecord, Status, reclaim
from lambda_src.stream import describe_stream
from lambda_src.table_schema import PARTITION_KEY
from tests.simulation.table import Table
from tests.simulation.world import World
from tests.unit.lambda_src.samples import NOW, OUTPUT, TABLE_DEFINITION, event, record, run

if TYPE_CHECKING:
    import boto3

TABLE = "jobs"
FAULT = Fault(code="1040", message="File read failed")
COMPLETE = Ending(status=Status.COMPLETE)
REJECTED = Ending(status=Status.REJECTED, fault=FAULT)
ERROR = Ending(status=Status.ERROR, fault=FAULT)


@pytest.fixture(params=["simulated", "emulated"])
def ledger(request: pytest.FixtureRequest) -> DynamoLedger:
    if request.param == "simulated":
        ledger = World().services.ledger
        assert isinstance(ledger, DynamoLedger)
        return ledger
    session: boto3.Session = request.getfixturevalue("aws")
    return DynamoLedger(session, _table(session), ttl_days=90)


def _table(session: boto3.Session) -> str:
    dynamodb = session.client("dynamodb")
    if TABLE not in dynamodb.list_tables()["TableNames"]:
        dynamodb.create_table(
            TableName=TABLE,
            **TABLE_DEFINITION,
        )
    return TABLE


@pytest.fixture
def claim(ledger: DynamoLedger) -> JobRecord:
    """A claim of a version that no other test knows."""
    made = record(key=f"{uuid.uuid4()}.mp4")
    assert ledger.create(made, NOW) is None
    return made


def stored(ledger: DynamoLedger, claim: JobRecord) -> JobRecord:
    found = ledger.read(claim.record_id)
    assert found is not None
    return found


def attributes(ledger: DynamoLedger, claim: JobRecord) -> dict[str, Any]:
    """Everything written of a record, for what only people and other programs read."""
    answer = ledger._dynamodb.get_item(
        TableName=ledger._table, Key={PARTITION_KEY: {"S": claim.record_id}}, ConsistentRead=True
    )
    return {name: TypeDeserializer().deserialize(value) for name, value in answer["Item"].items()}


def test_a_claim_is_read_back_as_it_was_made(ledger: DynamoLedger, claim: JobRecord) -> None:
    assert ledger.read(claim.record_id) == claim


def test_an_unversioned_object_is_read_back_without_a_version(ledger: DynamoLedger) -> None:
    made = record(key=f"{uuid.uuid4()}.mp4", version_id=None)
    ledger.create(made, NOW)
    assert stored(ledger, made).version_id is None


def test_there_is_no_record_of_an_unknown_version(ledger: DynamoLedger) -> None:
    assert ledger.read("0" * 64) is None


def test_a_version_is_claimed_once(ledger: DynamoLedger, claim: JobRecord) -> None:
    second = replace(claim, request_id="request-2", holder="another")
    assert ledger.create(second, NOW) == claim
    assert stored(ledger, claim).request_id == "request-1"


def test_a_claim_is_taken_over_if_it_is_as_it_was_read(ledger: DynamoLedger, claim: JobRecord) -> None:
    renewed = reclaim(claim, replace(claim, request_id="request-2", holder="another"), Claim.RESUME)
    assert ledger.replace(claim, renewed, NOW)
    assert stored(ledger, claim) == renewed


def test_of_two_that_take_over_one_wins(ledger: DynamoLedger, claim: JobRecord) -> None:
    renewals = [
        replace(claim, request_id=f"request-{number}", holder=f"{number}", lease_until=NOW + 999) for number in (2, 3)
    ]
    assert [ledger.replace(claim, renewal, NOW) for renewal in renewals] == [True, False]
    assert stored(ledger, claim).request_id == "request-2"


def test_a_record_that_moved_meanwhile_is_not_taken_over(ledger: DynamoLedger, claim: JobRecord) -> None:
    ledger.progress(claim.record_id, "job-1", None, NOW)
    assert not ledger.replace(claim, replace(claim, request_id="request-2", holder="another"), NOW)


def test_a_new_attempt_forgets_the_failure_before_it(ledger: DynamoLedger, claim: JobRecord) -> None:
    ledger.submit(claim, "job-1", NOW)
    ledger.finish(claim.record_id, "job-1", ERROR, run())
    failed = stored(ledger, claim)
    renewed = reclaim(failed, replace(claim, request_id="request-2", holder="another"), Claim.RESTART)
    assert ledger.replace(failed, renewed, NOW)
    assert stored(ledger, claim) == renewed
    assert renewed.past_jobs == ("job-1",)
    assert "error_code" not in attributes(ledger, claim)


def test_a_released_claim_can_be_taken_at_once(ledger: DynamoLedger, claim: JobRecord) -> None:
    ledger.release(claim, NOW, intent_until=None)
    assert stored(ledger, claim).lease_until == 0


def test_nobody_releases_what_another_holds(ledger: DynamoLedger, claim: JobRecord) -> None:
    renewed = replace(claim, request_id="request-2", holder="another")
    ledger.replace(claim, renewed, NOW)
    ledger.release(claim, NOW, intent_until=None)
    assert stored(ledger, claim).lease_until == claim.lease_until


def test_a_job_is_recorded_under_its_claim(ledger: DynamoLedger, claim: JobRecord) -> None:
    move = ledger.submit(claim, "job-1", NOW)
    assert move.moved
    assert move.record == stored(ledger, claim)
    assert (stored(ledger, claim).status, stored(ledger, claim).job_id) == (Status.SUBMITTED, "job-1")


@pytest.mark.parametrize("percent", [None, 40])
def test_a_job_event_may_come_before_the_job_is_recorded(
    ledger: DynamoLedger, claim: JobRecord, percent: int | None
) -> None:
    assert ledger.progress(claim.record_id, "job-1", percent, NOW).moved
    move = ledger.submit(claim, "job-1", NOW)
    assert not move.moved
    assert move.record is not None
    assert (move.record.status, move.record.job_id) == (Status.PROGRESSING, "job-1")


def test_a_job_may_even_end_before_it_is_recorded(ledger: DynamoLedger, claim: JobRecord) -> None:
    assert ledger.finish(claim.record_id, "job-1", ERROR, run()).moved
    move = ledger.submit(claim, "job-1", NOW)
    assert not move.moved
    assert move.record is not None
    assert move.record.status is Status.ERROR


def test_a_lost_claim_records_no_job(ledger: DynamoLedger, claim: JobRecord) -> None:
    ledger.replace(claim, replace(claim, request_id="request-2", holder="another"), NOW)
    assert not ledger.submit(claim, "job-1", NOW).moved
    assert not ledger.close(claim, REJECTED, run()).moved
    assert stored(ledger, claim).status is Status.CLAIMED


def test_a_rejected_claim_says_why(ledger: DynamoLedger, claim: JobRecord) -> None:
    assert ledger.close(claim, REJECTED, run()).moved
    assert stored(ledger, claim).status is Status.REJECTED
    written = attributes(ledger, claim)
    assert (written["error_code"], written["error_message"]) == ("1040", "File read failed")


def test_progress_only_rises(ledger: DynamoLedger, claim: JobRecord) -> None:
    ledger.submit(claim, "job-1", NOW)
    moves = [ledger.progress(claim.record_id, "job-1", percent, NOW).moved for percent in (None, 30, 30, 20, 31)]
    assert moves == [True, True, False, False, True]
    assert attributes(ledger, claim)["percent"] == 31


@pytest.mark.parametrize("ending", [COMPLETE, ERROR, Ending(status=Status.CANCELED)], ids=lambda e: e.status)
def test_nothing_moves_a_record_that_has_ended(ledger: DynamoLedger, claim: JobRecord, ending: Ending) -> None:
    ledger.submit(claim, "job-1", NOW)
    assert ledger.finish(claim.record_id, "job-1", ending, run()).moved
    assert not ledger.progress(claim.record_id, "job-1", 100, NOW).moved
    for other in (COMPLETE, ERROR, Ending(status=Status.CANCELED)):
        assert not ledger.finish(claim.record_id, "job-1", other, run("request-2")).moved
    assert not ledger.submit(claim, "job-1", NOW).moved
    assert stored(ledger, claim).status is ending.status


def test_a_finished_stream_is_written_down(ledger: DynamoLedger, claim: JobRecord) -> None:
    groups = parse_job_event(event("mediaconvert_complete")).groups
    stream = describe_stream(groups, output_bucket=OUTPUT, output_prefix=record().output_prefix)
    ledger.finish(claim.record_id, "job-1", Ending(status=Status.COMPLETE, stream=stream), run())
    written = attributes(ledger, claim)
    assert (written["playlist"], written["poster"]) == (stream.playlist, stream.poster)
    assert isinstance(written["duration_seconds"], float | Decimal)
    assert float(written["duration_seconds"]) == 10.026
    assert [rendition["name"] for rendition in written["renditions"]][:2] == ["1080p", "720p"]
    assert written["percent"] == 100


def test_another_job_does_not_move_the_record(ledger: DynamoLedger, claim: JobRecord) -> None:
    ledger.submit(claim, "job-1", NOW)
    assert not ledger.progress(claim.record_id, "job-2", 50, NOW).moved
    move = ledger.finish(claim.record_id, "job-2", ERROR, run())
    assert not move.moved
    assert move.record is not None
    assert move.record.status is Status.SUBMITTED


def test_a_late_event_of_an_earlier_attempt_does_not_move_the_new_one(ledger: DynamoLedger) -> None:
    second = record(key=f"{uuid.uuid4()}.mp4", attempt=3, past_jobs=("job-1", "job-2"))
    ledger.create(second, NOW)
    for job_id in ("job-1", "job-2"):
        assert not ledger.progress(second.record_id, job_id, 50, NOW).moved
        assert not ledger.finish(second.record_id, job_id, ERROR, run()).moved
    assert ledger.progress(second.record_id, "job-3", 1, NOW).moved


def test_an_unknown_record_is_neither_moved_nor_made(ledger: DynamoLedger) -> None:
    identity = uuid.uuid4().hex * 2
    assert ledger.progress(identity, "job-1", 5, NOW).record is None
    assert ledger.finish(identity, "job-1", COMPLETE, run()).record is None
    ledger.release(record(record_id=identity), NOW, intent_until=None)
    assert not ledger.submit(record(record_id=identity), "job-1", NOW).moved
    assert ledger.read(identity) is None


def test_an_unsent_notice_is_taken_over_when_its_holder_is_over(ledger: DynamoLedger, claim: JobRecord) -> None:
    ledger.finish(claim.record_id, "job-1", ERROR, run())
    ended = stored(ledger, claim)
    assert not ledger.take_charge(ended, run("request-2", after=64))
    assert ledger.take_charge(ended, run("request-2", after=65))
    assert not ledger.take_charge(ended, run("request-3", after=66))


def test_a_notice_that_could_not_be_sent_is_given_back(ledger: DynamoLedger, claim: JobRecord) -> None:
    ledger.finish(claim.record_id, "job-1", ERROR, run())
    ledger.give_back(stored(ledger, claim), NOW)
    assert ledger.take_charge(stored(ledger, claim), run("request-2", after=1))


def test_a_sent_notice_is_never_sent_again(ledger: DynamoLedger, claim: JobRecord) -> None:
    ledger.finish(claim.record_id, "job-1", ERROR, run())
    ledger.mark_notified(stored(ledger, claim), NOW)
    assert not ledger.take_charge(stored(ledger, claim), run("request-2", after=1_000))


def test_a_new_attempts_notice_is_its_own(ledger: DynamoLedger, claim: JobRecord) -> None:
    ledger.finish(claim.record_id, "job-1", ERROR, run())
    failed = stored(ledger, claim)
    ledger.mark_notified(failed, NOW)
    ledger.replace(failed, reclaim(failed, replace(claim, holder="another"), Claim.RESTART), NOW)
    assert ledger.finish(claim.record_id, "job-2", COMPLETE, run("request-4")).moved
    ledger.mark_notified(failed, NOW)
    assert not stored(ledger, claim).notified
    assert stored(ledger, claim).notice_id != failed.notice_id


def test_a_newer_version_ends_whatever_is_unfinished_and_nothing_else(ledger: DynamoLedger, claim: JobRecord) -> None:
    superseded = Ending(status=Status.SUPERSEDED, fault=FAULT)
    ledger.submit(claim, "job-1", NOW)
    assert ledger.close(claim, superseded, run("request-2")).moved
    assert not ledger.close(claim, superseded, run("request-3")).moved
    assert not ledger.finish(claim.record_id, "job-1", COMPLETE, run("request-3")).moved
    assert (stored(ledger, claim).status, stored(ledger, claim).fault) == (Status.SUPERSEDED, FAULT)


def test_what_was_intended_is_remembered_by_whoever_takes_over(ledger: DynamoLedger, claim: JobRecord) -> None:
    assert ledger.intend(claim, NOW + 100).moved
    renewed = reclaim(stored(ledger, claim), replace(claim, holder="another"), Claim.RESUME)
    assert ledger.replace(stored(ledger, claim), renewed, NOW)
    assert stored(ledger, claim).intent_until == NOW + 100
    assert not ledger.intend(claim, NOW + 200).moved


def test_a_record_expires_only_after_people_were_told_of_its_end(ledger: DynamoLedger, claim: JobRecord) -> None:
    assert "expires_at" not in attributes(ledger, claim)
    ledger.finish(claim.record_id, "job-1", ERROR, run())
    assert "expires_at" not in attributes(ledger, claim)
    ledger.mark_notified(stored(ledger, claim), NOW)
    assert attributes(ledger, claim)["expires_at"] == NOW + 90 * 86_400


def test_what_is_due_is_found_by_its_time_until_people_were_told(ledger: DynamoLedger, claim: JobRecord) -> None:
    settle(ledger)

    def due(after: float) -> bool:
        return claim.record_id in ledger.due(NOW + after, limit=1_000)

    assert (due(100), due(125)) == (False, True)
    ledger.submit(claim, "job-1", NOW)
    settle(ledger)
    assert (due(800), due(900)) == (False, True)
    ledger.postpone(stored(ledger, claim), NOW + 5_000)
    settle(ledger)
    assert (due(4_999), due(5_000)) == (False, True)
    ledger.finish(claim.record_id, "job-1", ERROR, run())
    settle(ledger)
    assert (due(64), due(65)) == (False, True)
    ledger.mark_notified(stored(ledger, claim), NOW)
    settle(ledger)
    assert not due(1_000_000)


def settle(ledger: DynamoLedger) -> None:
    """Let the simulated index catch up; the emulator's is never behind."""
    if isinstance(ledger._dynamodb, Table):
        ledger._dynamodb.cloud.scheduler.now += 5
