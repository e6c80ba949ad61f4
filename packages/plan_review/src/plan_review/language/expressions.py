"""Parse the expressions of Terraform's language, as far as telling what they refer to and are made of needs it.

The grammar is that of HCL's native syntax: https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from plan_review.language.lexer import ExpressionError, Token, normal, tokens, unescape
from plan_review.language.templates import lines

if TYPE_CHECKING:
    from collections.abc import Iterator

_BINARY = {"||": 1, "&&": 2, "==": 3, "!=": 3, "<": 4, ">": 4, "<=": 4, ">=": 4, "+": 5, "-": 5, "*": 6, "/": 6, "%": 6}
_WORDS = {"true": True, "false": False, "null": None}
_DEEPEST = 100
_ENDING = {"end": "text", "newline": "line"}
_HIGHEST_EXPONENT = 1000


@dataclass(frozen=True, slots=True)
class Constant:
    """A number, truth value, null, or string without anything to fill in."""

    value: Any


@dataclass(frozen=True, slots=True)
class Text:
    """A quoted string or heredoc with expressions in it; ``source`` is what stands between its quotes.

    Backslashes mean something in a ``quoted`` one only. A ``flush`` one loses the indentation that its lines share.
    """

    source: str
    quoted: bool = True
    flush: bool = False


@dataclass(frozen=True, slots=True)
class Index:
    """A step ``[key]``; one of old is ``.0``."""

    key: Expression
    of_old: bool = False


class Splat(NamedTuple):
    """A step ``[*]``, or ``.*``, behind which an index is of the whole result (``whole`` is false)."""

    whole: bool = True


@dataclass(frozen=True, slots=True)
class Traversal:
    """A name and the steps taken from it; a step is an attribute's name, an ``Index`` or a ``Splat``."""

    root: str
    steps: tuple[str | Index | Splat, ...] = ()


@dataclass(frozen=True, slots=True)
class Select:
    """Steps taken from a value that has no name, such as ``concat(a, b)[0]``; without any, a value in parentheses."""

    base: Expression
    steps: tuple[str | Index | Splat, ...]


@dataclass(frozen=True, slots=True)
class Call:
    """A function call; ``expands`` says that the last argument is a list of arguments."""

    name: str
    arguments: tuple[Expression, ...]
    expands: bool = False


@dataclass(frozen=True, slots=True)
class Sequence:
    """``[a, b]``."""

    items: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Mapping:
    """``{a = b}``; a bare name as key is a ``Constant``."""

    items: tuple[tuple[Expression, Expression], ...]


@dataclass(frozen=True, slots=True)
class For:
    """``[for name in collection : value if condition]``, or with ``key => value`` in braces.

    ``grouped`` says that ``...`` follows: the values of one key become a list.
    """

    names: tuple[str, ...]
    collection: Expression
    key: Expression | None
    value: Expression
    condition: Expression | None
    grouped: bool = False


@dataclass(frozen=True, slots=True)
class Operation:
    """An operator with its operands; the conditional's operator is ``?``."""

    operator: str
    operands: tuple[Expression, ...]


Expression = Constant | Text | Traversal | Select | Call | Sequence | Mapping | For | Operation


def _shown(kind: str) -> str:
    return f"a {kind}" if kind.isalpha() else repr(kind)


def _number(text: str) -> int | Fraction:
    """Return the number that a literal stands for, exactly."""
    exponent = re.split("[eE]", text)[1:]
    if exponent and abs(int(exponent[0])) > _HIGHEST_EXPONENT:
        raise ExpressionError(f"{text} is too far from one to be read")
    exact = Fraction(text)
    return int(exact) if exact.denominator == 1 else exact


