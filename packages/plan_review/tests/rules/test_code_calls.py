"""Calls to AWS are found in code as people write it, with what they act on, and without running it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from plan_review.code_calls import Analysis, analyse
from plan_review.code_calls.values import Text, Variable

from .examples import write

if TYPE_CHECKING:
    from pathlib import Path

HEAD = "import os\nimport boto3\n"


def of(folder: Path, source: str, **more: str) -> Analysis:
    """Analyse the handler ``app.handler``."""
    files = {f"{name.replace('__', '/')}.py": text for name, text in more.items()}
    return analyse("app.handler", [write(folder, {"app.py": source, **files})])


def calls(analysis: Analysis) -> list[str]:
    return [f"{call.service}.{call.operation}" + ("" if call.certain else "?") for call in analysis.calls]


def argument(analysis: Analysis, name: str) -> list[str]:
    """Return what an argument of the only call may be, variables as ``$NAME`` and what is unknown as ``?``."""
    (call,) = analysis.calls
    values = dict(call.arguments).get(name, frozenset())
    texts = [value for value in values if isinstance(value, Text)]
    return sorted("".join(_part(part) for part in text.parts) for text in texts)


def _part(part: str | Variable | None) -> str:
    return f"${part.name}" if isinstance(part, Variable) else "?" if part is None else part


def test_a_client_at_the_top_of_the_module(tmp_path: Path) -> None:
    found = of(
        tmp_path,
        HEAD + 's3 = boto3.client("s3")\n'
        "def handler(event, context):\n"
        '    s3.get_object(Bucket=os.environ["BUCKET"], Key=f"in/{event[\'key\']}.json")\n',
    )

    assert calls(found) == ["s3.get_object"]
    assert argument(found, "Bucket") == ["$BUCKET"]
    assert argument(found, "Key") == ["in/?.json"]


def test_a_table_held_in_an_attribute(tmp_path: Path) -> None:
    found = of(
        tmp_path,
        HEAD + "class Store:\n"
        "    def __init__(self, name):\n"
        '        self.table = boto3.resource("dynamodb").Table(name)\n'
        "    def save(self, item):\n"
        "        self.table.put_item(Item=item)\n"
        "def handler(event, context):\n"
        '    Store(os.getenv("TABLE")).save(event)\n',
    )

    assert calls(found) == ["dynamodb.put_item"]
    assert argument(found, "TableName") == ["$TABLE"]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('boto3.client("s3").get_paginator("list_objects_v2").paginate(Bucket="b")', "s3.list_objects_v2"),
        ('boto3.client("s3").get_waiter("object_exists").wait(Bucket="b", Key="k")', "s3.head_object"),
        (
            'boto3.Session(region_name="x").client("sqs").send_message(QueueUrl="u", MessageBody="m")',
            "sqs.send_message",
        ),
        ('boto3.client(service_name="sns").publish(TopicArn="a", Message="m")', "sns.publish"),
        ('boto3.resource("s3").Bucket("b").objects.filter(Prefix="p")', "s3.list_objects_v2"),
        ('boto3.resource("s3").Object("b", "k").get()["Body"].read()', "s3.get_object"),
        ('boto3.resource("sqs").get_queue_by_name(QueueName="q")', "sqs.get_queue_url"),
        ('boto3.resource("s3").meta.client.head_bucket(Bucket="b")', "s3.head_bucket"),
        (
            'boto3.client("s3").generate_presigned_url("get_object", Params={"Bucket": "b", "Key": "k"})',
            "s3.get_object",
        ),
        ('getattr(boto3.client("sns"), "publish")(TopicArn="a")', "sns.publish?"),
    ],
)
def test_every_way_of_calling(tmp_path: Path, line: str, expected: str) -> None:
    assert calls(of(tmp_path, f"{HEAD}def handler(event, context):\n    {line}\n")) == [expected]


def test_a_batch_writer_writes_batches_and_nothing_else(tmp_path: Path) -> None:
    found = of(
        tmp_path,
        HEAD + 'table = boto3.resource("dynamodb").Table("orders")\n'
        "def handler(event, context):\n"
        "    with table.batch_writer() as batch:\n"
        "        batch.put_item(Item=event)\n",
    )

    assert calls(found) == ["dynamodb.batch_write_item"]
    assert argument(found, "TableName") == ["orders"]
    assert not found.unresolved


def test_uploads_take_their_bucket_by_position(tmp_path: Path) -> None:
    found = of(
        tmp_path,
        HEAD + 'def handler(event, context):\n    boto3.client("s3").upload_file("/tmp/x", os.environ["OUT"], "a/b")\n',
    )

    assert argument(found, "Bucket") == ["$OUT"]
    assert argument(found, "Key") == ["a/b"]


def test_clients_come_from_another_module(tmp_path: Path) -> None:
    found = of(
        tmp_path,
        "from common.aws import clients, queue\n"
        "def handler(event, context):\n"
        "    clients.sqs().delete_message(QueueUrl=queue(), ReceiptHandle='r')\n",
        common____init__="",
        common__aws="from . import clients\nimport os\ndef queue():\n    return os.environ['QUEUE_URL']\n",
        common__clients="import boto3\nfrom functools import lru_cache\n"
        "@lru_cache\ndef sqs():\n    return boto3.client('sqs')\n",
    )

    assert calls(found) == ["sqs.delete_message"]
    assert argument(found, "QueueUrl") == ["$QUEUE_URL"]


def test_what_no_way_leads_to_is_not_called(tmp_path: Path) -> None:
    found = of(
        tmp_path,
        HEAD + 's3 = boto3.client("s3")\n'
        "def clean_up():\n    s3.delete_object(Bucket='b', Key='k')\n"
        "def handler(event, context):\n    s3.get_object(Bucket='b', Key='k')\n",
    )

    assert calls(found) == ["s3.get_object"]


def test_a_method_is_found_behind_a_protocol(tmp_path: Path) -> None:
    found = of(
        tmp_path,
        HEAD + "from typing import Protocol\n"
        "class Sender(Protocol):\n    def send(self, text: str) -> None: ...\n"
        "class Mail:\n    def send(self, text: str) -> None:\n"
        "        boto3.client('ses').send_email(Source='a')\n"
        "def work(sender: Sender):\n    sender.send('x')\n"
        "def handler(event, context):\n    work(Mail())\n",
    )

    assert calls(found) == ["ses.send_email"]


def test_handlers_that_a_framework_keeps_are_reached(tmp_path: Path) -> None:
    found = of(
        tmp_path,
        HEAD + "from aws_lambda_powertools.event_handler import APIGatewayRestResolver\n"
        "app = APIGatewayRestResolver()\n"
        "@app.get('/x')\ndef read():\n    return boto3.client('dynamodb').query(TableName='t')\n"
        "def handler(event, context):\n    return app.resolve(event, context)\n",
    )

    assert calls(found) == ["dynamodb.query"]


def test_a_handler_that_something_else_makes_may_be_any_function(tmp_path: Path) -> None:
    found = of(
        tmp_path,
        HEAD + "from mangum import Mangum\n"
        "def application(scope):\n    boto3.client('s3').list_buckets()\n"
        "handler = Mangum(application)\n",
    )

    assert "s3.list_buckets" in {call.removesuffix("?") for call in calls(found)}


@pytest.mark.parametrize(
    "line",
    [
        "boto3.client(event['service']).list()",
        "getattr(boto3.client('s3'), event['method'])()",
        "event['client'].put_item(TableName='t')",
        "boto3.client('s3').get_paginator(event['operation']).paginate()",
    ],
)
def test_what_cannot_be_told_is_said(tmp_path: Path, line: str) -> None:
    found = of(tmp_path, f"{HEAD}def handler(event, context):\n    {line}\n")

    assert len(found.unresolved) >= 1
    assert found.unresolved[0].file == "app.py"
    assert found.unresolved[0].line == 4


def test_the_keyword_arguments_of_a_dictionary_are_read(tmp_path: Path) -> None:
    found = of(
        tmp_path,
        HEAD + "def request():\n    return {'TableName': os.environ['TABLE'], 'Key': {'id': {'S': '1'}}}\n"
        "def handler(event, context):\n    boto3.client('dynamodb').get_item(**request())\n",
    )

    assert argument(found, "TableName") == ["$TABLE"]


def test_a_function_called_twice_has_both_arguments(tmp_path: Path) -> None:
    found = of(
        tmp_path,
        HEAD + "def put(bucket):\n    boto3.client('s3').put_object(Bucket=bucket, Key='k')\n"
        "def handler(event, context):\n    put(os.environ['A'])\n    put(os.environ['B'])\n",
    )

    assert argument(found, "Bucket") == ["$A", "$B"]


def test_code_that_calls_itself_ends(tmp_path: Path) -> None:
    found = of(
        tmp_path,
        HEAD + "def again(name, depth):\n    return again(f'{name}x', depth - 1) if depth else name\n"
        "def handler(event, context):\n    boto3.client('s3').delete_object(Bucket=again('b', 9), Key='k')\n",
    )

    assert calls(found) == ["s3.delete_object"]


def test_variables_say_whether_the_code_can_do_without_them(tmp_path: Path) -> None:
    found = of(
        tmp_path,
        "import os\nfrom os import environ\n"
        "LEVEL = os.environ.get('LEVEL', 'INFO')\n"
        "TABLE = environ['TABLE']\n"
        "def needed(name):\n"
        "    value = os.getenv(name)\n"
        "    if not value:\n        raise RuntimeError(name)\n"
        "    return value\n"
        "def handler(event, context):\n    return needed('TOPIC'), os.getenv('DEBUG')\n",
    )

    assert {read.name: read.required for read in found.reads} == {
        "LEVEL": False,
        "TABLE": True,
        "TOPIC": True,
        "DEBUG": None,
    }
    assert not found.dynamic_environment


@pytest.mark.parametrize("line", ["dict(os.environ)", "os.environ[event['name']]", "os.environ.items()"])
def test_an_environment_that_is_read_as_a_whole_is_dynamic(tmp_path: Path, line: str) -> None:
    assert of(tmp_path, f"import os\ndef handler(event, context):\n    return {line}\n").dynamic_environment


@pytest.mark.parametrize(
    ("handler", "problem"),
    [
        ("app.handle", "app.py has no handle"),
        ("app.inner.handler", "there is no module app.inner"),
    ],
)
def test_a_handler_that_is_not_there_is_named(tmp_path: Path, handler: str, problem: str) -> None:
    write(tmp_path, {"app.py": "def handler(event, context): ...\n"})

    assert analyse(handler, [tmp_path]).problem == problem


def test_a_package_that_is_not_here_is_no_problem_of_the_handler(tmp_path: Path) -> None:
    found = analyse("elsewhere.handler", [tmp_path])

    assert not found.found
    assert not found.problem


def test_a_changed_file_is_read_anew(tmp_path: Path) -> None:
    source = HEAD + "def handler(event, context):\n    boto3.client('s3').{}(Bucket='b', Key='k')\n"
    folder = write(tmp_path, {"app.py": source.format("get_object")})
    assert calls(analyse("app.handler", [folder])) == ["s3.get_object"]
    write(tmp_path, {"app.py": source.format("put_object")})

    assert calls(analyse("app.handler", [folder])) == ["s3.put_object"]
