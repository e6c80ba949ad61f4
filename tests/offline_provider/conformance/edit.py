"""What an edit of a stack is: a name, the resources it is about, and the change of the synthesized configuration."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.offline_provider.stacks import Document

Change = Callable[[Document], None]


@dataclass(frozen=True)
class Edit:
    """One change that a person makes. ``addresses`` are those whose plan shows it, and must show something."""

    name: str
    addresses: tuple[str, ...]
    change: Change


def resource(document: Document, address: str) -> dict[str, Any]:
    """Return a resource's arguments, to be changed."""
    kind, name = address.split(".")
    arguments: dict[str, Any] = document["resource"][kind][name]
    return arguments


def setting(name: str, address: str, /, **arguments: Any) -> Edit:
    """Give arguments other values."""
    return Edit(name, (address,), lambda document: resource(document, address).update(arguments))


def removing(name: str, address: str, *arguments: str) -> Edit:
    """Leave arguments out."""

    def change(document: Document) -> None:
        for argument in arguments:
            del resource(document, address)[argument]

    return Edit(name, (address,), change)


def rewriting(name: str, address: str, argument: str, change: Callable[[Any], None]) -> Edit:
    """Change a JSON document that an argument holds."""

    def rewrite(document: Document) -> None:
        arguments = resource(document, address)
        content = json.loads(arguments[argument])
        change(content)
        arguments[argument] = json.dumps(content)

    return Edit(name, (address,), rewrite)


def adding(name: str, address: str, /, **arguments: Any) -> Edit:
    """Add a resource."""
    kind, label = address.split(".")
    return Edit(name, (address,), lambda document: document["resource"].setdefault(kind, {}).update({label: arguments}))


def dropping(name: str, address: str) -> Edit:
    """Take a resource out; what waited for it does so no more."""
    kind, label = address.split(".")

    def change(document: Document) -> None:
        del document["resource"][kind][label]
        for resources in document["resource"].values():
            for arguments in resources.values():
                awaited = arguments.get("depends_on", [])
                if address in awaited:
                    awaited.remove(address)

    return Edit(name, (address,), change)


def changing(name: str, addresses: tuple[str, ...], change: Change) -> Edit:
    """Change a configuration in another way."""
    return Edit(name, addresses, change)
