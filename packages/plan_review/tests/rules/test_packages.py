"""Packages of functions and layers, opened: what Lambda would not find, read or take."""

from __future__ import annotations

import datetime as dt
import zipfile
from typing import TYPE_CHECKING, Any

import pytest

from plan_review.findings import Severity, Verdict
from plan_review.rules.shared.packages import Entry, Package, own_sources

from .examples import findings, of_rule, write

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

ERROR, WARNING, OPEN = "error", "warning", "cannot tell"
HANDLER = "def handler(event, context): ...\n"
EXPORTS = "exports.handler = async () => 1;\n"


def zipped(file: Path, entries: Mapping[str, str], mode: int = 0o100644) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(file, "w") as archive:
        for name, text in entries.items():
            info = zipfile.ZipInfo(name)
            info.create_system = 3
            info.external_attr = mode << 16
            archive.writestr(info, text)


def function(**changes: Any) -> dict[str, Any]:
    body = {"function_name": "f", "role": "arn:aws:iam::123456789012:role/r", "filename": "f.zip", **changes}
    return {"resource": {"aws_lambda_function": {"f": body}}, "variable": {"x": {}}}


def said(rule: str, document: dict[str, Any], folder: Path | None, code: Path | None = None) -> list[str]:
    """Return how bad each finding of a rule is."""
    return [
        OPEN if each.verdict is Verdict.CANNOT_TELL else WARNING if each.severity is Severity.WARNING else ERROR
        for each in of_rule(findings(document, origin=folder, code=code), rule)
    ]


PYTHON = {"runtime": "python3.13", "handler": "app.handler"}
NODE = {"runtime": "nodejs24.x", "handler": "index.handler"}
BARE = {"runtime": "provided.al2023", "handler": "bootstrap"}


@pytest.mark.parametrize(
    ("arguments", "entries", "expected"),
    [
        (PYTHON, {"app.py": HANDLER}, []),
        (PYTHON, {"app/__init__.py": HANDLER}, []),
        (PYTHON, {"app.cpython-313-x86_64-linux-gnu.so": "x"}, []),
        (PYTHON, {"src/app.py": HANDLER}, [ERROR]),
        ({**PYTHON, "handler": "src/app.handler"}, {"src/app.py": HANDLER}, []),
        ({**PYTHON, "handler": "src.app.handler"}, {"src/app.py": HANDLER}, []),
        ({**PYTHON, "layers": ["arn:aws:lambda:eu-west-1:1:layer:l:1"]}, {"src/app.py": HANDLER}, []),
        ({**PYTHON, "handler": "${var.x}"}, {"src/app.py": HANDLER}, []),
        (NODE, {"index.js": EXPORTS}, []),
        (NODE, {"index.mjs": "export const handler = async () => 1;"}, []),
        (NODE, {"index.js": "exports.main = async () => 1;"}, [ERROR]),
        (NODE, {"index.js": "module.exports = require('./all');", "all.js": EXPORTS}, []),
        (NODE, {"dist/index.js": EXPORTS}, [ERROR]),
        (NODE, {"index.ts": EXPORTS}, [ERROR]),
        ({**NODE, "handler": "dist/index.handler"}, {"dist/index.js": EXPORTS}, []),
        ({"runtime": "ruby3.4", "handler": "app.handler"}, {"app.rb": ""}, []),
        ({"runtime": "ruby3.4", "handler": "app.handler"}, {"main.rb": ""}, [ERROR]),
        ({"runtime": "java21", "handler": "a.B::c"}, {"a/B.class": ""}, []),
        ({"runtime": "java21", "handler": "a.B::c"}, {"a/C.class": ""}, [WARNING]),
        ({"runtime": "java21", "handler": "a.B::c"}, {"lib/a.jar": ""}, []),
        ({"runtime": "dotnet10", "handler": "A::B.C::D"}, {"A.dll": ""}, []),
        ({"runtime": "dotnet10", "handler": "A::B.C::D"}, {"publish/A.dll": ""}, [WARNING]),
        (BARE, {"main": "x"}, [ERROR]),
        (BARE, {"bootstrap": "x"}, [ERROR]),
    ],
)
def test_the_handler_is_in_the_package(
    arguments: dict[str, Any], entries: dict[str, str], expected: list[str], tmp_path: Path
) -> None:
    zipped(tmp_path / "f.zip", entries)

    assert said("package-file", function(**arguments), tmp_path) == expected


