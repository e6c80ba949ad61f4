"""The server takes what any HTTP client sends, and answers no web page."""

from __future__ import annotations

import http.client
import json
import socket
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.exceptions import ClientError

from local_mediaconvert.api.server import HttpServer
from local_mediaconvert.service import LocalMediaConvert

from .conftest import REGION, mediaconvert_client
from .jobs import simple_job

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from mypy_boto3_mediaconvert import MediaConvertClient

QUEUES = "/2017-08-29/queues"
MEGABYTE = 1 << 20


def ask(url: str, method: str, path: str, body: bytes | Iterable[bytes] | None = None, **headers: str) -> Any:
    """Status and JSON of one request; an iterable body goes out in chunks."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=10)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        connection.request(method, path, body, named, encode_chunked=body is not None and not isinstance(body, bytes))
        answer = connection.getresponse()
        assert answer.headers["Content-Type"] == "application/json"
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


def test_a_body_in_chunks_is_read(service: LocalMediaConvert, client: MediaConvertClient) -> None:
    status, made = ask(service.url, "POST", QUEUES, iter([b'{"name":', b' "chunked"}']), Transfer_Encoding="chunked")
    assert (status, made["queue"]["name"]) == (201, "chunked")
    client.delete_queue(Name="chunked")


def test_a_client_that_asks_before_it_sends_is_told_to_go_on(service: LocalMediaConvert) -> None:
    with socket.create_connection(("127.0.0.1", urlsplit(service.url).port or 0), timeout=10) as connection:
        head = f"POST {QUEUES} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n"
        connection.sendall(head.encode())
        assert connection.recv(100).startswith(b"HTTP/1.1 100 Continue")
        connection.sendall(b"{}")
        assert connection.recv(1000).startswith(b"HTTP/1.1 400 ")


def test_a_body_that_is_too_large_is_refused_after_it_was_read(service: LocalMediaConvert) -> None:
    status, answer = ask(service.url, "POST", QUEUES, b" " * (30 * MEGABYTE))
    assert status == 400
    assert answer["message"] == f"the request body should have at most {8 * MEGABYTE} bytes, not {30 * MEGABYTE}"


@pytest.mark.parametrize("method", ["PATCH", "OPTIONS", "PROPFIND"])
def test_another_method_is_answered_in_json(service: LocalMediaConvert, method: str) -> None:
    status, answer = ask(service.url, method, QUEUES)
    assert (status, answer["message"]) == (404, f"MediaConvert has no operation at {method} {QUEUES}")


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b'{"name": "x", "description": "\\ud83d"}', "holds \\ud83d, which is half of a character"),
        (b'{"name": "x", "tags": {"\\udc00": "x"}}', "holds \\udc00, which is half of a character"),
        (b'{"name": "x", "concurrentJobs": NaN}', "NaN is no JSON"),
        (b'{"name": "x", "concurrentJobs": 1e999}', "is not valid JSON"),
        (b'{"name": ' + b"[" * 100_000, "nested too deeply"),
        (b'{"name": "x", "concurrentJobs": ' + b"9" * 400 + b"}", "should be an integer of 32 bits"),
        (b'{"name": "x", "concurrentJobs": ' + b"9" * 5000 + b"}", "is not valid JSON"),
        (b"\xff\xfe", "is not valid JSON"),
    ],
)
def test_what_no_job_can_hold_is_refused_and_nothing_is_kept(
    service: LocalMediaConvert, client: MediaConvertClient, body: bytes, message: str
) -> None:
    status, answer = ask(service.url, "POST", QUEUES, body)
    assert status == 400
    assert message in answer["message"]
    assert [queue["Name"] for queue in client.list_queues()["Queues"]] == ["Default"]


@pytest.mark.parametrize("origin", ["http://example.com", "http://localhost:8000", "null"])
def test_a_web_page_is_refused(service: LocalMediaConvert, client: MediaConvertClient, origin: str) -> None:
    status, answer = ask(
        service.url, "POST", QUEUES, b'{"name": "of-a-page"}', Origin=origin, Content_Type="text/plain"
    )
    assert status == 403
    assert origin in answer["message"]
    assert len(client.list_queues()["Queues"]) == 1


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_picture_of_a_page_is_refused(service: LocalMediaConvert, site: str) -> None:
    assert ask(service.url, "GET", QUEUES, Sec_Fetch_Site=site)[0] == 403
    assert ask(service.url, "GET", QUEUES, Sec_Fetch_Site="none")[0] == 200, "typed into the browser by a person"


def test_a_name_that_a_page_has_pointed_here_is_refused(service: LocalMediaConvert) -> None:
    port = urlsplit(service.url).port
    assert ask(service.url, "GET", QUEUES, Host=f"attacker.example:{port}")[0] == 403
    for known in (f"localhost:{port}", f"mediaconvert.localhost:{port}", f"127.0.0.1:{port}", f"[::1]:{port}"):
        assert ask(service.url, "GET", QUEUES, Host=known)[0] == 200, known


def test_a_name_that_is_made_known_is_taken_and_told_as_the_endpoint(emulator: str, tmp_path: Path) -> None:
    with LocalMediaConvert(endpoint=emulator, data_dir=tmp_path, known_hosts=["host.docker.internal"]) as other:
        status, answer = ask(other.url, "POST", "/2017-08-29/endpoints", b"{}", Host="host.docker.internal:9099")
    assert (status, answer["endpoints"]) == (200, [{"url": "http://host.docker.internal:9099"}])


def test_a_server_that_never_started_lets_its_port_go() -> None:
    server = HttpServer(0)
    port = urlsplit(server.url).port or 0
    server.stop()
    with socket.socket() as again:
        again.bind(("127.0.0.1", port))


def test_each_region_has_jobs_and_queues_of_its_own(service: LocalMediaConvert, client: MediaConvertClient) -> None:
    session = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name="eu-central-1")  # noqa: S106 - the local cloud's
    elsewhere = session.client("mediaconvert", endpoint_url=service.url)
    queue = elsewhere.create_queue(Name="far", Status="PAUSED")["Queue"]
    assert queue["Arn"] == "arn:aws:mediaconvert:eu-central-1:123456789012:queues/far"
    made = elsewhere.create_job(**simple_job(Queue=queue["Arn"]))["Job"]
    assert made["Arn"].split(":")[3] == "eu-central-1"
    assert f":{REGION}:" in client.get_queue(Name="Default")["Queue"]["Arn"]
    with pytest.raises(ClientError, match="NotFoundException"):
        client.get_job(Id=made["Id"])
    with pytest.raises(ClientError, match="NotFoundException"):
        client.get_queue(Name="far")
    elsewhere.cancel_job(Id=made["Id"])


def test_the_event_of_a_job_goes_to_the_bus_of_its_region(emulator: str, tmp_path: Path) -> None:
    with LocalMediaConvert(endpoint=emulator, data_dir=tmp_path) as other:
        buses = {region: other._bus(region) for region in (REGION, "us-east-1")}
        assert {region: bus.meta.region_name for region, bus in buses.items()} == {each: each for each in buses}
        assert mediaconvert_client(other.url).list_jobs()["Jobs"] == []
