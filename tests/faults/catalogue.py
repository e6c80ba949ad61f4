"""The whole catalogue; the two historic mistakes come first."""

from __future__ import annotations

from tests.faults import historic, permissions, width, wiring, addresses, stored, added  # isort: skip
from tests.faults import events_and_states, definitions, code_and_settings, values, language, updates, refused, packages  # isort: skip
from tests.faults import documents, watching  # isort: skip
from tests.faults.mutation import CATALOGUE, Mutation

__all__ = ["CATALOGUE", "MODULES", "Mutation"]

MODULES = (
    historic,
    permissions,
    width,
    wiring,
    addresses,
    stored,
    added,
    events_and_states,
    definitions,
    code_and_settings,
    values,
    language,
    updates,
    refused,
    packages,
    documents,
    watching,
)
