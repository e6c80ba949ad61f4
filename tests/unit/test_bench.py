from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bench import __main__ as program
from bench import row as rows
from bench.measure import Command, CommandFailedError, Pairs, Sample, run, run_pairs
from bench.memory import Watch, told
from bench.report import Result, as_json, as_table
from bench.rows import load

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(program.__file__).resolve().parent.parent


def python(code: str, folder: Path, **environment: str | None) -> Command:
    return Command(arguments=[sys.executable, "-c", code], cwd=folder, environment=environment)


def pairs(*seconds: tuple[float, float]) -> Pairs:
    ours, other = ([Sample(run[side], run[side] / 2, 1 << 20) for run in seconds] for side in (0, 1))
    return Pairs(tuple(ours), tuple(other))


def row(
    name: str, aim: rows.Aim | None = None, commands: Callable[[Path], tuple[Command, Command]] | None = None
) -> rows.Row:
    def nothing(folder: Path) -> tuple[Command, Command]:
        return python("", folder), python("", folder)

    return rows.Row(
        name=name, title="ours", other="theirs", aim=aim or rows.times_faster(2), commands=commands or nothing
    )


def test_the_two_commands_take_turns_after_a_pair_that_does_not_count(tmp_path: Path) -> None:
    def write(letter: str) -> Command:
        return python(f"open('order', 'a').write('{letter}')", tmp_path)

    said: list[str] = []
    measured = run_pairs(write("A"), write("B"), 2, said.append)
    assert (tmp_path / "order").read_text() == "ABABAB"
    assert (len(measured.ours), len(measured.other)) == (2, 2)
    assert said[0] == "warming up"
    assert said[-1] == "run 2 of 2, the other"


def test_ratios_are_taken_pair_by_pair() -> None:
    measured = pairs((1.0, 12.0), (2.0, 30.0), (4.0, 40.0))
    assert measured.times_faster() == (12.0, 15.0, 10.0)
    assert measured.times_the_other() == pytest.approx((1 / 12, 1 / 15, 1 / 10))


@pytest.mark.parametrize(
    ("aim", "seconds", "met"),
    [
        (rows.times_faster(12), (1.0, 12.0), True),
        (rows.times_faster(12), (1.0, 11.9), False),
        (rows.at_most(1.3), (1.3, 1.0), True),
        (rows.at_most(1.3), (1.31, 1.0), False),
    ],
)
def test_an_aim_says_in_which_direction_it_is_met(aim: rows.Aim, seconds: tuple[float, float], met: bool) -> None:  # noqa: FBT001  # a table's column
    assert aim.is_met(pairs(seconds)) is met


def test_one_slow_run_does_not_decide() -> None:
    assert rows.times_faster(12).is_met(pairs((1.0, 12.0), (1.0, 13.0), (9.0, 12.0)))


def test_seconds_and_memory_are_those_of_the_whole_tree(tmp_path: Path) -> None:
    child = "import time\nmemory = bytearray(100 << 20)\nwhile time.process_time() < 0.2: pass"
    sample = run(python(f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])", tmp_path))
    assert sample.peak_bytes > 100 << 20
    assert sample.cpu_seconds > 0.2


def test_variables_are_set_and_taken_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONE", "1")
    run(python("import os; assert os.environ['SET'] == 'x' and 'GONE' not in os.environ", tmp_path, SET="x", GONE=None))


def test_a_command_that_fails_is_shown_with_its_last_words(tmp_path: Path) -> None:
    with pytest.raises(CommandFailedError, match="ended with 3:\nlast words"):
        run(python("import sys; print('last words', file=sys.stderr); sys.exit(3)", tmp_path))


def test_the_table_shows_seconds_ratio_aim_and_memory() -> None:
    results = [
        Result(row("fast"), pairs((1.0, 12.0), (2.0, 30.0), (4.0, 40.0))),
        Result(row("slow", rows.at_most(1.3)), pairs((2.0, 1.0))),
        Result(row("broken"), None, "it ended with 3"),
    ]
    table = as_table(results, {"cpus": 2})
    lines = [line.split("  ") for line in table.splitlines()]
    cells = {line[0]: [cell.strip() for cell in line if cell.strip()] for line in lines}
    assert cells["fast"] == [
        *("fast", "2.00 s", "30.00 s", "12.00 (10.00-15.00)", "≥ 2x faster", "yes"),
        *("1.00 s", "15.00 s", "1 MiB", "1 MiB"),
    ]
    assert cells["slow"][3:6] == ["2.00 (2.00-2.00)", "≤ 1.3x its time", "no"]
    assert cells["broken"][:2] == ["broken", "failed"]
    assert "failed: it ended with 3" in table
    assert "other: theirs" in table
    assert table.endswith("cpus 2")


def test_the_json_holds_every_run_and_the_machine() -> None:
    results = [Result(row("fast"), pairs((1.0, 12.0), (2.0, 30.0))), Result(row("broken"), None, "why")]
    document = json.loads(as_json(results, {"cpus": 2}, 2))
    fast, broken = document["rows"]
    assert document["machine"] == {"cpus": 2}
    assert fast["ratio"] == {"median": 13.5, "min": 12.0, "max": 15.0, "pairs": [12.0, 15.0]}
    assert fast["ours"]["seconds"] == [1.0, 2.0]
    assert fast["aim"] == {"ratio": 2, "of": "other / ours"}
    assert fast["met"] is True
    assert (broken["met"], broken["failure"]) == (False, "why")


