"""What is watched, and who is told of it."""

import json
from collections.abc import Callable

import pytest

from tests.synth.stack import Stack, strings


def test_every_alarm_tells_the_topic_once_it_may(stack: Stack) -> None:
    for name, alarm in stack.of_type("aws_cloudwatch_metric_alarm").items():
        assert alarm["alarm_actions"] == ["${aws_sns_topic.NotificationTopic.arn}"], name
        assert alarm["ok_actions"] == alarm["alarm_actions"], name
        assert stack.reach(f"aws_cloudwatch_metric_alarm.{name}") >= {
            "aws_sns_topic_policy.NotificationTopicPolicy",
            "aws_kms_key_policy.NotificationKeyPolicy",
        }, name


def test_processing_errors_are_those_of_the_orchestrator(synthesize: Callable[..., Stack]) -> None:
    stack = synthesize("dev", alarms={"error_threshold": 5, "period_minutes": 10})
    alarm = stack.of_type("aws_cloudwatch_metric_alarm")["ProcessingErrorAlarm"]
    assert (alarm["namespace"], alarm["metric_name"]) == ("AWS/Lambda", "Errors")
    function = "${aws_lambda_function.TranscodingOrchestratorFunction.function_name}"
    assert alarm["dimensions"] == {"FunctionName": function}
    assert (alarm["threshold"], alarm["period"]) == (5, 600)


@pytest.mark.parametrize(
    "queue", [f"{of}DeadLetterQueue" for of in ("Upload", "JobEvent", "Reconciliation", "Notification")]
)
def test_the_first_dead_letter_raises_an_alarm(stack: Stack, queue: str) -> None:
    alarm = _watching(stack, "ApproximateNumberOfMessagesVisible", f"${{aws_sqs_queue.{queue}.name}}")
    assert alarm["threshold"] == 1
    assert alarm["comparison_operator"] == "GreaterThanOrEqualToThreshold"


def test_the_first_job_without_a_record_raises_an_alarm(stack: Stack) -> None:
    """It watches what the job-events function counts, under the names that it counts by."""
    alarm = stack.of_type("aws_cloudwatch_metric_alarm")["JobWithoutRecordAlarm"]
    variables = stack.of_type("aws_lambda_function")["JobEventsFunction"]["environment"]["variables"]
    assert (alarm["namespace"], alarm["metric_name"]) == (
        variables["POWERTOOLS_METRICS_NAMESPACE"],
        "JobsWithoutRecord",
    )
    assert alarm["dimensions"] == {"service": variables["POWERTOOLS_SERVICE_NAME"]}
    assert alarm["threshold"] == 1


@pytest.mark.parametrize("function", ["TranscodingOrchestratorFunction", "JobEventsFunction", "ReconcilerFunction"])
def test_the_first_throttle_raises_an_alarm(stack: Stack, function: str) -> None:
    alarm = _watching(stack, "Throttles", f"${{aws_lambda_function.{function}.function_name}}")
    assert alarm["threshold"] == 1


def test_an_execution_that_could_not_tell_anyone_raises_an_alarm(stack: Stack) -> None:
    _watching(stack, "ExecutionsTimedOut", "${aws_sfn_state_machine.TranscodingStateMachine.arn}")


def test_silence_is_no_trouble(stack: Stack) -> None:
    for alarm in stack.of_type("aws_cloudwatch_metric_alarm").values():
        assert alarm["treat_missing_data"] == "notBreaching"


def test_the_dashboard_shows_every_alarm_in_the_right_region(synthesize: Callable[..., Stack]) -> None:
    stack = synthesize("dev")
    widgets = json.loads(stack.of_type("aws_cloudwatch_dashboard")["Dashboard"]["dashboard_body"])["widgets"]
    shown = set(strings([widget for widget in widgets if widget["type"] == "alarm"]))
    assert shown >= {
        f"${{aws_cloudwatch_metric_alarm.{name}.arn}}" for name in stack.of_type("aws_cloudwatch_metric_alarm")
    }
    assert {w["properties"]["region"] for w in widgets if w["type"] == "metric"} == {"ap-southeast-1"}


def test_no_widget_covers_another(stack: Stack) -> None:
    widgets = json.loads(stack.of_type("aws_cloudwatch_dashboard")["Dashboard"]["dashboard_body"])["widgets"]
    cells = [
        (column, row)
        for widget in widgets
        for column in range(widget["x"], widget["x"] + widget["width"])
        for row in range(widget["y"], widget["y"] + widget["height"])
    ]
    assert len(cells) == len(set(cells))
    assert max(column for column, _ in cells) < 24


def _watching(stack: Stack, metric: str, dimension: str) -> dict[str, object]:
    (alarm,) = [
        body
        for body in stack.of_type("aws_cloudwatch_metric_alarm").values()
        if body["metric_name"] == metric and dimension in body["dimensions"].values()
    ]
    return alarm
