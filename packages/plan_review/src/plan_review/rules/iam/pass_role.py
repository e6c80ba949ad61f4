"""The statements that let a role be passed to a service."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plan_review.evaluate.symbols import has_symbols
from plan_review.findings import Verdict
from plan_review.policies.decide import covers_action

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.evaluate.items import Item
    from plan_review.policies.statements import Statement
    from plan_review.rules.context import Context


PASS_ROLE = "iam:PassRole"  # noqa: S105 - an action's name


PASSED_TO = "iam:PassedToService"


def passing_statements(context: Context) -> Iterator[tuple[Item, Statement]]:
    """Yield the statements that let a role of this configuration hand over roles."""
    for role in context.view.items("aws_iam_role"):
        for statement in context.access.roles.statements(role):
            if statement.allows and covers_action(statement, PASS_ROLE, context.view.symbols) is Verdict.HOLDS:
                yield role, statement


def passed_to(statement: Statement) -> tuple[str, ...] | None:
    """Return the services that roles may be passed to; None where the statement does not say.

    None are returned where a condition is on a key that is not known: it may be this one.
    """
    for test, keys in statement.conditions.items():
        for key, values in keys.items():
            if key.lower() == PASSED_TO.lower() and "Not" not in test and "Null" not in test:
                return values
    unknown = any(has_symbols(key) for keys in statement.conditions.values() for key in keys)
    return () if unknown else None
