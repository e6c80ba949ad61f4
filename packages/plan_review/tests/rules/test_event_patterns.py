"""Event patterns: which EventBridge takes, and which events they match.

The cases follow the rules of https://github.com/aws/event-ruler and of
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
"""

# ruff: noqa: FBT003 - true and false are operands here

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from plan_review.findings import Severity
from plan_review.rules.shared.event_matching import matches
from plan_review.rules.shared.event_patterns import defects
from plan_review.rules.shared.wildcard_complexity import complexity

from .examples import findings, of_rule

if TYPE_CHECKING:
    from plan_review.findings import Finding

RULE = "aws_cloudwatch_event_rule"
HUGE = 10**400


def of(operators: str, *operands: Any, within: str = "") -> list[Any]:
    """Return filters: each of the operators with each of the operands, within another operator where one is given."""
    found = [{operator: operand} for operator in operators.split() for operand in operands]
    return [{within: each} for each in found] if within else found


TAKEN: list[Any] = [
    *("a", "", "10.0.0.1", 5, 5.5, -1, True, False, None),
    *of("exactly", "a", ""),
    *of("prefix suffix equals-ignore-case", "a", "", "a*", "é"),
    *of("prefix suffix", {"equals-ignore-case": "a"}, {"equals-ignore-case": ""}),
    *of("wildcard", "", "*", "a*", "*a", "a*b*c", r"a\*b", r"a\\", r"\**", r"*\*", "a.b?c[d]"),
    *of("exists", True, False),
    *of("cidr", "10.0.0.0/8", "10.0.0.5/24", "0.0.0.0/0", "10.0.0.1/31", "010.0.0.0/8", "1.2.3.4/+8"),
    *of("cidr", "2001:db8::/32", "::/0", "::1/127", "FE80::1/64"),
    *of("numeric", *([sign, bound] for sign in ("=", "<", "<=", ">", ">=") for bound in (0, -1, 3.8, 5e9, -5e9, 1e-6))),
    *of("numeric", *([low, 0, high, 1] for low in (">", ">=") for high in ("<", "<="))),
    *of("anything-but", "a", "", 5, 5.5, ["a"], ["a", "b"], [1, 2.5], ["a", ""]),
    *of("prefix suffix equals-ignore-case wildcard", "a", ["a"], ["a", "b"], within="anything-but"),
    *of("equals-ignore-case wildcard", "", ["a", ""], within="anything-but"),
]

