"""What a failed call's message may hold."""

from __future__ import annotations

import boto3
from botocore.exceptions import ClientError, ParamValidationError

from offline_provider.applying.errors import code_of, described, secrets_of
from offline_provider.schema.cache import open_store

_SECRET = "correct-horse-battery"  # noqa: S105 - the word that is looked for


def test_what_a_service_quotes_of_secrets_is_blotted_out() -> None:
    said = {"Error": {"Code": "InvalidParameterValueException", "Message": f"{_SECRET} is no value"}}
    error = ClientError(said, "CreateFunction")  # type: ignore[arg-type]
    assert code_of(error) == "InvalidParameterValueException"
    assert described(error, [_SECRET]) == (
        "CreateFunction: InvalidParameterValueException: (sensitive value) is no value"
    )


def test_the_sdk_does_not_get_to_quote_what_it_refuses() -> None:
    client = boto3.client("sqs", region_name="us-east-1", endpoint_url="http://127.0.0.1:9")
    try:
        client.create_queue(QueueName={_SECRET: _SECRET})  # type: ignore[arg-type]
    except ParamValidationError as error:
        text = described(error, [])
    assert "Invalid type for parameter QueueName" in text
    assert _SECRET not in text


def test_a_functions_variables_and_sensitive_arguments_are_secrets() -> None:
    store = open_store()
    function = store.resource("aws_lambda_function").block
    values = {"description": "plain text", "environment": [{"variables": {"KEY": _SECRET, "N": "1"}}]}
    assert secrets_of(function, [values, None], ["environment"]) == {_SECRET}
    database = store.resource("aws_db_instance").block
    assert secrets_of(database, {"password": _SECRET, "db_name": "main"}, []) == {_SECRET}
