"""The functions are given what their code reads."""

import ast
from collections.abc import Callable
from pathlib import Path

from lambda_src.environment import JobEventsEnvironment, OrchestratorEnvironment, ReconcilerEnvironment
from tests.synth.stack import Stack

LAMBDA_SOURCE = Path(__file__).resolve().parents[2] / "lambda_src"
# Powertools reads these itself (its documentation, "Environment variables").
READ_BY_POWERTOOLS = {"POWERTOOLS_SERVICE_NAME", "POWERTOOLS_METRICS_NAMESPACE", "POWERTOOLS_LOG_LEVEL"}
SET_BY_LAMBDA = {"AWS_REGION"}


class _Recorder(dict[str, str]):
    """An environment that remembers what is asked of it."""

    def __init__(self, variables: dict[str, str]) -> None:
        super().__init__(variables)
        self.read: set[str] = set()

    def get(self, name: str, default: object = None) -> object:  # type: ignore[override]  # narrower on purpose
        self.read.add(name)
        return super().get(name, default)

    def __getitem__(self, name: str) -> str:
        self.read.add(name)
        return super().__getitem__(name)


def _variables(stack: Stack, function: str) -> dict[str, str]:
    variables: dict[str, str] = stack.of_type("aws_lambda_function")[function]["environment"]["variables"]
    return variables


def test_the_orchestrator_reads_what_is_set_and_finds_what_it_reads(stack: Stack) -> None:
    variables = _Recorder(_variables(stack, "TranscodingOrchestratorFunction"))
    OrchestratorEnvironment.parse(variables)
    assert variables.read - SET_BY_LAMBDA == variables.keys() - READ_BY_POWERTOOLS


def test_the_job_events_function_reads_what_is_set_and_finds_what_it_reads(stack: Stack) -> None:
    variables = _Recorder(_variables(stack, "JobEventsFunction"))
    JobEventsEnvironment.parse(variables)
    assert variables.read - SET_BY_LAMBDA == variables.keys() - READ_BY_POWERTOOLS


def test_the_reconciler_reads_what_is_set_and_finds_what_it_reads(stack: Stack) -> None:
    variables = _Recorder(_variables(stack, "ReconcilerFunction"))
    ReconcilerEnvironment.parse(variables)
    assert variables.read - SET_BY_LAMBDA == variables.keys() - READ_BY_POWERTOOLS


def test_settings_reach_the_orchestrator(synthesize: Callable[..., Stack]) -> None:
    stack = synthesize(
        "dev",
        uploads={"key_prefix": "in/"},
        ladder={"max_height": 720, "segment_seconds": 4},
        records={"retention_days": 5},
    )
    variables = _variables(stack, "TranscodingOrchestratorFunction")
    given = {name: variables[name] for name in ("KEY_PREFIX", "MAX_HEIGHT", "SEGMENT_SECONDS", "RECORD_TTL_DAYS")}
    assert given == {"KEY_PREFIX": "in/", "MAX_HEIGHT": "720", "SEGMENT_SECONDS": "4", "RECORD_TTL_DAYS": "5"}


def test_handlers_exist(stack: Stack) -> None:
    for function in stack.of_type("aws_lambda_function").values():
        package, module, name = function["handler"].split(".")
        assert package == LAMBDA_SOURCE.name
        tree = ast.parse((LAMBDA_SOURCE / f"{module}.py").read_text())
        assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_functions_log_where_retention_is_set(stack: Stack) -> None:
    groups = stack.of_type("aws_cloudwatch_log_group")
    for name, function in stack.of_type("aws_lambda_function").items():
        group = function["logging_config"]["log_group"]
        assert group == f"${{aws_cloudwatch_log_group.{name}LogGroup.name}}"
        assert groups[f"{name}LogGroup"]["name"] == f"/aws/lambda/{function['function_name']}"


def test_every_log_group_keeps_its_events_as_long_as_the_context_says(synthesize: Callable[..., Stack]) -> None:
    groups = synthesize("dev", logs={"retention_days": 545}).of_type("aws_cloudwatch_log_group")
    assert {group["retention_in_days"] for group in groups.values()} == {545}


def test_functions_are_traced(stack: Stack) -> None:
    for function in stack.of_type("aws_lambda_function").values():
        assert function["tracing_config"] == {"mode": "Active"}


def test_concurrency_is_reserved_for_the_orchestrator_alone(synthesize: Callable[..., Stack]) -> None:
    functions = synthesize("dev", functions={"orchestrator_concurrency": 7}).of_type("aws_lambda_function")
    assert functions["TranscodingOrchestratorFunction"]["reserved_concurrent_executions"] == 7
    for name in ("JobEventsFunction", "ReconcilerFunction"):
        assert "reserved_concurrent_executions" not in functions[name]


def test_all_functions_run_the_same_package(stack: Stack) -> None:
    functions = stack.of_type("aws_lambda_function").values()
    assert len({(function["filename"], function["source_code_hash"]) for function in functions}) == 1
