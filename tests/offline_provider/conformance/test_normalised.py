"""What two emulators' answers are made alike in."""

from __future__ import annotations

from tests.offline_provider.conformance.normalised import normalised


def test_what_must_differ_between_emulators_is_made_alike_and_nothing_else() -> None:
    first = {
        "url": "http://127.0.0.1:4566/queue",
        "id": "0b7e7a3c-0000-4000-8000-000000000001",
        "policy": '{"a": 1, "b": 2}',
        "Tags": [{"Key": "b", "Value": "2"}, {"Key": "a", "Value": "1"}],
        "made": "2026-11-23T17:55:31Z",
        "size": 1,
    }
    second = {
        "url": "http://127.0.0.1:9999/queue",
        "id": "0b7e7a3c-0000-4000-8000-000000000002",
        "policy": '{"b":2,"a":1}',
        "Tags": [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}],
        "made": "2026-11-23T18:00:00Z",
        "size": 2,
    }
    left, right = normalised(first), normalised(second)
    assert left.pop("size") != right.pop("size")
    assert left == right