def test_a_module_on_the_way_that_is_no_python(tmp_path: Path) -> None:
    code = write(tmp_path, {"app.py": f"import helpers\n{HANDLER}", "helpers.py": "def f(:\n"})
    older = function(**{**PYTHON, "runtime": "python3.9", "filename": "other.zip"})
    newer = function(**{**PYTHON, "runtime": "python3.99", "filename": "other.zip"})

    assert said("handler-exists", older, None, code) == [ERROR]
    assert said("handler-exists", newer, None, code) == [OPEN]


def test_what_is_executed_may_be_executed(tmp_path: Path) -> None:
    zipped(tmp_path / "f.zip", {"bootstrap": "x"}, mode=0o100755)

    assert said("package-file", function(**BARE), tmp_path) == []


def test_what_is_read_may_be_read(tmp_path: Path) -> None:
    zipped(tmp_path / "f.zip", {"app.py": HANDLER}, mode=0o100600)

    assert said("package-file", function(**PYTHON), tmp_path) == [ERROR]


@pytest.mark.parametrize("content", [b"", b"PK", b"PK\x05\x06" + bytes(18), b"#!/bin/sh"])
def test_what_is_no_zip_is_told(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "f.zip").write_bytes(content)

    assert said("package-file", function(**PYTHON), tmp_path) == [ERROR]


def test_a_package_that_is_not_there(tmp_path: Path) -> None:
    synthesized = {**function(**NODE), "//": {"metadata": {"stackName": "s"}}}

    assert said("package-file", function(**NODE), tmp_path) == [OPEN]
    assert said("package-file", synthesized, tmp_path) == [ERROR]
    assert said("package-file", function(**NODE), None) == []


def test_a_package_within_the_limits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from plan_review.rules.lambda_ import package_file  # noqa: PLC0415

    zipped(tmp_path / "f.zip", {"app.py": HANDLER + "#" * 2000})
    monkeypatch.setattr(package_file, "_MOST_ZIPPED", 2000)
    zipped_size = said("package-file", function(**PYTHON), tmp_path)
    monkeypatch.setattr(package_file, "_MOST_UNPACKED", 2000)
    both = said("package-file", function(**PYTHON), tmp_path)

    shared = function(**PYTHON)
    functions = shared["resource"]["aws_lambda_function"]
    functions["g"] = {**functions["f"], "function_name": "g"}

    assert (zipped_size, both) == ([ERROR], [ERROR, ERROR])
    assert said("package-file", shared, tmp_path) == [ERROR, ERROR]


def test_a_function_with_its_layers_within_the_limits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from plan_review.rules.lambda_ import package_file  # noqa: PLC0415

    zipped(tmp_path / "f.zip", {"app.py": HANDLER + "#" * 1000})
    zipped(tmp_path / "l.zip", {"python/tool.py": "#" * 1500})
    document = function(**PYTHON, layers=["${aws_lambda_layer_version.l.arn}"])
    document["resource"]["aws_lambda_layer_version"] = {"l": {"layer_name": "l", "filename": "l.zip"}}
    before = said("package-file", document, tmp_path)
    monkeypatch.setattr(package_file, "_MOST_UNPACKED", 2000)

    assert (before, said("package-file", document, tmp_path)) == ([], [ERROR])


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import json\nimport boto3\nfrom botocore.config import Config\n", []),
        ("import requests\n", [ERROR]),
        ("import requests\nimport requests.auth\n", [ERROR]),
        ("from . import helpers\n", []),
        ("import helpers\n", []),
        ("import vendored.deep\n", []),
        ("import vendored_c\n", []),
        ("def f():\n    import requests\n", [WARNING]),
        ("try:\n    import ujson as json\nexcept ImportError:\n    import json\n", []),
        ("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import requests\n", []),
        ("import sys\nsys.path.insert(0, 'vendor')\nimport requests\n", []),
        ("import distutils\n", [ERROR]),
        ("import tomllib\n", []),
        ("import google.cloud.storage\n", [ERROR]),
    ],
)
def test_a_package_holds_what_its_code_imports(source: str, expected: list[str], tmp_path: Path) -> None:
    entries = {
        "app.py": source + HANDLER,
        "helpers.py": "",
        "vendored/deep/__init__.py": "",
        "vendored_c.cpython-313-x86_64-linux-gnu.so": "",
    }
    zipped(tmp_path / "f.zip", entries)

    assert said("package-imports", function(**PYTHON), tmp_path) == expected


