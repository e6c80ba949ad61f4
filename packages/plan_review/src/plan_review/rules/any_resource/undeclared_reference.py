from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from plan_review.language.traversals import in_value
from plan_review.rules.found import Found
from plan_review.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.configuration.model import Configuration, Scope
    from plan_review.language.traversals import Name
    from plan_review.rules.context import Context


@rule(
    "undeclared-reference",
    title="What is referred to is declared",
    why="Terraform says so too, and only when it validates; a synth comes before that.",
    consequence="Error: Reference to undeclared resource",
    sources=("https://developer.hashicorp.com/terraform/language/expressions/references",),
)
def undeclared_reference(context: Context) -> Iterator[Found]:
    """Resources, data sources, variables and locals in expressions and depends_on exist."""
    configuration = context.configuration
    for address, resource in sorted(configuration.resources.items()):
        scope = configuration.scopes.get(resource.module or "")
        if scope is None:
            continue
        for path, names in in_value({**resource.arguments, "depends_on": list(_wrapped(resource.depends_on))}):
            # The names that a dynamic block binds look like resources.
            for name in names.found if "dynamic" not in path else ():
                if not _declared(configuration, scope, name):
                    near = difflib.get_close_matches(name.name, configuration.resources, n=1)
                    yield Found(
                        item=address,
                        path=path,
                        subject=name.text,
                        message=f"it refers to {name.text}, which is not declared",
                        remedy=f"did you mean {near[0]}?" if near else "declare it, or take the reference out",
                    )


def _wrapped(addresses: tuple[str, ...]) -> Iterator[str]:
    for address in addresses:
        yield f"${{{address}}}"


def _declared(configuration: Configuration, scope: Scope, name: Name) -> bool:
    match name.kind:
        case "resource":
            prefix = f"{scope.path}." if scope.path else ""
            kind = name.name.removeprefix("data.").removeprefix("ephemeral.").partition(".")[0]
            return "_" not in kind or prefix + name.name in configuration.resources
        case "local":
            return name.name in scope.locals
        case "var":
            return name.name in scope.variables
        case "module":
            return name.name in scope.modules
        case _:
            return True
