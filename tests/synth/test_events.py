"""Which events reach which function, and what becomes of those that cannot be delivered.

Patterns are tried by the emulator's TestEventPattern, which follows EventBridge's own.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ministack.services import eventbridge

from lambda_src.media_types import VIDEO_SUFFIXES
from tests.synth.stack import Stack

SAMPLES = Path(__file__).resolve().parents[1] / "events"
UPLOADS = "media-pipeline-dev-uploads-123456789012"
OUTPUT = "media-pipeline-dev-output-123456789012"
QUEUE = "arn:aws:mediaconvert:ap-southeast-1:123456789012:queues/media-pipeline-dev-transcoding"


def _pattern(stack: Stack, rule: str) -> str:
    """Return a rule's pattern with the references resolved as a deployment would."""
    pattern: str = stack.of_type("aws_cloudwatch_event_rule")[rule]["event_pattern"]
    for reference, value in (
        ("${aws_s3_bucket.UploadBucket.bucket}", UPLOADS),
        ("${aws_media_convert_queue.TranscodingQueue.arn}", QUEUE),
    ):
        pattern = pattern.replace(reference, value)
    return pattern


def _matches(pattern: str, event: dict[str, Any]) -> bool:
    status, _, body = eventbridge._test_event_pattern({"Event": json.dumps(event), "EventPattern": pattern})
    answer = json.loads(body)
    assert status == 200, answer
    return bool(answer["Result"])


def _upload(key: str, bucket: str = UPLOADS) -> dict[str, Any]:
    event: dict[str, Any] = json.loads((SAMPLES / "s3_object_created.json").read_text())
    event["detail"]["bucket"]["name"] = bucket
    event["detail"]["object"]["key"] = key
    return event


def _job_event(sample: str, queue: str = QUEUE) -> dict[str, Any]:
    event: dict[str, Any] = json.loads((SAMPLES / f"mediaconvert_{sample}.json").read_text())
    event["detail"]["queue"] = queue
    return event


@pytest.fixture
def dev(stacks: dict[str, Stack]) -> Stack:
    return stacks["dev"]


@pytest.fixture
def prefixed(synthesize: Callable[..., Stack]) -> Stack:
    return synthesize("dev", uploads={"key_prefix": "incoming/"})


@pytest.mark.parametrize("suffix", VIDEO_SUFFIXES)
def test_every_video_suffix_matches_in_either_case(dev: Stack, suffix: str) -> None:
    pattern = _pattern(dev, "VideoUploadEventRule")
    assert _matches(pattern, _upload(f"a film{suffix}"))
    assert _matches(pattern, _upload(f"A FILM{suffix.upper()}"))
    assert _matches(pattern, _upload(f"A film{suffix.title()}"))


@pytest.mark.parametrize("key", ["notes.txt", "film.mp4.part", "mp4", "song.mp3", "film.m3u8"])
def test_what_is_no_video_does_not_match(dev: Stack, key: str) -> None:
    assert not _matches(_pattern(dev, "VideoUploadEventRule"), _upload(key))


@pytest.mark.parametrize("sample", sorted(path.name for path in SAMPLES.glob("mediaconvert_*.json")))
def test_no_job_event_is_taken_for_an_upload(dev: Stack, sample: str) -> None:
    event = json.loads((SAMPLES / sample).read_text())
    assert not _matches(_pattern(dev, "VideoUploadEventRule"), event)


@pytest.mark.parametrize("key", ["film/index_1080p_00001.ts", "film.mp4", "film/poster.0000000.jpg"])
def test_no_object_of_the_output_bucket_starts_a_job(dev: Stack, prefixed: Stack, key: str) -> None:
    assert not _matches(_pattern(dev, "VideoUploadEventRule"), _upload(key, OUTPUT))
    assert not _matches(_pattern(prefixed, "VideoUploadEventRule"), _upload(f"incoming/{key}", OUTPUT))


def test_a_deleted_object_starts_no_job(dev: Stack) -> None:
    event = json.loads((SAMPLES / "s3_object_deleted.json").read_text())
    event["detail"]["bucket"]["name"] = UPLOADS
    assert not _matches(_pattern(dev, "VideoUploadEventRule"), event)


