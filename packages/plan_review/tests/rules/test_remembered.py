"""What an analysis found is kept beyond the process, and never beyond a change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plan_review.code_calls import analysis
from plan_review.code_calls.remembered import Memory

from .examples import write

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from plan_review.code_calls import Analysis

SOURCE = """
import os
import boto3
from shop.names import table

s3 = boto3.client("s3")

def handler(event, context):
    s3.put_object(Bucket=os.environ["OUT"], Key=f"in/{event['key']}", Tagging="a=b")
    boto3.resource("dynamodb").Table(table()).put_item(Item={"id": event["id"], **event})
    boto3.client("events").put_events(Entries=[{"EventBusName": os.getenv("BUS", "default")}])
    boto3.client(event["service"]).list()
"""
FILES = {
    "app/main.py": SOURCE,
    "app/shop/__init__.py": "",
    "app/shop/names.py": "def table():\n    return 'orders'\n",
}


def analysed(folder: Path) -> Analysis:
    """Analyse as a process of its own does."""
    analysis._known.clear()
    memory = Memory(folder / "build" / "plan-review" / "code.json", folder)
    return analysis.analyse("main.handler", [folder / "app"], memory=memory)


def without_analysing(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> None:
        raise AssertionError("the code was followed anew")

    monkeypatch.setattr(analysis, "_analyse", never)


def test_an_analysis_is_recalled_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = analysed(write(tmp_path, FILES))
    without_analysing(monkeypatch)

    again = analysed(tmp_path)

    assert again == first
    assert {call.operation for call in again.calls} == {"put_object", "put_item", "put_events"}
    assert again.unresolved


def test_a_change_of_any_module_is_seen(tmp_path: Path) -> None:
    analysed(write(tmp_path, FILES))
    write(tmp_path, {"app/shop/names.py": "import boto3\ndef table():\n    return boto3.client('sts').get_token()\n"})

    assert "get_token" in {call.operation for call in analysed(tmp_path).calls}


def test_a_module_that_is_gone_is_seen(tmp_path: Path) -> None:
    analysed(write(tmp_path, FILES))
    (tmp_path / "app" / "shop" / "names.py").unlink()

    assert "shop.names" in analysed(tmp_path).problem


def test_a_file_that_is_no_memory_is_passed_over(tmp_path: Path) -> None:
    write(tmp_path, {**FILES, "build/plan-review/code.json": '{"main.handler": 1}'})

    assert analysed(tmp_path).calls


def test_code_of_another_place_is_not_kept(tmp_path: Path) -> None:
    write(tmp_path, {f"elsewhere/{name}": text for name, text in FILES.items()})
    memory = Memory(tmp_path / "project" / "build" / "code.json", tmp_path / "project")
    analysis.analyse("main.handler", [tmp_path / "elsewhere" / "app"], memory=memory)

    assert not memory.file.exists()
