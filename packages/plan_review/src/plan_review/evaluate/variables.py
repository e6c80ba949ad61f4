"""Input variables: the type that is declared, and the value that one comes to.

https://developer.hashicorp.com/terraform/language/expressions/type-constraints
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from plan_review.evaluate.conversions import convert
from plan_review.evaluate.values import (
    ANY,
    NULL,
    CollectionOf,
    Null,
    ObjectOf,
    Primitive,
    TupleOf,
    Type,
    UnknownError,
)
from plan_review.language import expressions as ast
from plan_review.language.lexer import ExpressionError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from plan_review.language.expressions import Expression

    Constant = Callable[[Expression], Any]

_COLLECTIONS = ("list", "set", "map")
_WITH_DEFAULT = 2  # arguments of optional()


def declared_type(declaration: Mapping[str, Any], constant: Constant) -> Type:
    """Return the type of a variable; ``constant`` evaluates what is given for an optional attribute.

    Raises ``UnknownError`` where it cannot be read.
    """
    given = declaration.get("type")
    if given is None:
        return ANY
    text = str(given).strip().removeprefix("${").removesuffix("}")
    try:
        return _type(_parsed(text), constant)
    except (ExpressionError, ValueError) as error:
        raise UnknownError from error


@lru_cache(maxsize=1024)
def _parsed(text: str) -> Expression:
    return ast.parse(text)


def _type(node: Expression, constant: Constant) -> Type:
    match node:
        case ast.Traversal(root=root, steps=()):
            if root in _COLLECTIONS:  # without an element's type, as of old
                return CollectionOf(root, ANY)
            return Primitive(root)
        case ast.Constant(value=str(word)):  # "string", in quotes, as of old
            return CollectionOf(word, ANY) if word in _COLLECTIONS else Primitive(word)
        case ast.Call(name=name, arguments=(element,)) if name in _COLLECTIONS:
            return CollectionOf(name, _type(element, constant))
        case ast.Call(name="tuple", arguments=(ast.Sequence(items=items),)):
            return TupleOf(tuple(_type(item, constant) for item in items))
        case ast.Call(name="object", arguments=(ast.Mapping(items=pairs),)):
            return _object(pairs, constant)
    raise UnknownError


def _object(pairs: tuple[tuple[Expression, Expression], ...], constant: Constant) -> ObjectOf:
    attributes: dict[str, Type] = {}
    defaults: dict[str, Any] = {}
    for key, kind in pairs:
        name = key.value if isinstance(key, ast.Constant) else None
        if not isinstance(name, str):
            raise UnknownError
        if isinstance(kind, ast.Call) and kind.name == "optional" and kind.arguments:
            attributes[name] = _type(kind.arguments[0], constant)
            given = constant(kind.arguments[1]) if len(kind.arguments) == _WITH_DEFAULT else None
            defaults[name] = None if isinstance(given, Null) else given
        else:
            attributes[name] = _type(kind, constant)
    return ObjectOf(tuple(sorted(attributes.items())), tuple(defaults.items()))


def final_value(declaration: Mapping[str, Any], kind: Type, given: Any, default: Any) -> Any:
    """Return what a variable comes to: ``given``, else ``default``, as the declared type; both may be absent (None).

    Raises ``UnknownError`` where neither is there, ``RefusedError`` where the type does not fit.
    """
    if isinstance(given, Null) and declaration.get("nullable") is False and default is not None:
        given = None
    value = default if given is None else given
    if value is None:
        raise UnknownError
    return Null(kind) if value == NULL else convert(value, kind)
