"""The whole catalogue; the two historic mistakes come first."""

from __future__ import annotations

from tests.faults import historic, permissions, wiring, events_and_states, code_and_settings, updates  # isort: skip
from tests.faults.mutation import CATALOGUE, Mutation

__all__ = ["CATALOGUE", "MODULES", "Mutation"]

MODULES = (historic, permissions, wiring, events_and_states, code_and_settings, updates)
