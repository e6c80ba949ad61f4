"""Find what a resource refers to, in every place where Terraform would find it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from plan_review.model import Reference
from plan_review.templates import split

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from plan_review.model import Path, Resource, Scope

_TRAVERSAL = re.compile(r"(?<![\w.-])((?:data\.)?[a-z]\w*\.[\w-]+)(?:\[[^]]*\])?(?:\.([\w-]+))?")


def strings(value: Any, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Yield every string inside a value with the path to it."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from strings(inner, (*path, name))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from strings(inner, (*path, index))


def find_references(resources: Mapping[str, Resource], scopes: Mapping[str, Scope]) -> tuple[Reference, ...]:
    """Return the references between these resources, in the order of their sources and arguments."""
    found: list[Reference] = []
    for address, resource in resources.items():
        for path, text in strings(resource.arguments):
            for part in split(text) if "${" in text else ():
                if part.kind != "expression":
                    continue
                for target, attribute in _TRAVERSAL.findall(part.text):
                    if target in resources:
                        found.append(
                            Reference(
                                source=address, target=target, attribute=attribute or None, path=path, text=part.text
                            )
                        )
        found.extend(
            Reference(
                source=address, target=target, attribute=None, path=("depends_on",), text=target, kind="depends_on"
            )
            for target in resource.depends_on
            if target in resources
        )
    return tuple(found)
