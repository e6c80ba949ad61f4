"""Wrong settings are found, all at once, and say what would be right."""

from typing import Any

import botocore.session
import pytest

from stacks.config import PipelineConfig
from stacks.regions import PARTITION, regions
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
        ("functions.orchestrator_concurrency", 0, ["= 0", "1 to 100000 executions"]),
        ("state_machine.timeout_minutes", 0, ["= 0", "minutes"]),
        ("alarms.period_minutes", 1441, ["= 1441", "1 to 1440 minutes"]),
        ("state", {"bucket": "Films", "key": "a", "region": "eu-west-1"}, [".bucket", '= "Films"', "a bucket name"]),
        ("notifications.subscriptions", {}, ["= {}", "give a list"]),
        ("tags", {"aws:x": "y"}, ["aws:x", "its name does not do"]),
        ("tags", {"AWS:x": "y"}, ["AWS:x", "not starting with aws: in any case"]),
        ("tags", {"Owner": "Aws:me"}, ['= "Aws:me"', "not starting with aws: in any case"]),
        ("tags", {"Environment": "x"}, ["the pipeline sets this tag itself"]),
        ("tags", {"project": "x"}, ["the pipeline sets this tag itself", "does not tell it from Project"]),
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


def _state(**changes: str) -> dict[str, str]:
    return {"bucket": "films-state", "key": "films/prod.tfstate", "region": "eu-west-1", **changes}


@pytest.mark.parametrize(
    ("setting", "value", "said"),
    [
        ("key", "/prod.tfstate", "does not begin or end with /"),
        ("key", "prod/", "does not begin or end with /"),
        ("key", "films//prod.tfstate", "has no // in it"),
        ("key", "films/prod state", "an object key without spaces"),
        ("bucket", "films..state", "no two periods in a row"),
        ("bucket", "films.-state", "no hyphen beside a period"),
        ("bucket", "films-.state", "no hyphen beside a period"),
        ("bucket", "192.168.5.4", "not formed like an IP address"),
        ("bucket", "fi", "3 to 63 of a-z 0-9 . -"),
        ("bucket", "films-", "beginning and ending with a letter or digit"),
        ("bucket", "xn--films", "S3 reserves the prefixes xn--, sthree- and amzn-s3-demo-"),
        ("bucket", "sthree-films", "S3 reserves the prefixes"),
        ("bucket", "amzn-s3-demo-films", "S3 reserves the prefixes"),
        ("bucket", "films-s3alias", "S3 reserves the suffixes -s3alias, --ol-s3, .mrap, --x-s3 and --table-s3"),
        ("bucket", "films--ol-s3", "S3 reserves the suffixes"),
        ("bucket", "films.mrap", "S3 reserves the suffixes"),
        ("bucket", "films--use1-az4--x-s3", "S3 reserves the suffixes"),
        ("bucket", "films--table-s3", "S3 reserves the suffixes"),
        ("region", "eu-west-9", "a region of the aws partition"),
        ("region", "aws-global", "a region of the aws partition"),
        ("kms_key_id", "films", "a key id (a UUID, or mrk- and 32 digits), alias/NAME, or the ARN of either"),
        ("kms_key_id", "key/3b3b73f8-742e-4c1d-8b1f-2c1f6d1b8a57", "alias/NAME, or the ARN of either"),
    ],
)
def test_a_place_of_the_state_that_terraform_or_s3_refuses_is_refused_here(
    context: Context, setting: str, value: str, said: str
) -> None:
    _set(context, "environments.prod.state", _state(**{setting: value}))
    (problem,) = _problems(context)
    assert problem.startswith(f'environments.prod.state.{setting} = "{value}": ')
    assert said in problem


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("key", "prod.tfstate"),
        ("key", "films/eu-west-1/prod.tfstate"),
        ("bucket", "films.example.com"),
        ("bucket", "films-123456789012-eu-west-1-an"),
        ("bucket", "192.168.5.4a"),
        ("kms_key_id", "3b3b73f8-742e-4c1d-8b1f-2c1f6d1b8a57"),
        ("kms_key_id", "mrk-3b3b73f8742e4c1d8b1f2c1f6d1b8a57"),
        ("kms_key_id", "alias/films/state"),
        ("kms_key_id", "arn:aws:kms:eu-west-1:123456789012:key/3b3b73f8-742e-4c1d-8b1f-2c1f6d1b8a57"),
        ("kms_key_id", "arn:aws:kms:eu-west-1:123456789012:alias/films"),
    ],
)
def test_a_place_of_the_state_that_they_take_is_taken(context: Context, setting: str, value: str) -> None:
    _set(context, "environments.prod.state", _state(**{setting: value}))
    PipelineConfig.from_context(context)


