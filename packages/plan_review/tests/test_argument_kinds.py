from __future__ import annotations

import pytest

from plan_review.configuration.argument_kinds import is_map


@pytest.mark.parametrize(
    ("resource_type", "name", "value", "expected"),
    [
        ("aws_lambda_function", "environment", {"variables": {}}, False),
        ("aws_lambda_function", "variables", {"A": "1"}, True),
        ("aws_glue_job", "default_arguments", {"A": "1"}, True),
        ("aws_cloudwatch_metric_alarm", "dimensions", {"A": "1"}, True),
        ("data.aws_iam_policy_document", "statement", {"actions": []}, False),
        ("aws_codepipeline", "tags", {"A": "1"}, True),
        ("aws_codepipeline", "tags", {"includes": ["main"]}, False),
        ("random_id", "keepers", {"A": "1"}, True),
    ],
)
def test_an_object_is_a_map_or_a_block_as_its_type_has_it(
    resource_type: str, name: str, value: dict[str, object], *, expected: bool
) -> None:
    assert is_map(resource_type, name, value) is expected
