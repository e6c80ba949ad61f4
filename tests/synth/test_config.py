"""Wrong settings are found, all at once, and say what would be right."""

from typing import Any

import pytest

from stacks.config import PipelineConfig
from stacks.settings import MISSING, SettingsError, describe

Context = dict[str, Any]
REMOVED = object()


def _problems(context: Context) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        PipelineConfig.from_context(context)
    return [str(problem) for problem in caught.value.problems]


def _set(context: Context, path: str, value: object) -> None:
    *parents, last = path.split(".")
    for parent in parents:
        context = context[parent]
    if value is REMOVED:
        del context[last]
    else:
        context[last] = value


def test_the_committed_context_is_right(context: Context) -> None:
    config = PipelineConfig.from_context(context)
    assert list(config.environments) == ["local", "dev", "prod"]
    assert config.environments["prod"].stack_id == "media-pipeline-prod"
    assert config.environments["prod"].uploads.retention_days is None


def test_a_region_has_a_default(context: Context) -> None:
    _set(context, "environments.dev.region", REMOVED)
    assert PipelineConfig.from_context(context).environments["dev"].region == "ap-southeast-1"


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("logs.retention_days", 45, ["= 45", "CloudWatch Logs accepts only 1, 3, 5", "(nearest: 30)"]),
        ("logs.retention_days", True, ["= true", "give a whole number"]),
        ("logs.retention_days", "30", ['= "30"', "give a whole number"]),
        ("account_id", "12345", ['= "12345"', "12 digits in quotes"]),
        ("account_id", 123456789012, ["= 123456789012", "12 digits in quotes"]),
        ("region", "ap-southeast1", ['= "ap-southeast1"', "such as ap-southeast-1"]),
        ("region", "cn-north-1", ['= "cn-north-1"', "a region of the aws partition"]),
        ("emulated", True, ["= true", 'only the environment "local" may be emulated']),
        ("removable", "no", ['= "no"', "give true or false"]),
        ("uploads.key_prefix", "/films", ['= "/films"', "not starting with /"]),
        ("uploads.key_prefix", "films*", ['= "films*"']),
        ("uploads.key_prefix", "${var.x}", ['= "${var.x}"']),
        ("uploads.retention_days", 0, ["= 0", "1 to 36500 days"]),
        ("ladder.max_height", 900, ["= 900", "360, 480, 720, 1080"]),
        ("ladder.segment_seconds", 31, ["= 31", "1 to 30 seconds"]),
        ("functions.memory_mb", 64, ["= 64", "128 to 10240 MB"]),
        ("functions.timeout_seconds", 901, ["= 901", "3 to 900 seconds"]),
        ("functions.log_level", "VERBOSE", ['= "VERBOSE"', "DEBUG, INFO, WARN, ERROR"]),
        ("functions.orchestrator_concurrency", 0, ["= 0", "1 to 1000 executions"]),
        ("state_machine.timeout_minutes", 0, ["= 0", "minutes"]),
        ("alarms.period_minutes", 1441, ["= 1441", "1 to 1440 minutes"]),
        ("state", {"bucket": "Films", "key": "a", "region": "eu-west-1"}, [".bucket", '= "Films"', "a bucket name"]),
        ("notifications.subscriptions", {}, ["= {}", "give a list"]),
        ("tags", {"aws:x": "y"}, ["aws:x", "its name does not do"]),
        ("tags", {"Environment": "x"}, ["the pipeline sets this tag itself"]),
        ("tags", {"Owner": "${x}"}, ['= "${x}"', "letters, digits"]),
        ("uploads", None, ["= null", "give an object with key_prefix"]),
    ],
)
def test_a_wrong_value_is_named_with_its_path_and_what_would_be_right(
    context: Context, path: str, value: object, said: list[str]
) -> None:
    _set(context, f"environments.prod.{path}", value)
    (problem,) = _problems(context)
    assert problem.startswith(f"environments.prod.{path}")
    for part in said:
        assert part in problem


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("account_id", "give the account's 12 digits"),
        ("removable", "give true or false"),
        ("logs.retention_days", "give a whole number: 1, 3, 5"),
        ("uploads.retention_days", "give a whole number or null: 1 to 36500 days"),
        ("ladder", "give an object with max_height, segment_seconds"),
        ("records.retention_days", "give a whole number: 1 to 3650 days"),
    ],
)
def test_a_missing_setting_is_named_with_what_to_give(context: Context, path: str, said: str) -> None:
    _set(context, f"environments.dev.{path}", REMOVED)
    (problem,) = _problems(context)
    assert problem == f"environments.dev.{path} is missing: {problem.partition(': ')[2]}"
    assert said in problem


