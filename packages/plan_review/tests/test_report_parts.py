"""What a plan changes, who may do what, and what must never be shown."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from plan_review.configuration.reading import read
from plan_review.report import changes, permissions
from plan_review.report.masking import MASK, Masker, is_environment

from .conftest import configuration

if TYPE_CHECKING:
    from plan_review.report.changes import ReportedChange

FIXTURES = Path(__file__).parent / "fixtures"


@pytest.fixture(scope="module")
def plan() -> dict[str, Any]:
    """A plan that HashiCorp's own provider made: a bucket renamed, a role given more, an alarm gone, a group moved."""
    loaded: dict[str, Any] = json.loads((FIXTURES / "changed.plan.json").read_text())
    return loaded


@pytest.fixture(scope="module")
def changed(plan: dict[str, Any]) -> dict[str, ReportedChange]:
    return {change.address: change for change in changes.read(plan["resource_changes"], Masker())}


def entry(before: Any, after: Any, *, actions: tuple[str, ...] = ("update",), **more: Any) -> dict[str, Any]:
    change = {"actions": list(actions), "before": before, "after": after, **more}
    return {"address": "aws_x.y", "type": "aws_x", "change": change}


def differences(before: Any, after: Any, **more: Any) -> dict[str, tuple[str, str]]:
    (change,) = changes.read([entry(before, after, **more)], Masker())
    return {each.path: (each.before, each.after) for each in change.differences}


def test_a_replacement_names_the_argument_that_forces_it(changed: dict[str, ReportedChange]) -> None:
    bucket = changed["aws_s3_bucket.upload"]
    assert (bucket.action, bucket.forced_by) == ("replace", ("bucket",))
    assert [(each.before, each.after) for each in bucket.differences] == [("upload-x", "upload-y")]
    assert not bucket.creates_first


def test_a_destroyed_resource_says_why(changed: dict[str, ReportedChange]) -> None:
    assert changed["aws_cloudwatch_metric_alarm.al"].reason == "it is no longer in the configuration"


def test_a_move_is_known_by_where_it_came_from(changed: dict[str, ReportedChange]) -> None:
    assert changed["aws_cloudwatch_log_group.logs"].moved_from == "aws_cloudwatch_log_group.lg"


def test_what_does_not_change_does_not_happen(changed: dict[str, ReportedChange]) -> None:
    assert not changed["aws_iam_role_policy.spol"].happens
    assert changed["aws_sqs_queue.q"].happens


def test_a_new_value_that_is_not_known_yet_is_said_to_be(changed: dict[str, ReportedChange]) -> None:
    told = {each.path: each.after for each in changed["aws_sfn_state_machine.sm"].differences}
    assert told["definition"] == "(known after apply)"


def test_nested_blocks_are_held_against_each_other_one_by_one() -> None:
    assert differences({"b": [{"x": 1, "y": 2}]}, {"b": [{"x": 1, "y": 3}]}) == {"b[0].y": ("2", "3")}
    assert differences({"b": [{"x": 1}]}, {"b": []}) == {"b": ('[{"x": 1}]', "[]")}


def test_a_hash_is_shortened_and_a_long_value_counted() -> None:
    told = differences({"source_code_hash": "a" * 44, "text": "b" * 300}, {"source_code_hash": "c" * 44, "text": "d"})
    assert told["source_code_hash"] == ("aaaaaaaa…", "cccccccc…")
    assert told["text"][0].endswith("… (300 characters)")


def test_computed_attributes_are_told_only_where_nothing_else_differs() -> None:
    unknown = {"arn": True, "tags_all": True}
    assert differences({"a": 1, "tags_all": None}, {"a": 2}, after_unknown=unknown) == {"a": ("1", "2")}
    assert differences({"a": 1}, {"a": 1}, after_unknown=unknown) == {
        "arn": ("(none)", "(known after apply)"),
        "tags_all": ("(none)", "(known after apply)"),
    }


def test_a_forcing_block_is_named_even_where_only_its_parts_differ() -> None:
    (change,) = changes.read(
        [
            entry(
                {"b": [{"x": 1}]},
                {"b": [{"x": 2}]},
                actions=("delete", "create"),
                replace_paths=[["b"], ["b", 0, "x"], ["gone"]],
            )
        ],
        Masker(),
    )
    assert set(change.forced_by) == {"b", "b[0].x", "gone"}


@pytest.mark.parametrize(
    ("actions", "action"),
    [
        (("create", "delete"), "replace"),
        (("forget",), "forget"),
        (("read",), "read"),
        (("dance",), "dance"),
        (("create", "dance"), "create and dance"),
    ],
)
def test_every_action_has_a_name_even_one_of_a_terraform_to_come(actions: tuple[str, ...], action: str) -> None:
    (change,) = changes.read([entry({}, {}, actions=actions)], Masker())
    assert change.action == action


