"""The page on the plan review says what is so."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from plan_review import review
from plan_review.configuration.native_syntax import parse
from plan_review.configuration.reading import read
from plan_review.layout import checks, demands
from plan_review.layout.declaration import Layout
from plan_review.layout.declaration import parse as parse_layout
from plan_review.terraform import comparison, diagnostics, graph_layout

PAGE = (Path(__file__).resolve().parents[1] / "docs" / "review.md").read_text()
EXAMPLES = re.findall(r"<!-- (passes|fails): ([\w-]+) -->\n```hcl\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture(scope="module")
def declared() -> Layout:
    match = re.search(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    assert match
    return parse_layout(tomllib.loads(match[1]))


@pytest.mark.parametrize(("verdict", "rule", "text"), EXAMPLES, ids=[f"{one} {two}" for one, two, _ in EXAMPLES])
def test_an_example_is_judged_as_the_page_says(verdict: str, rule: str, text: str, declared: Layout) -> None:
    found = {finding.rule_id for finding in checks.check(read(parse(text)), declared)}
    assert (rule in found) is (verdict == "fails")
    if verdict == "passes":
        assert found == set()


def test_every_finding_of_the_review_itself_is_on_the_page() -> None:
    modules = (graph_layout, comparison, demands, checks, review, diagnostics)
    sources = "".join(Path(str(module.__file__)).read_text() for module in modules)
    given = set(re.findall(r'"((?:layout|readers|terraform|destroy|unread)-[a-z-]+)"', sources))
    named = set(re.findall(r"^### ([\w-]+)$", PAGE, re.MULTILINE)) | set(
        re.findall(r"^\| `([a-z-]+)` \|", PAGE, re.MULTILINE)
    )
    assert given == named
