"""Where applying is added: one handler per resource type, and the guard before all of them.

Planning needs no handler. With one, creating, reading, updating, deleting and importing a type go to it, against the
endpoint that the provider's configuration names, which must be on this machine.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from offline_provider.protocol import diagnostics
from offline_provider.protocol.values import UNKNOWN, Value, is_wholly_known

if TYPE_CHECKING:
    from offline_provider.schema.model import Schema
    from offline_provider.settings import Settings


@dataclass(frozen=True, slots=True)
class Context:
    """What a handler may use: the type, its schema, and the provider block it was planned with."""

    type_name: str
    schema: Schema
    settings: Settings


class ResourceHandler(Protocol):
    """Does one resource type's calls. Values are those of the wire: ``None`` for null, a dict for a block.

    Each method raises ``ApplyError`` with what went wrong. A state that is returned must be wholly known.
    """

    def create(self, planned: Value, context: Context) -> Value:
        """Make the resource and return its state; ``planned`` may hold ``UNKNOWN`` where the service decides."""

    def read(self, state: Value, context: Context) -> Value:
        """Return the state as the service has it now; ``None`` where the resource is gone."""

    def update(self, prior: Value, planned: Value, context: Context) -> Value:
        """Change the resource in place and return its state."""

    def delete(self, state: Value, context: Context) -> None:
        """Remove the resource; one that is gone already is no error."""

    def import_state(self, identifier: str, context: Context) -> Value:
        """Return the state of the resource with this import id, with at least what ``read`` needs to find it."""


class ApplyError(Exception):
    """A resource could not be created, read, changed or removed.

    ``state`` is what is known of the resource after the failure, so that the next apply goes on from there; left out,
    the state stays as it was before.
    """

    def __init__(self, summary: str, detail: str, state: Value = UNKNOWN) -> None:
        super().__init__(f"{summary}: {detail}")
        self.summary, self.detail, self.state = summary, detail, state


Handlers = Mapping[str, ResourceHandler]


def refusal(type_name: str, settings: Settings, handlers: Handlers) -> Any | None:
    """Return why the offline provider does not touch a resource of this type, as a diagnostic; ``None`` if it does."""
    foreign = settings.foreign_endpoints()
    if foreign:
        return diagnostics.error(
            "does not apply to AWS",
            f"It stands in for the AWS provider to plan, and touches nothing but an emulator on this machine; this "
            f"configuration would reach {', '.join(sorted(foreign))}. Use HashiCorp's provider: run terraform without "
            "TF_REATTACH_PROVIDERS.",
        )
    if type_name not in handlers:
        return diagnostics.error(
            f"does not apply {type_name} yet",
            "It plans this type with its exact schema, but cannot create, change or remove it. Use HashiCorp's "
            "provider: run terraform without TF_REATTACH_PROVIDERS.",
        )
    return None


def apply_change(handler: ResourceHandler, prior: Value, planned: Value, context: Context) -> tuple[Value, list[Any]]:
    """Create, update or delete; return the new state and diagnostics."""
    try:
        if planned is None:
            handler.delete(prior, context)
            return None, []
        state = handler.create(planned, context) if prior is None else handler.update(prior, planned, context)
    except ApplyError as failure:
        kept = prior if failure.state is UNKNOWN else failure.state
        return kept, [diagnostics.error(failure.summary, failure.detail)]
    if not is_wholly_known(state):
        raise AssertionError(f"the handler of {context.type_name} returned a state that is not wholly known")
    return state, []
