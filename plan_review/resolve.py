"""What a value in a configuration is known to be before anything is deployed."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from plan_review.templates import TemplateError, split
from plan_review.values import Known, Literal, Template, Unknown, Value

if TYPE_CHECKING:
    from plan_review.model import Configuration

_TRAVERSAL = re.compile(r"((?:data\.)?[a-z]\w*\.[\w-]+)(?:\.([\w-]+))?")


def _expression(configuration: Configuration, text: str, module: str) -> Literal | Known | Unknown:
    match = _TRAVERSAL.fullmatch(text)
    prefix = f"{module}." if module else ""
    if match and (resource := configuration.resources.get(prefix + match[1])):
        return Known(resource, match[2], text)
    return Unknown(f"{text} is an expression that only Terraform evaluates", (), text)


def resolve(configuration: Configuration, value: Any, module: str) -> Value:
    """Return what ``value`` is known to be; see ``Configuration.resolve``."""
    if not isinstance(value, str) or ("${" not in value and "%{" not in value):
        return Literal(value)
    try:
        split_parts = split(value)
    except TemplateError as error:
        return Unknown(str(error), (), value)
    parts = tuple(
        Literal(part.text) if part.kind == "literal" else _expression(configuration, part.text, module)
        for part in split_parts
    )
    if len(parts) == 1:
        return parts[0]
    return Template(parts)


def document(configuration: Configuration, value: Any, module: str) -> Any:
    """Return the data that a JSON-valued argument holds; see ``Configuration.document``."""
    known = resolve(configuration, value, module)
    if isinstance(known, (Known, Unknown)):
        return known
    try:
        return json.loads(value)
    except (TypeError, ValueError) as error:
        return Unknown(f"not JSON: {error}", (), str(value))