REFUSED: list[Any] = [
    *([], ["a"], [["a"]], {}),
    *of("exactly", 5, True, None, ["a"], {}, {"prefix": "a"}),
    *of("prefix suffix", 5, True, None, [], ["a"], ["a", "b"], {}, {"prefix": "a"}, {"wildcard": "a*"}),
    *of("prefix suffix", *of("equals-ignore-case", 5, False, None, [], ["a"], {})),
    *of("prefix suffix", {"equals-ignore-case": "a", "x": "b"}, {"anything-but": "a"}),
    *of("equals-ignore-case", 5, True, None, [], ["a"], {}, {"prefix": "a"}),
    *of("wildcard", 5, True, None, [], ["a*"], {}, {"prefix": "a"}),
    *of("wildcard", "**", "a**b", "a***", r"a\\**", r"a\b", "a\\", r"\?", r"a*c\def"),
    *of("exists", "true", 1, 0, None, [], [True], {}),
    *of(
        "cidr", 5, None, [], ["10.0.0.0/8"], {}, "", "foo", "10.0.0.0", "10.0.0.0/", "/8", "10.0.0.0/8/8", "10.0.0.0/ 8"
    ),
    *of("cidr", "10.0.0.0/32", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/a", "10.0.0/8", "256.0.0.1/8"),
    *of("cidr", "::1/128", "::1/129", ":::/8", "2001:db8::g/32", "::1"),
    *of("numeric", 5, ">5", None, {}, [], [">"], [5], [5, 6], [">", "5"], [">", True], [">", None]),
    *of("numeric", ["==", 5], ["<>", 5], ["!=", 5], [">", [5]], [">", HUGE], ["=", 1, 2], ["<", 1, ">", 0]),
    *of("numeric", [">", 1, "<", 1], [">", 30, "<", 1], [">=", 5, "<=", 5], [">", 1, ">", 2], ["=", 1, "=", 2]),
    *of("numeric", ["<", 1, "<", 2], [">", 1, "<"], [">", 1, "<", "5"], [">", 1, "<", 5, "<", 6], [">", 1, 5]),
    *of("numeric", [">", 1, "<", 30, False]),
    *of("anything-but", True, None, [], [True], [None], ["a", 5], ["a", None], [["a"]], [{}], {}),
    *of("anything-but", [{"prefix": "a"}], [HUGE], ["a", {"wildcard": "*"}]),
    *of("numeric cidr exists exactly anything-but regex", "a", ["a"], within="anything-but"),
    *of(
        "prefix suffix equals-ignore-case wildcard",
        *(5, True, None, [], [5], ["a", 5], ["a", None], {}, {"equals-ignore-case": "a"}),
        within="anything-but",
    ),
    *of("prefix suffix", "", ["a", ""], within="anything-but"),
    *of("wildcard", "a**b", ["a", "b**"], "a\\", within="anything-but"),
    *of("anything-but", {"prefix": "a", "suffix": "b"}, {"prefix": "a", "x": "b"}),
    *of("Prefix regex equals contains anything_but foo gt not", "a"),
    *({"prefix": "a", "suffix": "b"}, {"wildcard": "a", "prefix": "b"}, {"suffix": "a", "foo": "b"}),
    *({"exists": True, "prefix": "a"}, {"numeric": [">", 5], "exists": True}, {"anything-but": "a", "prefix": "b"}),
]
PLACES: list[Any] = [
    lambda given: {"detail": {"a": [given]}},
    lambda given: {"detail": {"a": {"b": ["x", given]}}},
    lambda given: {"source": ["s"], "$or": [{"detail": {"a": [given]}}, {"region": ["eu-west-1"]}]},
]


def refused(pattern: Any) -> list[str]:
    return [f"{each.path}: {each.what}" for each in defects(pattern) if each.certain]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("given", TAKEN, ids=json.dumps)
def test_a_valid_filter_is_taken_wherever_it_stands(given: Any, place: Any) -> None:
    assert refused(place(given)) == []


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("given", REFUSED, ids=lambda given: json.dumps(given)[:60])
def test_a_filter_that_eventbridge_refuses_is_said_wherever_it_stands(given: Any, place: Any) -> None:
    assert len(refused(place(given))) == 1


@pytest.mark.parametrize(
    "pattern",
    [
        {},
        {"detail": {}},
        {"source": []},
        {"source": "aws.s3"},
        {"source": 5},
        {"source": None},
        {"detail": {"a": {"b": "x"}}},
        {"$or": []},
        {"$or": [{"a": ["x"]}]},
        {"$or": "a"},
        {"$or": [{"a": ["x"]}, "b"]},
        {"$or": [{"a": ["x"]}, {}]},
        {"$or": [{"a": ["x"]}, {"b": []}]},
        {"$or": [{"prefix": ["x"]}, {"a": ["x"]}]},
        {"$or": [{"detail": {"numeric": ["x"]}}, {"a": ["x"]}]},
        {"detail": {"$or": [{"a": [{"$or": []}]}, {"b": ["x"]}]}},
        {f"f{group}": {"$or": [{f"a{number}": ["x"]} for number in range(11)]} for group in range(3)},
    ],
    ids=json.dumps,
)
def test_a_pattern_that_eventbridge_refuses_as_a_whole_is_said(pattern: Any) -> None:
    assert refused(pattern)


@pytest.mark.parametrize(
    "pattern",
    [
        {"$or": {"a": ["x"]}},
        {"$or": [{"prefix": "x"}, {"suffix": "y"}]},
        {"$or": [{"cidr": "10.0.0.0/24"}]},
        {"detail": {"$or": [{"a": ["x"]}, {"$or": [{"b": ["x"]}, {"c": ["x"]}]}]}},
        {"detail.state": ["x"]},
        {f"f{group}": {"$or": [{f"a{number}": ["x"]} for number in range(10)]} for group in range(3)},
    ],
    ids=json.dumps,
)
def test_what_only_looks_wrong_is_taken(pattern: Any) -> None:
    assert refused(pattern) == []


@pytest.mark.parametrize("bound", [5e9 + 1, -6e9, 1e300])
def test_a_number_beyond_the_published_limit_is_a_warning(bound: float) -> None:
    (found,) = defects({"a": [{"numeric": [">", bound]}]})

    assert not found.certain
    assert "5e9" in found.what


# The values that the matcher's own tests state for each of these:
# https://github.com/aws/event-ruler/blob/main/src/test/software/amazon/event/ruler/MachineComplexityEvaluatorTest.java
@pytest.mark.parametrize(
    ("wildcards", "wanted"),
    [
        (["*"], 1),
        (["*", "ab*c"], 3),
        (["*ab"], 2),
        (["*aa"], 3),
        (["a*b"], 2),
        (["aa*"], 2),
        (["a*bbb"], 4),
        (["*ab*ad"], 4),
        (["*aba*"], 4),
        (["a*b*bb"], 5),
        (["*abc", "*abcde"], 4),
        (["a*aaa", "aa*aa"], 7),
        (["ab*cd", "ab*wx", "ab*yz"], 6),
        (["*ab*b*b*"], 7),
        (["*a*a*a*a*a*a*a*a*"], 17),
        (["abc*", "abcde*"], 3),
        (["ab*c", "ab*c"], 2),
        ([f"*:stack/{name}/*" for name in ("one", "two", "three")], 9),
        ([f"*:stack/{name}/*" for name in ("one", "two", "three", "four")], 12),
    ],
)
def test_the_complexity_of_wildcards_is_what_the_matcher_says(wildcards: list[str], wanted: int) -> None:
    assert complexity(wildcards) == wanted


def reviewed(pattern: Any, kind: str = RULE) -> list[Finding]:
    text = pattern if isinstance(pattern, str) else json.dumps(pattern)
    document = {"resource": {kind: {"r": {"name": "r", "event_pattern": text}}}}
    return of_rule(findings(document), "event-pattern")


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ('{"source": ["a"], "detail": {"x": ["1"], "x": ["2"]}}', "stands twice in one object"),
        ({"source": ["a"], "$or": [{"source": ["b"]}, {"region": ["r"]}]}, "only the one that is written last counts"),
        ({"detail": {"x": [{"wildcard": "*a*a*a*a*a*"}]}}, "too complex"),
        ({"detail": {"x": [{"wildcard": f"*:stack/{name}/*"} for name in "abcd"]}}, "too complex"),
        ({"detail": {"x": [{"anything-but": {"wildcard": [f"*/{name}/*" for name in "abcd"]}}]}}, "too complex"),
    ],
)
def test_what_eventbridge_may_take_and_not_mean_is_a_warning(pattern: Any, said: str) -> None:
    (found,) = reviewed(pattern)

    assert said in found.message
    assert found.severity is Severity.WARNING


