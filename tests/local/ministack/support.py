"""A running emulator, and what tests need to talk to it."""

from __future__ import annotations

import contextlib
import functools
import io
import json
import os
import subprocess
import sys
import time
import uuid
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import boto3
from botocore.config import Config

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

ROOT = Path(__file__).resolve().parents[3]
REGION = "ap-southeast-1"
ACCOUNT = "123456789012"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/test"
WORKERS = 4
PATIENCE_SECONDS = 30.0
MEDIACONVERT = "http://127.0.0.1:9"
CREDENTIALS: dict[str, Any] = {"aws_access_key_id": "test", "aws_secret_access_key": "test", "region_name": REGION}

Found = TypeVar("Found")


@functools.cache
def _client(endpoint: str, service: str) -> Any:
    config = Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"})
    made = boto3.session.Session(**CREDENTIALS)
    return made.client(service, endpoint_url=endpoint, config=config)  # type: ignore[call-overload]  # any service


def wait_for(look: Callable[[], Found | None], *, seconds: float = PATIENCE_SECONDS) -> Found:
    """Look again and again until there is something to see, and return it."""
    deadline = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        assert time.monotonic() < deadline, f"nothing to see after {seconds} s"
        time.sleep(0.02)


def unique(name: str) -> str:
    """Return a name that no other test uses."""
    return f"{name}-{uuid.uuid4().hex[:8]}"