def test_a_key_prefix_keeps_other_folders_out(prefixed: Stack) -> None:
    pattern = _pattern(prefixed, "VideoUploadEventRule")
    assert _matches(pattern, _upload("incoming/film.MP4"))
    assert not _matches(pattern, _upload("elsewhere/film.mp4"))


@pytest.mark.parametrize(
    "sample", ["complete", "error", "canceled", "progressing", "status_update", "input_information"]
)
def test_the_states_of_our_jobs_reach_the_job_events_function(dev: Stack, sample: str) -> None:
    pattern = _pattern(dev, "JobStateEventRule")
    assert _matches(pattern, _job_event(sample))
    assert not _matches(pattern, _job_event(sample, queue=f"{QUEUE}-of-others"))


@pytest.mark.parametrize("sample", ["new_warning", "queue_hop"])
def test_other_states_are_left_alone(dev: Stack, sample: str) -> None:
    assert not _matches(_pattern(dev, "JobStateEventRule"), _job_event(sample))


def test_patterns_are_within_eventbridges_limit(stack: Stack) -> None:
    for rule in stack.of_type("aws_cloudwatch_event_rule").values():
        assert len(rule.get("event_pattern", "")) < 2048


def test_the_reconciler_looks_every_minute(stack: Stack) -> None:
    rules = stack.of_type("aws_cloudwatch_event_rule")
    assert {name: rule.get("schedule_expression") for name, rule in rules.items() if "event_pattern" not in rule} == {
        "ReconciliationRule": "rate(1 minute)"
    }


def test_every_target_may_be_invoked_by_its_rule_and_only_by_it(stack: Stack) -> None:
    permissions = stack.of_type("aws_lambda_permission")
    for name, target in stack.of_type("aws_cloudwatch_event_target").items():
        rule = target["rule"].removesuffix(".name}")
        (permission,) = [
            address
            for address, body in permissions.items()
            if body["source_arn"] == f"{rule}.arn}}" and body["principal"] == "events.amazonaws.com"
        ]
        assert permissions[permission]["function_name"].removesuffix(".function_name}") == target["arn"].removesuffix(
            ".arn}"
        )
        assert target["depends_on"] == [f"aws_lambda_permission.{permission}"], name


def test_a_replaced_function_gets_its_permission_anew(stack: Stack) -> None:
    for permission in stack.of_type("aws_lambda_permission").values():
        function = permission["function_name"].removeprefix("${").removesuffix(".function_name}")
        assert permission["lifecycle"] == {"replace_triggered_by": [f"{function}.arn"]}


def test_what_a_rule_cannot_deliver_waits_in_a_queue_that_lets_it_in(stack: Stack) -> None:
    for target in stack.of_type("aws_cloudwatch_event_target").values():
        assert target["retry_policy"] == {"maximum_event_age_in_seconds": 86400, "maximum_retry_attempts": 185}
        queue_name = target["dead_letter_config"]["arn"].removeprefix("${aws_sqs_queue.").removesuffix(".arn}")
        queue = stack.of_type("aws_sqs_queue")[queue_name]
        (statement,) = json.loads(queue["policy"])["Statement"]
        assert statement["Principal"] == {"Service": "events.amazonaws.com"}
        rule = target["rule"].replace(".name}", ".arn}")
        assert statement["Condition"] == {"ArnEquals": {"aws:SourceArn": rule}}
        assert statement["Resource"] == f"arn:aws:sqs:*:*:{queue['name']}"


def test_what_a_function_fails_on_waits_beside_what_could_not_be_delivered(stack: Stack) -> None:
    invoked = {
        "TranscodingOrchestratorFunction": "UploadDeadLetterQueue",
        "JobEventsFunction": "JobEventDeadLetterQueue",
    }
    for function, queue in invoked.items():
        settings = stack.of_type("aws_lambda_function_event_invoke_config")[f"{function}FailureDestination"]
        assert settings["function_name"] == f"${{aws_lambda_function.{function}.function_name}}"
        assert settings["destination_config"] == {"on_failure": {"destination": f"${{aws_sqs_queue.{queue}.arn}}"}}
        assert settings["maximum_retry_attempts"] == 2
        assert settings["maximum_event_age_in_seconds"] == 21600