@pytest.mark.parametrize(
    ("pattern", "said", "remedy"),
    [
        (
            {"source": [{"prefix": ["a.", "b."]}]},
            'prefix takes one string, not ["a.", "b."]',
            '{"prefix": "a."}, {"prefix"',
        ),
        ({"detail": {"ip": [{"cidr": "10.0.0.1/32"}]}}, "32 bits", 'write "10.0.0.1" itself'),
        ({"source": [{"prefx": "a"}]}, "prefx is no operator", 'did you mean "prefix"?'),
        ({"source": [{"prefix": "a", "suffix": "b"}]}, "prefix and suffix stand in one object", "an object for each"),
        ('{"source": ["a"],}', "at line 1, column 1", "write an object"),
        ('{"detail": {"x": [NaN]}}', "NaN is no number of JSON", "write an object"),
        ('{"detail": {"x": [{"numeric": ["=", 1E-325]}]}}', "1E-325 is no number", "write an object"),
        ('{"detail": {"x": [{"numeric": ["=", 1E309]}]}}', "1E309 is no number", "write an object"),
        ('["aws.s3"]', "no JSON object", "write an object"),
        ({"source": ["a"], "detail_type": ["b"]}, 'no event has a field "detail_type"', 'did you mean "detail-type"?'),
    ],
)
def test_a_finding_names_the_place_the_value_and_the_remedy(pattern: Any, said: str, remedy: str) -> None:
    (found,) = reviewed(pattern)

    assert said in found.message
    assert remedy in found.remedy
    assert found.severity is Severity.ERROR


@pytest.mark.parametrize(
    "value", ['[{"prefix": "${var.p}"}]', '[{"cidr": "${var.p}/24"}]', '["${var.p}"]', '[{"wildcard": "*${var.p}*"}]']
)
def test_a_value_that_is_not_known_is_no_mistake(value: str) -> None:
    document = {
        "variable": {"p": {"type": "string"}},
        "resource": {RULE: {"r": {"event_pattern": f'{{"detail": {{"x": {value}}}}}'}}},
    }

    assert of_rule(findings(document), "event-pattern") == []


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("aws_cloudwatch_event_archive", {"event_pattern": '{"source": [{"prefix": 5}]}'}),
        (
            "aws_lambda_event_source_mapping",
            {"filter_criteria": [{"filter": [{"pattern": '{"body": {"x": [{"prefix": 5}]}}'}]}]},
        ),
        (
            "aws_pipes_pipe",
            {"source_parameters": [{"filter_criteria": [{"filter": [{"pattern": '{"x": [{"prefix": 5}]}'}]}]}]},
        ),
    ],
)
def test_patterns_are_read_wherever_a_service_takes_one(kind: str, body: Any) -> None:
    found = of_rule(findings({"resource": {kind: {"r": body}}}), "event-pattern")

    assert ["prefix takes one string, not 5" in each.message for each in found] == [True]


