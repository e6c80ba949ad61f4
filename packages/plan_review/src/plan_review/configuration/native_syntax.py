"""Read Terraform's native syntax into what the same configuration would be as Terraform's JSON.

An expression that is more than a literal becomes ``"${…}"`` with its own text; a block becomes an entry of a list.
"""

from __future__ import annotations

import json
import re
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from plan_review.configuration.files import ConfigurationError
from plan_review.language import expressions as ast
from plan_review.language.expressions import Parser
from plan_review.language.lexer import ExpressionError, tokens, unescape
from plan_review.language.templates import TemplateError, after_expression, lines

if TYPE_CHECKING:
    from pathlib import Path

_ENDS = {"newline", "end", ",", "]", "}", ")"}
_MARKED = re.compile(r"[$%]\{~|~\}")  # takes space away; how far, depends on how the text is written
_OPENING = re.compile(r"\$\$\{|%%\{|\$\{|%\{")


def load(path: Path) -> dict[str, Any]:
    """Load one ``.tf`` file. Raises ``ConfigurationError`` where it is not written in Terraform's language."""
    try:
        return parse(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{path}: not UTF-8 text: {error}") from error
    except (ExpressionError, TemplateError) as error:
        raise ConfigurationError(f"{path}: {error}") from error
    except RecursionError as error:
        raise ConfigurationError(f"{path}: nested too deeply to be read") from error


def parse(text: str) -> dict[str, Any]:
    """Return the document that a text in native syntax stands for.

    Raises ``ExpressionError``, which says on which line, and what is open there since which line.
    """
    document: dict[str, Any] = {}
    try:
        _Reader(text).body(document, until="end")
    except TemplateError as error:
        raise ExpressionError(_placed(text, str(error), error.position)) from error
    except ExpressionError as error:
        raise ExpressionError(_placed(text, str(error), error.position, error.opened)) from error
    return document


def _placed(text: str, message: str, position: int | None, opened: tuple[str, int] | None = None) -> str:
    def line(place: int) -> int:
        return text.count("\n", 0, place) + 1

    where = f"line {line(position)}: " if position is not None else ""
    since = f"; {opened[0]} is open since line {line(opened[1])}" if opened else ""
    return f"{where}{message}{since}"


class Object(dict[str, Any]):
    """An object that is given for an argument: what looks like it in JSON may be a block."""


class _NotPlainError(Exception):
    """A list or object that is computed rather than written out."""


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._parser = Parser(tokens(text), quiet=False)

    def body(self, into: dict[str, Any], *, until: str) -> None:
        parser = self._parser
        while True:
            parser.skip_newlines()
            if parser.peek().kind == until:
                parser.take()
                return
            name = parser.expect("name")
            try:
                if parser.accept("="):
                    self._attribute(name.text, into)
                else:
                    self._block(name.text, into)
            except ExpressionError as error:
                if error.position is None:
                    error.position = name.start
                raise

    def _attribute(self, name: str, into: dict[str, Any]) -> None:
        parser = self._parser
        into[name] = self._value()
        if parser.peek().kind not in {"newline", "end", "}"}:
            raise parser.error(f"after the value of {name}")

    def _value(self) -> Any:
        """Read a value. A list or object that is written out becomes one; all else keeps its text."""
        parser = self._parser
        opening = parser.peek().kind
        first, depth = parser.position, len(parser.opened)
        if opening in {"[", "{"}:
            parser.opened.append((opening, parser.take().start))
            try:
                with parser.lines(quiet=opening == "["):
                    found = self._list() if opening == "[" else self._object()
                if parser.peek().kind in _ENDS:
                    return found
            except _NotPlainError:
                pass
            finally:
                parser.opened[depth:] = []
            parser.position = first
        value = parser.expression()
        return _plain(value, self._text[parser.words[first].start : parser.words[parser.position - 1].end])

    def _list(self) -> list[Any]:
        parser = self._parser
        if parser.at_for():
            raise _NotPlainError
        found = []
        while not parser.accept("]"):
            found.append(self._value())
            if not parser.accept(","):
                parser.expect("]")
                break
        return found

    def _object(self) -> dict[str, Any]:
        parser = self._parser
        if parser.at_for():
            raise _NotPlainError
        found = Object()
        parser.skip_newlines()
        while not parser.accept("}"):
            key = parser.take()
            if key.kind not in {"name", "text"} or parser.peek().kind not in {"=", ":"}:
                raise _NotPlainError
            parser.take()
            found[_template(key.text) if key.kind == "text" else key.text] = self._value()
            if not parser.accept(",") and parser.peek().kind not in {"newline", "}"}:
                raise parser.error("after an entry")
            parser.skip_newlines()
        return found

    def _block(self, name: str, into: dict[str, Any]) -> None:
        parser = self._parser
        labels: list[str] = []
        while parser.peek().kind in {"text", "name"}:
            word = parser.take()
            labels.append(unescape(word.text) if word.kind == "text" else word.text)
        begin = parser.expect("{").start
        body: dict[str, Any] = {}
        parser.opened.append((" ".join([f"the block {name}", *map(json.dumps, labels)]), begin))
        self.body(body, until="}")
        parser.opened.pop()
        for label in reversed(labels):
            body = {label: body}
        into.setdefault(name, [])
        if not isinstance(into[name], list):
            raise ExpressionError(f"{name} is an attribute and a block")
        into[name].append(body)


def _plain(value: ast.Expression, source: str) -> Any:
    match value:
        case ast.Constant(value=Fraction() as number):
            return float(number) if Fraction(repr(float(number))) == number else "${" + source + "}"
        case ast.Constant(value=constant):
            return constant.replace("${", "$${").replace("%{", "%%{") if isinstance(constant, str) else constant
        case ast.Text(source=inner) if not _MARKED.search(inner):
            return _template(inner) if value.quoted else _heredoc(value)
    return "${" + source + ("\n}" if source.startswith("<<") else "}")


def _heredoc(node: ast.Text) -> str:
    """Return a heredoc as JSON holds it, without the indentation that it is to lose."""
    if not node.flush:
        return node.source
    made = ""
    for part in lines(node.source, flush=True):
        if part.kind == "literal":
            made += part.text.replace("${", "$${").replace("%{", "%%{")
        else:
            made += ("${" if part.kind == "expression" else "%{") + part.text + "}"
    return made


def _template(source: str) -> str:
    """Return a quoted string as JSON holds it: escapes undone where it is literal, expressions as they are."""
    text = ""
    position = 0
    while opening := _OPENING.search(source, position):
        text += unescape(source[position : opening.start()]) + opening[0]
        position = opening.end()
        if len(opening[0]) == len("${"):
            end = after_expression(source, position)
            text += source[position:end]
            position = end
    return text + unescape(source[position:])
