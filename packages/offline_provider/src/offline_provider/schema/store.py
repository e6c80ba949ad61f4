"""All schemas in one file: an index, and for each type the bytes that Terraform is sent.

The parts of a protocol message can be joined as bytes, so answering needs no schema to be read, whole or in part; one
is parsed when a value of its type is first planned.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import msgpack  # type: ignore[import-untyped]  # no types are published

from offline_provider.errors import UnknownTypeError
from offline_provider.schema.complete import complete
from offline_provider.wire.messages import pb
from offline_provider.wire.schemas import from_message, to_message

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from offline_provider.bindings.schemas import Definition
    from offline_provider.schema_model import Schema

_MAGIC = b"offline-provider schemas 1\n"
_LENGTH_BYTES = 8

_FIELDS = {"resource": "resource_schemas", "data source": "data_source_schemas"}


class SchemaStore:
    """The schemas of the provider, its resources and its data sources, as bytes."""

    def __init__(self, content: bytes) -> None:
        """Read the index. Raises ``ValueError`` where the bytes are not a whole store."""
        if not content.startswith(_MAGIC):
            raise ValueError("not a schema store")
        start = len(_MAGIC) + _LENGTH_BYTES
        end = start + int.from_bytes(content[len(_MAGIC) : start], "big")
        index = msgpack.unpackb(content[start:end])
        if len(content) != end + index["size"]:
            raise ValueError("a schema store that is cut off")
        self._bytes = memoryview(content)[end:]
        self.bindings_version: str = index["bindings_version"]
        self.provider_version: str = index["provider_version"]
        self._provider: list[int] = index["provider"]
        self._types: dict[str, dict[str, list[int]]] = index["types"]
        self.resource = lru_cache(maxsize=None)(self._resource)
        self.data_source = lru_cache(maxsize=None)(self._data_source)

    @property
    def resources(self) -> Collection[str]:
        """The names of all resource types."""
        return self._types["resource"].keys()

    @property
    def data_sources(self) -> Collection[str]:
        """The names of all data source types."""
        return self._types["data source"].keys()

    def provider(self) -> Schema:
        """Return the schema of the provider's own configuration."""
        message = pb.GetProviderSchema.Response.FromString(bytes(self._slice(self._provider)))
        return from_message(message.provider)

    def _resource(self, name: str) -> Schema:
        return self._schema("resource", name)

    def _data_source(self, name: str) -> Schema:
        return self._schema("data source", name)

    def _schema(self, kind: str, name: str) -> Schema:
        place = self._types[kind].get(name)
        if place is None:
            raise UnknownTypeError(f"there is no {kind} {name} in version {self.provider_version} of the provider")
        message = pb.GetProviderSchema.Response.FromString(bytes(self._slice(place)))
        return from_message(getattr(message, _FIELDS[kind])[name])

    def answer(self, names: Collection[str] | None = None, rest: bytes = b"") -> bytes:
        """Return a ``GetProviderSchema.Response`` with the types of these names or all, and ``rest``, as bytes."""
        if names is None:
            return b"".join([self._bytes, rest])
        places = [place for types in self._types.values() for name, place in types.items() if name in names]
        return b"".join(bytes(self._slice(place)) for place in [self._provider, *places]) + rest

    def _slice(self, place: list[int]) -> memoryview:
        offset, length = place
        return self._bytes[offset : offset + length]


def build_store(
    definitions: Iterable[tuple[Definition, str | None]], bindings_version: str, recording: Any, shapes: Any
) -> bytes:
    """Return the content of a store with all definitions, filled in from the recording."""
    parts: list[bytes] = []
    types: dict[str, dict[str, list[int]]] = {"resource": {}, "data source": {}}
    provider: list[int] = []
    version, offset = "", 0
    for definition, stated in definitions:
        version = stated or version
        part, place = _part(definition, recording, shapes), [offset, 0]
        place[1] = len(part)
        if definition.kind == "provider":
            provider = place
        else:
            types[definition.kind][definition.name] = place
        parts.append(part)
        offset += len(part)
    index = msgpack.packb(
        {
            "bindings_version": bindings_version,
            "provider_version": version,
            "provider": provider,
            "types": types,
            "size": offset,
        }
    )
    return b"".join([_MAGIC, len(index).to_bytes(_LENGTH_BYTES, "big"), index, *parts])


def _part(definition: Definition, recording: Any, shapes: Any) -> bytes:
    if definition.kind == "provider":
        message = pb.GetProviderSchema.Response(provider=to_message(complete(definition.block, {}, shapes)))
    else:
        entries = recording.resources if definition.kind == "resource" else recording.data_sources
        schema = complete(definition.block, entries.get(definition.name, {}), shapes)
        message = pb.GetProviderSchema.Response(**{_FIELDS[definition.kind]: {definition.name: to_message(schema)}})
    return bytes(message.SerializeToString())
