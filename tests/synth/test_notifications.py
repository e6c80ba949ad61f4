"""Who is told."""

import json
from collections.abc import Callable

from tests.synth.stack import Stack

SUBSCRIPTIONS = {
    "subscriptions": [
        {"protocol": "email", "endpoint": "films@example.com"},
        {"protocol": "https", "endpoint": "https://example.com/hook", "events": ["transcode.failed"]},
    ]
}


def test_subscribers_are_those_of_the_context(synthesize: Callable[..., Stack]) -> None:
    subscriptions = synthesize("prod", notifications=SUBSCRIPTIONS).of_type("aws_sns_topic_subscription")
    assert {(body["protocol"], body["endpoint"]) for body in subscriptions.values()} == {
        ("email", "films@example.com"),
        ("https", "https://example.com/hook"),
    }


def test_a_subscriber_gets_only_the_events_it_asked_for(synthesize: Callable[..., Stack]) -> None:
    subscriptions = synthesize("prod", notifications=SUBSCRIPTIONS).of_type("aws_sns_topic_subscription").values()
    filters = {body["protocol"]: body.get("filter_policy") for body in subscriptions}
    assert filters == {"email": None, "https": '{"event": ["transcode.failed"]}'}


def test_undeliverable_notices_wait_in_a_queue_that_lets_the_topic_in(synthesize: Callable[..., Stack]) -> None:
    stack = synthesize("prod", notifications={**SUBSCRIPTIONS, "inbox": True})
    for subscription in stack.of_type("aws_sns_topic_subscription").values():
        redrive = json.loads(subscription["redrive_policy"])
        assert redrive == {"deadLetterTargetArn": "${aws_sqs_queue.NotificationDeadLetterQueue.arn}"}
    _accepts_the_topic(stack, "NotificationDeadLetterQueue")


def test_the_inbox_is_there_where_the_context_asks_for_it(stacks: dict[str, Stack]) -> None:
    _accepts_the_topic(stacks["local"], "InboxQueue")
    subscription = stacks["local"].of_type("aws_sns_topic_subscription")["InboxSubscription"]
    assert subscription["endpoint"] == "${aws_sqs_queue.InboxQueue.arn}"
    for name in ("dev", "prod"):
        assert "InboxQueue" not in stacks[name].of_type("aws_sqs_queue")
        assert "inbox_queue_url" not in stacks[name].document["output"]


def test_every_queue_is_encrypted_and_keeps_messages_for_two_weeks(stack: Stack) -> None:
    for name, queue in stack.of_type("aws_sqs_queue").items():
        assert queue["sqs_managed_sse_enabled"] is True, name
        assert queue["message_retention_seconds"] == 14 * 24 * 3600, name


def _accepts_the_topic(stack: Stack, name: str) -> None:
    queue = stack.of_type("aws_sqs_queue")[name]
    (statement,) = json.loads(queue["policy"])["Statement"]
    assert statement["Principal"] == {"Service": "sns.amazonaws.com"}
    assert statement["Condition"] == {"ArnEquals": {"aws:SourceArn": "${aws_sns_topic.NotificationTopic.arn}"}}
    assert statement["Resource"] == f"arn:aws:sqs:*:*:{queue['name']}"