def test_an_unknown_setting_is_named_with_the_nearest_one(context: Context) -> None:
    context["environments"]["dev"]["functions"]["memory"] = 512
    (problem,) = _problems(context)
    assert problem.startswith("environments.dev.functions.memory = 512: no such setting")
    assert 'did you mean "memory_mb"?' in problem
    assert "allowed: memory_mb, timeout_seconds" in problem


def test_an_unknown_key_of_the_context_is_an_error(context: Context) -> None:
    context["enviroments"] = {}
    (problem,) = _problems(context)
    assert 'did you mean "environments"?' in problem


def test_keys_of_cdktf_itself_are_none_of_ours(context: Context) -> None:
    context |= {"cdktfRelativeModules": [], "cdktfVersion": "0.21.0", "excludeStackIdFromLogicalIds": "true"}
    PipelineConfig.from_context(context)


def test_every_problem_is_told_at_once(context: Context) -> None:
    _set(context, "environments.local.logs.retention_days", 2)
    _set(context, "environments.dev.account_id", REMOVED)
    context["environments"]["prod"]["emulated"] = True
    _set(context, "environments.prod.tags", {"Project": "x", "aws:y": "z"})
    _set(context, "environments.prod.functions.memry_mb", 1)
    paths = [problem.split(" ")[0] for problem in _problems(context)]
    assert paths == [
        "environments.local.logs.retention_days",
        "environments.dev.account_id",
        "environments.prod.functions.memry_mb",
        "environments.prod.tags.aws:y",
        "environments.prod.emulated",
        "environments.prod.tags.Project",
    ]


@pytest.mark.parametrize(
    ("subscription", "said"),
    [
        ({"protocol": "email", "endpoint": "nobody"}, "an e-mail address"),
        ({"protocol": "https", "endpoint": "http://example.com"}, "starts with https://"),
        ({"protocol": "sqs", "endpoint": "my-queue"}, "the ARN of a queue"),
        ({"protocol": "lambda", "endpoint": "arn:aws:sqs:eu-west-1:123456789012:q"}, "the ARN of a function"),
        ({"protocol": "e-mail", "endpoint": "a@b.cd"}, 'did you mean "email"?'),
        ({"protocol": "email", "endpoint": "a@b.cd", "events": ["transcode.suceeded"]}, '"transcode.succeeded"?'),
        ({"protocol": "email"}, "endpoint is missing"),
    ],
)
def test_a_wrong_subscription_is_named_by_its_place(context: Context, subscription: Context, said: str) -> None:
    right = {"protocol": "email", "endpoint": "films@example.com"}
    _set(context, "environments.prod.notifications.subscriptions", [right, subscription])
    (problem,) = _problems(context)
    assert problem.startswith("environments.prod.notifications.subscriptions[1].")
    assert said in problem


def test_the_same_receiver_stands_in_the_list_once(context: Context) -> None:
    right = {"protocol": "email", "endpoint": "films@example.com"}
    _set(context, "environments.prod.notifications.subscriptions", [right, right])
    (problem,) = _problems(context)
    assert "stands in the list already" in problem


def test_two_environments_never_share_a_state(context: Context) -> None:
    _set(context, "environments.dev.state", context["environments"]["prod"]["state"])
    (problem,) = _problems(context)
    assert problem.startswith("environments.prod.state.key = ")
    assert "environments.dev keeps its state there already" in problem


@pytest.mark.parametrize("environments", [{}, None, []])
def test_there_is_at_least_one_environment(environments: object) -> None:
    (problem,) = _problems({"environments": environments})
    assert problem.startswith("environments = ")


def test_a_context_without_environments_says_what_is_missing() -> None:
    assert _problems({}) == ["environments is missing: give an object"]


def test_an_environments_name_must_fit_into_resource_names(context: Context) -> None:
    context["environments"]["Production"] = context["environments"].pop("prod")
    (problem,) = _problems(context)
    assert problem.startswith("environments.Production = ")
    assert "its name does not do: give 1 to 16 of a-z" in problem


def test_a_provider_version_is_exact(context: Context) -> None:
    context["aws_provider_version"] = "~> 5.0"
    (problem,) = _problems(context)
    assert "give an exact version such as 5.100.0" in problem


def test_every_setting_is_documented() -> None:
    settings = {setting.path: setting for setting in describe(PipelineConfig)}
    assert [path for path, setting in settings.items() if not setting.doc] == []
    assert settings["environments.<name>.region"].default == "ap-southeast-1"
    assert settings["environments.<name>.account_id"].default is MISSING
    assert settings["environments.<name>.notifications.subscriptions[].protocol"].allowed == "email, https, sqs, lambda"
    assert "environments.<name>.state.bucket" in settings


def test_settings_cannot_be_changed_afterwards(context: Context) -> None:
    environment = PipelineConfig.from_context(context).environments["dev"]
    with pytest.raises(AttributeError):
        environment.region = "eu-west-1"  # type: ignore[misc]  # that it is refused is the point
