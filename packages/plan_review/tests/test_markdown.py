from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING, Any

import pytest

from plan_review.findings import Finding, Severity, Verdict
from plan_review.report import changes, diagram, json_report, markdown, mermaid, svg
from plan_review.report.budget import COMMENT, SUMMARY
from plan_review.report.changes import Difference, ReportedChange
from plan_review.report.contents import Review
from plan_review.report.masking import Masker
from plan_review.report.permissions import PolicyChange
from plan_review.report.ranks import place

from .conftest import configuration

if TYPE_CHECKING:
    from collections.abc import Sequence

    from plan_review.report.diagram import Diagram

EMPTY = diagram.draw(configuration({}), None, [])
# GitHub refuses a longer comment.
GITHUBS_LIMIT = 65_536


def finding(number: int = 0, **more: Any) -> Finding:
    given = {
        "rule_id": "a-rule",
        "verdict": Verdict.MISSING,
        "address": f"aws_x.y{number}",
        "message": "it is wrong",
        "consequence": "it fails",
        "remedy": "fix it",
    }
    return Finding(**{**given, **more})


def change(address: str, action: str = "update", **more: Any) -> ReportedChange:
    return ReportedChange(address=address, type=address.split(".")[-2], action=action, **more)


def report(
    findings: Sequence[Finding] = (),
    changed: Sequence[ReportedChange] = (),
    *,
    drawn: Diagram = EMPTY,
    budget: int = COMMENT,
    **more: Any,
) -> str:
    made = Review(name="s", findings=tuple(findings), changes=tuple(changed), diagram=drawn, planned=True, **more)
    return markdown.render(made, budget=budget)


def test_the_verdict_comes_first() -> None:
    lines = report().splitlines()
    assert lines[0] == "<!-- plan-review: s -->"
    assert lines[1] == "## Plan review of s"
    assert lines[3] == "**✅ No findings.**"


@pytest.mark.parametrize(
    ("findings", "verdict"),
    [
        ([finding(1), finding(2)], "⛔ Do not apply: 2 errors"),
        ([finding(1, severity=Severity.WARNING)], "⚠️ 1 warning"),
        ([finding(1, verdict=Verdict.CANNOT_TELL)], "❔ 1 point that cannot be told"),
        ([finding(1), finding(2, severity=Severity.WARNING)], "⛔ Do not apply: 1 error, 1 warning"),
        ([finding(1, suppressed="it is meant so")], "✅ No findings"),
        ([finding(1, verdict=Verdict.HOLDS)], "✅ No findings"),
    ],
)
def test_the_verdict_says_how_bad_it_is(findings: list[Finding], verdict: str) -> None:
    assert f"**{verdict}.**" in report(findings)


def test_harm_findings_permissions_changes_drift_and_moves_stand_in_this_order() -> None:
    text = report(
        [finding()],
        [change("aws_a.a", "destroy", reason="it is gone"), change("aws_b.b", moved_from="aws_b.old")],
        drift=(change("aws_c.c"),),
        policies=(PolicyChange("aws_iam_policy.p", "policy", ("Allow a:B on x",), ("Allow a:C on x",), 2),),
        drawn=diagram.draw(configuration({"aws_b.b": {}}), None, []),
        notes=("made by hand",),
    )
    headings = [line for line in text.splitlines() if line.startswith(("### ", "---"))]
    assert headings == [
        "### Destroyed and replaced",
        "### Findings",
        "### Permissions",
        "### Changes",
        "### Drift",
        "### Moves and imports",
        "### Diagram",
        "---",
    ]
    assert "| `aws_a.a` | destroy | it is gone |" in text
    assert "- `aws_b.old` → `aws_b.b`" in text
    assert "# aws_iam_policy.p, policy (2 statements stay)\n- Allow a:B on x\n+ Allow a:C on x\n" in text


def test_a_replacement_of_what_holds_data_says_so_with_the_argument() -> None:
    forcing = (Difference("bucket", "x", "y", forces=True), Difference("tags", "1", "2"))
    text = report(changed=[change("aws_s3_bucket.b", "replace", differences=forcing)])
    assert "| `aws_s3_bucket.b` | **replace (destroyed first), holds data** | `bucket`: `x` → `y` |" in text
    assert "1 resource is destroyed or replaced; 1 of them holds data." in text


def test_changes_are_folded_by_what_they_are_with_counts_of_types() -> None:
    text = report(changed=[change(f"aws_a.a{n}", "create") for n in range(3)] + [change("aws_b.b", "create")])
    assert "<details><summary>create 4: aws_a 3, aws_b 1</summary>" in text
    assert text.count("<details>") == text.count("</details>") == 1


