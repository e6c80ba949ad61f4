"""The outside of a Lambda worker: one process that runs one Python function in a clean environment.

Takes the place of MiniStack's own worker class for Python runtimes; ``patches.lambda_python_runtime`` puts it there.
"""

from __future__ import annotations

import json
import logging
import queue
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from ministack.core import lambda_runtime

from local_cloud.ministack import lambda_bootstrap
from local_cloud.ministack.lambda_environment import Place, environment

logger = logging.getLogger("lambda")

# https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html: initialization may take 10 seconds.
_INIT_SECONDS = 10.0
_LOG_WAIT_SECONDS = 1.0

_alive: set[subprocess.Popen[bytes]] = set()
_stopping = threading.Event()


def stop_all() -> list[int]:
    """Let no further worker start and return the process ids of those that run."""
    _stopping.set()
    return [process.pid for process in list(_alive)]


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


class WorkerGoneError(Exception):
    """The worker's process ended without an answer; the text is AWS's own."""


class WorkerTimeoutError(Exception):
    """The worker gave no answer in time."""


class InitError(Exception):
    """The function's module could not be loaded; ``answer`` is the error the caller gets."""

    def __init__(self, answer: dict[str, Any]) -> None:
        super().__init__(answer.get("errorMessage", ""))
        self.answer = answer


@dataclass
class InvocationLog:
    """What one invocation wrote, with what the log lines around it need to know."""

    stream: str
    lines: list[tuple[int, str]] = field(default_factory=list)  # milliseconds since the epoch, text
    init_lines: list[tuple[int, str]] = field(default_factory=list)
    init_ms: float | None = None
    duration_ms: float = 0.0
    max_memory_mb: int = 0
    status: str = "success"

    def text(self) -> str:
        """The function's own output, a line each."""
        return "\n".join(line for _, line in self.lines)


