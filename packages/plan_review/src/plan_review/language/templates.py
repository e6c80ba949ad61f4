"""Split a Terraform string into what is literal and what is an expression."""

from __future__ import annotations

import re
from typing import NamedTuple

_OPENING = re.compile(r"\$\$\{|%%\{|\$\{|%\{")
_IN_EXPRESSION = re.compile(r'["{}#]|//|/\*|<<-?(?P<heredoc>[^\W\d]\w*)\r?\n')
_IN_QUOTES = re.compile(r'["\\]|\$\$\{|%%\{|\$\{|%\{')


class Part(NamedTuple):
    """A piece of a string; ``kind`` is ``literal``, ``expression`` (``${…}``) or ``directive`` (``%{…}``)."""

    kind: str
    text: str


class TemplateError(ValueError):
    """A string opens an expression and never closes it."""


def after_quotes(text: str, position: int) -> int:
    """Return the position after the quoted string whose opening quote stands before ``position``.

    Raises ``TemplateError`` where nothing closes it.
    """
    while match := _IN_QUOTES.search(text, position):
        mark, position = match[0], match.end()
        if mark == '"':
            return position
        if mark == "\\":
            position += 1
        elif mark in {"${", "%{"}:
            position = after_expression(text, position)
    raise TemplateError("a quoted string is not closed")


def _after_line(text: str, position: int) -> int:
    end = text.find("\n", position)
    return len(text) if end < 0 else end


def after_expression(text: str, position: int) -> int:
    """Return the position after the ``}`` that closes the expression which starts at ``position``.

    Raises ``TemplateError`` where nothing closes it.
    """
    depth = 0
    while match := _IN_EXPRESSION.search(text, position):
        mark, position = match[0], match.end()
        if mark == '"':
            position = after_quotes(text, position)
        elif mark == "{":
            depth += 1
        elif mark == "}":
            if depth == 0:
                return position
            depth -= 1
        elif mark == "/*":
            closing = text.find("*/", position)
            position = len(text) if closing < 0 else closing + 2
        elif match["heredoc"]:
            closing_line = re.compile(rf"^[ \t]*{re.escape(match['heredoc'])}[ \t]*$", re.MULTILINE).search(
                text, position
            )
            position = closing_line.end() if closing_line else len(text)
        else:
            position = _after_line(text, position)
    raise TemplateError("an expression is not closed")


def split(text: str) -> list[Part]:
    """Return the parts of a string in order; ``$${`` and ``%%{`` become the literal ``${`` and ``%{``.

    Raises ``TemplateError`` where an expression is not closed.
    """
    parts: list[Part] = []
    literal: list[str] = []
    position = 0
    while match := _OPENING.search(text, position):
        literal.append(text[position : match.start()])
        position = match.end()
        if len(match[0]) > len("${"):
            literal.append(match[0][1:])
            continue
        if joined := "".join(literal):
            parts.append(Part("literal", joined))
        literal = []
        end = after_expression(text, position)
        source = text[position : end - 1].removeprefix("~").removesuffix("~").strip()
        parts.append(Part("expression" if match[0] == "${" else "directive", source))
        position = end
    literal.append(text[position:])
    if joined := "".join(literal):
        parts.append(Part("literal", joined))
    return parts
