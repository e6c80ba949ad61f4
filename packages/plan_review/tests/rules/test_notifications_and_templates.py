"""What S3 refuses of a bucket's notifications, and EventBridge of a target's input template."""

from __future__ import annotations

import json
from typing import Any

import pytest

from plan_review.findings import Severity, Verdict

from .examples import findings, of_rule

CREATED = "s3:ObjectCreated:*"


def told(*blocks: dict[str, Any], **more: Any) -> list[Any]:
    """Review a bucket that tells two queues, topics or functions; ``to`` says which."""
    arguments: dict[str, list[Any]] = {}
    for number, block in enumerate(blocks):
        kind = block.pop("to", "queue")
        target = {f"{kind}_arn": f"arn:aws:sqs:eu-west-1:111122223333:q{number}"}
        arguments.setdefault(kind, []).append({**target, **block})
    document = {"resource": {"aws_s3_bucket_notification": {"n": {"bucket": "b", **arguments}}}, **more}
    return of_rule(findings(document), "bucket-notification-overlap")


def block(*events: str, prefix: str | None = None, suffix: str | None = None, to: str = "queue") -> dict[str, Any]:
    filters = {f"filter_{end}": text for end, text in (("prefix", prefix), ("suffix", suffix)) if text is not None}
    return {"events": list(events or (CREATED,)), "to": to, **filters}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (block(), block()),
        (block(), block("s3:ObjectCreated:Put")),
        (block("s3:ObjectCreated:Put"), block("s3:ObjectCreated:Put")),
        (block("s3:ObjectRemoved:Delete"), block("s3:ObjectRemoved:*")),
        (block(CREATED, "s3:ObjectRemoved:*"), block("s3:ObjectRemoved:DeleteMarkerCreated")),
        (block(to="topic"), block(to="lambda_function")),
        (block(prefix="a/"), block()),
        (block(prefix="a/"), block(prefix="a/b/")),
        (block(prefix="a"), block(prefix="ab")),
        (block(suffix=".jpg"), block(prefix="images/")),
        (block(suffix=".jpg"), block(suffix="x.jpg")),
        (block(suffix=".jpg"), block(suffix="g")),
        (block(prefix="a/", suffix=".jpg"), block(prefix="a/b", suffix=".jpg")),
        (block(prefix=""), block(prefix="a/")),
        (block("s3:ObjectTagging:*"), block("s3:ObjectTagging:Put")),
    ],
)
def test_two_destinations_of_one_event_are_refused(first: Any, second: Any) -> None:
    (found,) = told(dict(first), dict(second))

    assert "both get s3:" in found.message
    assert found.severity is Severity.ERROR
    assert found.verdict is Verdict.MISSING


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (block(), block("s3:ObjectRemoved:*")),
        (block("s3:ObjectCreated:Put"), block("s3:ObjectCreated:Copy")),
        (block(prefix="a/"), block(prefix="b/")),
        (block(prefix="images/"), block(prefix="logs/", to="lambda_function")),
        (block(suffix=".jpg"), block(suffix=".png")),
        (block(prefix="a/", suffix=".jpg"), block(prefix="a/", suffix=".png")),
        (block(prefix="a/", suffix=".jpg"), block(prefix="b/", suffix=".jpg")),
        (block("s3:ObjectRemoved:Delete"), block("s3:ObjectRemoved:DeleteMarkerCreated")),
        (block("s3:LifecycleExpiration:*"), block("s3:LifecycleTransition")),
    ],
)
def test_notifications_that_do_not_overlap_are_taken(first: Any, second: Any) -> None:
    assert told(dict(first), dict(second)) == []


def test_an_unknown_prefix_leaves_it_open() -> None:
    variables = {"variable": {"x": {"type": "string"}}}
    (found,) = told(block(prefix="${var.x}"), block(prefix="a/"), **variables)

    assert found.verdict is Verdict.CANNOT_TELL
    assert told(block(prefix="${var.x}", suffix=".a"), block(prefix="a/", suffix=".b"), **variables) == []


@pytest.mark.parametrize(
    ("event", "meant", "severity"),
    [
        ("s3:ObjectCreated", "s3:ObjectCreated:*", Severity.ERROR),
        ("s3:objectcreated:put", "s3:ObjectCreated:Put", Severity.ERROR),
        ("s3:ObjectCreate:*", "s3:ObjectCreated:*", Severity.ERROR),
        ("ObjectCreated:*", "s3:ObjectCreated:*", Severity.ERROR),
        ("something", "supports", Severity.WARNING),
    ],
)
def test_an_event_that_s3_does_not_tell_of_is_said(event: str, meant: str, severity: Severity) -> None:
    (found,) = told(block(event))

    assert meant in found.remedy
    assert found.severity is severity


def test_a_star_in_a_filter_is_a_star() -> None:
    (found,) = told(block(prefix="uploads/*"))

    assert "takes for itself" in found.message
    assert found.severity is Severity.WARNING