def test_statements_are_held_against_each_other_whatever_their_order(plan: dict[str, Any]) -> None:
    document = json.loads((FIXTURES / "changed.tf.json").read_text())
    (policy,) = permissions.read(plan, read(document))
    topic = "arn:aws:sns:us-east-1:123456789012:done"
    assert policy.address == "aws_iam_role_policy.lpol"
    assert policy.removed == (f"Allow sns:Publish on {topic}",)
    assert policy.added == (
        f"Allow sns:Publish, sns:Subscribe on {topic}",
        "[Read] Allow s3:GetObject on arn:aws:s3:::upload-y/*",
    )


def test_what_only_the_deployment_tells_stays_an_expression_and_what_the_plan_knows_is_filled_in() -> None:
    resources = {
        "aws_iam_role_policy.p": {"policy": "${data.aws_iam_policy_document.d.json}"},
        "data.aws_iam_policy_document.d": {
            "statement": {"actions": ["a:B"], "resources": ["${aws_x.new.id}/${aws_x.old.id}"]},
            "dynamic": {"statement": {"for_each": "${aws_x.new.list}", "content": {"actions": ["${statement.value}"]}}},
        },
        "aws_x.new": {},
        "aws_x.old": {},
    }
    entries = [
        {"address": "aws_x.new", "change": {"actions": ["create"], "after": {}, "after_unknown": {"id": True}}},
        {"address": "aws_x.old", "change": {"actions": ["no-op"], "after": {"id": "known"}}},
        {
            "address": "aws_iam_role_policy.p",
            "type": "aws_iam_role_policy",
            "change": {"actions": ["create"], "before": None, "after": {}, "after_unknown": {"policy": True}},
        },
    ]
    (policy,) = permissions.read({"resource_changes": entries}, configuration(resources))
    first, second = policy.added
    assert first == "Allow a:B on ${aws_x.new.id}/known"
    assert second.startswith("(a statement that cannot be read: ")


def policies(kind: str, before: Any, after: Any, **more: Any) -> list[permissions.PolicyChange]:
    found = {
        "address": f"{kind}.p",
        "type": kind,
        "change": {"actions": ["update"], "before": before, "after": after, **more},
    }
    return permissions.read({"resource_changes": [found]}, configuration({f"{kind}.p": {}}))


def test_the_order_of_keys_actions_and_statements_is_no_change() -> None:
    one = {
        "Statement": [
            {"Action": ["a:B", "a:C"], "Effect": "Allow", "Resource": "x"},
            {"Action": "d:E", "Effect": "Deny", "Resource": ["y"]},
        ]
    }
    other = {
        "Statement": [
            {"Effect": "Deny", "Resource": "y", "Action": ["d:E"]},
            {"Resource": ["x"], "Action": ["a:C", "a:B"], "Effect": "Allow"},
        ]
    }
    assert policies("aws_iam_policy", {"policy": json.dumps(one)}, {"policy": json.dumps(other)}) == []


def test_everything_of_a_statement_is_told() -> None:
    statement = {
        "Sid": "S",
        "Effect": "Deny",
        "NotPrincipal": {"AWS": "arn:x", "Service": ["s3.amazonaws.com"]},
        "NotAction": "a:B",
        "NotResource": ["y", "x"],
        "Condition": {"StringEquals": {"aws:k": ["2", "1"]}, "Bool": {"b": "true"}},
    }
    (found,) = policies("aws_sqs_queue", {"policy": None}, {"policy": json.dumps({"Statement": statement})})
    who = "[S] Deny all but AWS arn:x, s3.amazonaws.com all but a:B on all but x, y"
    assert found.added == (f"{who} if b Bool true and aws:k StringEquals 1 or 2",)


def test_trust_inline_policies_attachments_and_permissions_are_permissions() -> None:
    trust = json.dumps({"Statement": {"Effect": "Allow", "Principal": {"Service": "x"}, "Action": "sts:AssumeRole"}})
    inline = [{"name": "n", "policy": json.dumps({"Statement": {"Action": "a:B", "Resource": "*"}})}]
    found = policies(
        "aws_iam_role", {"assume_role_policy": None}, {"assume_role_policy": trust, "inline_policy": inline}
    )
    assert [(each.what, each.added) for each in found] == [
        ("assume_role_policy", ("Allow x sts:AssumeRole",)),
        ("inline_policy", ("Allow a:B on *",)),
    ]
    (attached,) = policies(
        "aws_iam_role_policy_attachment", None, {"role": "r", "policy_arn": None}, after_unknown={"policy_arn": True}
    )
    assert attached.added == ("(known after apply) attached to r",)
    permission = {
        "principal": "events.amazonaws.com",
        "action": "lambda:InvokeFunction",
        "function_name": "f",
        "source_arn": "a",
    }
    (lost,) = policies("aws_lambda_permission", permission, None)
    assert lost.removed == ("Allow events.amazonaws.com lambda:InvokeFunction on f from a",)


