"""Cut the text of an expression or a configuration file into the words of Terraform's language."""

from __future__ import annotations

import re
import sys
import unicodedata
from typing import NamedTuple

from plan_review.language.templates import TemplateError, after_quotes

_TOKEN = re.compile(
    r"""
    (?P<space>[ \t\r]+|\#[^\n]*|//[^\n]*|/\*.*?\*/)
    |(?P<newline>\n)
    |(?P<heredoc><<-?[^\W\d][\w-]*[ \t]*\r?\n)
    |(?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)
    |(?P<name>[^\W\d][\w-]*(?:::[^\W\d][\w-]*)*)
    |(?P<quote>")
    |(?P<mark>\.\.\.|=>|==|!=|<=|>=|&&|\|\||[-+*/%!<>?:.,=()\[\]{}])
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r'\\(?:([nrt"\\])|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.?))', re.DOTALL)
_SURROGATES = range(0xD800, 0xE000)  # halves of characters
_NO_CHARACTER = "\ufffd"
_LETTERS = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}


class ExpressionError(ValueError):
    """A text is not of Terraform's language.

    ``position`` is where in it that was noticed, ``opened`` what is open there, with the position where it begins.
    """

    def __init__(self, message: str, position: int | None = None, opened: tuple[str, int] | None = None) -> None:
        super().__init__(message)
        self.position = position
        self.opened = opened


class Token(NamedTuple):
    """A word of the language; ``kind`` is ``newline``, ``number``, ``name``, ``text`` or the mark itself."""

    kind: str
    text: str
    start: int
    end: int


def normal(text: str) -> str:
    """Return a text in the normal form that all of Terraform's texts have."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def unescape(source: str) -> str:
    """Return what stands between the quotes of a string, its backslash escapes replaced."""

    def replacement(match: re.Match[str]) -> str:
        letter, short, long, other = match.groups()
        if other is not None:
            raise ExpressionError(f"the escape {match[0]} is unknown; a backslash is written as two")
        if letter:
            return _LETTERS[letter]
        code = int(short or long, 16)
        if code > sys.maxunicode:
            raise ExpressionError(f"{match[0]} is no character")
        return chr(code) if code not in _SURROGATES else _NO_CHARACTER

    return _ESCAPE.sub(replacement, source)


def _after_quotes(text: str, position: int) -> int:
    try:
        return after_quotes(text, position)
    except TemplateError as error:
        raise ExpressionError(str(error), error.position) from error


def _heredoc(text: str, start: int, position: int) -> tuple[str, int]:
    """Return the content of a heredoc, and the position after."""
    opening = text[start:position]
    word = opening.strip("<-\r\n \t")
    closing = re.compile(rf"^[ \t]*{re.escape(word)}[ \t]*(?=\r?$)", re.MULTILINE).search(text, position)
    if closing is None:
        raise ExpressionError(f"the heredoc {word} that begins here is not closed by a line of its own", start)
    return text[position : closing.start()], closing.end()


def tokens(text: str, start: int = 0) -> list[Token]:
    """Return the tokens of ``text`` from ``start``. Raises ``ExpressionError`` where there is something else."""
    found: list[Token] = []
    position = start
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise ExpressionError(f"unexpected {text[position : position + 10]!r}", position)
        kind, begin, position = match.lastgroup or "", position, match.end()
        if kind == "quote":
            position = _after_quotes(text, position)
            found.append(Token("text", text[begin + 1 : position - 1], begin, position))
        elif kind == "heredoc":
            content, position = _heredoc(text, begin, position)
            found.append(Token("flush" if match[0].startswith("<<-") else "heredoc", content, begin, position))
        elif kind == "mark":
            found.append(Token(match[0], match[0], begin, position))
        elif kind != "space":
            found.append(Token(kind, match[0], begin, position))
    found.append(Token("end", "", position, position))
    return found