def transformed(template: Any, paths: Any = None, **more: Any) -> list[Any]:
    given = {"input_template": template, **({} if paths is None else {"input_paths": paths})}
    target = {"rule": "r", "arn": "arn:aws:sqs:eu-west-1:111122223333:q", "input_transformer": [given]}
    return of_rule(findings({"resource": {"aws_cloudwatch_event_target": {"t": target}}, **more}), "input-transformer")


BOTH = {"bucket": "$.detail.bucket.name", "key": "$.detail.object.key"}


@pytest.mark.parametrize(
    ("template", "paths", "said"),
    [
        ("New object <key> in <bucket>", BOTH, "is no JSON when it is filled in"),
        ("<key> and <bucket>", BOTH, "is no JSON when it is filled in"),
        ('{"key": <key>', BOTH, "is no JSON when it is filled in"),
        ('{"key": <key>,}', BOTH, "is no JSON when it is filled in"),
        ("{key: <key>}", BOTH, "is no JSON when it is filled in"),
        ('{"key": new <key>}', BOTH, "is no JSON when it is filled in"),
        ('"one line\nand <key>"', BOTH, "is no JSON when it is filled in"),
        ("{'key': <key>}", BOTH, "is no JSON when it is filled in"),
        ('"a" <key>', BOTH, "is no JSON when it is filled in"),
        ('"first"\nsecond <key>', BOTH, "is no JSON when it is filled in"),
        ('{"bucket": <bucket>, "key": <key>}', {"bucket": "$.detail.bucket.name"}, "<key> is not defined"),
        ('"<keys> is new"', BOTH, "<keys> is not defined"),
        ('"<b>new</b>"', None, "is not defined"),
        ('"in <aws.events.rule>"', None, "<aws.events.rule> is not defined"),
        ('{"e": <aws.events.event.detail>}', None, "is not defined"),
        ('"<key>"', {"key": "detail.object.key"}, "does not begin with $"),
        ('"<aws-key>"', {"aws-key": "$.detail"}, "names with aws are reserved"),
        ('"<a key>"', {"a key": "$.detail"}, 'the name "a key"'),
        ('"<k0>"', {f"k{number}": "$.detail" for number in range(101)}, "101 entries"),
        (json.dumps("x" * 9000), None, "8,192 are allowed"),
    ],
)
def test_what_eventbridge_refuses_of_a_template_is_said(template: str, paths: Any, said: str) -> None:
    found = transformed(template, paths)

    assert found
    assert all(said in each.message and each.severity is Severity.ERROR for each in found)


@pytest.mark.parametrize(
    ("template", "paths", "said"),
    [
        ('"it was <aws.events.event.json>"', None, "stands within a text"),
        ('{"e": "<aws.events.event>"}', None, "stands within a text"),
        ("{<key>: 1}", BOTH, "in the name of a field"),
        ('{"a-<key>": 1}', BOTH, "in the name of a field"),
        ('"<key>"', {"key": "$.detail['object'].key"}, "not in the dot notation"),
        ('"<key>"', {"key": "$..key"}, "not in the dot notation"),
    ],
)  # fmt: skip
def test_what_it_may_take_and_not_mean_is_a_warning(template: str, paths: Any, said: str) -> None:
    (found,) = transformed(template, paths)

    assert said in found.message
    assert found.severity is Severity.WARNING


@pytest.mark.parametrize(
    ("template", "paths"),
    [
        ('{"bucket": <bucket>, "key": <key>}', BOTH),
        ('{"said": "<key> is in \\"<bucket>\\""}', BOTH),
        ('"<key> is in <bucket>"', BOTH),
        ('"first <key>"\n"second <bucket>"\n', BOTH),
        ("<key>", BOTH),
        ("[<key>, <bucket>]", BOTH),
        ('{"event": <aws.events.event.json>, "rule": "<aws.events.rule-arn>"}', None),
        ('{"at": "<aws.events.event.ingestion-time>", "n": 5, "list": [<key>]}', BOTH),
        ('{"text": "a < b"}', None),
        ('"<all>"', {"all": "$"}),
        ('"<first> <any> <dashed>"', {"first": "$.resources[0]", "any": "$.a[*].b", "dashed": "$.detail.a-b_c/d"}),
        ('{"key": <key>, "not": "used"}', BOTH),
        ('\n  {\n  "key": <key>\n}\n', BOTH),
    ],
)
def test_templates_that_eventbridge_takes_are_taken(template: str, paths: Any) -> None:
    assert transformed(template, paths) == []


@pytest.mark.parametrize(
    ("template", "paths"),
    [
        ('{"key": <key>}', "${var.paths}"),
        ("${var.template}", BOTH),
        ('{"key": "${var.template}-<key>"}', BOTH),
        ('{"key": ${var.template}}', BOTH),
        ('"<key>"', {"key": "${var.template}"}),
    ],
)
def test_what_is_not_known_of_a_template_is_no_mistake(template: Any, paths: Any) -> None:
    assert transformed(template, paths, variable={"paths": {}, "template": {"type": "string"}}) == []