def package(source: str, files: Mapping[str, str]) -> bytes:
    """Return a function's zip: ``source`` as ``fn.py``, and ``files`` by their paths."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("fn.py", source)
        for path, text in files.items():
            archive.writestr(path, text)
    return buffer.getvalue()


@dataclass(frozen=True)
class Emulator:
    """The emulator as a client sees it."""

    process: subprocess.Popen[bytes]
    endpoint: str
    data_dir: Path

    def client(self, service: str) -> Any:
        """Return a real boto3 client for this emulator."""
        return _client(self.endpoint, service)

    def log(self) -> str:
        """Return what the emulator has logged so far."""
        return (self.data_dir / "ministack.log").read_text()

    def function(self, source: str, *, name: str = "fn", files: Mapping[str, str] | None = None, **options: Any) -> str:
        """Create a function from the source of ``fn.py`` and return its ARN."""
        settings = {"Runtime": "python3.13", "Handler": "fn.handler", "Role": ROLE, "Timeout": 10, **options}
        code = {"ZipFile": package(source, files or {})}
        arn: str = self.client("lambda").create_function(FunctionName=unique(name), Code=code, **settings)[
            "FunctionArn"
        ]
        return arn

    def invoke(self, function: str, event: object = None) -> tuple[bool, Any]:
        """Invoke a function and wait; return whether it succeeded and what it answered."""
        answer = self.client("lambda").invoke(FunctionName=function, Payload=json.dumps(event))
        return "FunctionError" not in answer, json.loads(answer["Payload"].read())

    def send(self, function: str, event: object) -> None:
        """Invoke a function asynchronously."""
        self.client("lambda").invoke(FunctionName=function, Payload=json.dumps(event), InvocationType="Event")

    def queue(self, *, open_to: str | None = "*", **attributes: str) -> Queue:
        """Create a queue; ``open_to`` is the service its policy lets send, ``*`` every one, None no one."""
        sqs = self.client("sqs")
        name = unique("queue")
        arn = f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}"
        if open_to:
            principal: object = "*" if open_to == "*" else {"Service": open_to}
            attributes["Policy"] = policy(principal, "sqs:SendMessage", arn)
        return Queue(sqs, sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"], arn)

    def rule(self, pattern: Mapping[str, object], target: str, **target_options: Any) -> str:
        """Create a rule with one target and return its ARN."""
        events, name = self.client("events"), unique("rule")
        arn: str = events.put_rule(Name=name, EventPattern=json.dumps(pattern))["RuleArn"]
        events.put_targets(Rule=name, Targets=[{"Id": "one", "Arn": target, **target_options}])
        return arn

    def permit(self, function: str, rule: str) -> None:
        """Let a rule invoke a function."""
        self.client("lambda").add_permission(
            FunctionName=function, StatementId=unique("rule"), Action="lambda:InvokeFunction",
            Principal="events.amazonaws.com", SourceArn=rule,
        )  # fmt: skip

    def put_event(self, source: str, detail: Mapping[str, object] | None = None) -> None:
        """Send one event to the default bus."""
        entry = {"Source": source, "DetailType": "test", "Detail": json.dumps(detail or {})}
        answer = self.client("events").put_events(Entries=[entry])
        assert answer["FailedEntryCount"] == 0, answer

    def metric(self, namespace: str, name: str, **dimensions: str) -> float:
        """Return the sum of a metric over the last hour."""
        now = time.time()
        answer = self.client("cloudwatch").get_metric_statistics(
            Namespace=namespace, MetricName=name, StartTime=now - 3600, EndTime=now + 60, Period=7200,
            Statistics=["Sum"], Dimensions=[{"Name": key, "Value": value} for key, value in dimensions.items()],
        )  # fmt: skip
        return float(sum(point["Sum"] for point in answer["Datapoints"]))

    def log_lines(self, group: str) -> list[str]:
        """Return all lines of a log group, none where it does not exist."""
        logs = self.client("logs")
        try:
            events = logs.filter_log_events(logGroupName=group)["events"]
        except logs.exceptions.ResourceNotFoundException:
            return []
        return [event["message"] for event in events]


@dataclass(frozen=True)
class Queue:
    """A queue and what waits in it."""

    sqs: Any
    url: str
    arn: str

    def receive(self, *, wait_seconds: int = 20) -> dict[str, Any]:
        """Wait for a message and take it."""
        messages = self.poll(wait_seconds)
        assert messages, f"no message within {wait_seconds} s"
        return messages[0]

    def body(self) -> Any:
        """Wait for a message and return its body, parsed."""
        return json.loads(self.receive()["Body"])

    def poll(self, wait_seconds: int = 0) -> list[dict[str, Any]]:
        """Take up to ten messages."""
        answer = self.sqs.receive_message(
            QueueUrl=self.url, MaxNumberOfMessages=10, WaitTimeSeconds=wait_seconds, MessageAttributeNames=["All"]
        )
        found: list[dict[str, Any]] = answer.get("Messages", [])
        for message in found:
            self.sqs.delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])
        return found


def attributes_of(message: Mapping[str, Any]) -> dict[str, str]:
    """Return a message's attributes as plain text."""
    return {name: value["StringValue"] for name, value in message["MessageAttributes"].items()}


def policy(principal: object, action: str | list[str], resource: str | list[str], effect: str = "Allow") -> str:
    """Return a policy of one statement; ``principal`` None makes one for a role."""
    statement = {"Effect": effect, "Action": action, "Resource": resource}
    named = {} if principal is None else {"Principal": principal}
    return json.dumps({"Version": "2012-10-17", "Statement": [{**statement, **named}]})


def start(data_dir: Path, *options: str, environment: Mapping[str, str] | None = None) -> Emulator:
    """Start an emulator on a free port and wait until it answers."""
    command = [sys.executable, "-m", "local_cloud.ministack", "--port", "0", "--data-dir", str(data_dir), *options]
    process = subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, **(environment or {})}, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stderr is not None
    ready = process.stdout.readline().decode()
    assert "ready at" in ready, process.stderr.read().decode()
    return Emulator(process, ready.split(" ready at ")[1].split()[0], data_dir)


@contextlib.contextmanager
def running(data_dir: Path, *options: str, environment: Mapping[str, str] | None = None) -> Iterator[Emulator]:
    """Run an emulator within the block."""
    emulator = start(data_dir, *options, environment=environment)
    try:
        yield emulator
    finally:
        emulator.process.terminate()
        emulator.process.communicate(timeout=10)