FILTERS: list[tuple[Any, list[Any], list[Any]]] = [
    ("a", ["a", ["x", "a"], [["a"]]], ["A", "ab", 5, None, [], {"a": "a"}, ["b"]]),
    (5, [5, 5.0, 5e0, [4, 5]], ["5", 6, True, None]),
    (1, [1, 1.0], [True, "1"]),
    (True, [True], [1, "true", False]),
    (None, [None], ["null", 0, False, [], {}]),
    ("10.0.0.1", ["10.0.0.1", "010.0.0.1"], ["10.0.0.2"]),
    ("::1", ["::1", "0:0:0:0:0:0:0:1"], ["::2"]),
    ({"exactly": "a"}, ["a"], ["ab", "A"]),
    ({"prefix": "ab"}, ["ab", "abc", ["x", "ab"]], ["Ab", "a", "xab", 5, None]),
    ({"prefix": ""}, ["", "a"], [5, None, True]),
    ({"prefix": "5"}, ["5", "55"], [5, 55]),
    ({"suffix": ".mp4"}, ["a.mp4", ".mp4"], [".MP4", "mp4", 5]),
    ({"prefix": {"equals-ignore-case": "aB"}}, ["ab", "ABc", "aBx"], ["xab", 5]),
    ({"suffix": {"equals-ignore-case": ".Mp4"}}, ["a.MP4", "b.mp4"], ["a.mp", 5]),
    ({"equals-ignore-case": "aBc"}, ["abc", "ABC", "aBc"], ["abcd", "ab", 5]),
    ({"equals-ignore-case": "straße"}, ["STRASSE", "straße"], ["strasse"]),
    ({"wildcard": "a*c"}, ["ac", "abc", "a\nc", "a*c"], ["abcd", "ab", "xac", 5]),
    ({"wildcard": "*/in/*.mp4"}, ["a/in/b.mp4", "/in/.mp4"], ["in/b.mp4", "a/in/b.mov"]),
    ({"wildcard": r"a\*c"}, ["a*c"], ["abc", r"a\*c"]),
    ({"wildcard": r"a\\*"}, ["a\\", "a\\b"], ["ab"]),
    ({"wildcard": "a?[b]"}, ["a?[b]"], ["axb", "a?b"]),
    ({"numeric": [">", 0, "<=", 5]}, [1, 5, 0.1, [9, 3]], [0, 5.1, "3", True, None]),
    ({"numeric": ["=", 301.8]}, [301.8, 3.018e2], [301, "301.8"]),
    ({"numeric": ["<", 0]}, [-1], [0, 1]),
    ({"cidr": "10.0.0.0/24"}, ["10.0.0.0", "10.0.0.255"], ["10.0.1.0", "x", 5, "::a00:1"]),
    ({"cidr": "10.0.0.77/24"}, ["10.0.0.80"], ["10.0.1.80"]),
    ({"cidr": "2001:db8::/32"}, ["2001:db8::5"], ["2001:db9::5", "10.0.0.1"]),
    ({"exists": True}, ["", None, 0, False, ["a"]], [[], {}, {"a": 1}]),
    ({"exists": False}, [[], {}, {"a": 1}], ["", None, 0, ["a"]]),
    ({"anything-but": "a"}, ["b", "A", 5, None, ["a", "b"]], ["a", ["a"], [], {}]),
    ({"anything-but": ["a", "b"]}, ["c", 5], ["a", "b"]),
    ({"anything-but": [1, 2]}, [3, "1"], [1, 2.0]),
    ({"anything-but": {"prefix": "a"}}, ["b", 5], ["a", "ab"]),
    ({"anything-but": {"prefix": ["a", "b"]}}, ["c"], ["a1", "b1"]),
    ({"anything-but": {"suffix": [".png", ".jpg"]}}, ["a.gif"], ["a.png", "a.jpg"]),
    ({"anything-but": {"equals-ignore-case": ["a", "B"]}}, ["c", "ab"], ["A", "b"]),
    ({"anything-but": {"wildcard": "*/lib/*"}}, ["a/b"], ["a/lib/b"]),
    ({"anything-but": {"wildcard": ["*.tmp", "x*"]}}, ["a.mp4"], ["a.tmp", "xa"]),
]
AROUND: list[tuple[Any, Any]] = [
    (lambda given: {"a": given}, lambda value: {"a": value}),
    (lambda given: {"d": {"a": given}, "s": ["x"]}, lambda value: {"d": {"a": value, "b": 1}, "s": "x"}),
    (lambda given: {"d": {"a": given}}, lambda value: {"d": [{"b": "z", "a": value}]}),
    (lambda given: {"$or": [{"z": ["no"]}, {"d": {"a": given}}]}, lambda value: {"d": {"a": value}}),
    (lambda given: {"d.a": given}, lambda value: {"d": {"a": value}}),
]
EITHER = {"$or": [{"a": ["1"]}, {"b": ["2"]}]}
MATCHES = [(each, value, True) for each, taken, _ in FILTERS for value in taken] + [
    (each, value, False) for each, _, left in FILTERS for value in left
]


