"""Where the Terraform at the other end of a connection runs: relative paths in a configuration start there.

The protocol does not tell, and the server may have been started elsewhere, as under ``cdktf deploy``.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

_PEER = re.compile(r"^ipv4:127\.0\.0\.1:(\d+)$")
_PROC = Path("/proc")
_LOOPBACK = "0100007F"
_INODE = 9


@dataclass(frozen=True, slots=True)
class Process:
    """A process's working folder, and the arguments of its command where they can be told."""

    folder: Path
    arguments: tuple[str, ...] = ()


def process_of(peer: str) -> Process | None:
    """Return the process that a gRPC peer's name leads to; ``None`` where it cannot be told."""
    match = _PEER.match(peer)
    if match is None:
        return None
    port = int(match.group(1))
    return _by_proc(port) if (_PROC / "net" / "tcp").exists() else _by_lsof(port)


def _by_proc(port: int) -> Process | None:
    inode = _socket_of(port)
    if inode is None:
        return None
    wanted = f"socket:[{inode}]"
    for process in _PROC.iterdir():
        if not process.name.isdigit():
            continue
        try:
            if any(str(link.readlink()) == wanted for link in (process / "fd").iterdir()):
                command = (process / "cmdline").read_bytes().decode(errors="surrogateescape").split("\0")
                return Process((process / "cwd").readlink(), tuple(command[1:-1]))
        except OSError:
            continue  # ended meanwhile, or another person's
    return None


def _socket_of(port: int) -> str | None:
    """Return the inode of the socket whose own end, on the loopback address, has this port."""
    for line in (_PROC / "net" / "tcp").read_text().splitlines()[1:]:
        columns = line.split()
        if columns[1] == f"{_LOOPBACK}:{port:04X}":
            return columns[_INODE]
    return None


def _by_lsof(port: int) -> Process | None:
    """Ask ``lsof``, which is part of macOS."""
    program = shutil.which("lsof")
    if program is None:
        return None
    owner = _lines(program, "-nP", f"-iTCP@127.0.0.1:{port}", "-sTCP:ESTABLISHED", "-Fpn")
    process = ""
    for line in owner:
        if line.startswith("p"):
            process = line[1:]
        elif line.startswith(f"n127.0.0.1:{port}->"):
            folders = _lines(program, "-a", "-p", process, "-d", "cwd", "-Fn")
            return next((Process(Path(each[1:])) for each in folders if each.startswith("n")), None)
    return None


def _lines(*command: str) -> list[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=10).stdout.splitlines()
