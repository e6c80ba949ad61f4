"""Texts of which some parts are not known before AWS has spoken, and what can be said of them all the same.

A text is an ordinary ``str``. A part that only a deployment can tell (an account number, a generated name) stands in it
as one character of Unicode's private-use planes, a *symbol*: the same part is the same character wherever it occurs,
so that equality, JSON parsing and wildcard matching work on such texts as on any other.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum

from plan_review.findings import Verdict

_FIRST = 0xF0000  # the two private-use planes: 131,068 characters that no configuration holds
_LAST = 0x10FFFD
_ANY_SYMBOL = re.compile(f"[{chr(_FIRST)}-{chr(_LAST)}]")
_MANY = "*"
_ONE = "?"
# A star or a question mark of a pattern that stands for itself; characters that no configuration holds either.
_ITSELF = str.maketrans({_MANY: chr(_FIRST - 2), _ONE: chr(_FIRST - 1)})
_PLAIN = str.maketrans({chr(_FIRST - 2): _MANY, chr(_FIRST - 1): _ONE})


class Kind(StrEnum):
    """What is known of a symbol's value."""

    GENERATED = "generated"
    """AWS or Terraform makes it up at creation: equal to itself only, never to what a person wrote."""
    CONTEXT = "context"
    """Account or region: any text without a colon."""
    OPAQUE = "opaque"
    """Anything at all."""
    VARIABLE = "variable"
    """What IAM fills in for each request, by the name of the condition key: anything at all."""


@dataclass(frozen=True, slots=True)
class Symbol:
    """One unknown part. ``text`` is how Terraform writes it; ``address`` the resource whose ``attribute`` it is."""

    kind: Kind
    text: str
    address: str | None = None
    attribute: str | None = None


@dataclass(slots=True)
class SymbolTable:
    """The symbols of one configuration, each with its character."""

    _characters: dict[Symbol, str] = field(default_factory=dict)
    _symbols: dict[str, Symbol] = field(default_factory=dict)

    def character(self, symbol: Symbol) -> str:
        """Return the character that stands for ``symbol``."""
        character = self._characters.get(symbol)
        if character is None:
            character = chr(_FIRST + len(self._characters))
            self._characters[symbol] = character
            self._symbols[character] = symbol
        return character

    def symbol(self, character: str) -> Symbol | None:
        """Return what a character stands for; None for an ordinary one."""
        return self._symbols.get(character)

    def symbols(self, text: str) -> list[Symbol]:
        """Return the symbols within a text, in order."""
        return [self._symbols[character] for character in _ANY_SYMBOL.findall(text)]

    def show(self, text: str) -> str:
        """Return the text as a person would write it in Terraform."""
        plain = text.translate(_PLAIN)
        return _ANY_SYMBOL.sub(lambda match: f"${{{self._symbols[match.group()].text}}}", plain)

    def open_symbols(self, text: str) -> str:
        """Return the characters in ``text`` that may have more than one value."""
        return "".join(
            character for character in _ANY_SYMBOL.findall(text) if self._symbols[character].kind is not Kind.GENERATED
        )

    def matches(self, pattern: str, text: str, *, ignore_case: bool = False) -> Verdict:
        """Match ``text`` against a pattern with ``*`` and ``?`` as IAM does; ``literally`` makes them plain.

        ``HOLDS`` where it matches whatever the unknown parts are, ``MISSING`` where it cannot, else ``CANNOT_TELL``.
        """
        if ignore_case:
            pattern, text = pattern.lower(), text.lower()
        if pattern in (_MANY, text):
            return Verdict.HOLDS
        text = literally(text)
        if _glob(pattern, text):
            return Verdict.HOLDS
        if not (self.open_symbols(pattern) or self.open_symbols(text)):
            return Verdict.MISSING
        pattern, text = _without_common_ends(pattern, text)
        if self._differ(pattern[:1], text[:1]) or self._differ(pattern[-1:], text[-1:]):
            return Verdict.MISSING
        return Verdict.CANNOT_TELL if self._may_match(pattern, text) else Verdict.MISSING

    def _differ(self, left: str, right: str) -> bool:
        """Whether two texts that begin, or end, with these characters cannot match whatever is unknown in them."""
        if not left or not right or left in (_MANY, _ONE, right):
            return False
        return self._stretches(left) is None and self._stretches(right) is None

    def _may_match(self, pattern: str, text: str) -> bool:
        """Whether some values of the unknown parts make the text match; each occurrence is taken for itself."""
        # reach[j]: what was read of the pattern so far can match the first j characters of the text.
        reach = [True]
        for character in text:
            reach.append(reach[-1] and self._stretches(character) is not None)
        for left in pattern:
            limit = "" if left == _MANY else self._stretches(left)
            after = [reach[0] and limit is not None]
            for at, right in enumerate(text):
                if limit is not None:
                    found = reach[at + 1] or (after[at] and right not in limit)
                else:
                    found = reach[at] and left in (_ONE, right)
                soft = self._stretches(right)
                if soft is not None:
                    found = found or after[at] or (reach[at + 1] and left not in soft)
                after.append(found)
            reach = after
        return reach[-1]

    def _stretches(self, character: str) -> str | None:
        """Return what the value of an unknown part cannot contain; None for a character that is just itself."""
        symbol = self._symbols.get(character)
        if symbol is None or symbol.kind is Kind.GENERATED:
            return None
        return ":" if symbol.kind is Kind.CONTEXT else ""


def has_symbols(text: str) -> bool:
    """Whether a part of the text is unknown."""
    return _ANY_SYMBOL.search(text) is not None


def literally(text: str) -> str:
    """Return a pattern that only this text matches."""
    return text.translate(_ITSELF) if _MANY in text or _ONE in text else text


def is_symbol(text: object) -> bool:
    """Whether a value is unknown as a whole."""
    return isinstance(text, str) and len(text) == 1 and has_symbols(text)


def both(*verdicts: Verdict) -> Verdict:
    """All must hold."""
    if Verdict.MISSING in verdicts:
        return Verdict.MISSING
    return Verdict.CANNOT_TELL if Verdict.CANNOT_TELL in verdicts else Verdict.HOLDS


def either(*verdicts: Verdict) -> Verdict:
    """One must hold; none given, none holds."""
    if Verdict.HOLDS in verdicts:
        return Verdict.HOLDS
    return Verdict.CANNOT_TELL if Verdict.CANNOT_TELL in verdicts else Verdict.MISSING


def _glob(pattern: str, text: str) -> bool:
    """Whether a text matches a pattern with ``*`` and ``?``: in time that grows with their lengths, not beyond."""
    at = there = 0
    star = -1
    resume = 0
    while there < len(text):
        if at < len(pattern) and pattern[at] == _MANY:
            star, resume = at, there
            at += 1
        elif at < len(pattern) and pattern[at] in (_ONE, text[there]):
            at += 1
            there += 1
        elif star >= 0:
            resume += 1
            at, there = star + 1, resume
        else:
            return False
    return not pattern[at:].strip(_MANY)


def _without_common_ends(pattern: str, text: str) -> tuple[str, str]:
    """Cut what both begin and end with: the same unknown part on both sides cannot make a difference."""
    start = 0
    while start < min(len(pattern), len(text)) and pattern[start] == text[start] != _MANY:
        start += 1
    pattern, text = pattern[start:], text[start:]
    end = 0
    while end < min(len(pattern), len(text)) and pattern[-1 - end] == text[-1 - end] != _MANY:
        end += 1
    return (pattern[:-end], text[:-end]) if end else (pattern, text)
