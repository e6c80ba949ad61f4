"""Runs Python in a process of its own, beside a small provider package of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import fast_bindings

from .fake_provider import PYTHON_NAME, FakeProvider

ROOT = Path(fast_bindings.__file__).resolve().parent.parent
ENABLE = f"import fast_bindings; fast_bindings.enable({PYTHON_NAME!r})\n"
USE_ALPHA = f"from {PYTHON_NAME}.alpha import Alpha; print(type(Alpha()).__name__)\n"


class App:
    """A scratch folder with a provider package, a jsii cache, and the log of the modules that were loaded."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = folder / "modules.log"
        self.python_path = [str(ROOT)]
        self.environment = {
            name: value for name, value in os.environ.items() if not name.startswith(("JSII_", "NODE_"))
        }
        self.environment |= {
            "JSII_RUNTIME_PACKAGE_CACHE_ROOT": str(folder / "cache"),
            "FAKE_PROVIDER_LOG": str(self.log),
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        }

    def provide(self, provider: FakeProvider) -> None:
        provider.write(self.folder)

    def start(self, code: str, **environment: str) -> subprocess.Popen[str]:
        path = os.pathsep.join([str(self.folder), *self.python_path])
        return subprocess.Popen(
            [sys.executable, "-c", code],
            cwd=self.folder,
            env={**self.environment, "PYTHONPATH": path, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, code: str, **environment: str) -> tuple[str, str]:
        with self.start(code, **environment) as process:
            out, err = process.communicate(timeout=60)
        assert process.returncode == 0, err
        return out, err

    def loaded(self) -> list[str]:
        return self.log.read_text().split("\n")[:-1] if self.log.exists() else []