def test_changes_that_are_alike_are_told_once_with_their_number() -> None:
    tags = (Difference("tags.team", "a", "b"),)
    other = (Difference("tags.team", "a", "c"),)
    changed = [change(f"aws_a.n{number}", differences=tags) for number in range(40)]
    text = report(changed=[*changed, change("aws_a.z", differences=other)])
    assert "- 40 alike: `aws_a.n0`, `aws_a.n1`, " in text
    assert "`aws_a.n39`\n  - `tags.team`: `a` → `b`\n" in text
    assert "- `aws_a.z`\n  - `tags.team`: `a` → `c`\n" in text
    assert "update 41: aws_a 41" in text


def test_a_finding_shows_the_rest_of_its_message_as_it_is_and_its_remedy() -> None:
    text = report([finding(message="a cycle:\n  aws_a.a\n    x = y", path=("x",))])
    assert "- ⛔ `aws_x.y0`: a cycle: (error, `a-rule`)\n" in text
    assert "  ```text\n    aws_a.a\n      x = y\n  ```" in text
    assert "  - remedy: fix it" in text


def test_what_would_tell_is_said_of_what_cannot_be_told() -> None:
    assert "  - what would tell: fix it" in report([finding(verdict=Verdict.CANNOT_TELL)])


def test_an_accepted_finding_is_shown_with_its_reason() -> None:
    assert "`a-rule`), because it is meant so" in report([finding(suppressed="it is meant so")])


def test_foreign_text_can_neither_format_nor_notify_nor_inject() -> None:
    evil = "<img src=x> @everyone [a](http://x) **b** | `c` _d_"
    text = report(
        [finding(message=evil, address="aws_x.`|<b>")],
        [change("aws_a.b|c`d", "destroy", reason=evil)],
        notes=(evil,),
    )
    assert "<img" not in text
    assert "@everyone" not in text
    assert "[a](" not in text
    assert "`` aws_a.b\\|c`d ``" in text or "``aws_a.b\\|c`d``" in text


def test_a_report_that_is_too_long_is_cut_counted_and_must_not_be_approved_from() -> None:
    findings = [finding(number, message=f"it is wrong {number} " * 30) for number in range(400)]
    changed = [change(f"aws_a.{number}", "destroy", reason="it is gone") for number in range(2000)]
    text = report(findings, changed)
    assert len(text) < GITHUBS_LIMIT
    assert len(text.encode()) <= COMMENT
    assert "> **This report is cut. Do not approve from it.**" in text
    shown = text.count("- ⛔ `aws_x.y")
    assert 20 < shown < 400
    assert f"… and {400 - shown} more findings, **not shown**." in text
    assert f"{400 - shown} of 400 findings" in text
    assert text.count("<details>") == text.count("</details>")


def test_a_single_item_that_is_too_long_is_cut_with_its_fence_closed() -> None:
    text = report([finding(message="a cycle:\n" + "x" * 80 + ("\n" + "y" * 80) * 2000)])
    assert len(text.encode()) <= COMMENT
    assert "lines **not shown**." in text
    assert text.count("```") % 2 == 0
    assert "This report is cut" in text


def test_the_whole_fits_where_there_is_room() -> None:
    findings = [finding(number, message=f"it is wrong {number}") for number in range(1000)]
    text = report(findings, budget=SUMMARY)
    assert text.count("- ⛔") == 1000
    assert "is cut" not in text


def test_a_mask_longer_than_what_it_hides_does_not_break_the_limit() -> None:
    masker = Masker()
    masker.value("aaaaaa", sensitive=True)
    findings = [finding(number, message="aaaaaa " * 200) for number in range(300)]
    text = report(findings, masker=masker)
    assert len(text.encode()) <= COMMENT
    assert "aaaaaa" not in text


def test_a_secret_leaks_through_nothing_that_is_written() -> None:
    masker = Masker()
    listed = [
        {
            "address": 'aws_x.y["hunter2-secret"]',
            "type": "aws_x",
            "change": {
                "actions": ["update"],
                "before": {"password": "hunter2-secret", "note": "it is hunter2-secret"},
                "after": {"password": "other-secret", "note": "it is other-secret"},
            },
        }
    ]
    read = changes.read(listed, masker)
    made = Review(
        name="s",
        findings=(finding(message="the password is hunter2-secret"),),
        changes=tuple(read),
        policies=(PolicyChange("aws_x.y", "policy", ("Allow hunter2-secret",), (), 0),),
        diagram=diagram.draw(configuration({}), None, read),
        planned=True,
        notes=("hunter2-secret",),
        masker=masker,
    )
    for text in (markdown.render(made), json_report.render(made), masker.output(svg.draw(made.diagram, made.name))):
        assert "hunter2-secret" not in text
        assert "other-secret" not in text