@pytest.mark.parametrize("region", ["us-east-1", "ap-southeast-5", "mx-central-1", "il-central-1"])
def test_every_region_that_the_sdk_knows_is_taken(context: Context, region: str) -> None:
    assert set(regions()) == set(botocore.session.get_session().get_available_regions("ec2", PARTITION))
    _set(context, "environments.prod.region", region)
    PipelineConfig.from_context(context)


def test_a_region_that_does_not_exist_is_refused_with_the_nearest(context: Context) -> None:
    _set(context, "environments.prod.region", "eu-central-3")
    (problem,) = _problems(context)
    assert problem.startswith('environments.prod.region = "eu-central-3": give a region of the aws partition')
    assert '(did you mean "eu-central-' in problem


def test_without_the_sdk_a_region_is_refused_with_what_to_do(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stacks.regions.regions", tuple)
    assert {problem.partition(": ")[2] for problem in _problems(context)} == {
        "the list of regions is not there, because botocore is not installed; run `make setup`"
    }


def test_tags_that_differ_in_case_only_are_one_to_iam(context: Context) -> None:
    _set(context, "environments.prod.tags", {"Team": "films", "team": "media"})
    (problem,) = _problems(context)
    assert problem.startswith('environments.prod.tags.team = "media": ')
    assert "the same tag as Team, which differs in case only" in problem


def test_too_many_tags_are_counted_and_not_listed(context: Context) -> None:
    _set(context, "environments.prod.tags", {f"Tag{number}": "x" for number in range(51)})
    (problem,) = _problems(context)
    assert problem.startswith("environments.prod.tags has 51 tags: give at most 40; AWS allows 50")
    assert "Tag1" not in problem


@pytest.mark.parametrize(
    ("reserved", "quota", "said"),
    [
        (901, None, "give at most 900: Lambda keeps 100 of the account's 1000"),
        (150, 200, "give at most 100: Lambda keeps 100 of the account's 200"),
        (1, 100, "give null: Lambda keeps 100 of the account's 100"),
    ],
)
def test_what_lambda_keeps_unreserved_cannot_be_reserved(
    context: Context, reserved: int, quota: int | None, said: str
) -> None:
    functions = context["environments"]["prod"]["functions"]
    functions |= {"orchestrator_concurrency": reserved} | ({"account_concurrency": quota} if quota else {})
    (problem,) = _problems(context)
    assert problem.startswith(f"environments.prod.functions.orchestrator_concurrency = {reserved}: {said}")
    assert "set functions.account_concurrency" in problem


def test_a_larger_account_leaves_more_to_reserve(context: Context) -> None:
    functions = context["environments"]["prod"]["functions"]
    functions |= {"orchestrator_concurrency": 900}
    PipelineConfig.from_context(context)
    functions |= {"orchestrator_concurrency": 2_900, "account_concurrency": 3_000}
    PipelineConfig.from_context(context)


def test_environments_of_one_account_and_region_share_what_can_be_reserved(context: Context) -> None:
    for name in ("local", "dev", "prod"):
        _set(context, f"environments.{name}.functions.orchestrator_concurrency", 500)
    (problem,) = _problems(context)
    assert problem.startswith("environments.prod.functions.orchestrator_concurrency = 500: give at most 400")
    assert "other environments of this account and region reserve 500" in problem
    _set(context, "environments.prod.region", "eu-west-1")
    PipelineConfig.from_context(context)


@pytest.mark.parametrize(
    ("timeout_minutes", "too_short", "long_enough"), [(1, 1, 2), (60, 1, 2), (24 * 60, 2, 3), (14 * 24 * 60, 15, 16)]
)
def test_records_outlive_the_job_and_every_retry_of_its_events(
    context: Context, timeout_minutes: int, too_short: int, long_enough: int
) -> None:
    _set(context, "environments.dev.state_machine.timeout_minutes", timeout_minutes)
    _set(context, "environments.dev.records.retention_days", too_short)
    (problem,) = _problems(context)
    assert problem.startswith(f"environments.dev.records.retention_days = {too_short}: ")
    assert f"give at least {long_enough} days: a job may take {timeout_minutes} minutes" in problem
    assert "tried again for 30 hours" in problem
    _set(context, "environments.dev.records.retention_days", long_enough)
    PipelineConfig.from_context(context)


def test_the_local_environment_goes_to_the_emulator_only(context: Context) -> None:
    for value in (False, REMOVED):
        _set(context, "environments.local.emulated", value)
        (problem,) = _problems(context)
        assert problem.startswith('environments.local.emulated = false: the environment "local" goes to the emulator')


def test_the_local_environment_may_be_missing_and_its_prefix_too(context: Context) -> None:
    _set(context, "environments.local.uploads.key_prefix", REMOVED)
    assert PipelineConfig.from_context(context).environments["local"].uploads.key_prefix == ""
    _set(context, "environments.local", REMOVED)
    PipelineConfig.from_context(context)


@pytest.mark.parametrize(
    ("subscription", "said"),
    [
        ({"protocol": "email", "endpoint": "nobody"}, "an e-mail address"),
        ({"protocol": "email", "endpoint": "a@b..c"}, "an e-mail address"),
        ({"protocol": "email", "endpoint": "a..b@example.com"}, "an e-mail address"),
        ({"protocol": "email", "endpoint": ".a@example.com"}, "an e-mail address"),
        ({"protocol": "email", "endpoint": "a.@example.com"}, "an e-mail address"),
        ({"protocol": "email", "endpoint": "a@example"}, "an e-mail address"),
        ({"protocol": "email", "endpoint": "a@-example.com"}, "an e-mail address"),
        ({"protocol": "email", "endpoint": "a@10.0.0.1"}, "an e-mail address"),
        ({"protocol": "email", "endpoint": "a%{b}@example.com"}, "an e-mail address"),
        ({"protocol": "https", "endpoint": "http://example.com"}, "starts with https://"),
        ({"protocol": "https", "endpoint": "https://x"}, "a full host name"),
        ({"protocol": "https", "endpoint": "https://"}, "a full host name"),
        ({"protocol": "https", "endpoint": "https://example..com/hook"}, "a full host name"),
        ({"protocol": "https", "endpoint": "https://localhost/hook"}, "a full host name"),
        ({"protocol": "https", "endpoint": "https://example.com:port/hook"}, "a full host name"),
        ({"protocol": "https", "endpoint": "https://300.1.1.1/hook"}, "a full host name"),
        ({"protocol": "sqs", "endpoint": "arn:aws:sqs:eu-west-9:123456789012:films"}, "a region of the aws partition"),
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


@pytest.mark.parametrize(
    ("protocol", "endpoint"),
    [
        ("email", "films@example.com"),
        ("email", "o'brien+films@mail.example.co.uk"),
        ("email", "films@bücher.example"),
        ("https", "https://example.com"),
        ("https", "https://user:secret@hooks.example.com:8443/a/b?c=d&e=%20f"),
        ("https", "https://203.0.113.7/hook"),
        ("https", "https://example.xn--p1ai/hook"),
        ("sqs", "arn:aws:sqs:eu-west-1:123456789012:films"),
        ("lambda", "arn:aws:lambda:eu-west-1:123456789012:function:films:live"),
    ],
)
def test_an_address_that_is_one_is_taken(context: Context, protocol: str, endpoint: str) -> None:
    receiver = {"protocol": protocol, "endpoint": endpoint}
    _set(context, "environments.prod.notifications.subscriptions", [receiver])
    PipelineConfig.from_context(context)


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


@pytest.mark.parametrize(
    ("version", "said"),
    [
        ("4.67.0", "the stacks are tried from 5.100.0 on"),
        ("5.99.1", "the stacks are tried from 5.100.0 on"),
        ("7.0.0", "the bindings are made from version 6"),
    ],
)
def test_a_provider_version_that_nothing_was_tried_with_is_refused(context: Context, version: str, said: str) -> None:
    context["aws_provider_version"] = version
    (problem,) = _problems(context)
    assert problem.startswith(f'aws_provider_version = "{version}": {said}')
    assert "give an exact version such as 5.100.0" in problem


@pytest.mark.parametrize("version", ["5.100.0", "6.0.0", "6.99.3", None])
def test_a_provider_version_within_the_bounds_is_taken(context: Context, version: str | None) -> None:
    context["aws_provider_version"] = version
    assert PipelineConfig.from_context(context).aws_provider_version == version


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
