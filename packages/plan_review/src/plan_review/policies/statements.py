"""The statements of one policy document, as IAM reads them.

Grammar: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from plan_review.evaluate.policy_documents import UNREADABLE
from plan_review.evaluate.symbols import Kind, Symbol, has_symbols, is_symbol, literally

if TYPE_CHECKING:
    from plan_review.evaluate.evaluator import Evaluator

_VARIABLE = re.compile(r"\$\{([^}]*)\}")
_LITERAL_VARIABLES = {"*": literally("*"), "?": literally("?"), "$": "$"}

_ARN_COLONS = 5
_WITH_VARIABLES = ("Resource", "NotResource", "Condition")
VERSION = "2012-10-17"
"""The version of the policy language that has variables."""

_OBJECTS = ("Condition", "Principal", "NotPrincipal")

Conditions = Mapping[str, Mapping[str, tuple[str, ...]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One statement. ``source`` is the address of the resource that states it, ``index`` its place there.

    ``holder`` is the resource that brings it into force where that is another one, such as an attachment.

    Of ``actions`` and ``not_actions`` one is None, likewise ``resources`` and ``principals``; all None means that the
    element is absent, as resources are in a trust policy. Principals are ``Service:events.amazonaws.com``,
    ``AWS:arn:…`` and so on; everyone is ``*``. ``unreadable`` says why nothing else is known of the statement.
    ``variables`` where its resources or conditions have policy variables.
    """

    source: str
    holder: str = ""
    index: int = 0
    sid: str = ""
    allows: bool = True
    actions: tuple[str, ...] | None = None
    not_actions: tuple[str, ...] | None = None
    resources: tuple[str, ...] | None = None
    not_resources: tuple[str, ...] | None = None
    principals: tuple[str, ...] | None = None
    not_principals: tuple[str, ...] | None = None
    conditions: Conditions = field(default_factory=dict)
    unreadable: str = ""
    variables: bool = False

    @property
    def label(self) -> str:
        """How to point at this statement: its Sid, else its place."""
        return self.sid or f"statement {self.index + 1}"


class DocumentError(ValueError):
    """A policy document is not one; the message says what is wrong."""


def read_document(text: Any, source: str, evaluator: Evaluator) -> tuple[Statement, ...]:
    """Read the JSON text of a policy. What cannot be read becomes one unreadable statement.

    Raises ``DocumentError`` where the text is known and IAM would refuse it as malformed.
    """
    if text in (None, ""):
        return ()
    if not isinstance(text, (str, Mapping)):
        raise DocumentError("the policy is no JSON document")
    try:
        document = json.loads(text) if isinstance(text, str) else text
    except ValueError as error:
        if has_symbols(str(text)):
            return (unreadable(source, f"{evaluator.shown(text)} is known after deployment only"),)
        raise DocumentError(f"the policy is not valid JSON: {error}") from error
    if not isinstance(document, dict) or "Statement" not in document:
        raise DocumentError('the policy has no "Statement"')
    given = document["Statement"]
    statements = given if isinstance(given, list) else [given]
    # Variables are plain text in every other version of the language:
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
    fill = evaluator if document.get("Version") == VERSION else None
    return tuple(_statement(each, index, source, evaluator, fill) for index, each in enumerate(statements))


def _is_open(value: Any) -> bool:
    """Whether an object of a statement, or the map of a condition's operator, is unknown as a whole."""
    tests = [value, *value.values()] if isinstance(value, dict) else [value]
    return any(is_symbol(each) for each in tests if not isinstance(each, list))


def unreadable(source: str, reason: str) -> Statement:
    """Return a statement of which nothing is known."""
    return Statement(source=source, unreadable=reason)


def _statement(given: Any, index: int, source: str, evaluator: Evaluator, fill: Evaluator | None) -> Statement:
    if isinstance(given, str) and has_symbols(given):
        return unreadable(source, f"{evaluator.shown(given)} is known after deployment only")
    if not isinstance(given, dict):
        raise DocumentError(f"statement {index + 1} is no object")
    if UNREADABLE in given:
        return unreadable(source, str(given[UNREADABLE]))
    if unknown := [name for name in _OBJECTS if _is_open(given.get(name))]:
        return unreadable(source, f"the {unknown[0]} of statement {index + 1} is known after deployment only")
    effect = given.get("Effect")
    if effect not in ("Allow", "Deny"):
        if isinstance(effect, str) and has_symbols(effect):
            return unreadable(source, f"the effect of statement {index + 1} is known after deployment only")
        raise DocumentError(f'statement {index + 1} has the "Effect" {effect!r}; it must be "Allow" or "Deny"')
    return Statement(
        source=source,
        index=index,
        sid=str(given.get("Sid", "")),
        allows=effect == "Allow",
        actions=_texts(given.get("Action")),
        not_actions=_texts(given.get("NotAction")),
        resources=_completed(_patterns(given.get("Resource"), fill), given),
        not_resources=_completed(_patterns(given.get("NotResource"), fill), given),
        principals=_principals(given.get("Principal")),
        not_principals=_principals(given.get("NotPrincipal")),
        conditions=_conditions(given.get("Condition"), fill),
        variables=fill is not None and "${" in str([given.get(name) for name in _WITH_VARIABLES]),
    )


def _texts(value: Any) -> tuple[str, ...] | None:
    if value is None:
        return None
    values = value if isinstance(value, list) else [value]
    return tuple(_text(item) for item in values)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _patterns(value: Any, evaluator: Evaluator | None) -> tuple[str, ...] | None:
    texts = _texts(value)
    return None if texts is None else tuple(_without_variables(text, evaluator) for text in texts)


def _completed(patterns: tuple[str, ...] | None, given: Mapping[str, Any]) -> tuple[str, ...] | None:
    """Complete ARNs that lack parts, as AWS does in identity policies: arn:aws:sqs is arn:aws:sqs:*:*:*.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
    """
    if patterns is None or given.get("Principal") is not None or given.get("NotPrincipal") is not None:
        return patterns
    return tuple(
        text + ":*" * (_ARN_COLONS - text.count(":")) if text.startswith("arn:") and not has_symbols(text) else text
        for text in patterns
    )


def _without_variables(text: str, evaluator: Evaluator | None) -> str:
    """Put a symbol in the place of each IAM policy variable such as ``${aws:username}``."""
    if "${" not in text or evaluator is None:
        return text

    def symbol(match: re.Match[str]) -> str:
        name = match.group(1)
        return _LITERAL_VARIABLES.get(name) or evaluator.symbols.character(Symbol(Kind.VARIABLE, name))

    return _VARIABLE.sub(symbol, text)


def _principals(value: Any) -> tuple[str, ...] | None:
    if value is None:
        return None
    if not isinstance(value, dict):
        return _texts(value)
    found: list[str] = []
    for kind, given in value.items():
        names = _texts(given) or ()
        found += ["*" if kind == "AWS" and name == "*" else f"{kind}:{name}" for name in names]
    return tuple(found)


def _conditions(value: Any, evaluator: Evaluator | None) -> Conditions:
    if not isinstance(value, dict):
        return {}
    return {
        str(test): {str(key): _patterns(wanted, evaluator) or () for key, wanted in keys.items()}
        for test, keys in value.items()
        if isinstance(keys, dict)
    }
