"""An empty text is an argument that is left out, as the provider takes it: nothing is said of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from offline_provider.schema.cache import open_store
from plan_review.rules import RULES
from plan_review.rules.evidence import Evidence

from .examples import write
from .test_one_unknown_value import claims

if TYPE_CHECKING:
    from pathlib import Path

    from plan_review.rules import Rule


@pytest.mark.parametrize("rule", [pytest.param(rule, id=rule.id) for rule in RULES.values()])
def test_an_optional_text_that_is_empty(rule: Rule, tmp_path: Path) -> None:
    given = rule.examples
    document = given["passing"]
    evidence = Evidence(
        code=(write(tmp_path, given.get("code", {})),), events=given.get("events") or {}, plan=given.get("plan")
    )
    before = claims(document, evidence, None)
    schemas = open_store()
    said: list[str] = []
    for kind, named in document.get("resource", {}).items():
        if not kind.startswith("aws_"):
            continue
        optional = [each.name for each in schemas.resource(kind).block.attributes.values() if each.optional]
        texts = [name for name in optional if schemas.resource(kind).block.attributes[name].type == "string"]
        for name, body in named.items():
            for argument in texts:
                if argument not in body:
                    emptied = {**named, name: {**body, argument: ""}}
                    changed = {**document, "resource": {**document["resource"], kind: emptied}}
                    said += [text for _, text in claims(changed, evidence, None) - before]

    assert said == []