class Parser:
    """Reads one expression after the other from a list of tokens.

    A line end means nothing within parentheses and brackets, and where ``quiet`` says so from the start; elsewhere it
    ends what it stands behind.
    """

    def __init__(self, words: list[Token], *, quiet: bool = True) -> None:
        self.words = words
        self.position = 0
        self.opened: list[tuple[str, int]] = []
        self._depth = 0
        self._quiet = [quiet]

    @contextmanager
    def lines(self, *, quiet: bool) -> Iterator[None]:
        """Say for a while whether a line end means nothing."""
        self._quiet.append(quiet)
        try:
            yield
        finally:
            self._quiet.pop()

    def peek(self) -> Token:
        """Return the next token without taking it."""
        if self._quiet[-1]:
            self.skip_newlines()
        return self.words[self.position]

    def take(self) -> Token:
        """Return the next token and go on to the one after."""
        word = self.peek()
        if word.kind != "end":
            self.position += 1
        return word

    def accept(self, kind: str) -> bool:
        """Take the next token if it is of this kind, and say whether it was."""
        if self.peek().kind != kind:
            return False
        self.position += 1
        return True

    def expect(self, kind: str) -> Token:
        """Take the next token. Raises ``ExpressionError`` where it is not of this kind."""
        word = self.take()
        if word.kind != kind:
            raise self.error(f"where {_shown(kind)} should stand", word)
        return word

    def error(self, message: str, word: Token | None = None) -> ExpressionError:
        """Return the error that a word is what it is; without one it is the next."""
        word = word or self.peek()
        found = repr(word.text) if word.kind not in {"end", "newline"} else f"the end of the {_ENDING[word.kind]}"
        return ExpressionError(f"{found} {message}", word.start, self.opened[-1] if self.opened else None)

    def skip_newlines(self) -> None:
        """Go past line ends, where they mean nothing."""
        while self.words[self.position].kind == "newline":
            self.position += 1

    def expression(self) -> Expression:
        """Read an expression, up to where it ends. Raises ``ExpressionError``."""
        self._depth += 1
        if self._depth > _DEEPEST:
            raise ExpressionError("nested too deeply to be read")
        found = self._binary(0)
        if self.accept("?"):
            yes = self.expression()
            self.expect(":")
            found = Operation("?", (found, yes, self.expression()))
        self._depth -= 1
        return found

    def _binary(self, lowest: int) -> Expression:
        left = self._unary()
        while (strength := _BINARY.get(self.peek().kind, 0)) > lowest:
            operator = self.take().kind
            left = Operation(operator, (left, self._binary(strength)))
        return left

    def _unary(self) -> Expression:
        operators = []
        while self.peek().kind in {"-", "!"}:
            operators.append(self.take().kind)
        found = self._steps(self._primary())
        for operator in reversed(operators):
            number = found.value if isinstance(found, Constant) else None
            if operator == "-" and number and isinstance(number, (int, Fraction)) and not isinstance(number, bool):
                found = Constant(-number)
            else:
                found = Operation(operator, (found,))
        return found

    def _primary(self) -> Expression:  # noqa: PLR0911  # one for each kind of word
        word = self.take()
        if word.kind == "number":
            return Constant(_number(word.text))
        if word.kind in {"text", "heredoc", "flush"}:
            if "${" in word.text or "%{" in word.text:
                return Text(word.text, word.kind == "text", word.kind == "flush")
            if word.kind == "flush":
                return Constant(normal("".join(part.text for part in lines(word.text, flush=True))))
            return Constant(normal(unescape(word.text) if word.kind == "text" else word.text))
        if word.kind == "name":
            if self.peek().kind == "(":
                return self._call(word.text)
            return Constant(_WORDS[word.text]) if word.text in _WORDS else Traversal(word.text)
        reader = {"(": self._parentheses, "[": self._sequence, "{": self._mapping}.get(word.kind)
        if reader is None:
            raise self.error("where a value should stand", word)
        self._quiet.append(word.kind != "{")
        self.opened.append((word.kind, word.start))
        found = reader()
        self.opened.pop()
        self._quiet.pop()
        return found

    def _parentheses(self) -> Expression:
        found = self.expression()
        self.expect(")")
        if isinstance(found, (Traversal, Select)) and any(isinstance(step, Splat) for step in found.steps):
            return Select(found, ())  # what follows is taken of the whole
        return found

    def _steps(self, base: Expression) -> Expression:
        steps: list[str | Index | Splat] = []
        while self.peek().kind in {".", "["}:
            mark = self.take()
            if mark.kind == ".":
                steps.extend(self._attribute())
            else:
                self._quiet.append(True)
                self.opened.append((mark.kind, mark.start))
                steps.append(self._index())
                self.opened.pop()
                self._quiet.pop()
        if not steps:
            return base
        return Traversal(base.root, tuple(steps)) if isinstance(base, Traversal) else Select(base, tuple(steps))

    def _attribute(self) -> list[str | Index | Splat]:
        word = self.take()
        if word.kind == "*":
            return [Splat(whole=False)]
        if word.kind == "number":  # a.0.1, the index of old
            return [Index(Constant(int(number)), of_old=True) for number in word.text.split(".")]
        if word.kind == "name":
            return [word.text]
        raise self.error("where an attribute's name should stand", word)

    def _index(self) -> Index | Splat:
        if self.peek().kind == "*":
            self.take()
            self.expect("]")
            return Splat()
        key = self.expression()
        self.expect("]")
        return Index(key)

    def _call(self, name: str) -> Expression:
        self.opened.append(("(", self.expect("(").start))
        self._quiet.append(True)
        arguments: list[Expression] = []
        expands = False
        while not self.accept(")"):
            arguments.append(self.expression())
            expands = self.accept("...")
            if not self.accept(","):
                self.expect(")")
                break
        self._quiet.pop()
        self.opened.pop()
        return Call(name, tuple(arguments), expands)

    def at_for(self) -> bool:
        """Return whether a ``for`` expression begins here, after its opening bracket."""
        self.skip_newlines()
        if self.peek()[:2] != ("name", "for"):
            return False
        after = self.position + 1
        while self.words[after].kind == "newline":
            after += 1
        return self.words[after].kind == "name"

    def _for(self, closing: str) -> Expression:
        self._quiet.append(True)
        self.take()
        names = [self.expect("name").text]
        if self.accept(","):
            names.append(self.expect("name").text)
        if self.expect("name").text != "in":
            raise ExpressionError("a for expression without in", self.words[self.position].start)
        collection = self.expression()
        self.expect(":")
        value = self.expression()
        key: Expression | None = None
        grouped = False
        if self.accept("=>"):
            key, value = value, self.expression()
            grouped = self.accept("...")
        condition: Expression | None = None
        if self.peek()[:2] == ("name", "if"):
            self.take()
            condition = self.expression()
        self.expect(closing)
        self._quiet.pop()
        return For(tuple(names), collection, key, value, condition, grouped)

    def _sequence(self) -> Expression:
        if self.at_for():
            return self._for("]")
        items: list[Expression] = []
        while not self.accept("]"):
            items.append(self.expression())
            if not self.accept(","):
                self.expect("]")
                break
        return Sequence(tuple(items))

    def _key(self) -> Expression:
        """Read a key: a bare word is the text of itself, one in parentheses what it stands for."""
        first = self.peek()
        key = self.expression()
        if first.kind == "name" and isinstance(key, Constant):
            return Constant(first.text)
        if isinstance(key, Traversal):
            if first.kind == "(":
                return Select(key, ())
            return key if key.steps else Constant(key.root)
        return key

    def _mapping(self) -> Expression:
        if self.at_for():
            return self._for("}")
        items: list[tuple[Expression, Expression]] = []
        self.skip_newlines()
        while not self.accept("}"):
            key = self._key()
            if not self.accept("="):
                self.expect(":")
            self.skip_newlines()
            items.append((key, self.expression()))
            if not self.accept(",") and self.peek().kind not in {"newline", "}"}:
                raise self.error("after an entry")
            self.skip_newlines()
        return Mapping(tuple(items))


@lru_cache(maxsize=8192)
def parse(text: str) -> Expression:
    """Parse the text of one expression. Raises ``ExpressionError`` where it is none."""
    parser = Parser(tokens(text))
    found = parser.expression()
    parser.expect("end")
    return found
