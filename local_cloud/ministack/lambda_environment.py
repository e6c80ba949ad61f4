"""Where a Lambda worker runs and what it sees: folders, import path, variables."""

# ruff: noqa: SLF001 - MiniStack offers no other way to what it knows about a function

from __future__ import annotations

import hashlib
import importlib.util
import tempfile
import threading
import zipfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from ministack.core import lambda_runtime
from ministack.services import lambda_svc

# What AWS's own runtime offers to a function that brings no SDK of its own.
RUNTIME_PACKAGES = ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "six", "urllib3")

_unpacking = threading.Lock()


@dataclass(frozen=True)
class Place:
    """Where the workers of one run live and which services they reach."""

    folder: Path
    endpoint: str
    mediaconvert_endpoint: str | None

    @property
    def runtime_dir(self) -> Path:
        """Folder with the SDK of AWS's runtime, the last place a function imports from."""
        return self.folder / "runtime"

    @property
    def code_dir(self) -> Path:
        """Folder with the unpacked packages and layers."""
        return self.folder / "code"

    def prepare(self) -> None:
        """Create the folders and link the runtime's own packages into theirs."""
        self.code_dir.mkdir(parents=True)
        self.runtime_dir.mkdir()
        for name in RUNTIME_PACKAGES:
            spec = importlib.util.find_spec(name)
            if spec is None or spec.origin is None:
                continue
            origin = Path(spec.origin)
            source = origin.parent if origin.name == "__init__.py" else origin
            (self.runtime_dir / source.name).symlink_to(source)

    def unpack(self, archive: bytes) -> Path:
        """Unpack a package or layer once; workers share it, as on AWS they share the read-only /var/task."""
        folder = self.code_dir / hashlib.sha256(archive).hexdigest()[:32]
        with _unpacking:
            if not folder.exists():
                unfinished = Path(tempfile.mkdtemp(dir=self.code_dir))
                with zipfile.ZipFile(BytesIO(archive)) as opened:
                    lambda_svc._extract_zip_preserving_mode(opened, str(unfinished))
                unfinished.rename(folder)
        return folder

    def import_path(self, task_root: Path, layers: list[Any]) -> list[str]:
        """Return what a function imports from before the standard library, in AWS's order."""
        path = [str(task_root)]
        for archive in filter(None, map(lambda_svc._resolve_layer_zip, layers)):
            opened = self.unpack(archive)
            path += [str(opened / "python"), str(opened)]
        return [*path, str(self.runtime_dir)]


def log_group(config: dict[str, Any]) -> str:
    """Return the name of the log group a function writes to."""
    named: str | None = (config.get("LoggingConfig") or {}).get("LogGroup")
    return named or f"/aws/lambda/{config['FunctionName']}"


def _own_variables(config: dict[str, Any]) -> dict[str, str]:
    given = (config.get("Environment") or {}).get("Variables") or {}
    reserved = lambda_runtime._RESERVED_RUNTIME_ENV_VARS
    return {name: str(value) for name, value in given.items() if name not in reserved}


def environment(config: dict[str, Any], place: Place, task_root: Path, home: Path, stream: str) -> dict[str, str]:
    """Return the variables a function sees: AWS's own, the function's, and where the local services are.

    The list follows https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html. The function's own
    variables never replace a reserved one. Two things differ from AWS: the endpoints, and ``HOME``, which keeps the
    SDK from reading the developer's own ``~/.aws``.
    """
    _, region = lambda_runtime._account_region_from_function_config(config)
    logging_config = config.get("LoggingConfig") or {}
    credentials = {name: value for name, value in lambda_runtime.execution_credentials(config).items() if value}
    endpoints = {"AWS_ENDPOINT_URL": place.endpoint}
    if place.mediaconvert_endpoint:
        endpoints["AWS_ENDPOINT_URL_MEDIACONVERT"] = place.mediaconvert_endpoint
    return {
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{config['Runtime']}",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_FORMAT": logging_config.get("LogFormat", "Text"),
        "AWS_LAMBDA_LOG_LEVEL": logging_config.get("ApplicationLogLevel", "INFO"),
        "AWS_XRAY_CONTEXT_MISSING": "LOG_ERROR",
        "AWS_XRAY_DAEMON_ADDRESS": "127.0.0.1:2000",
        lambda_runtime.HOST_PREFIX_ENV: "true",
        "LAMBDA_RUNTIME_DIR": str(place.runtime_dir),
        "LANG": "C.UTF-8",
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "TZ": "UTC",
        **endpoints,
        **_own_variables(config),
        **credentials,
        "AWS_DEFAULT_REGION": region,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(config.get("MemorySize", 128)),
        "AWS_LAMBDA_FUNCTION_NAME": config["FunctionName"],
        "AWS_LAMBDA_FUNCTION_VERSION": config.get("Version", "$LATEST"),
        "AWS_LAMBDA_LOG_GROUP_NAME": log_group(config),
        "AWS_LAMBDA_LOG_STREAM_NAME": stream,
        "AWS_REGION": region,
        "HOME": str(home),
        "LAMBDA_TASK_ROOT": str(task_root),
        "TMPDIR": str(home),
        "_HANDLER": config["Handler"],
    }
