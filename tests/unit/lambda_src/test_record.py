from __future__ import annotations

import re

import pytest

from lambda_src.record import WITHOUT_STREAM, Claim, Status, judge, out_of_patience, reclaim, record_id, request_token
from tests.unit.lambda_src.samples import NOW, record, run

IDENTITY = "0123456789abcdef" * 4


def verdict(*, status: Status, request_id: str = "request-2", asked_by: str | None = None, after: float = 0) -> Claim:
    return judge(record(status=status), run=run(request_id, after=after), asked_by=asked_by)


def test_a_record_id_is_64_hexadecimal_characters() -> None:
    assert re.fullmatch("[0-9a-f]{64}", record_id("bucket", "key.mp4", "version"))


def test_bucket_key_and_version_cannot_run_into_each_other() -> None:
    ids = {record_id("a", "bc", "d"), record_id("ab", "c", "d"), record_id("a", "b", "cd"), record_id("a", "bcd", "")}
    assert len(ids) == 4


def test_the_same_version_always_has_the_same_record() -> None:
    assert record_id("b", "🎬.mp4", "v") == record_id("b", "🎬.mp4", "v")


@pytest.mark.parametrize("asked_by", [None, "an operator"])
def test_a_claim_in_its_lease_belongs_to_its_holder(asked_by: str | None) -> None:
    assert verdict(status=Status.CLAIMED, asked_by=asked_by) is Claim.DUPLICATE


def test_a_claim_belongs_to_an_invocation_and_not_to_its_request() -> None:
    assert verdict(status=Status.CLAIMED, request_id="request-1") is Claim.RESUME
    assert verdict(status=Status.CLAIMED, request_id="request-1", after=1) is Claim.WAIT


@pytest.mark.parametrize("request_id", ["request-1", "request-2"])
def test_a_claim_may_be_resumed_by_anyone_once_its_lease_is_over(request_id: str) -> None:
    assert verdict(status=Status.CLAIMED, request_id=request_id, after=64) is not Claim.RESUME
    assert verdict(status=Status.CLAIMED, request_id=request_id, after=65) is Claim.RESUME


def test_an_unknown_request_id_is_nobodys_own() -> None:
    held = record(request_id="")
    assert judge(held, run=run("", after=1), asked_by=None) is Claim.DUPLICATE


@pytest.mark.parametrize("status", [Status.COMPLETE, *WITHOUT_STREAM])
def test_a_record_that_has_ended_starts_again_where_that_was_asked_for(status: Status) -> None:
    assert verdict(status=status, asked_by="an operator") is Claim.RESTART
    assert verdict(status=status) is Claim.DUPLICATE
    assert verdict(status=status, request_id="request-1", after=1_000) is Claim.DUPLICATE


def test_one_request_starts_a_record_again_once() -> None:
    restarted = record(status=Status.ERROR, attempt=2, asked_by="an operator")
    assert judge(restarted, run=run("request-9"), asked_by="an operator") is Claim.DUPLICATE
    assert judge(restarted, run=run("request-9"), asked_by="another one") is Claim.RESTART


@pytest.mark.parametrize("status", [Status.SUBMITTED, Status.PROGRESSING])
def test_work_under_way_is_never_started_again(status: Status) -> None:
    assert verdict(status=status, asked_by="an operator", after=1_000) is Claim.DUPLICATE


def test_a_version_is_given_up_after_a_day() -> None:
    assert not out_of_patience(record(), NOW + 86_400)
    assert out_of_patience(record(), NOW + 86_401)


def test_a_resumed_claim_keeps_its_attempt_and_so_its_request_token() -> None:
    renewed = reclaim(record(attempt=3), record(request_id="request-2"), Claim.RESUME)
    assert (renewed.attempt, renewed.request_id) == (3, "request-2")


def test_a_new_attempt_counts_on_and_remembers_the_job_it_leaves_behind() -> None:
    failed = record(status=Status.ERROR, attempt=2, job_id="job-2", past_jobs=("job-1",))
    renewed = reclaim(failed, record(), Claim.RESTART)
    assert (renewed.attempt, renewed.status, renewed.job_id) == (3, Status.CLAIMED, None)
    assert renewed.past_jobs == ("job-1", "job-2")


def test_a_request_token_is_short_ascii_and_of_its_attempt() -> None:
    tokens = [request_token(IDENTITY, attempt) for attempt in (1, 2, 9_999_999)]
    assert len(set(tokens)) == 3
    assert all(len(token) <= 64 and token.isascii() for token in tokens)
    assert tokens[0] == request_token(IDENTITY, 1)
