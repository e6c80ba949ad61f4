"""A web page in a browser on the same machine reaches nothing of the emulator."""

from __future__ import annotations

import http.client
import json
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

if TYPE_CHECKING:
    from tests.local.ministack.support import Emulator

_MAKE_A_QUEUE = "/?Action=CreateQueue&QueueName=of-a-page"


def _status(emulator: Emulator, method: str, target: str, **headers: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection(urlsplit(emulator.endpoint).netloc, timeout=10)
    try:
        connection.request(method, target, headers={name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://example.com"},
        {"Origin": "http://localhost:3000"},
        {"Origin": "null"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Host": "attacker.example"},
    ],
    ids=lambda headers: "=".join(next(iter(headers.items()))),
)
def test_a_page_can_neither_change_nor_read_anything(emulator: Emulator, headers: dict[str, str]) -> None:
    for method in ("GET", "POST", "OPTIONS"):
        status, body = _status(emulator, method, _MAKE_A_QUEUE, **headers)
        assert (status, json.loads(body)["__type"]) == (403, "AccessDenied")
    assert not emulator.client("sqs").list_queues(QueueNamePrefix="of-a-page").get("QueueUrls")


def test_a_name_of_this_machine_is_served(emulator: Emulator) -> None:
    assert _status(emulator, "GET", "/_ministack/health", Host="bucket.s3.localhost:4566")[0] == 200
    assert _status(emulator, "GET", "/_ministack/health", Sec_Fetch_Site="none")[0] == 200
