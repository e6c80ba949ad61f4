"""Unknown expressions as a person reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plan_review.language.expressions import Call, Expression, Operation, Select, Splat, Traversal

if TYPE_CHECKING:
    from plan_review.evaluate.items import Environment, Evaluation


def described(evaluator: Evaluation, node: Expression, environment: Environment) -> str:
    """Return the text of an unknown expression, so that the same one is the same symbol everywhere."""
    match node:
        case Traversal():
            steps = (
                f".{step}"
                if isinstance(step, str)
                else "[*]"
                if isinstance(step, Splat)
                else f"[{evaluator.shown(evaluator.expression(step.key, environment))}]"
                for step in node.steps
            )
            own = node.root in ("var", "local", "module", "each", "count") and environment.module
            return (f"{environment.module}." if own else "") + node.root + "".join(steps)
        case Call():
            inner = ", ".join(evaluator.shown(evaluator.expression(item, environment)) for item in node.arguments)
            return f"{node.name}({inner})"
        case Operation():
            inner = f" {node.operator} ".join(
                evaluator.shown(evaluator.expression(item, environment)) for item in node.operands
            )
            return f"({inner})"
        case Select():
            return f"{described(evaluator, node.base, environment)}[…]{node.steps!r}"
        case _:
            return repr(node)