@pytest.mark.parametrize(
    ("runtime", "source", "expected"),
    [
        ("python3.11", "import distutils\n", []),
        ("python3.12", "import imp\n", [ERROR]),
        ("python3.12", "import cgi\n", []),
        ("python3.13", "import cgi\n", [ERROR]),
        ("python3.10", "import tomllib\n", [ERROR]),
        ("python3.9", "match 1:\n    case _: ...\n", [ERROR]),
        ("python3.10", "match 1:\n    case _: ...\n", []),
        ("python3.10", "try: ...\nexcept* ValueError: ...\n", [ERROR]),
    ],
)
def test_code_is_for_the_runtimes_python(runtime: str, source: str, expected: list[str], tmp_path: Path) -> None:
    code = write(tmp_path, {"app.py": source + HANDLER})
    document = function(**{**PYTHON, "runtime": runtime, "filename": "other.zip"})

    assert said("package-imports", document, None, code) == expected


def test_a_layer_brings_modules(tmp_path: Path) -> None:
    zipped(tmp_path / "f.zip", {"app.py": f"import requests\n{HANDLER}"})
    zipped(tmp_path / "l.zip", {"python/requests/__init__.py": ""})
    zipped(tmp_path / "m.zip", {"requests/__init__.py": ""})
    layers = {name: {"layer_name": name, "filename": f"{name}.zip"} for name in ("l", "m")}

    def with_layer(arn: str) -> dict[str, Any]:
        document = function(**PYTHON, layers=[arn])
        document["resource"]["aws_lambda_layer_version"] = layers
        return document

    assert said("package-imports", with_layer("${aws_lambda_layer_version.l.arn}"), tmp_path) == []
    assert said("package-imports", with_layer("${aws_lambda_layer_version.m.arn}"), tmp_path) == [ERROR]
    assert said("package-imports", with_layer("arn:aws:lambda:eu-west-1:1:layer:x:1"), tmp_path) == []
    assert said("function-layers", with_layer("${aws_lambda_layer_version.m.arn}"), tmp_path) == [WARNING]
    assert said("function-layers", with_layer("${aws_lambda_layer_version.l.arn}"), tmp_path) == []


def test_a_module_that_is_not_installed_cannot_be_told_without_the_package(tmp_path: Path) -> None:
    code = write(tmp_path, {"app.py": f"import a_module_that_nobody_has\nimport pytest\n{HANDLER}"})

    assert said("package-imports", function(**PYTHON), None, code) == [OPEN]


def test_functions_that_share_a_module_share_what_it_lacks(tmp_path: Path) -> None:
    zipped(tmp_path / "f.zip", {"app.py": f"import requests\n{HANDLER}"})
    document = function(**PYTHON)
    functions = document["resource"]["aws_lambda_function"]
    functions["g"] = {**functions["f"], "function_name": "g"}

    assert said("package-imports", document, tmp_path) == [ERROR]


