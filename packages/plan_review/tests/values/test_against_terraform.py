"""Whatever an expression comes to here, it comes to in Terraform; what Terraform refuses has no value here."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from plan_review.configuration.reading import read_folder
from plan_review.evaluate.evaluator import Evaluator
from plan_review.evaluate.functions.encodings import json_text
from plan_review.evaluate.items import Environment
from plan_review.evaluate.values import UnknownError, is_known
from plan_review.language.expressions import parse
from terraform_runtime.executable import wheel_terraform

from .expressions import expressions

HERE = Path(__file__).parent
EXPRESSIONS = tuple(expressions())
LEAST_KNOWN = 0.93  # of those that Terraform computes
REFUSED = "!"


def told(folder: Path, given: tuple[str, ...]) -> list[str | None]:
    """What Terraform computes, as JSON; None where it refuses. One process computes them all."""
    tries = [f'  try(base64encode(jsonencode({expression})), "{REFUSED}"),\n' for expression in given]
    (folder / "tried.tf").write_text("locals {\n tried = [\n" + "".join(tries) + " ]\n}\n", encoding="utf-8")
    environment = {**os.environ, "CHECKPOINT_DISABLE": "1", "TF_CLI_CONFIG_FILE": os.devnull}
    made = subprocess.run(
        [wheel_terraform(), "console"],
        input='nonsensitive(join(" ", local.tried))\n',
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stderr
    (folder / "tried.tf").unlink()
    answers = made.stdout.strip().strip('"').split(" ")
    return [None if answer == REFUSED else base64.b64decode(answer).decode() for answer in answers]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made: Path = tmp_path_factory.mktemp("values")
    shutil.copyfile(HERE / "variables.tf", made / "variables.tf")
    shutil.copytree(HERE / "files", made, dirs_exist_ok=True)
    return made


@pytest.fixture(scope="module")
def truth(folder: Path) -> dict[str, str | None]:
    return dict(zip(EXPRESSIONS, told(folder, EXPRESSIONS), strict=True))


def computed(evaluator: Evaluator, expression: str) -> str | None:
    """What we compute, as JSON; None where that is not known."""
    value = evaluator.computed(parse(expression), Environment())
    try:
        return json_text(value) if is_known(value) else None
    except UnknownError:
        return None


def differences(ours: dict[str, str | None], truth: dict[str, str | None]) -> list[Any]:
    return [
        (expression, truth[expression], mine)
        for expression, mine in ours.items()
        if mine is not None and mine != truth[expression]
    ]


def test_there_are_expressions_enough() -> None:
    assert len(EXPRESSIONS) >= 2000


def test_an_expression_comes_to_what_terraform_makes_of_it(folder: Path, truth: dict[str, str | None]) -> None:
    evaluator = Evaluator(read_folder(folder))
    ours = {expression: computed(evaluator, expression) for expression in EXPRESSIONS}

    assert differences(ours, truth) == []
    both = [expression for expression in EXPRESSIONS if truth[expression] is not None]
    assert sum(ours[expression] is not None for expression in both) >= LEAST_KNOWN * len(both)


def test_what_is_taken_for_refused_is_refused(folder: Path, truth: dict[str, str | None]) -> None:
    """Else ``try`` would take its default where Terraform does not."""
    evaluator = Evaluator(read_folder(folder))

    def is_refused(expression: str) -> bool:
        made = evaluator.evaluate(f'${{try([{expression}], "no")}}', Environment())
        return isinstance(made, str) and made == "no"

    assert [expression for expression in EXPRESSIONS if truth[expression] is not None and is_refused(expression)] == []


@pytest.mark.parametrize("syntax", ["native", "json"])
def test_an_expression_in_a_file_comes_to_the_same(syntax: str, folder: Path, truth: dict[str, str | None]) -> None:
    names = {f"e{number}": expression for number, expression in enumerate(EXPRESSIONS)}
    path = folder / ("given.tf" if syntax == "native" else "given.tf.json")
    if syntax == "native":
        path.write_text(
            "locals {\n" + "".join(f"{name} = {text.strip()}\n" for name, text in names.items()) + "}\n",
            encoding="utf-8",
        )
    else:
        path.write_text(
            json.dumps({"locals": {name: f"${{{text}}}" for name, text in names.items()}}), encoding="utf-8"
        )
    try:
        evaluator = Evaluator(read_folder(folder))
    finally:
        path.unlink()
    ours = {expression: computed(evaluator, f"local.{name}") for name, expression in names.items()}

    assert differences(ours, truth) == []