def test_the_same_review_gives_the_same_bytes() -> None:
    resources = {f"aws_a.{name}": {"x": "${aws_a.z.id}"} for name in "cab"} | {"aws_a.z": {}}
    changed = [change(f"aws_a.{name}") for name in "bca"]
    one, other = (
        diagram.draw(configuration(dict(order)), None, changed)
        for order in (resources.items(), reversed(resources.items()))
    )
    assert svg.draw(one, "s") == svg.draw(other, "s")
    assert mermaid.draw(one) == mermaid.draw(other)


def test_json_says_what_the_report_says() -> None:
    made = Review(
        name="s",
        findings=(finding(),),
        changes=(change("aws_a.a", "no change"), change("aws_b.b")),
        diagram=EMPTY,
        planned=True,
    )
    document = json.loads(json_report.render(made))
    assert document["clean"] is False
    assert document["verdict"] == "⛔ Do not apply: 1 error"
    assert [each["rule"] for each in document["findings"]] == ["a-rule"]
    assert [each["address"] for each in document["changes"]] == ["aws_b.b"]


CHAIN = {
    "aws_a.one": {"x": "${aws_a.two.id}"},
    "aws_a.two": {"x": "${aws_a.three.id}"},
    "aws_a.three": {"x": "${aws_a.four.id}"},
    "aws_a.four": {},
}


def test_the_diagram_shows_what_changes_and_one_hop_around_it() -> None:
    text, note = mermaid.draw(diagram.draw(configuration(CHAIN), None, [change("aws_a.one")]))
    assert '["one<br/>aws_a"]:::updated' in text
    assert '["two<br/>aws_a"]:::context' in text
    assert "three" not in text
    assert note == "Further away, and not drawn: 2."


def test_the_diagram_shows_the_whole_where_nothing_is_known_to_change() -> None:
    text, note = mermaid.draw(diagram.draw(configuration(CHAIN), None, []))
    assert text.count(" --> ") == 3
    assert note == ""


def test_an_edge_that_a_longer_path_says_is_not_drawn() -> None:
    shortcut = {**CHAIN, "aws_a.one": {"x": "${aws_a.two.id}${aws_a.four.id}"}}
    assert mermaid.draw(diagram.draw(configuration(shortcut), None, []))[0].count(" --> ") == 3


def test_a_cycle_is_drawn_and_marked() -> None:
    cycle = {**CHAIN, "aws_a.four": {"x": "${aws_a.three.id}"}}
    text, _ = mermaid.draw(diagram.draw(configuration(cycle), None, []))
    assert '["four<br/>aws_a"]:::circular' in text
    assert "two<br/>aws_a" in text


def test_what_is_destroyed_is_drawn_though_nothing_declares_it() -> None:
    text, _ = mermaid.draw(diagram.draw(configuration(CHAIN), None, [change('aws_a.gone["x"]', "destroy")]))
    assert '["No longer declared"]' in text
    assert '["gone<br/>aws_a"]:::destroyed' in text


def test_names_cannot_break_out_of_the_diagram() -> None:
    text, _ = mermaid.draw(diagram.draw(configuration({'aws_a.x"]; click n0 "http': {}}), None, []))
    assert "click" in text
    assert '"]; click' not in text
    drawn = svg.draw(diagram.draw(configuration({"aws_a.<script>": {}}), None, []), "<b>")
    assert "<script>" not in drawn
    ET.fromstring(drawn)


def test_a_diagram_beyond_the_limits_shows_units_with_counts() -> None:
    many = {f"aws_{service}_x.r{number}": {"y": "${aws_z_x.hub.id}"} for service in "ab" for number in range(80)}
    drawn = diagram.draw(
        configuration({**many, "aws_z_x.hub": {}}), None, [change(address, "create") for address in many]
    )
    text, note = mermaid.draw(drawn)
    assert '["aws a<br/>80 created"]:::created' in text
    assert note.startswith("Units are drawn in place of 161 resources.")
    assert len(text) <= mermaid.MOST_CHARACTERS


