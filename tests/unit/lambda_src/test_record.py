from __future__ import annotations

import re

import pytest

from lambda_src.record import Claim, Status, judge, reclaim, record_id, request_token
from tests.unit.lambda_src.samples import NOW, record

IDENTITY = "0123456789abcdef" * 4


def verdict(*, status: Status, request_id: str = "request-2", by_request: bool = False, after: float = 0) -> Claim:
    return judge(record(status=status), request_id=request_id, by_request=by_request, now=NOW + after)


def test_a_record_id_is_64_hexadecimal_characters() -> None:
    assert re.fullmatch("[0-9a-f]{64}", record_id("bucket", "key.mp4", "version"))


def test_bucket_key_and_version_cannot_run_into_each_other() -> None:
    ids = {record_id("a", "bc", "d"), record_id("ab", "c", "d"), record_id("a", "b", "cd"), record_id("a", "bcd", "")}
    assert len(ids) == 4


def test_the_same_version_always_has_the_same_record() -> None:
    assert record_id("b", "🎬.mp4", "v") == record_id("b", "🎬.mp4", "v")


@pytest.mark.parametrize("by_request", [False, True])
def test_a_claim_in_its_lease_belongs_to_its_holder(*, by_request: bool) -> None:
    assert verdict(status=Status.CLAIMED, by_request=by_request) is Claim.DUPLICATE


def test_a_claim_may_be_resumed_by_the_request_that_holds_it() -> None:
    assert verdict(status=Status.CLAIMED, request_id="request-1") is Claim.RESUME


def test_a_claim_may_be_resumed_by_anyone_once_its_lease_is_over() -> None:
    assert verdict(status=Status.CLAIMED, after=64) is Claim.DUPLICATE
    assert verdict(status=Status.CLAIMED, after=65) is Claim.RESUME


def test_an_unknown_request_id_is_nobodys_own_claim() -> None:
    held = record(request_id="")
    assert judge(held, request_id="", by_request=False, now=NOW) is Claim.DUPLICATE


@pytest.mark.parametrize("status", [Status.ERROR, Status.CANCELED, Status.REJECTED])
def test_a_failed_record_starts_again_by_request_only(status: Status) -> None:
    assert verdict(status=status, by_request=True) is Claim.RESTART
    assert verdict(status=status, by_request=False) is Claim.DUPLICATE
    assert verdict(status=status, by_request=False, request_id="request-1", after=1_000) is Claim.DUPLICATE


@pytest.mark.parametrize("status", [Status.SUBMITTED, Status.PROGRESSING, Status.COMPLETE])
def test_work_under_way_or_done_is_never_started_again(status: Status) -> None:
    assert verdict(status=status, by_request=True, request_id="request-1", after=1_000) is Claim.DUPLICATE


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
