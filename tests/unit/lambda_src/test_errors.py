from __future__ import annotations

import ast
from pathlib import Path

import pytest

import lambda_src
from lambda_src import errors

SOURCES = sorted(Path(lambda_src.__path__[0]).glob("*.py"))


def subclasses(base: type[errors.PipelineError]) -> set[type[errors.PipelineError]]:
    direct: set[type[errors.PipelineError]] = set(base.__subclasses__())
    return direct.union(*(subclasses(child) for child in direct))


def test_every_error_is_either_retryable_or_permanent() -> None:
    leaves = subclasses(errors.PipelineError) - {errors.RetryableError, errors.PermanentError}
    for error in leaves:
        assert issubclass(error, errors.RetryableError) is not issubclass(error, errors.PermanentError)


def test_the_names_to_retry_are_all_retryable_errors() -> None:
    assert set(errors.RETRYABLE_ERROR_NAMES) == {error.__name__ for error in subclasses(errors.RetryableError)}


def test_permanent_errors_have_codes_of_their_own() -> None:
    codes = [error.__dict__["code"] for error in subclasses(errors.PermanentError)]
    assert len(set(codes)) == len(codes)


def test_the_tree_in_the_docstring_shows_every_error() -> None:
    for error in subclasses(errors.PipelineError):
        assert f"─ {error.__name__} " in (errors.__doc__ or "")


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_what_runs_in_lambda_imports_nothing_of_the_deployment(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text())):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        for name in names:
            assert name.partition(".")[0] not in {"stacks", "cdktf", "constructs", "local_cloud", "tests"}


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_aws_is_talked_to_in_the_adapter_alone(path: Path) -> None:
    allowed = {"adapter", "aws_errors", "ledger_item"}
    text = path.read_text()
    assert path.stem in allowed or not ("import boto3" in text or "from boto" in text or "import boto" in text)