def test_resources_are_drawn_by_unit_module_or_service() -> None:
    found = configuration(
        {
            "aws_s3_bucket.a": {"//": {"metadata": {"path": "stack/Storage/a"}}},
            "aws_sqs_queue.b": {"//": {"metadata": {"path": "stack/b"}}},
            "data.aws_iam_policy_document.c": {},
        }
    )
    assert {node.address: node.unit for node in diagram.draw(found, None, []).nodes} == {
        "aws_s3_bucket.a": "Storage",
        "aws_sqs_queue.b": "aws sqs",
        "data.aws_iam_policy_document.c": "aws iam",
    }


def test_boxes_never_lie_over_each_other_and_arrows_run_one_way() -> None:
    heights = {f"b{number}": 30.0 + number * 7 for number in range(20)}
    edges = [(f"b{number}", f"b{(number * 3 + 1) % 20}") for number in range(20)] + [("b0", "b19"), ("b5", "b5")]
    placed = place(heights, edges)
    for one in heights:
        for other in heights:
            if one < other and placed.column[one] == placed.column[other]:
                upper, lower = sorted((one, other), key=lambda name: placed.top[name])
                assert placed.top[upper] + heights[upper] < placed.top[lower]
    for edge, bends in placed.bends.items():
        columns = [placed.column[edge[0]], *(column for column, _ in bends), placed.column[edge[1]]]
        assert columns == sorted(columns) or columns == sorted(columns, reverse=True)
        assert abs(columns[0] - columns[-1]) == len(bends) + 1 or edge[0] == edge[1]


def test_a_large_drawing_says_what_it_leaves_out() -> None:
    needed: dict[str, Any] = {f"aws_s{number % 7}_x.n{number}": {} for number in range(60)}
    every = [f"${{{address}.id}}" for address in needed]
    needing = {f"aws_t{number % 7}_x.r{number}": {"y": every} for number in range(60)}
    drawn = svg.draw(diagram.draw(configuration({**needed, **needing}), None, []), "large")
    assert "600 arrows are left out" in drawn
    ET.fromstring(drawn)


def test_findings_that_say_the_same_of_several_resources_are_told_once() -> None:
    text = report([finding(1), finding(2), finding(3, message="it is wrong too")])
    assert "- ⛔ `aws_x.y1`, `aws_x.y2`: it is wrong (error, `a-rule`)" in text
    assert text.count("- ⛔") == 2
    assert "**⛔ Do not apply: 3 errors.**" in text
    many = report([finding(number, message="it is wrong " * 40) for number in range(4000)])
    assert len(many.encode()) <= COMMENT
    shown = many.count("aws_x.y")
    assert 40 <= shown < 4000
    assert f"… and {4000 - shown} more findings, **not shown**." in many
    assert f"{4000 - shown} of 4000 findings" in many


def test_a_report_without_its_drawing_is_whole() -> None:
    drawn = diagram.draw(configuration(CHAIN), None, [])
    whole = report([finding()], drawn=drawn)
    text = report([finding()], drawn=drawn, budget=len(whole.encode()) - 100)
    assert "```mermaid" not in text
    assert "There is no room for the drawing here." in text
    assert "is cut" not in text


def test_what_cannot_be_seen_is_shown_by_its_number() -> None:
    deceit = "a\u202eb\x00c\u200bd"
    shown = "a&lt;U+202E&gt;b&lt;U+0000&gt;c&lt;U+200B&gt;d"
    drawn = diagram.draw(configuration({f"aws_a.{deceit}": {}}), None, [])
    text = report([finding(address=f"aws_a.{deceit}", message=deceit)], drawn=drawn)
    assert shown in text
    assert "`aws_a.a<U+202E>b<U+0000>c<U+200B>d`" in text
    assert not set(deceit) & set("\u202e\x00\u200b") & set(text)
    assert ET.fromstring(svg.draw(drawn, deceit)) is not None


def test_a_change_within_a_document_is_shown_where_it_is() -> None:
    body = {"States": {"A": {"Resource": "x" * 300}, "B": {"Resource": "one"}}}
    after = {"States": {**body["States"], "B": {"Resource": "two"}}}
    entry = {
        "address": "aws_sfn_state_machine.m",
        "type": "aws_sfn_state_machine",
        "change": {
            "actions": ["update"],
            "before": {"definition": json.dumps(body), "comment": "x" * 300 + "one"},
            "after": {"definition": json.dumps(after), "comment": "x" * 300 + "two"},
        },
    }
    (made,) = changes.read([entry], Masker())
    told = {each.path: (each.before, each.after) for each in made.differences}
    assert told["definition.States.B.Resource"] == ("one", "two")
    assert told["comment"][0].endswith("one")
    assert told["comment"][1].endswith("two")
    assert set(told) == {"definition.States.B.Resource", "comment"}
