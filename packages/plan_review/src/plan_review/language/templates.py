"""Split a Terraform string into what is literal and what is an expression."""

from __future__ import annotations

import re
from typing import NamedTuple

# What Go's unicode.IsSpace takes for space; Python's strip() takes U+001C..001F too.
SPACE = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)
_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_OPENING = re.compile(r"\$\$\{|%%\{|\$\{|%\{")
_IN_EXPRESSION = re.compile(r'["{}#]|//|/\*|<<-?(?P<heredoc>[^\W\d]\w*)\r?\n')
_IN_QUOTES = re.compile(r'["\\\n]|\$\$\{|%%\{|\$\{|%\{')


class Part(NamedTuple):
    """A piece of a string; ``kind`` is ``literal``, ``expression`` (``${…}``) or ``directive`` (``%{…}``).

    ``before`` and ``after`` say that a ``~`` takes the space away that stands there.
    """

    kind: str
    text: str
    before: bool = False
    after: bool = False


class TemplateError(ValueError):
    """A string opens an expression and never closes it; ``position`` is where in the text that begins."""

    def __init__(self, message: str, position: int | None = None) -> None:
        super().__init__(message)
        self.position = position


def after_quotes(text: str, position: int) -> int:
    """Return the position after the quoted string whose opening quote stands before ``position``.

    Raises ``TemplateError`` where nothing closes it.
    """
    begin = position - 1
    while match := _IN_QUOTES.search(text, position):
        mark, position = match[0], match.end()
        if mark == '"':
            return position
        if mark == "\n":
            break  # a text of several lines is a heredoc
        if mark == "\\":
            position += 1
        elif mark in {"${", "%{"}:
            position = after_expression(text, position)
    raise TemplateError("the quoted string that begins here is not closed in its line", begin)


def _after_line(text: str, position: int) -> int:
    end = text.find("\n", position)
    return len(text) if end < 0 else end


def after_expression(text: str, position: int) -> int:
    """Return the position after the ``}`` that closes the expression which starts at ``position``.

    Raises ``TemplateError`` where nothing closes it.
    """
    depth, begin = 0, position - len("${")
    while match := _IN_EXPRESSION.search(text, position):
        mark, position = match[0], match.end()
        if mark == '"':
            try:
                position = after_quotes(text, position)
            except TemplateError:
                break
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
    raise TemplateError(f"the {text[begin : begin + 2]} that begins here is not closed", begin)


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
        source = text[position : end - 1]
        kind = "expression" if match[0] == "${" else "directive"
        bare = source.removeprefix("~").removesuffix("~").strip()
        parts.append(Part(kind, bare, source.startswith("~"), source.endswith("~")))
        position = end
    literal.append(text[position:])
    if joined := "".join(literal):
        parts.append(Part("literal", joined))
    return parts


def trimmed(parts: list[Part]) -> list[Part]:
    """Take the space away that a ``~`` stands beside; one literal on each side loses it, no more."""
    made = list(parts)
    for place, part in enumerate(parts):
        if part.kind == "literal":
            continue
        if part.before and place and made[place - 1].kind == "literal":
            made[place - 1] = made[place - 1]._replace(text=made[place - 1].text.rstrip(SPACE))
        if part.after and place + 1 < len(made) and made[place + 1].kind == "literal":
            made[place + 1] = made[place + 1]._replace(text=made[place + 1].text.lstrip(SPACE))
    return made


def lines(text: str, *, flush: bool) -> list[Part]:
    """Return the parts of a heredoc or file, each line of what is literal by itself, space taken away where asked for.

    ``flush`` takes the indentation away that all lines share. Raises ``TemplateError``.
    """
    found: list[Part] = []
    for part in split(text):
        found += [Part("literal", line) for line in _LINE.findall(part.text)] if part.kind == "literal" else [part]
    made = trimmed(found)
    return _flushed(made) if flush else made


def _flushed(parts: list[Part]) -> list[Part]:
    starts = [place for place in range(len(parts)) if place == 0 or _ends_line(parts[place - 1])]
    starts = [place for place in starts if not (_ends_line(parts[place]) and not parts[place].text.strip(SPACE))]
    depths = [_depth(parts[place]) for place in starts]
    made = list(parts)
    for place in starts:
        if made[place].kind == "literal":
            made[place] = made[place]._replace(text=made[place].text[min(depths) :])
    return made


def _ends_line(part: Part) -> bool:
    return part.kind == "literal" and part.text.endswith("\n")


def _depth(part: Part) -> int:
    return len(part.text) - len(part.text.lstrip(SPACE)) if part.kind == "literal" else 0
