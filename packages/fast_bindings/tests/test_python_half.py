from __future__ import annotations

import pytest

import fast_bindings

from .app import ENABLE, USE_ALPHA, App
from .fake_provider import PYTHON_NAME


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


def test_it_works_under_pytest(app: App) -> None:
    (app.folder / "conftest.py").write_text(ENABLE)
    (app.folder / "test_it.py").write_text(
        f"from {PYTHON_NAME}.alpha import Alpha\ndef test_it(): assert type(Alpha()).__name__ == 'Alpha'\n"
    )
    out, err = app.run("import sys, pytest; sys.exit(pytest.main(['-q', '-p', 'no:cacheprovider']))")
    assert "1 passed" in out
    assert err == ""
    assert "python beta_thing" not in app.loaded()
