"""Documents in strings: the form in which a plan shows them, and when two mean the same."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from typing import Any

from offline_provider.planning.behaviour import Document

# Go's encoding/json writes these as escapes, so that JSON can stand in HTML.
_GO_ESCAPES = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
_GO_EXPONENT = 1e21
_CURRENT_VERSION = "2012-10-17"
_POLICIES = (Document.POLICY, Document.LEGACY_POLICY, Document.KEPT_POLICY)
_KEPT = (Document.KEPT_POLICY, Document.KEPT_JSON)


def normalized(text: str, kind: Document) -> str:
    """Return the document as a plan shows it; text that is no JSON is returned unchanged.

    A policy without any element of a policy is shown as nothing at all.
    """
    if kind is Document.SHA1:
        return _digest(text)
    try:
        value = json.loads(text)
    except ValueError:
        return text
    if kind in _POLICIES and _is_empty_policy(value):
        return ""
    if kind in _KEPT:
        return text
    if kind is Document.LEGACY_POLICY and value.get("Version") == _CURRENT_VERSION:
        rest = {key: item for key, item in value.items() if key != "Version"}
        return f'{{"Version":"{_CURRENT_VERSION}"' + ("," if rest else "") + go_json(rest)[1:]
    return go_json(value, escape=kind is not Document.PLAIN_JSON)


def equivalent(first: str, second: str, kind: Document) -> bool:
    """Tell whether a plan takes the two documents for the same."""
    if first == second:
        return True
    if kind is Document.SHA1:
        return _digest(second) == first
    try:
        one, other = json.loads(first), json.loads(second)
    except ValueError:
        return False
    if kind in _POLICIES:
        return bool(canonical_policy(one) == canonical_policy(other))
    return bool(one == other)


def go_json(value: Any, *, escape: bool = True) -> str:
    """Return JSON as Go writes it: keys sorted, no spaces, ``1.0`` as ``1``, and ``<``, ``>``, ``&`` as escapes."""
    text = json.dumps(_go_numbers(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return escaped_for_html(text) if escape else text


def escaped_for_html(text: str) -> str:
    """Return JSON text with the escapes that Go's encoder adds."""
    for character, escaped in _GO_ESCAPES.items():
        text = text.replace(character, escaped)
    return text


def _go_numbers(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _go_numbers(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_go_numbers(item) for item in value]
    if isinstance(value, float) and value.is_integer() and abs(value) < _GO_EXPONENT:
        return int(value)
    return value


def canonical_policy(policy: Any) -> Any:
    """Return a form in which two IAM policies are equal where IAM treats them alike.

    One value and a list of one, lists in another order, an account's number and the ARN of its root, ``"*"`` and
    ``{"AWS": "*"}`` as the principal, and statements in another order mean the same. See "IAM JSON policy elements
    reference" in the IAM user guide.
    """
    if not isinstance(policy, dict):
        return policy
    statements = policy.get("Statement", [])
    statements = statements if isinstance(statements, list) else [statements]
    rest = {key: item for key, item in policy.items() if key != "Statement"}
    return {**rest, "Statement": sorted((_canonical_statement(item) for item in statements), key=go_json)}


def _is_empty_policy(value: Any) -> bool:
    return not (isinstance(value, dict) and value.keys() & {"Version", "Id", "Statement"})


def _canonical_statement(statement: Any) -> Any:
    if not isinstance(statement, dict):
        return statement
    result: dict[str, Any] = {}
    for key, value in statement.items():
        if key in ("Action", "NotAction"):
            result[key] = sorted(str(item).lower() for item in _listed(value))
        elif key in ("Resource", "NotResource"):
            result[key] = sorted(map(str, _listed(value)))
        elif key in ("Principal", "NotPrincipal"):
            result[key] = _canonical_principal(value)
        elif key == "Condition" and isinstance(value, dict):
            result[key] = {
                operator: {name: sorted(map(_text, _listed(values))) for name, values in keys.items()}
                if isinstance(keys, dict)
                else keys
                for operator, keys in value.items()
            }
        elif value not in ("", None) or key == "Effect":
            result[key] = value
    return result


def _canonical_principal(value: Any) -> Any:
    if value == "*":
        return {"AWS": ["*"]}
    if not isinstance(value, dict):
        return value
    return {
        kind: sorted(_account_root(str(item)) if kind == "AWS" else str(item) for item in _listed(items))
        for kind, items in value.items()
    }


def _account_root(principal: str) -> str:
    return f"arn:aws:iam::{principal}:root" if re.fullmatch(r"\d{12}", principal) else principal


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _text(value: Any) -> str:
    return json.dumps(value) if isinstance(value, bool) else str(value)


def _digest(text: str) -> str:
    """Return what instance user data is shown as: the SHA-1 of its decoded form, in hexadecimal."""
    try:
        content = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        content = text.encode()
    return hashlib.sha1(content, usedforsecurity=False).hexdigest()