@pytest.mark.parametrize(
    ("runtime", "source", "expected"),
    [
        ("nodejs24.x", "const { S3 } = require('@aws-sdk/client-s3');\nconst fs = require('node:fs');\n", []),
        ("nodejs24.x", "const aws = require('aws-sdk');\n", [ERROR]),
        ("nodejs16.x", "const aws = require('aws-sdk');\n", []),
        ("nodejs24.x", "const axios = require('axios');\n", [ERROR]),
        ("nodejs24.x", "import axios from 'axios';\n", [ERROR]),
        ("nodejs24.x", "import { a,\n  b } from 'axios';\n", [ERROR]),
        ("nodejs24.x", "import '@scope/thing/deep';\n", [ERROR]),
        ("nodejs24.x", "const here = require('here');\nconst deep = require('@own/deep/x');\n", []),
        ("nodejs24.x", "const a = require('./helper');\n", []),
        ("nodejs24.x", "const a = require('./lib');\n", []),
        ("nodejs24.x", "const a = require('./gone');\n", [ERROR]),
        ("nodejs24.x", "exports.x = () => {\n  const axios = require('axios');\n};\n", [WARNING]),
        ("nodejs24.x", "// const axios = require('axios');\n/*\nconst b = require('b');\n*/\n", []),
        ("nodejs24.x", "const a = require(name);\n", []),
        ("nodejs24.x", "const a = require('./helper'); const b = require('axios');\n", [ERROR]),
        ("nodejs24.x", "const load = () => require('axios');\n", [WARNING]),
        ("nodejs24.x", "const { Client } =\n  require('axios');\n", [WARNING]),
        ("nodejs24.x", "const a = require('./uses');\n", [ERROR]),
    ],
)
def test_a_package_of_node_holds_what_it_imports(
    runtime: str, source: str, expected: list[str], tmp_path: Path
) -> None:
    entries = {
        "index.js": source + EXPORTS,
        "helper.js": "",
        "lib/index.js": "",
        "uses.js": "const x = require('./lib/none');\n",
        "node_modules/here/package.json": "{}",
        "node_modules/@own/deep/package.json": "{}",
    }
    zipped(tmp_path / "f.zip", entries)

    assert said("package-imports", function(**{**NODE, "runtime": runtime}), tmp_path) == expected


ARCHIVE = {"type": "zip", "output_path": "${path.module}/f.zip"}


@pytest.mark.parametrize(
    ("archive", "expected"),
    [
        ({"source_dir": "${path.module}/src"}, []),
        ({"source_dir": "src", "excludes": ["helpers.py"]}, [OPEN]),
        ({"source_dir": "built", "excludes": ["helpers.py"]}, [ERROR]),
        ({"source_file": "src/app.py"}, [ERROR]),
        ({"source_dir": "${var.x}"}, []),
        ({"source": [{"filename": "app.py", "content": HANDLER}]}, []),
    ],
)
def test_what_is_zipped_up_is_looked_at(archive: dict[str, Any], expected: list[str], tmp_path: Path) -> None:
    for folder in ("src", "built"):
        write(tmp_path, {f"{folder}/app.py": f"import helpers\n{HANDLER}", f"{folder}/helpers.py": ""})
    write(tmp_path, {"built/six-1.17.0.dist-info/RECORD": ""})
    document = {
        **function(**PYTHON, filename="${data.archive_file.f.output_path}"),
        "data": {"archive_file": {"f": {**ARCHIVE, **archive}}},
    }

    assert said("package-imports", document, tmp_path) == expected


def test_nothing_is_written_into_the_folder(tmp_path: Path) -> None:
    zipped(tmp_path / "f.zip", {"app.py": HANDLER, "other/x.py": ""})

    findings(function(**PYTHON), origin=tmp_path)

    assert [each.name for each in tmp_path.rglob("*")] == ["f.zip"]


def test_calls_of_code_in_a_package_are_followed(tmp_path: Path) -> None:
    calls = "import boto3\ndef handler(event, context):\n    boto3.client('sqs').send_message(QueueUrl='https://x/y')\n"
    zipped(tmp_path / "f.zip", {"app.py": calls})
    document = function(**PYTHON, role="${aws_iam_role.r.arn}")
    document["resource"]["aws_iam_role"] = {"r": {"name": "r", "assume_role_policy": "{}"}}

    assert said("code-permission", document, tmp_path) == [ERROR]


ARN = "arn:aws:lambda:eu-west-1:123456789012:layer:tools"


