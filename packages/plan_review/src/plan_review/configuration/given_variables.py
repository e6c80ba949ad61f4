"""The values of root variables that are given from outside, as Terraform finds and ranks them.

https://developer.hashicorp.com/terraform/language/values/variables#variable-definition-precedence : the environment's
``TF_VAR_*``, then ``terraform.tfvars``, ``terraform.tfvars.json``, ``*.auto.tfvars`` and ``*.auto.tfvars.json`` in the
order of their names, then ``-var`` and ``-var-file`` in the order in which they are given. The last one counts.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from plan_review.configuration import native_syntax
from plan_review.configuration.files import ConfigurationError, load_json
from plan_review.language.lexer import ExpressionError, tokens

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_ENVIRONMENT = "TF_VAR_"
_FILES = ("terraform.tfvars", "terraform.tfvars.json")
_AUTOMATIC = (".auto.tfvars", ".auto.tfvars.json")
_SINGLE = ("string", "number", "bool")


class Given(NamedTuple):
    """A value of the command line: ``NAME=VALUE``, or the path of a file of values where ``in_file``."""

    text: str
    in_file: bool = False

    @property
    def argument(self) -> str:
        """What Terraform is given for it, in whichever folder it runs."""
        return f"-var-file={Path(self.text).resolve()}" if self.in_file else f"-var={self.text}"


def given_values(
    declared: Mapping[str, Mapping[str, Any]], folder: Path | None, given: Sequence[Given], environ: Mapping[str, str]
) -> dict[str, Any]:
    """Return the values of those of the ``declared`` variables that have one, as Terraform's JSON holds expressions.

    Raises ``ConfigurationError`` where a file or a value cannot be read.
    """
    found: dict[str, Any] = {}
    for name, text in environ.items():
        variable = name.removeprefix(_ENVIRONMENT)
        if name.startswith(_ENVIRONMENT) and variable in declared:
            found[variable] = _of_text(declared[variable], text, name)
    for path in _files(folder):
        found |= _of_file(path)
    for each in given:
        if each.in_file:
            found |= _of_file(Path(each.text))
        else:
            name, equals, text = each.text.partition("=")
            if not equals or not name.strip():
                raise ConfigurationError(f"--var {each.text!r}: it must be NAME=VALUE")
            found[name.strip()] = _of_text(declared.get(name.strip(), {}), text, f"--var {name.strip()}")
    return {name: value for name, value in found.items() if name in declared}


def _files(folder: Path | None) -> Iterator[Path]:
    if folder is None or not folder.is_dir():
        return
    yield from (path for name in _FILES if (path := folder / name).is_file())
    yield from sorted(path for path in folder.iterdir() if path.name.endswith(_AUTOMATIC) and path.is_file())


def _of_file(path: Path) -> dict[str, Any]:
    try:
        if path.name.endswith(".json"):
            return {name: literal(value) for name, value in load_json(path).items()}
        return native_syntax.load(path)
    except OSError as error:
        raise ConfigurationError(f"{path}: {os.strerror(error.errno or 0)}") from error


def _of_text(declaration: Mapping[str, Any], text: str, where: str) -> Any:
    """Return what a text stands for: itself, or an expression where the declared type is a list, a map or ``any``."""
    kind = str(declaration.get("type", _SINGLE[0])).strip().removeprefix("${").removesuffix("}").strip()
    if kind in _SINGLE:
        return literal(text)
    try:
        tokens(text)
    except ExpressionError as error:
        raise ConfigurationError(f"{where}: {text!r} is not a value of type {kind}: {error}") from error
    return f"${{{text}\n}}"


def literal(value: Any) -> Any:
    """Return a value as Terraform's JSON holds it where expressions are read: what looks like one is none."""
    if isinstance(value, str):
        return value.replace("${", "$${").replace("%{", "%%{")
    if isinstance(value, list):
        return [literal(inner) for inner in value]
    if isinstance(value, dict):
        return {literal(name): literal(inner) for name, inner in value.items()}
    return value