class _Process:
    """A running worker: asks and answers over its pipes, and what it prints."""

    def __init__(self, command: list[str], folder: Path, variables: dict[str, str]) -> None:
        self.popen = subprocess.Popen(
            command,
            cwd=folder,
            env=variables,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        _alive.add(self.popen)
        self._answers: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._lines: list[tuple[int, str]] = []
        self._log_ended = threading.Event()
        threading.Thread(target=self._read_answers, args=(self.popen.stdout,), daemon=True).start()
        threading.Thread(target=self._read_log, args=(self.popen.stderr,), daemon=True).start()

    def _read_answers(self, stream: IO[bytes]) -> None:
        for line in iter(stream.readline, b""):
            self._answers.put(line)
        self.popen.wait()
        _alive.discard(self.popen)
        self._answers.put(b"")

    def _read_log(self, stream: IO[bytes]) -> None:
        for raw in iter(stream.readline, b""):
            line = raw.decode("utf-8", "backslashreplace").rstrip("\n")
            text, marker, _ = line.partition(lambda_bootstrap.LOG_END)
            if text or not marker:
                self._lines.append((_now_ms(), text))
            if marker:
                self._log_ended.set()
        self._log_ended.set()

    def take_log(self) -> list[tuple[int, str]]:
        """Return what was printed since the last call, once the current answer's end is seen."""
        self._log_ended.wait(_LOG_WAIT_SECONDS)
        taken, self._lines = self._lines, []
        return taken

    def ask(self, document: dict[str, Any], seconds: float) -> dict[str, Any]:
        """Send one document and return the answer; raises ``WorkerGoneError`` or ``WorkerTimeoutError``."""
        self._log_ended.clear()
        assert self.popen.stdin is not None  # noqa: S101 - it was opened as a pipe
        with suppress(OSError):  # an ended process is seen below
            self.popen.stdin.write(json.dumps(document).encode() + b"\n")
            self.popen.stdin.flush()
        try:
            line = self._answers.get(timeout=seconds)
        except queue.Empty:
            raise WorkerTimeoutError from None
        if not line:
            raise WorkerGoneError(self._exit_text())
        answer: dict[str, Any] = json.loads(line)
        return answer

    def _exit_text(self) -> str:
        code = self.popen.wait()
        if code >= 0:
            return f"Runtime exited with error: exit status {code}"
        name = "killed" if -code == signal.SIGKILL else signal.Signals(-code).name
        return f"Runtime exited with error: signal: {name}"

    def end(self) -> None:
        """Kill and reap the process."""
        self.popen.kill()
        self.popen.wait()


class CleanWorker(lambda_runtime.Worker):  # type: ignore[misc]  # MiniStack publishes no types
    """One execution environment of a Python function, used by one invocation at a time."""

    place: Place  # set by the patch before any worker is made

    def __init__(self, func_name: str, config: dict[str, Any], code_zip: bytes) -> None:
        super().__init__(func_name, config, code_zip)
        date = time.strftime("%Y/%m/%d", time.gmtime())
        self.stream = f"{date}/[{config.get('Version', '$LATEST')}]{uuid.uuid4().hex}"
        self._process: _Process | None = None
        self._proc: subprocess.Popen[bytes] | None = None
        self._timeout = float(config.get("Timeout", 3))

    def _spawn(self) -> None:
        """Start the process and wait until it has imported the handler; raises ``InitError`` where it cannot."""
        self._init(InvocationLog(self.stream))

    def _init(self, log: InvocationLog) -> None:
        self._discard_tmpdir()
        self._tmpdir = tempfile.mkdtemp(prefix="worker-", dir=self.place.folder)
        task_root = self.place.unpack(self.code_zip)
        path = self.place.import_path(task_root, self.config.get("Layers") or [])
        if _stopping.is_set():
            raise WorkerGoneError("the emulator is stopping")
        started = time.monotonic()
        # Isolated and without site-packages: a function sees its package and the runtime's SDK, nothing else.
        command = [sys.executable, "-I", "-S", "-X", "utf8", lambda_bootstrap.__file__]
        variables = environment(self.config, self.place, task_root, Path(self._tmpdir), self.stream)
        process = self._process = _Process(command, task_root, variables)
        self._proc = process.popen
        answer = process.ask({"path": path, "handler": self.config["Handler"]}, _INIT_SECONDS + self._timeout)
        log.init_ms = (time.monotonic() - started) * 1000
        log.init_lines = process.take_log()
        if answer["status"] != "ready":
            raise InitError(answer)
        logger.info("Lambda worker started for %s (process %d)", self.func_name, process.popen.pid)

    def invoke(
        self,
        event: object,
        request_id: str,
        *,
        trace_id: str | None = None,
        depth: int | None = None,
        durable: dict[str, str] | None = None,
        invoked_function_arn: str | None = None,
    ) -> dict[str, Any]:
        """Run one invocation; return ``status``, ``result`` or the error's fields, and ``log``."""
        variables = dict(durable or {})
        if trace_id:
            variables["_X_AMZN_TRACE_ID"] = trace_id
        if depth is not None:
            variables[lambda_runtime.INVOKE_DEPTH_ENV] = str(depth)
        invocation = {
            "event": event,
            "request_id": request_id,
            "function_arn": invoked_function_arn or self.config.get("FunctionArn", ""),
            "timeout": self._timeout,
            "variables": variables,
        }
        log = InvocationLog(self.stream)
        with self._lock:
            answer = self._answer(invocation, log)
            self._cold = False
        log.max_memory_mb = answer.get("maxMemoryMb", 0)
        return {**answer, "log": log}

    def _answer(self, invocation: dict[str, Any], log: InvocationLog) -> dict[str, Any]:
        prefix = f"RequestId: {invocation['request_id']} Error:"
        started = time.monotonic()
        try:
            if self._proc is None or self._proc.poll() is not None or self._process is None:
                self._init(log)
                started = time.monotonic()
            answer = self._process.ask(invocation, self._timeout)  # type: ignore[union-attr]  # _init has set it
        except InitError as error:
            answer = error.answer
            self._end_process(log)
        except WorkerTimeoutError:
            self._end_process(log)
            text = f"Task timed out after {self._timeout:.2f} seconds"
            stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
            log.status = "timeout"
            log.lines.append((_now_ms(), f"{stamp} {invocation['request_id']} {text}"))
            answer = {"status": "error", "errorType": "Sandbox.Timedout", "errorMessage": f"{prefix} {text}"}
        except WorkerGoneError as error:
            self._end_process(log)
            answer = {"status": "error", "errorType": "Runtime.ExitError", "errorMessage": f"{prefix} {error}"}
        log.duration_ms = (time.monotonic() - started) * 1000
        if self._process is not None:
            log.lines += self._process.take_log()
        if answer["status"] == "error":
            log.status = "timeout" if log.status == "timeout" else "error"
            answer["requestId"] = invocation["request_id"]
        return answer

    def _end_process(self, log: InvocationLog) -> None:
        """Drop the environment, as AWS does after a time-out or an exit; the next invocation gets a new one."""
        process, self._process = self._process, None
        self._proc = None
        if process is not None:
            process.end()
            log.lines += process.take_log()

    def _discard_tmpdir(self) -> None:
        if self._tmpdir:
            shutil.rmtree(self._tmpdir, ignore_errors=True)
