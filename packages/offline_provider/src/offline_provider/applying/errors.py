"""What can go wrong while a resource is applied, in words that name the resource and hold no secret."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError

from offline_provider.wire.values import UNKNOWN, Value

if TYPE_CHECKING:
    from collections.abc import Iterable

    from offline_provider.schema_model import Block

HIDDEN = "(sensitive value)"
_SHORTEST_SECRET = 4
"""Shorter strings are not looked for: blotting out every ``1`` would leave no message."""

CALL_FAILURES = (ClientError, BotoCoreError)


class ApplyError(Exception):
    """A resource could not be created, read, changed or removed.

    ``state`` is what is known of the resource after the failure, so that the next apply goes on from there; left out,
    the state stays as it was before.
    """

    def __init__(self, summary: str, detail: str, state: Value = UNKNOWN) -> None:
        super().__init__(f"{summary}: {detail}")
        self.summary, self.detail, self.state = summary, detail, state


class UnsupportedError(Exception):
    """An argument is configured that no call of the table writes; ``path`` names it."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path


def code_of(error: Exception) -> str:
    """Return the service's code of an error; an empty text where the service was not reached."""
    return str(error.response.get("Error", {}).get("Code", "")) if isinstance(error, ClientError) else ""


def described(error: Exception, secrets: Iterable[str]) -> str:
    """Return what the service or the SDK says went wrong, without secrets."""
    if isinstance(error, ClientError):
        said = error.response.get("Error", {})
        text = f"{error.operation_name}: {said.get('Code', '')}: {said.get('Message', '')}"
    elif isinstance(error, ParamValidationError):
        # The SDK's report quotes the values that it does not like.
        report = str(error.kwargs.get("report", ""))
        text = "the request is not valid: " + "; ".join(line.split(", value:")[0] for line in report.splitlines())
    else:
        text = str(error)
    for secret in secrets:
        text = text.replace(secret, HIDDEN)
    return text


def secrets_of(block: Block, values: Any, private: Iterable[str]) -> set[str]:
    """Return the strings that must not be shown: of sensitive attributes, and below the ``private`` paths."""
    found: set[str] = set()
    for path in [*_sensitive(block), *private]:
        found |= _strings(values, path.split("."))
    return {text for text in found if len(text) >= _SHORTEST_SECRET}


def _sensitive(block: Block, prefix: str = "") -> list[str]:
    paths = [prefix + attribute.name for attribute in block.attributes.values() if attribute.sensitive]
    for name, nested in block.blocks.items():
        paths += _sensitive(nested.block, f"{prefix}{name}.")
    return paths


def _strings(values: Any, names: list[str]) -> set[str]:
    if isinstance(values, list):
        return {text for item in values for text in _strings(item, names)}
    if isinstance(values, dict):
        if names:
            return _strings(values.get(names[0]), names[1:])
        return {text for item in values.values() for text in _strings(item, [])}
    return {values} if isinstance(values, str) and not names else set()
