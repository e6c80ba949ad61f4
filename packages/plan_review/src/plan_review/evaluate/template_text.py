"""Fill in Terraform's templates: https://developer.hashicorp.com/terraform/language/expressions/strings ."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from plan_review.evaluate.conversions import as_text, truth
from plan_review.evaluate.values import Keyed, Many, RefusedError, UnknownError, is_known
from plan_review.language.expressions import parse
from plan_review.language.lexer import normal, unescape
from plan_review.language.templates import Part, TemplateError, lines, split, trimmed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from plan_review.evaluate.items import Environment
    from plan_review.language.expressions import Expression

_FOR = re.compile(r"for\s+([^\W\d][\w-]*)\s*(?:,\s*([^\W\d][\w-]*)\s*)?in\b\s*(.*)", re.DOTALL)
_IF = re.compile(r"if\b\s*(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Block:
    """What stands between ``%{ if }`` or ``%{ for }`` and its end; ``otherwise`` follows ``%{ else }``."""

    directive: str
    inside: list[Part | _Block]
    otherwise: list[Part | _Block]


def filled(
    text: str,
    environment: Environment,
    value: Callable[[Expression, Environment], Any],
    *,
    quoted: bool = False,
    flush: bool = False,
) -> Any:
    """Return a template with its expressions filled in by ``value``; one expression alone keeps its type.

    Raises ``RefusedError`` where Terraform refuses it, ``TemplateError`` or ``ExpressionError`` where it is none.
    """
    parts = _parts(text, quoted=quoted, flush=flush)
    if len(parts) == 1 and parts[0].kind == "expression":
        return value(parse(parts[0].text), environment)
    waiting = list(reversed(parts))
    nodes = _nodes(waiting, ())
    return normal("".join(_text(node, environment, value) for node in nodes))


def _parts(text: str, *, quoted: bool, flush: bool) -> list[Part]:
    if not quoted:
        return lines(text, flush=flush)
    parts = split(text)
    return trimmed([part._replace(text=unescape(part.text)) if part.kind == "literal" else part for part in parts])


def _nodes(waiting: list[Part], ends: tuple[str, ...]) -> list[Part | _Block]:
    """Read up to a directive that is one of ``ends``, which is left; up to the end of the template where none are."""
    found: list[Part | _Block] = []
    while waiting:
        part = waiting[-1]
        if part.kind == "directive" and part.text in {"else", "endif", "endfor"}:
            if part.text not in ends:
                raise TemplateError(f"%{{ {part.text} }} without what it ends")
            return found
        waiting.pop()
        found.append(_block(part, waiting) if part.kind == "directive" else part)
    if ends:
        raise TemplateError(f"a directive lacks its %{{ {ends[-1]} }}")
    return found


def _block(opening: Part, waiting: list[Part]) -> _Block:
    if _FOR.fullmatch(opening.text):
        inside = _nodes(waiting, ("endfor",))
        waiting.pop()
        return _Block(opening.text, inside, [])
    if not _IF.fullmatch(opening.text):
        raise TemplateError(f"%{{ {opening.text} }} is no directive")
    inside = _nodes(waiting, ("else", "endif"))
    otherwise: list[Part | _Block] = []
    if waiting.pop().text == "else":
        otherwise = _nodes(waiting, ("endif",))
        waiting.pop()
    return _Block(opening.text, inside, otherwise)


def _text(node: Part | _Block, environment: Environment, value: Callable[[Expression, Environment], Any]) -> str:
    if isinstance(node, Part):
        return node.text if node.kind == "literal" else as_text(value(parse(node.text), environment))

    def joined(nodes: Sequence[Part | _Block], within: Environment) -> str:
        return "".join(_text(each, within, value) for each in nodes)

    loop = _FOR.fullmatch(node.directive)
    if loop is None:
        condition = _IF.fullmatch(node.directive)
        wanted = truth(value(parse(condition[1] if condition else ""), environment))
        return joined(node.inside if wanted else node.otherwise, environment)
    first, second, source = loop.groups()
    made = ""
    for key, item in pairs(value(parse(source), environment)):
        names = {first: key, second: item} if second else {first: item}
        made += joined(node.inside, replace(environment, names={**environment.names, **names}))
    return made


def pairs(source: Any) -> list[tuple[Any, Any]]:
    """Return the keys and values that ``for`` goes through, in Terraform's order.

    Raises ``RefusedError`` where there are none, ``UnknownError`` where they are not known.
    """
    if isinstance(source, Keyed):
        return list(source.items.items())
    if isinstance(source, Many):
        items = source.in_order
        return list(zip(items, items, strict=True)) if source.kind == "set" else list(enumerate(items))
    raise RefusedError if is_known(source) else UnknownError
