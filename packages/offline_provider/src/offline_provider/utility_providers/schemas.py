"""The schemas of the utility providers, and how their resources are planned.

``schemas.json`` holds, for each type, its attributes with ``r`` (required), ``o`` (optional) and ``c`` (computed). It
was read from the providers' CDKTF bindings, which state the provider's version, by ``offline_provider.bindings``.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from offline_provider.errors import UnknownTypeError
from offline_provider.planning.behaviour import Behaviour, Library
from offline_provider.schema_model import Attribute, Block, NestedBlock, Nesting, Schema

if TYPE_CHECKING:
    from collections.abc import Mapping

NAMES = ("archive", "external", "local", "null", "random", "template", "time", "tls")

# The bindings do not say what is sensitive; the providers' documentation does.
_SENSITIVE: Mapping[str, tuple[str, ...]] = {
    "local_sensitive_file": ("content", "content_base64"),
    "random_bytes": ("base64", "hex"),
    "random_password": ("result", "bcrypt_hash"),
    "tls_cert_request": ("private_key_pem",),
    "tls_locally_signed_cert": ("ca_private_key_pem",),
    "tls_private_key": ("private_key_pem", "private_key_openssh", "private_key_pem_pkcs8"),
    "tls_self_signed_cert": ("private_key_pem",),
}
_CHARACTERS: Mapping[str, Any] = {
    **dict.fromkeys(("special", "upper", "lower", "numeric", "number"), True),
    **dict.fromkeys(("min_special", "min_upper", "min_lower", "min_numeric"), 0),
}
_OPEN_TO_ALL, _OPEN_TO_OWNER = "0777", "0700"
# What is planned for an argument that is left out, as the providers' documentation states it.
_DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    "local_file": {"file_permission": _OPEN_TO_ALL, "directory_permission": _OPEN_TO_ALL},
    "local_sensitive_file": {"file_permission": _OPEN_TO_OWNER, "directory_permission": _OPEN_TO_OWNER},
    "random_password": _CHARACTERS,
    "random_pet": {"length": 2, "separator": "-"},
    "random_string": _CHARACTERS,
    "tls_private_key": {"rsa_bits": 2048, "ecdsa_curve": "P224"},
}
# Providers whose resources are made anew by every change of an argument.
_REPLACED = ("local", "null", "random", "tls")


@cache
def _stored() -> dict[str, dict[str, Any]]:
    content: dict[str, dict[str, Any]] = json.loads(Path(__file__).with_name("schemas.json").read_text())
    return content


def versions() -> dict[str, str]:
    """Return the version of each provider whose schemas these are."""
    return {name: str(_stored()[name]["version"]) for name in NAMES}


def types(kind: str) -> list[str]:
    """Return the names of all types of a kind, ``resource`` or ``data source``."""
    return [name for provider in NAMES for name in _stored()[provider][kind]]


def provider_schema() -> Schema:
    """Return what a block of any of the providers may hold; of these only one has settings."""
    attributes: dict[str, Attribute] = {}
    blocks: dict[str, NestedBlock] = {}
    for name in NAMES:
        block = _block(_stored()[name]["provider"])
        attributes |= block.attributes
        blocks |= block.blocks
    return Schema(Block(attributes, blocks))


@cache
def schema(kind: str, name: str) -> Schema:
    """Return the schema of a type. Raises ``UnknownTypeError`` where there is none."""
    for provider in NAMES:
        if name in _stored()[provider][kind]:
            return Schema(_block(_stored()[provider][kind][name], _SENSITIVE.get(name, ())))
    raise UnknownTypeError(f"there is no {kind} {name} in the utility providers")


@cache
def behaviour(name: str) -> Behaviour:
    """Return how a resource of a type is planned."""
    provider = next(each for each in NAMES if name in _stored()[each]["resource"])
    attributes = schema("resource", name).block.attributes.values()
    if provider not in _REPLACED:
        return Behaviour(library=Library.UNKNOWN, defaults=_DEFAULTS.get(name, {}))
    return Behaviour(
        library=Library.FRAMEWORK,
        defaults=_DEFAULTS.get(name, {}),
        replace=frozenset(each.name for each in attributes if each.settable),
        kept=frozenset(each.name for each in attributes if each.computed),
    )


def _block(stored: Mapping[str, Any], sensitive: tuple[str, ...] = ()) -> Block:
    return Block(
        {name: _attribute(name, flags, type_, sensitive) for name, (flags, type_) in stored["attributes"].items()},
        {
            name: NestedBlock(name, _block(inner), Nesting(inner["nesting"]), inner["min"], inner["max"])
            for name, inner in stored.get("blocks", {}).items()
        },
    )


def _attribute(name: str, flags: str, type_: Any, sensitive: tuple[str, ...]) -> Attribute:
    return Attribute(
        name,
        type_,
        required="r" in flags,
        optional="o" in flags,
        computed="c" in flags,
        sensitive=name in sensitive,
    )
