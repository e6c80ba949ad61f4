"""Tags of any resource: written with its creation, changed one by one, read back without the provider's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from offline_provider.applying.errors import CALL_FAILURES, code_of
from offline_provider.applying.fields import at

if TYPE_CHECKING:
    from offline_provider.applying.resource import Resource
    from offline_provider.applying.resource_type import Tags

_RESERVED = "aws:"


def on_create(tags: Tags | None, resource: Resource) -> dict[str, Any]:
    """Return the part of the creating request that holds the tags."""
    if tags is None or tags.on_create is None or not resource.tags:
        return {}
    return {tags.on_create: _written(tags, resource.tags)}


def write_tags(tags: Tags | None, resource: Resource, before: dict[str, str]) -> None:
    """Change the tags from what they were to what they are to be."""
    if tags is None or resource.tags == before:
        return
    wanted = resource.tags
    erased = sorted(before.keys() - wanted.keys())
    changed = wanted if tags.whole else {key: value for key, value in wanted.items() if before.get(key) != value}
    key = {tags.key[0]: resource[tags.key[1]]}
    if erased and not (tags.whole and changed):
        resource.send(tags.erase, key if tags.whole else key | {tags.keys: erased})
    if changed:
        written = _written(tags, changed)
        resource.send(tags.write, key | {tags.member: {"TagSet": written} if tags.whole else written})


def read_tags(tags: Tags | None, resource: Resource, reference: dict[str, Any]) -> dict[str, Any]:
    """Return ``tags`` and ``tags_all`` as the service has them.

    A tag that only repeats a default one counts as the provider's, unless the resource has it as well.
    """
    if tags is None:
        return {}
    settings = resource.context.settings.tags
    every = {
        key: value
        for key, value in _read(resource, tags).items()
        if not key.startswith(_RESERVED)
        and key not in settings.ignored_keys
        and not key.startswith(settings.ignored_prefixes or ("\0",))
    }
    own = reference.get("tags") or {}
    default = settings.default or {}
    given = {key: value for key, value in every.items() if default.get(key) != value or key in own}
    return {"tags": given, "tags_all": every}


def _read(resource: Resource, tags: Tags) -> dict[str, str]:
    try:
        response = resource.send(tags.read, {tags.key[0]: resource[tags.key[1]]})
    except CALL_FAILURES as error:
        if code_of(error) in tags.absent:
            return {}
        raise
    found = at(response, tags.found) or {}
    if tags.form is None:
        return dict(found)
    return {item[tags.form[0]]: item[tags.form[1]] for item in found}


def _written(tags: Tags, values: dict[str, str]) -> Any:
    if tags.form is None:
        return values
    return [{tags.form[0]: key, tags.form[1]: value} for key, value in values.items()]
