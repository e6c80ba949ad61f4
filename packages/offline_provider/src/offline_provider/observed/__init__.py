"""What the bindings leave out, recorded from HashiCorp's own provider.

A schema does not say which change forces a new resource, what an argument left out is taken for, or which strings
are documents; and the bindings lose some of what a schema says (limits above one, what is sensitive, state versions).
All of it was seen by asking the real provider, by ``offline_provider.recording``, and is kept in one file that
names the provider's version. That version is older than the bindings' where the newer cannot be had: of types and
arguments that came later nothing is recorded, and the plan says so.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from offline_provider.planning.behaviour import NOTHING_KNOWN, Behaviour, parse_behaviour


def recorded_file() -> Path:
    """Return the path of the recorded file."""
    return Path(__file__).with_name("aws-5.100.0.json")


@dataclass(frozen=True, slots=True)
class Recording:
    """The recorded file: where it is from, and its entries by type."""

    source: dict[str, str]
    resources: dict[str, dict[str, Any]]
    data_sources: dict[str, dict[str, Any]]
    shapes: list[Any]

    def behaviour(self, type_name: str) -> Behaviour:
        """Return what is known of a resource type's planning; of a type that is not recorded, nothing."""
        entry = self.resources.get(type_name)
        return parse_behaviour(entry) if entry is not None else NOTHING_KNOWN


@cache
def recorded() -> Recording:
    """Return the recorded file's content, read once."""
    content = json.loads(recorded_file().read_text())
    return Recording(content["recorded_from"], content["resources"], content["data_sources"], content["shapes"])