@pytest.mark.usefixtures("registered")
def test_what_a_row_tells_beside_its_times_is_shown_and_kept(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def writing(folder: Path) -> tuple[Command, Command]:
        return python("open('told', 'w').write('12 MiB')", folder), python("", folder)

    told = replace(row("memory", commands=writing), facts=lambda folder: {"peak": (folder / "told").read_text()})
    rows.register(told)
    target = tmp_path / "bench.json"
    assert program.main(["--runs", "1", "--json", str(target)]) == 0
    assert "peak: 12 MiB" in capsys.readouterr().out
    assert json.loads(target.read_text())["rows"][0]["facts"] == {"peak": "12 MiB"}


@pytest.fixture
def registered(monkeypatch: pytest.MonkeyPatch) -> dict[str, rows.Row]:
    load()
    own: dict[str, rows.Row] = {}
    monkeypatch.setattr(rows, "_rows", own)
    return own


def test_a_name_is_taken_once(registered: dict[str, rows.Row]) -> None:
    rows.register(row("name"))
    with pytest.raises(ValueError, match="a row 'name' already"):
        rows.register(row("name"))
    assert list(registered) == ["name"]


@pytest.mark.usefixtures("registered")
def test_only_the_rows_asked_for_are_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows.register(row("one"))
    rows.register(row("two"))
    target = tmp_path / "new folder" / "bench.json"
    assert program.main(["--rows", "two", "--runs", "1", "--json", str(target)]) == 0
    assert [found["name"] for found in json.loads(target.read_text())["rows"]] == ["two"]
    printed = capsys.readouterr()
    assert "two: ours" in printed.out
    assert printed.err == ""  # progress is for a terminal


@pytest.mark.usefixtures("registered")
def test_a_row_that_fails_does_not_keep_the_others_from_running(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows.register(row("bad", commands=lambda folder: (python("1/0", folder), python("", folder))))
    rows.register(row("good"))
    target = tmp_path / "bench.json"
    assert program.main(["--runs", "1", "--json", str(target)]) == 1
    assert "ZeroDivisionError" in capsys.readouterr().out
    assert ["ours" in found for found in json.loads(target.read_text())["rows"]] == [False, True]


@pytest.mark.usefixtures("registered")
def test_an_aim_that_is_not_met_is_no_error(tmp_path: Path) -> None:
    rows.register(row("slow", rows.times_faster(1000)))
    assert program.main(["--runs", "1", "--json", str(tmp_path / "bench.json")]) == 0


@pytest.mark.parametrize("arguments", [["--rows", "no-such-row"], ["--runs", "0"], ["--runs", "many"]])
def test_a_wrong_command_line_is_refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        program.main(arguments)
    assert end.value.code == 2
    assert arguments[1] in capsys.readouterr().err


def test_ctrl_c_ends_the_whole_tree_and_writes_nothing(tmp_path: Path) -> None:
    sleeper = f"import os, time; open({str(tmp_path / 'pid')!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    nested = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {sleeper!r}])"
    code = f"""
import sys
from bench import row
from bench.__main__ import main
from bench.measure import Command
def commands(folder):
    command = Command(arguments=[sys.executable, "-c", {nested!r}], cwd=folder)
    return command, command
row.register(row.Row(name="sleep", title="", other="", aim=row.at_most(1), commands=commands))
sys.exit(main(["--rows", "sleep", "--json", {str(tmp_path / "bench.json")!r}]))
"""
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, env={**os.environ, "TMPDIR": str(tmp_path)}, stderr=subprocess.PIPE
    ) as bench:
        wait_for(lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text() != "")
        bench.send_signal(signal.SIGINT)
        _, err = bench.communicate(timeout=20)
    assert (bench.returncode, err) == (130, b"Interrupted; nothing is written.\n")
    wait_for(lambda: not is_alive(int((tmp_path / "pid").read_text())))
    assert [path.name for path in tmp_path.iterdir()] == ["pid"]


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_the_rows_of_this_project_are_there() -> None:
    load()
    names = {found.name for found in rows.registered()}
    assert {"synth", "synth-floor", "project", "project-cdktf"} <= names


@pytest.mark.parametrize("app", ["small_aws.py", "no_provider.py"])
def test_the_measured_apps_synthesize(app: str, tmp_path: Path) -> None:
    run(
        Command(
            arguments=[sys.executable, str(ROOT / "bench" / "apps" / app)],
            cwd=tmp_path,
            environment={"PYTHONPATH": str(ROOT), "CDKTF_OUTDIR": str(tmp_path / "out")},
        )
    )
    assert len(list((tmp_path / "out").glob("stacks/*/cdk.tf.json"))) == 1


def test_the_memory_of_a_whole_tree_is_watched(tmp_path: Path) -> None:
    child = "x = bytearray(60 << 20); import time; time.sleep(0.6)"
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}], check=True)"
    with Watch() as watch:
        run(python(parent, tmp_path), watch.start)
    assert 60 << 20 < sum(watch.peak.values()) < 150 << 20
    assert told({"a": 1 << 20, "b": 3 << 20}) == "4 MiB (b 3, a 1)"