@pytest.mark.parametrize(
    ("arguments", "layer", "expected"),
    [
        ({"layers": [f"{ARN}:3"]}, {}, []),
        ({"layers": [ARN]}, {}, [ERROR]),
        ({"layers": ["arn:aws:lambda:us-east-1:123456789012:layer:tools:3"]}, {}, [ERROR]),
        ({"layers": [f"{ARN}:3", f"{ARN}:4"]}, {}, [ERROR]),
        ({"layers": "${var.x}"}, {}, []),
        ({"layers": ["${var.x}"]}, {}, []),
        ({"layers": ["${aws_lambda_layer_version.l.arn}"]}, {"compatible_runtimes": ["python3.13"]}, []),
        ({"layers": ["${aws_lambda_layer_version.l.arn}"]}, {"compatible_runtimes": ["python3.12"]}, [WARNING]),
        ({"layers": ["${aws_lambda_layer_version.l.arn}"]}, {"compatible_architectures": ["arm64"]}, [WARNING]),
        (
            {"layers": ["${aws_lambda_layer_version.l.arn}"], "architectures": ["arm64"]},
            {"compatible_architectures": ["arm64", "x86_64"]},
            [],
        ),
    ],
)
def test_layers_fit_the_function(arguments: dict[str, Any], layer: dict[str, Any], expected: list[str]) -> None:
    document = function(**PYTHON, **arguments)
    document["resource"]["aws_lambda_layer_version"] = {"l": {"layer_name": "l", "filename": "l.zip", **layer}}
    document["provider"] = {"aws": {"region": "eu-west-1"}}

    assert said("function-layers", document, None) == expected


class _Clock(dt.datetime):
    today_is = dt.date(2026, 11, 29)

    @classmethod
    def now(cls, tz: dt.tzinfo | None = None) -> _Clock:
        return cls(cls.today_is.year, cls.today_is.month, cls.today_is.day, tzinfo=tz)


@pytest.mark.parametrize(
    ("runtime", "day", "expected"),
    [
        ("python3.7", "2026-11-29", [ERROR]),
        ("python3.8", "2026-11-29", [WARNING]),
        ("python3.8", "2027-02-01", [ERROR]),
        ("python3.10", "2026-10-30", []),
        ("python3.10", "2026-10-31", [WARNING]),
        ("python3.13", "2026-11-29", []),
        ("nodejs18.x", "2026-11-29", [WARNING]),
        ("nodejs14.x", "2026-11-29", [ERROR]),
        ("go1.x", "2026-11-29", [ERROR]),
        ("python3.99", "2026-11-29", []),
    ],
)
def test_a_runtime_has_its_time(runtime: str, day: str, expected: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_Clock, "today_is", dt.date.fromisoformat(day))
    monkeypatch.setattr("plan_review.rules.lambda_.function_runtime.dt.datetime", _Clock)
    document = function(runtime=runtime, handler="a.b")

    assert said("function-runtime", document, None) == expected


@pytest.mark.parametrize(
    ("runtime", "newest"),
    [
        ("python3.8", "python3.1"),
        ("nodejs16.x", "nodejs2"),
        ("go1.x", "provided.al2023"),
        ("provided.al2", "provided.al2023"),
        ("java8", "java2"),
        ("dotnetcore3.1", "dotnet10"),
        ("ruby2.7", "ruby3.4"),
    ],
)
def test_the_remedy_names_a_runtime_of_the_same_language(runtime: str, newest: str) -> None:
    found = of_rule(findings(function(runtime=runtime, handler="a.b")), "function-runtime")

    assert f"such as {newest}" in found[0].remedy


@pytest.mark.parametrize(
    ("handler", "own"),
    [
        ("app.handler", ["app.py", "helpers/__init__.py"]),
        ("src/app.handler", ["src/app.py"]),
        ("src.app.handler", ["src/app.py"]),
    ],
)
def test_libraries_in_a_package_are_not_taken_for_its_own_code(handler: str, own: list[str]) -> None:
    libraries = [f"big/{number}.py" for number in range(61)]
    installed = ["tool/__init__.py", "tool-1.0.dist-info/RECORD", "boto3/client.py", "six.py", "../outside.py"]
    names = ["app.py", "helpers/__init__.py", "src/app.py", "text.txt", *libraries, *installed]
    package = Package(name="f.zip", entries={name: Entry(1) for name in names})

    found = own_sources(package, handler)

    assert found == (own if "src" in handler else [*own, "src/app.py"])