@pytest.mark.parametrize("around", range(len(AROUND)))
@pytest.mark.parametrize(("given", "value", "wanted"), MATCHES, ids=str)
def test_a_filter_takes_the_values_that_eventbridge_s_takes(
    given: Any, value: Any, around: int, *, wanted: bool
) -> None:
    pattern, event = AROUND[around]

    assert matches(pattern([given]), event(value)) is wanted


@pytest.mark.parametrize(
    ("pattern", "event", "wanted"),
    [
        # What is asked for of one object is met by one object of a list.
        ({"d": {"a": ["1"], "b": ["2"]}}, {"d": [{"a": "1", "b": "2"}]}, True),
        ({"d": {"a": ["1"], "b": ["2"]}}, {"d": [{"a": "1"}, {"b": "2"}]}, False),
        ({"u": {"t": {"k": ["c"], "v": ["b"]}}}, {"u": [{"t": [{"k": "c"}, {"v": "b"}]}]}, False),
        ({"u": {"t": {"k": ["c"], "v": ["b"]}}}, {"u": [{"t": [{"k": "c", "v": "b"}]}]}, True),
        ({"d": {"n": [{"exists": True}], "i": {"x": ["1"]}}}, {"d": [{"n": "a"}, {"i": {"x": "1"}}]}, False),
        # What is not there below the top.
        ({"d": {"a": [{"exists": False}]}}, {}, True),
        ({"d": {"a": [{"exists": False}]}}, {"d": "x"}, True),
        ({"d": {"a": [{"exists": False}]}}, {"d": {"a": {"b": 1}}}, True),
        ({"d": {"a": [{"exists": True}], "b": [{"exists": False}]}}, {"d": [{"a": 1}]}, True),
        ({"d": {"a": [{"exists": True}], "b": [{"exists": False}]}}, {"d": [{"a": 1, "b": 2}]}, False),
        ({"d": {"a": ["x", {"exists": False}]}}, {"d": {}}, True),
        ({"d": {"a": [{"exists": True}]}}, {}, False),
        # Several $or are joined, and the later of two demands on one field takes the other's place.
        ({**EITHER, "d": {"$or": [{"x": ["3"]}, {"y": ["4"]}]}}, {"b": "2", "d": {"y": "4"}}, True),
        ({**EITHER, "d": {"$or": [{"x": ["3"]}, {"y": ["4"]}]}}, {"b": "2", "d": {"z": "4"}}, False),
        ({"a": ["1"], "$or": [{"a": ["2"]}, {"b": ["3"]}]}, {"a": "2"}, True),
        ({"a": ["1"], "$or": [{"a": ["2"]}, {"b": ["3"]}]}, {"a": "1"}, False),
        ({"a": ["1"], "$or": [{"a": ["2"]}, {"b": ["3"]}]}, {"a": "1", "b": "3"}, True),
        ({"$or": [{"a": ["2"]}, {"b": ["3"]}], "a": ["1"]}, {"a": "2"}, False),
        ({"$or": {"a": ["x"]}}, {"$or": {"a": "x"}}, True),
        # A field as a value and with parts.
        ({"x": [{"exists": True}], "x.y": [1]}, {"x": {"y": 1}}, False),
        ({"x": [{"exists": False}], "x.y": [1]}, {"x": {"y": 1}}, True),
        ({"a": ["x"]}, {"a": "x", "b": "y"}, True),
        ({"a": ["x"], "b": ["y"]}, {"a": "x"}, False),
    ],
)  # fmt: skip
def test_a_pattern_matches_the_events_that_eventbridge_s_matches(pattern: Any, event: Any, *, wanted: bool) -> None:
    assert matches(pattern, event) is wanted
