"""A configuration that is right stays right where one of its values is not known: nothing may be said to be missing."""

from __future__ import annotations

import copy
import itertools
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from plan_review.configuration.argument_kinds import is_map
from plan_review.configuration.files import labelled
from plan_review.configuration.reading import load_folder, read
from plan_review.findings import Verdict
from plan_review.rules import RULES, check
from plan_review.rules.evidence import Evidence

from .examples import write

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.rules import Rule

    Document = dict[str, Any]
    Place = tuple[Any, ...]

PEOPLE = Path(__file__).parent / "other_people"
META = {"depends_on", "lifecycle", "provider", "provisioner", "connection", "count", "for_each", "dynamic"}
WITHIN = "within the text"  # a step into the JSON that a text holds

# What a value becomes: unknown as a whole, of a variable, of something that AWS or a program tells, or in its end.
VARIABLE, TOLD, HELD = "${var.lost%s}", "${data.external.lost.result.x}", "${aws_ssm_parameter.lost.value}"
END = "…"
FORMS = (VARIABLE, END, TOLD, HELD)
DECLARED: Document = {
    "variable": {"lost": {}, "many": {}},
    "data": {"external": {"lost": {"program": ["x"]}}},
    "resource": {"aws_ssm_parameter": {"lost": {"name": "x", "type": "String"}}},
}


def places(value: Any, path: Place = ()) -> Iterator[Place]:
    """Yield the place of every value, those in JSON texts too."""
    if path:
        yield path
    if isinstance(value, dict):
        for name, inner in value.items():
            if name != "//" and not (not path and name in META):
                yield from places(inner, (*path, name))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from places(inner, (*path, index))
    elif isinstance(value, str) and value.lstrip()[:1] in ("{", "["):
        try:
            document = json.loads(value)
        except ValueError:
            return
        yield from ((*path, WITHIN, *inner) for inner in places(document))


def put(value: Any, path: Place, form: str) -> Any:
    if not path:
        if form is not END:
            return form
        return (
            f"{value[: len(value) // 2]}${{var.lost}}" if isinstance(value, str) and value[:1] not in "${[" else value
        )
    if path[0] == WITHIN:
        return json.dumps(put(json.loads(value), path[1:], form))
    changed = copy.copy(value)
    changed[path[0]] = put(value[path[0]], path[1:], form)
    return changed


def plain(document: Document) -> Document:
    """Return a configuration with its resources under their types and names, as JSON has them."""
    changed = dict(document)
    for section in ("resource", "data", "variable"):
        changed[section] = {}
        for labels, body in labelled(document.get(section, {}), 1 if section == "variable" else 2, section):
            changed[section].setdefault(labels[0], {}).update({labels[1]: body} if len(labels) > 1 else body)
    return changed


def bodies(document: Document) -> Iterator[tuple[str, str, str, Document]]:
    for section in ("resource", "data"):
        for kind, named in document[section].items():
            yield from ((section, kind, name, body) for name, body in named.items())


def declared(document: Document, section: str, kind: str, name: str, body: Document) -> Document:
    """Return the configuration with another body of one resource, and with what the unknown values come from."""
    changed = {**document, **{each: {**document.get(each, {}), **DECLARED[each]} for each in DECLARED}}
    for each in ("resource", "data"):
        for added, things in DECLARED[each].items():
            changed[each][added] = {**document.get(each, {}).get(added, {}), **things}
    changed[section] = {**changed[section], kind: {**changed[section].get(kind, {}), name: body}}
    return changed


def with_unknown_values(document: Document) -> Iterator[tuple[str, Document]]:
    forms = itertools.cycle(FORMS)
    for section, kind, name, body in bodies(document):
        key = "[each.key]" if "for_each" in body else "[count.index]" if "count" in body else ""
        for path in places(body):
            form = next(forms)
            form = form % key if form is VARIABLE else VARIABLE % key if key else form
            yield f"{kind}.{name} {path}", declared(document, section, kind, name, put(body, path, form))


def with_unknown_blocks(document: Document) -> Iterator[tuple[str, Document]]:
    """Yield it with each kind of block made by a ``dynamic`` block whose number is not known."""
    for section, kind, name, body in bodies(document):
        full = kind if section == "resource" else f"data.{kind}"
        for argument, value in body.items():
            inner = value[0] if isinstance(value, list) and value else value
            if argument in META or not isinstance(inner, dict) or is_map(full, argument, inner):
                continue
            left = {each: given for each, given in body.items() if each != argument}
            left["dynamic"] = {argument: {"for_each": "${var.many}", "content": inner}}
            yield f"{kind}.{name} dynamic {argument}", declared(document, section, kind, name, left)


def with_unknown_numbers(document: Document) -> Iterator[tuple[str, Document]]:
    """Yield it with each resource behind a condition that is not known."""
    for section, kind, name, body in bodies(document):
        if "count" in body or "for_each" in body or section == "data":
            continue
        changed = declared(document, section, kind, name, {**body, "count": "${var.many ? 1 : 0}"})
        yield f"{kind}.{name} count", json.loads(json.dumps(changed).replace(f"{kind}.{name}.", f"{kind}.{name}[0]."))


def claims(document: Document, evidence: Evidence, origin: Path | None) -> set[tuple[str, str]]:
    found = check(read(document, origin), evidence=evidence)
    return {(each.rule_id, str(each)) for each in found if each.verdict is Verdict.MISSING}


def false_claims(
    document: Document, evidence: Evidence | None = None, origin: Path | None = None, *, every: int = 1
) -> list[str]:
    """Return what is said to be missing where one value is not known, in what nothing is missing of.

    Of the places that a value can stand at, ``every`` so many is tried.
    """
    evidence = evidence or Evidence()
    document = plain(document)
    before = claims(document, evidence, origin)
    ways = (with_unknown_values, with_unknown_blocks, with_unknown_numbers)
    return [
        f"{where}: {text}"
        for way in ways
        for where, damaged in itertools.islice(way(document), 0, None, every)
        for _, text in sorted(claims(damaged, evidence, origin) - before)
    ]


@pytest.mark.parametrize("rule", [pytest.param(rule, id=rule.id) for rule in RULES.values()])
def test_the_passing_example_of_a_rule(rule: Rule, tmp_path: Path) -> None:
    given = rule.examples
    code = write(tmp_path, given.get("code", {}))
    evidence = Evidence(code=(code,), events=given.get("events") or {}, plan=given.get("plan"))

    assert false_claims(given["passing"], evidence) == []


@pytest.mark.parametrize("file", sorted(PEOPLE.glob("*.tf.json")), ids=lambda file: file.name.partition(".")[0])
def test_a_configuration_of_other_people(file: Path) -> None:
    assert false_claims(json.loads(file.read_text(encoding="utf-8")), origin=PEOPLE) == []


@pytest.mark.parametrize(
    "folder", sorted(each for each in PEOPLE.iterdir() if each.is_dir()), ids=lambda each: each.name
)
def test_a_folder_of_other_people(folder: Path, tmp_path: Path) -> None:
    for file in folder.rglob("*.*"):
        target = tmp_path / file.relative_to(folder).parent / file.name.removesuffix(".txt")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(file.read_bytes())

    assert false_claims(load_folder(tmp_path)[0], origin=tmp_path) == []
