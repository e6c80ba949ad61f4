"""
Starts Node while Python still imports jsii: what both need 50 ms for happens at once.

It runs exactly what jsii is about to run, and jsii gets the process when it asks for the same. If it asks for
anything else (another version, a variable set in between), this process is ended and jsii starts its own.
"""

from __future__ import annotations

import atexit
import contextlib
import importlib.util
import os
import platform
import runpy
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fast_bindings import _cache, _node

if TYPE_CHECKING:
    from collections.abc import Sequence

_OPTIONS = ("--max-old-space-size=4069",)

_waiting: list[_Started] = []


@dataclass(frozen=True, slots=True)
class _Started:
    folder: tempfile.TemporaryDirectory[str]
    arguments: list[str]
    environment: dict[str, str]
    process: subprocess.Popen[bytes]

    def end(self) -> None:
        self.process.kill()
        self.process.communicate()
        self.folder.cleanup()


def begin(packages: Sequence[str]) -> None:
    """Start the kernel, unless that has been done or cannot be: then jsii will do it, or say what is missing."""
    if _waiting or "JSII_RUNTIME" in os.environ:
        return
    with contextlib.suppress(OSError), contextlib.ExitStack() as undo:
        folder = tempfile.TemporaryDirectory()
        undo.callback(folder.cleanup)
        runtime = _unpack_runtime(Path(folder.name))
        if runtime is None:
            return
        start = _node.with_kernel_script(str(runtime), packages)
        with _node.environment({**_node.settings(os.environ), **_cache.settings(os.environ)}):
            environment = {**os.environ, "JSII_AGENT": f"Python/{platform.python_version()}"}
        arguments = [environment.get("JSII_NODE", "node"), *_OPTIONS, start]
        pipes: dict[str, Any] = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
        process = subprocess.Popen(arguments, env=environment, **pipes)
        undo.pop_all()
        _waiting.append(_Started(folder, arguments, environment, process))
        atexit.register(_end_if_unwanted)


def _unpack_runtime(folder: Path) -> Path | None:
    """Write jsii's runtime where it can run, as jsii does, without importing jsii; return its entry point."""
    spec = importlib.util.find_spec("jsii")
    for place in (spec.submodule_search_locations or ()) if spec else ():
        embedded = Path(place, "_embedded", "jsii")
        if (embedded / "__init__.py").exists():
            names = runpy.run_path(str(embedded / "__init__.py"))
            for packed, name in names["EMBEDDED_FILES"].items():
                target = folder / name
                target.parent.mkdir(exist_ok=True)
                target.write_bytes((embedded / packed).read_bytes())
            return folder / str(names["EMBEDDED_FILES"][names["ENTRYPOINT"]])
    return None


def script(closing: contextlib.ExitStack) -> str | None:
    """Return the file that the waiting process runs, whose folder ``closing`` then owns; None if none waits."""
    if not _waiting:
        return None
    closing.enter_context(_waiting[0].folder)
    return _waiting[0].arguments[-1]


class Subprocess:
    """``subprocess`` for the module of jsii that starts Node: hands over the waiting process if it is the same."""

    def __getattr__(self, name: str) -> Any:
        return getattr(subprocess, name)

    def Popen(self, arguments: list[str], **options: Any) -> Any:  # noqa: N802  # named as what it stands for
        """Return the waiting process, or a new one."""
        if _waiting:
            waiting = _waiting.pop()
            if arguments == waiting.arguments and options.get("env") == waiting.environment:
                return waiting.process
            waiting.process.kill()
            waiting.process.communicate()
        return subprocess.Popen(arguments, **options)


def _end_if_unwanted() -> None:
    while _waiting:
        _waiting.pop().end()
