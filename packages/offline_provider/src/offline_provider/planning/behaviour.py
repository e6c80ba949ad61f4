"""What is known of one resource type's planning beyond its schema; recorded from the real provider.

Paths are dotted names from the root, without indexes: ``rule.filter.prefix``.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from offline_provider.wire.values import Value


class Document(enum.StrEnum):
    """How a string that holds a document is rewritten and compared in a plan."""

    POLICY = "policy"
    """An IAM policy: written with sorted keys; equal where it means the same to IAM."""
    LEGACY_POLICY = "legacy policy"
    """The same, with ``Version`` first."""
    KEPT_POLICY = "kept policy"
    """An IAM policy compared by meaning but left as it is written."""
    JSON = "json"
    """JSON: written with sorted keys; equal where it is the same JSON."""
    PLAIN_JSON = "plain json"
    """The same, without the escapes that Go writes for ``<``, ``>`` and ``&``."""
    KEPT_JSON = "kept json"
    """JSON compared as such but left as it is written."""
    SHA1 = "sha1"
    """Only a digest is kept."""


class Library(enum.StrEnum):
    """What the real provider's resource is written with; it decides how computed values are planned."""

    SDK = "sdk"
    FRAMEWORK = "framework"
    UNKNOWN = "unknown"
    """The type is newer than the recording: nothing is known of it beyond its schema."""


@dataclass(frozen=True, slots=True)
class Behaviour:
    """One type's planning; see ``offline_provider.observed`` for where each part comes from."""

    library: Library = Library.UNKNOWN
    defaults: Mapping[str, Value] = field(default_factory=dict)
    """Values planned for what the configuration leaves out."""
    computed_blocks: frozenset[str] = frozenset()
    """Blocks planned as unknown where the configuration has none; a schema cannot say it."""
    nulls: frozenset[str] = frozenset()
    """Computed values planned as null on create, though one is unknown as a rule."""
    replace: frozenset[str] = frozenset()
    """Arguments whose change forces a new resource."""
    replace_sometimes: frozenset[str] = frozenset()
    """Arguments whose change did so in some plans only."""
    recomputed: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Computed value → the arguments whose change makes it unknown again."""
    recomputed_sometimes: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """The same, where other arguments decide whether it does."""
    kept: frozenset[str] = frozenset()
    """Computed values that stay known in a change, of a library whose normal case is that they don't."""
    documents: Mapping[str, Document] = field(default_factory=dict)
    """Strings that hold a document."""

    @property
    def legacy(self) -> bool:
        """Whether Terraform is to accept the old library's imprecisions in plans, as the real provider asks it to."""
        return self.library is Library.SDK


NOTHING_KNOWN = Behaviour()


def parse_behaviour(entry: Mapping[str, Any]) -> Behaviour:
    """Return the behaviour that an entry of the recorded file holds; parts left out are empty."""
    return Behaviour(
        library=Library.FRAMEWORK if entry.get("framework") else Library.SDK,
        defaults=entry.get("defaults", {}),
        computed_blocks=frozenset(entry.get("computed_blocks", ())),
        nulls=frozenset(entry.get("nulls", ())),
        replace=frozenset(entry.get("replace", ())),
        replace_sometimes=frozenset(entry.get("replace_sometimes", ())),
        recomputed={path: frozenset(names) for path, names in entry.get("recomputed", {}).items()},
        recomputed_sometimes={path: frozenset(names) for path, names in entry.get("recomputed_sometimes", {}).items()},
        kept=frozenset(entry.get("kept", ())),
        documents={path: Document(kind) for path, kind in entry.get("documents", {}).items()},
    )
