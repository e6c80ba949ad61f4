from __future__ import annotations

import pytest

from lambda_src.environment import JobEventsEnvironment, OrchestratorEnvironment
from lambda_src.errors import SetupError
from tests.unit.lambda_src.samples import ORCHESTRATOR_VARIABLES

WHOLE_NUMBERS = ("RECORD_TTL_DAYS", "SEGMENT_SECONDS", "MAX_HEIGHT")
NAMES = [name for name in ORCHESTRATOR_VARIABLES if name != "AWS_REGION"]
JOB_NAMES = ["ENVIRONMENT", "JOB_TABLE", "TOPIC_ARN", "OUTPUT_BUCKET", "RECORD_TTL_DAYS"]


@pytest.mark.parametrize("name", NAMES)
def test_a_missing_variable_is_named(name: str) -> None:
    rest = {key: value for key, value in ORCHESTRATOR_VARIABLES.items() if key != name}
    with pytest.raises(SetupError, match=f"^the environment variable {name} is missing$"):
        OrchestratorEnvironment.parse(rest)


@pytest.mark.parametrize("name", JOB_NAMES)
def test_a_variable_that_the_job_events_function_misses_is_named_too(name: str) -> None:
    rest = {key: value for key, value in ORCHESTRATOR_VARIABLES.items() if key != name}
    with pytest.raises(SetupError, match=f"^the environment variable {name} is missing$"):
        JobEventsEnvironment.parse(rest)


@pytest.mark.parametrize("name", [name for name in NAMES if name != "KEY_PREFIX"])
def test_an_empty_variable_is_named(name: str) -> None:
    with pytest.raises(SetupError, match=f"^the environment variable {name} is empty$"):
        OrchestratorEnvironment.parse({**ORCHESTRATOR_VARIABLES, name: ""})


def test_the_key_prefix_may_be_empty() -> None:
    assert OrchestratorEnvironment.parse(ORCHESTRATOR_VARIABLES).key_prefix == ""


@pytest.mark.parametrize("name", WHOLE_NUMBERS)
@pytest.mark.parametrize("value", ["six", "6.0", "-6", "0", "٣"])
def test_a_number_that_is_none_is_named_with_its_value(name: str, value: str) -> None:
    with pytest.raises(SetupError, match=f'{name} is "{value}"; it must be a whole number above 0'):
        OrchestratorEnvironment.parse({**ORCHESTRATOR_VARIABLES, name: value})


def test_the_job_events_function_needs_nothing_of_the_orchestrators() -> None:
    variables = {name: ORCHESTRATOR_VARIABLES[name] for name in JOB_NAMES}
    parsed = JobEventsEnvironment.parse(variables)
    assert parsed.record_ttl_days == 90


@pytest.mark.parametrize(("region", "expected"), [("eu-west-1", "eu-west-1"), (None, "ap-southeast-1")])
def test_the_region_is_lambdas_own_or_singapore(region: str | None, expected: str) -> None:
    variables = {**ORCHESTRATOR_VARIABLES, "AWS_REGION": region or ""}
    assert OrchestratorEnvironment.parse(variables).common.region == expected
