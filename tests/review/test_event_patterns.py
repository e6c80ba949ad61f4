"""The review's reading of event patterns is held against the emulator's, which was written apart from it."""

from __future__ import annotations

import json
import random
from typing import Any

from ministack.services import eventbridge

from plan_review.rules.shared.event_matching import matches
from plan_review.rules.shared.event_patterns import defects

TEXTS = ("a", "A", "ab", "abc", "", "10.0.0.1", "11.0.0.1", "::1", "*", "a*c", "5", "aXc")
VALUES = (*TEXTS, 5, 5.0, -1.5, 0, 1, True, False, None)
OPERANDS: dict[str, tuple[Any, ...]] = {
    "prefix": (*TEXTS, {"equals-ignore-case": "aB"}, ["a"], 5, {}),
    "suffix": (*TEXTS, {"equals-ignore-case": "C"}, ["a"], None),
    "equals-ignore-case": (*TEXTS, ["a"], 5),
    "wildcard": ("*", "a*", "*c", "a*c", "a\\*c", "a**", "a\\", 5),
    "cidr": ("10.0.0.0/24", "10.0.0.5/8", "::/0", "10.0.0.0/32", "10.0.0.0", 5),
    "numeric": ([">", 1], ["<", 5], ["=", 5], [">", 0, "<=", 5], ["<", 5, ">", 0], [">", 5, "<", 1], [">"], 5),
    "exists": (True, False, "true"),
    "anything-but": (
        "a",
        5,
        ["a", "ab"],
        [5, 7],
        ["a", 5],
        [],
        {"prefix": ["a", "1"]},
        {"wildcard": "a*"},
        {"cidr": "a"},
    ),
    "exactly": (*TEXTS, 5),
    "regex": ("a",),
}


def filter_of(dice: random.Random) -> Any:
    if dice.random() < 0.35:
        return dice.choice(VALUES)
    names = dice.sample(list(OPERANDS), 2 if dice.random() < 0.03 else 1)
    return {name: dice.choice(OPERANDS[name]) for name in names}


def pattern_of(dice: random.Random, depth: int = 0) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for _ in range(dice.choice((1, 1, 2, 2))):
        what = dice.random()
        if what < 0.12 and depth < 2:
            found["$or"] = [pattern_of(dice, depth + 1) for _ in range(dice.choice((1, 2, 2, 2, 3)))]
        elif what < 0.4 and depth < 3:
            found[dice.choice("xy")] = pattern_of(dice, depth + 1)
        else:
            # Names of values and of objects are kept apart: where one field is asked for as both, the emulator says
            # that nothing matches, and the matcher that an event does which has neither.
            found[dice.choice(("a", "b", "x.b"))] = [filter_of(dice) for _ in range(dice.choice((1, 1, 2)))]
    return found


def event_of(dice: random.Random, depth: int = 0) -> Any:
    what = dice.random()
    if depth and what < 0.45:
        return dice.choice(VALUES)
    if depth and what < 0.65:
        return [event_of(dice, depth + 1) for _ in range(dice.randrange(3))]
    return {dice.choice("abxy"): event_of(dice, depth + 1) for _ in range(dice.choice((1, 2, 3)))} if depth < 4 else "a"


def test_both_refuse_the_same_patterns_and_match_the_same_events() -> None:
    dice = random.Random(10)  # noqa: S311 - the same cases in every run
    counts = {"refused": 0, "matched": 0, "not matched": 0}
    for _ in range(12000):
        pattern, event = pattern_of(dice), event_of(dice)
        alternatives, reason = eventbridge._parse_pattern_text(json.dumps(pattern))
        refused = any(each.certain for each in defects(pattern))

        assert refused is (reason is not None), (pattern, reason)
        if refused:
            counts["refused"] += 1
            continue
        matched = any(eventbridge._matches_detail(event, each) for each in alternatives)
        assert matches(pattern, event) is matched, (pattern, event)
        counts["matched" if matched else "not matched"] += 1

    assert min(counts.values()) > 200
