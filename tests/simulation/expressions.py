"""DynamoDB's expressions, as far as the ledger uses them.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html
"""

from __future__ import annotations

import operator
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.types import TypeDeserializer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_TOKENS = re.compile(r"#\w+|:\w+|<=|>=|<>|[=<>(),]|\w+")
_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_deserialize = TypeDeserializer().deserialize
_MISSING = object()


def holds(condition: str, item: Mapping[str, Any] | None, names: Mapping[str, str], values: Mapping[str, Any]) -> bool:
    """Evaluate a condition on an item in DynamoDB's JSON; None is an item that does not exist."""
    return _Condition(condition, item or {}, names, values).evaluate()


def updated(
    expression: str, item: Mapping[str, Any], names: Mapping[str, str], values: Mapping[str, Any]
) -> dict[str, Any]:
    """Apply an update expression of SET and REMOVE to an item."""
    changed = dict(item)
    clauses = re.split(r"\b(SET|REMOVE)\b", expression)[1:]
    for clause, text in zip(clauses[::2], clauses[1::2], strict=True):
        for part in text.split(","):
            name, _, value = (word.strip() for word in part.partition("="))
            if clause == "SET":
                changed[names[name]] = values[value]
            else:
                changed.pop(names[name], None)
    return changed


class _Condition:
    def __init__(self, text: str, item: Mapping[str, Any], names: Mapping[str, str], values: Mapping[str, Any]) -> None:
        self._words = _TOKENS.findall(text)
        self._item, self._names, self._values = item, names, values

    def evaluate(self) -> bool:
        result = self._or()
        assert not self._words, f"not understood from here: {self._words}"
        return result

    def _next(self, expected: str | None = None) -> str:
        word = str(self._words.pop(0))
        assert expected in (None, word), f"{expected} expected, not {word}"
        return word

    def _or(self) -> bool:
        result = self._and()
        while self._words[:1] == ["OR"]:
            self._next()
            result = self._and() or result
        return result

    def _and(self) -> bool:
        result = self._not()
        while self._words[:1] == ["AND"]:
            self._next()
            result = self._not() and result
        return result

    def _not(self) -> bool:
        if self._words[0] == "NOT":
            self._next()
            return not self._not()
        if self._words[0] == "(":
            self._next()
            result = self._or()
            self._next(")")
            return result
        return self._function() if self._words[1] == "(" else self._comparison()

    def _function(self) -> bool:
        name = self._next()
        arguments = self._list()
        if name == "attribute_not_exists":
            return arguments[0] is _MISSING
        assert name == "contains", name
        return arguments[0] is not _MISSING and arguments[1] in arguments[0]

    def _comparison(self) -> bool:
        left, word = self._operand(), self._next()
        if word == "IN":
            choices = self._list()
            return left is not _MISSING and left in choices
        right = self._operand()
        if _MISSING in (left, right) or isinstance(left, Decimal) != isinstance(right, Decimal):
            return False
        return _COMPARISONS[word](left, right)

    def _list(self) -> list[Any]:
        self._next("(")
        found = [self._operand()]
        while self._next() == ",":
            found.append(self._operand())
        return found

    def _operand(self) -> Any:
        word = self._next()
        if word.startswith(":"):
            return _deserialize(self._values[word])
        name = self._names[word]
        return _deserialize(self._item[name]) if name in self._item else _MISSING
