"""What is said on a terminal: plain text, coloured only where that is wanted."""

from __future__ import annotations

import io
import re

import pytest

from plan_review.findings import Severity, Verdict
from plan_review.report import diagram, terminal
from plan_review.report.changes import ReportedChange
from plan_review.report.contents import Review
from plan_review.report.places import Place

from .conftest import configuration
from .test_markdown import finding

EMPTY = diagram.draw(configuration({}), None, [])


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


def said(*findings: object, coloured: bool = False, **more: object) -> str:
    given = {"name": "s", "findings": findings, "diagram": EMPTY, "planned": True, **more}
    return terminal.render(Review(**given), coloured=coloured)  # type: ignore[arg-type]  # as given


def test_it_is_plain_text() -> None:
    text = said(
        finding(message="a cycle:\n  aws_a.a"), finding(2, verdict=Verdict.CANNOT_TELL), notes=("made by hand",)
    )

    assert not re.search(r"[`*#|]|<[a-z!]|&[a-z]+;|\x1b", text)
    assert "ERROR  aws_x.y0  [a-rule]\n  a cycle:\n    aws_a.a\n  consequence: it fails\n  remedy: fix it\n" in text
    assert (
        "CANNOT TELL  aws_x.y2  [a-rule]\n  it is wrong\n  consequence: it fails\n  what would tell: fix it\n" in text
    )


def test_the_verdict_comes_first_and_what_was_not_looked_at_stands_below() -> None:
    lines = said(finding(), finding(1, severity=Severity.WARNING), limits=("Not checked: the code.",)).splitlines()

    assert lines[:3] == ["Plan review of s", "Do not apply: 1 error, 1 warning", "Not checked: the code."]


def test_the_place_of_a_finding_stands_beside_it_also_for_one_of_several_instances() -> None:
    text = said(finding(address='aws_x.y["k"]'), places={"aws_x.y": Place("main.tf", 7)})

    assert 'aws_x.y["k"]  [a-rule]  main.tf:7' in text


def test_what_a_terminal_would_obey_is_shown_by_its_number() -> None:
    changed = ReportedChange(address="aws_x.\x1b]0;title\x07", type="aws_x", action="destroy", reason="\x1b[2J")

    text = said(finding(address="\x1b[2J", message="\x1b[1A"), changes=(changed,), coloured=True, name="\x1b[3J")

    assert set(re.findall(r"\x1b\S*?m|\x1b", text)) == {"\x1b[1;31m", "\x1b[0m"}
    assert "<U+001B>[2J" in text


def test_what_is_destroyed_stands_before_the_findings() -> None:
    changed = ReportedChange(address="aws_s3_bucket.b", type="aws_s3_bucket", action="destroy", reason="it is gone")

    text = said(finding(), changes=(changed,))

    assert "destroy, holds data: aws_s3_bucket.b (it is gone)" in text
    assert text.index("aws_s3_bucket.b") < text.index("ERROR")
    assert "Plan: 1 to destroy." in text


@pytest.mark.parametrize(
    ("stream", "environment", "coloured"),
    [
        (Screen(), {}, True),
        (io.StringIO(), {}, False),
        (Screen(), {"NO_COLOR": "1"}, False),
        (Screen(), {"NO_COLOR": ""}, True),
        (Screen(), {"TERM": "dumb"}, False),
    ],
)
def test_colour_is_for_terminals_whose_user_has_not_said_no(
    stream: io.StringIO, environment: dict[str, str], *, coloured: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    assert terminal.shows_colour(stream) is coloured
