"""How complex the wildcards of one field are, as the matcher of EventBridge measures it.

The most prefixes of the patterns that one value can match at once:
https://github.com/aws/event-ruler (README, "Matching with a Machine"; MachineComplexityEvaluator).
"""

from __future__ import annotations

from functools import lru_cache

_MOST_STATES = 2000
_OTHER = "\0"


def complexity(wildcards: list[str]) -> int:
    """Return the most prefixes of wildcards that a value matches at once, or what was reached when it got too much."""
    return _complexity(tuple(sorted(set(wildcards))))


@lru_cache(maxsize=256)
def _complexity(wildcards: tuple[str, ...]) -> int:
    parts = [_characters(text) for text in wildcards]
    alphabet = {character for text in parts for character in text if character} | {_OTHER}
    # A place is a pattern and how many of its characters are read; a * that is read stays open.
    start = _closed({(number, 0) for number in range(len(parts))}, parts)
    seen = {start}
    waiting = [start]
    most = 0
    while waiting and len(seen) < _MOST_STATES:
        places = waiting.pop()
        for character in alphabet:
            after = _closed(_read(places, character, parts), parts)
            most = max(most, sum(1 for _, at in after if at))
            if after not in seen:
                seen.add(after)
                waiting.append(after)
    return most


def _characters(text: str) -> list[str]:
    """Return the characters of a wildcard, a ``*`` as an empty one and escapes undone."""
    found: list[str] = []
    escaped = False
    for character in text:
        if escaped or character not in "\\*":
            found.append(character)
            escaped = False
        elif character == "*":
            found.append("")
        else:
            escaped = True
    return found


def _read(places: frozenset[tuple[int, int]], character: str, parts: list[list[str]]) -> set[tuple[int, int]]:
    after = set()
    for number, at in places:
        if at and parts[number][at - 1] == "":
            after.add((number, at))
        if at < len(parts[number]) and parts[number][at] == character:
            after.add((number, at + 1))
    return after


def _closed(places: set[tuple[int, int]], parts: list[list[str]]) -> frozenset[tuple[int, int]]:
    """Add the places behind each ``*``, which may stand for nothing."""
    found = set(places)
    for number, at in places:
        if at < len(parts[number]) and parts[number][at] == "":
            found.add((number, at + 1))
    return frozenset(found)
