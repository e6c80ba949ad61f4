from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
import zipfile
from importlib.metadata import Distribution
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from stacks import lambda_package
from stacks.lambda_package import PackageError, build, closure, contents, package_hash

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("package") / "function.zip")


@pytest.fixture(scope="module")
def extracted(package: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("task")
    with zipfile.ZipFile(package) as archive:
        archive.extractall(folder)
    return folder


@pytest.fixture
def usual_umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.mark.usefixtures("usual_umask")
def test_two_builds_give_the_same_bytes_whatever_times_and_umask(
    package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "elsewhere" / "lambda_src"
    shutil.copytree(lambda_package.SOURCE, source)
    for path in sorted(source.rglob("*"), reverse=True):
        os.utime(path, (1_000_000_000, 1_000_000_000))
        path.chmod(0o700)
    monkeypatch.setattr(lambda_package, "SOURCE", source)
    os.umask(0o077)
    again = build(tmp_path / "again.zip")
    assert again.read_bytes() == package.read_bytes()
    assert package_hash(again) == package_hash(package)


@pytest.mark.usefixtures("usual_umask")
def test_the_zip_can_be_read_by_others_whatever_the_umask(tmp_path: Path) -> None:
    os.umask(0o077)
    assert build(tmp_path / "function.zip").stat().st_mode & 0o777 == 0o644


def test_a_changed_source_changes_the_hash(package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = tmp_path / "lambda_src"
    shutil.copytree(lambda_package.SOURCE, source)
    (source / "stills.py").write_text("# changed\n")
    monkeypatch.setattr(lambda_package, "SOURCE", source)
    assert package_hash(build(tmp_path / "changed.zip")) != package_hash(package)


def test_a_second_build_leaves_an_unchanged_file_alone(tmp_path: Path) -> None:
    first = build(tmp_path / "function.zip")
    os.utime(first, (1_000_000_000, 1_000_000_000))
    assert build(first).stat().st_mtime == 1_000_000_000
    first.write_bytes(b"damaged")
    assert zipfile.is_zipfile(build(first))


def test_a_build_takes_less_than_a_second_of_work_and_leaves_nothing_behind(tmp_path: Path) -> None:
    start = time.process_time()
    build(tmp_path / "function.zip")
    assert time.process_time() - start < 1
    assert [path.name for path in tmp_path.iterdir()] == ["function.zip"]


def test_every_entry_is_a_plain_readable_file_of_no_particular_time(package: Path) -> None:
    with zipfile.ZipFile(package) as archive:
        entries = archive.infolist()
    assert [entry.filename for entry in entries] == sorted(entry.filename for entry in entries)
    for entry in entries:
        assert entry.date_time == (1980, 1, 1, 0, 0, 0)
        assert (entry.external_attr >> 16, entry.create_system) == (0o100644, 3)
        # Deflate gives other bytes under zlib-ng than under zlib.
        assert entry.compress_type == zipfile.ZIP_STORED


def test_nothing_in_the_zip_depends_on_a_machine(package: Path) -> None:
    with zipfile.ZipFile(package) as archive:
        names = archive.namelist()
    for name in names:
        assert not name.endswith((".so", ".pyd", ".dylib", ".pyc", ".c", ".pyi"))
        assert "__pycache__" not in name
        assert ".dist-info" not in name
        assert not name.startswith(("/", ".."))


def test_of_the_services_only_those_that_are_called_are_there(package: Path) -> None:
    with zipfile.ZipFile(package) as archive:
        data = [name.split("/") for name in archive.namelist() if name.startswith("botocore/data/")]
    folders = {parts[2] for parts in data if len(parts) > 3}
    assert folders == set(lambda_package.SERVICES)


def test_the_zip_stays_small(package: Path) -> None:
    assert package.stat().st_size < 8_000_000


def test_the_sdk_in_the_zip_is_the_one_installed_here() -> None:
    names = {part.name for part in closure(lambda_package.ROOT_REQUIREMENTS)}
    assert names >= {"aws_lambda_powertools", "aws-xray-sdk", "boto3", "botocore", "urllib3", "wrapt"}
    for name in ("lambda_src/orchestrator.py", "boto3/__init__.py", "six.py", "botocore/cacert.pem"):
        assert contents()[name].is_file()


def isolated(folder: Path, code: str, **environment: str) -> Any:
    """Run code with the standard library and a folder alone, as Lambda does; return the JSON it prints last."""
    program = f"import sys; sys.path.insert(0, {str(folder)!r})\n{code}"
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-B", "-c", program],
        env={"PATH": os.defpath, **environment},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


HANDLERS = ["orchestrator", "job_events"]
VARIABLES = {
    "AWS_REGION": "eu-west-1",
    "ENVIRONMENT": "dev",
    "JOB_TABLE": "jobs",
    "TOPIC_ARN": "arn:aws:sns:eu-west-1:123456789012:topic",
    "OUTPUT_BUCKET": "output",
    "RECORD_TTL_DAYS": "90",
    "UPLOAD_BUCKET": "uploads",
    "KEY_PREFIX": "",
    "MEDIACONVERT_ROLE_ARN": "arn:aws:iam::123456789012:role/mediaconvert",
    "MEDIACONVERT_QUEUE_ARN": "arn:aws:mediaconvert:eu-west-1:123456789012:queues/queue",
    "SEGMENT_SECONDS": "6",
    "MAX_HEIGHT": "1080",
    "POWERTOOLS_SERVICE_NAME": "orchestrator",
    "POWERTOOLS_METRICS_NAMESPACE": "MediaPipeline",
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    # What makes Powertools and the X-Ray SDK take this for Lambda, tracing included.
    "LAMBDA_TASK_ROOT": "/var/task",
    "_X_AMZN_TRACE_ID": "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1",
}
WHERE = """
import json, sysconfig
standard = tuple({sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib")})
print(json.dumps([
    module.__file__ for module in list(sys.modules.values())
    if getattr(module, "__file__", None) and not module.__file__.startswith(standard)
]))
"""


@pytest.mark.parametrize("name", HANDLERS)
def test_a_handler_imports_from_the_zip_alone(extracted: Path, name: str) -> None:
    files = isolated(extracted, f"import lambda_src.{name}{WHERE}")
    assert files
    assert [file for file in files if not file.startswith(str(extracted))] == []


CALL = """
import json
from lambda_src import orchestrator
class Context:
    function_name, memory_limit_in_mb, aws_request_id = "f", 512, "r"
    invoked_function_arn = "arn:aws:lambda:eu-west-1:123456789012:function:f"
    def get_remaining_time_in_millis(self): return 1000
result = orchestrator.handler({"bucket": "another", "key": "a.mp4"}, Context())
services = orchestrator._services()
clients = [services.objects._s3, services.ledger._dynamodb, services.announcer._sns, services.transcoder._mediaconvert]
print(json.dumps([result["outcome"], [client.meta.service_model.service_name for client in clients]]))
"""


XRAY_FOLDER = Path("/tmp/.aws-xray")  # noqa: S108 - the X-Ray SDK writes there, wherever TMPDIR points


@pytest.fixture
def nothing_left_by_tracing() -> Iterator[None]:
    was_there = XRAY_FOLDER.exists()
    yield
    if not was_there:
        shutil.rmtree(XRAY_FOLDER, ignore_errors=True)


@pytest.mark.usefixtures("nothing_left_by_tracing")
def test_the_zip_alone_handles_an_event_and_knows_every_service_it_calls(extracted: Path) -> None:
    outcome, services = isolated(extracted, CALL, **VARIABLES)
    assert outcome == "ignored"
    assert services == ["s3", "dynamodb", "sns", "mediaconvert"]


def test_a_distribution_that_is_not_installed_is_named_with_what_needs_it() -> None:
    with pytest.raises(PackageError, match="no-such-thing, which this project needs, is not installed"):
        closure(["no-such-thing"])


class Part(Distribution):
    """A distribution that needs what a test wants."""

    def __init__(self, *requires: str) -> None:
        self._requires = list(requires)

    @property
    def requires(self) -> list[str]:
        return self._requires

    def read_text(self, filename: str) -> str:
        del filename
        return "Name: part\nVersion: 1\n"

    def locate_file(self, path: Any) -> Any:
        return path


def test_an_extra_brings_its_own_requirements_and_no_others(monkeypatch: pytest.MonkeyPatch) -> None:
    parts = {
        "a": Part("b>=1", 'c; extra == "more"', 'd; extra == "other"'),
        "b": Part(),
        "c": Part("A"),
        "e-e": Part("a[more]"),
    }
    monkeypatch.setattr(lambda_package, "distribution", parts.__getitem__)
    assert closure(["a"]) == [parts["a"], parts["b"]]
    assert closure(["a", "E.e"]) == [parts["a"], parts["b"], parts["c"], parts["e-e"]]


def test_a_requirement_that_depends_on_the_machine_stops_the_build(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lambda_package, "distribution", {"a": Part('b; python_version < "3.13"')}.__getitem__)
    with pytest.raises(PackageError, match=r'needs b only where python_version < "3.13"'):
        closure(["a"])
