from __future__ import annotations

from types import ModuleType

import pytest

from fast_bindings import _kernel, _notice

from .app import ENABLE, USE_ALPHA, App
from .fake_provider import NODE_INDEX, PYTHON_NAME, FakeProvider


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


def test_a_line_is_said_once(capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(2):
        _notice.notice("one line")
    assert capsys.readouterr().err == "fast_bindings: one line\n"
