"""The Node half, seen from Python: how jsii's kernel process is started, answered and ended."""

from __future__ import annotations

import atexit
import contextlib
import gc
import os
import select
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fast_bindings import _cache, _early, _node
from fast_bindings._notice import notice

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import ModuleType

PROCESS_MODULE = "jsii._kernel.providers.process"

# The first run of a package ends with writing an index of its types: 1.5 s for AWS on a laptop.
_SECONDS_TO_END = 60.0
_NEEDED = ("_jsii_runtime", "_next_message", "handshake", "send", "start", "stop")
_Ordinary: Any = object


class _WrittenError(Exception):
    """Leaves jsii's ``send`` where it would wait for the answer."""


class _FastProcess(_Ordinary):  # type: ignore[misc]  # jsii's class is known at run time only
    """
    jsii's kernel process, whose answers to "load" are read when they are needed.

    Loading takes Node as long as it takes Python to import the same package, so both do it at once. Requests
    keep their order; a load that failed is raised by the next request.
    """

    fast_bindings_packages: Sequence[str]
    jsii: Any
    _process: Any
    _ctx_stack: contextlib.ExitStack

    def __init__(self) -> None:
        super().__init__()
        self._unread: list[Callable[[], None]] = []
        self._only_write = False

    def _jsii_runtime(self) -> str:
        return _early.script(self._ctx_stack) or _node.with_kernel_script(
            super()._jsii_runtime(), self.fast_bindings_packages
        )

    def start(self) -> None:
        if "JSII_RUNTIME" in os.environ:
            notice("JSII_RUNTIME is set, so jsii's Node side stays as it is")
        with _node.environment({**_node.settings(os.environ), **_cache.settings(os.environ)}):
            super().start()

    def handshake(self) -> None:
        self._unread.append(super().handshake)

    def send(self, request: Any, response_type: Any) -> Any:
        if isinstance(request, self.jsii.LoadRequest) and _stays(request.tarball):
            self._only_write = True
            with contextlib.suppress(_WrittenError):
                super().send(request, response_type)
            self._unread.append(lambda: self._read_load(request))
            return self.jsii.LoadResponse(assembly=request.name, types=0)
        while self._unread:
            self._unread.pop(0)()
        return super().send(request, response_type)

    def _next_message(self) -> Any:
        if self._only_write:
            self._only_write = False
            raise _WrittenError
        return super()._next_message()

    def _read_load(self, request: Any) -> None:
        answer = self._next_message()
        if "error" in answer:
            failure = f"{answer['error']} (while jsii loaded {request.name} {request.version})"
            raise RuntimeError(failure) from self.jsii.JavaScriptError(answer.get("stack", ""))

    def stop(self) -> None:
        _let_end(getattr(self, "_process", None))
        super().stop()


def is_running() -> bool:
    """Whether some jsii package has been loaded, and so jsii's kernel started, in this process."""
    return any(name.endswith("._jsii") for name in sys.modules)


def _is_fast(process_class: Any) -> bool:
    return isinstance(process_class, type) and issubclass(process_class, _FastProcess)


def patch(process_module: ModuleType, packages: Sequence[str]) -> None:
    """Make jsii start its kernel through this module; ``packages`` may still grow until then."""
    ordinary = getattr(process_module, "_NodeProcess", None)
    if _is_fast(ordinary):
        return
    if ordinary is None or not all(hasattr(ordinary, name) for name in _NEEDED):
        notice("this version of jsii starts its kernel in an unknown way, so its Node side stays as it is")
        return
    # Python's last act is to look for reference cycles among the bindings' objects: 30 ms to free what ends anyway.
    atexit.register(gc.freeze)
    members = {"fast_bindings_packages": packages, "jsii": process_module}
    vars(process_module)["subprocess"] = _early.Subprocess()
    vars(process_module)["_NodeProcess"] = type("_NodeProcess", (_FastProcess, ordinary), members)


def _stays(tarball: str) -> bool:
    """Whether the file will still be there in a moment: one out of a zip is temporary."""
    return Path(tarball).with_name("__init__.py").exists()


def _let_end(process: Any) -> None:
    """Ask the kernel to end and wait until it has closed its output; jsii itself would kill it after 5 s."""
    if process is None or process.stdin.closed or process.stdout.closed:
        return
    with contextlib.suppress(BrokenPipeError):
        process.stdin.write(b'{"exit":0}\n')
        process.stdin.close()
    if os.name == "nt":  # select() knows sockets only there; jsii's own wait has to do
        return
    deadline = time.monotonic() + _SECONDS_TO_END
    while select.select([process.stdout], [], [], max(0.0, deadline - time.monotonic()))[0]:
        if not os.read(process.stdout.fileno(), 1 << 16):
            return