def test_a_policy_that_cannot_be_read_is_said_to_be() -> None:
    (found,) = policies("aws_iam_policy", {"policy": "{}"}, {"policy": "not JSON"})
    assert found.added == (permissions.UNREADABLE,)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (("environment", 0, "variables", "X"), True),
        (("environment", 0, "environment_variable", 0, "value"), True),
        (("environment", 0, "environment_variable", 0, "name"), False),
        (("container_definitions", 0, "environment", 0, "value"), True),
        (("source_configuration", 0, "runtime_environment_variables", "X"), True),
        (("environment", 0, "type"), False),
        (("tags", "environment"), False),
    ],
)
def test_environments_are_known(path: tuple[str | int, ...], *, expected: bool) -> None:
    assert is_environment(path) is expected


SECRETS = [
    "AKIAIOSFODNN7EXAMPLE",
    "ghp_abcdefghijklmnopqrstuvwxyz0123456789",
    "xoxb-1234567890-abcdefghij",
    "sk_live_abcdefghijklmnop",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.abc",
    "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----",
    "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY9",
]


@pytest.mark.parametrize("secret", SECRETS)
def test_what_looks_like_a_secret_is_masked_wherever_it_stands(secret: str) -> None:
    masked = Masker().value({"description": f"use {secret} here"})
    assert secret not in masked["description"]
    assert masked["description"].startswith("use ")


@pytest.mark.parametrize(
    "harmless",
    [
        "arn:aws:lambda:ap-southeast-1:123456789012:function:media-pipeline-local-orchestrator",
        "MediaPipelineTranscodingOrchestratorFunctionFailureDestination3F2A1B9C",
        "d41d8cd98f00b204e9800998ecf8427ed41d8cd98f00b204",
        "/aws/vendedlogs/states/media-pipeline-local-transcoding",
        "s3://media-pipeline-local-output-123456789012/film/index.m3u8",
    ],
)
def test_ordinary_names_are_not_masked(harmless: str) -> None:
    assert Masker().value({"description": harmless}) == {"description": harmless}


def test_what_terraform_calls_sensitive_is_masked_and_found_everywhere_else() -> None:
    masker = Masker()
    shown = masker.value({"a": "hunter2!", "b": [{"c": "x"}]}, {"a": True, "b": [{"c": True}]})
    assert shown == {"a": MASK, "b": [{"c": MASK}]}
    assert masker.output("it is hunter2! indeed, and x is too short") == f"it is {MASK} indeed, and x is too short"


def test_the_name_of_a_resource_is_no_secret_even_in_a_variable_called_like_one() -> None:
    masker = Masker()
    variables = {"TOKEN_TABLE": "tokens-of-users", "TOKEN": "abcdefgh"}
    masker.learn_from(
        configuration(
            {
                "aws_lambda_function.f": {"environment": {"variables": variables}},
                "aws_dynamodb_table.t": {"name": "tokens-of-users"},
            }
        )
    )
    assert masker.output("tokens-of-users abcdefgh") == f"tokens-of-users {MASK}"


@pytest.mark.parametrize("name", ["password", "db_password", "api_key", "secret_string", "auth_token", "user_data"])
def test_a_name_that_says_secret_masks_its_value(name: str) -> None:
    assert Masker().value({name: "plain words"}) == {name: MASK}


@pytest.mark.parametrize(
    "name", ["secret_arn", "source_code_hash", "kms_key_id", "token_validity_days", "password_length"]
)
def test_a_name_of_something_about_a_secret_does_not(name: str) -> None:
    assert Masker().value({name: "plain words"}) == {name: "plain words"}


def test_a_function_s_environment_is_masked_before_and_after(changed: dict[str, ReportedChange]) -> None:
    told = {each.path: (each.before, each.after) for each in changed["aws_lambda_function.fn"].differences}
    assert told["environment[0].variables.DB_PASSWORD"] == (MASK, MASK)


def test_the_environment_inside_of_a_container_definition_is_masked() -> None:
    definition = json.dumps([{"name": "c", "environment": [{"name": "A", "value": "topsecret"}]}])
    shown = Masker().value({"container_definitions": definition})
    assert "topsecret" not in shown["container_definitions"]
    assert '"name": "A"' in shown["container_definitions"]
