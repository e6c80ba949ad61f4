"""The computed ``tags_all``: a resource's tags and the provider's default tags, without ignored ones."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from offline_provider.planning.behaviour import Library
from offline_provider.wire.values import UNKNOWN, Value, is_wholly_known

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class TagSettings:
    """The provider configuration's ``default_tags`` and ``ignore_tags``; ``default`` is ``None`` while unknown."""

    default: Mapping[str, str] | None = field(default_factory=dict)
    ignored_keys: frozenset[str] = frozenset()
    ignored_prefixes: tuple[str, ...] = ()

    def merged(self, tags: Mapping[str, str]) -> dict[str, str]:
        """Return default tags overlaid by the resource's, without those that are ignored."""
        every = {**(self.default or {}), **tags}
        return {
            key: value
            for key, value in sorted(every.items())
            if key not in self.ignored_keys and not key.startswith(self.ignored_prefixes or ("\0",))
        }


def planned_tags_all(planned: Value, prior: Value, settings: TagSettings, library: Library) -> Value:
    """Return ``tags_all`` of a planned resource.

    A tag without value makes it unknown (AWS decides what such a tag becomes), and so does not having any tag when
    the resource is new and written with the older library; both as the real provider plans them.
    """
    tags = planned["tags"]
    if not is_wholly_known(tags) or settings.default is None:
        return UNKNOWN
    merged = settings.merged({key: value for key, value in (tags or {}).items() if value is not None})
    if library is not Library.SDK:
        return merged
    before = prior["tags"] if prior is not None else None
    if "" in merged.values():
        unchanged = prior is not None and (tags or {}) == (before or {}) and merged == prior["tags_all"]
        return prior["tags_all"] if unchanged else UNKNOWN
    if merged:
        return merged
    if (tags or {}) != (before or {}):
        return {}
    return UNKNOWN if prior is None or prior["tags_all"] is None else prior["tags_all"]
