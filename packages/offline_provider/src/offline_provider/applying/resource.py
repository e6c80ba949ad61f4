"""One resource during one operation: its values, and the calls that are made for it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from offline_provider.applying.clients import client
from offline_provider.applying.errors import CALL_FAILURES, ApplyError, code_of
from offline_provider.applying.fields import is_zero, to_request
from offline_provider.partitions import partition_of
from offline_provider.wire.values import UNKNOWN, Value

if TYPE_CHECKING:
    from pathlib import Path

    from offline_provider.applying.fields import Fields
    from offline_provider.planning.behaviour import Behaviour
    from offline_provider.schema_model import Schema
    from offline_provider.settings import Settings

BUSY_SECONDS = 20.0
"""How long a change waits for an earlier one of the same resource to end."""
POLL_SECONDS = 0.1

Request = Callable[["Resource"], dict[str, Any]]
"""Makes a request for the resource as it is to be."""

_accounts: dict[tuple[str | None, str | None], str] = {}


class ResourceKind(Protocol):
    """What a resource needs of its type's table, which is a ``ResourceType``."""

    @property
    def service(self) -> str:
        """The service by boto3's name."""

    @property
    def what(self) -> str:
        """What a person calls it: ``SNS topic``."""

    @property
    def called(self) -> str:
        """The attribute that names it in messages."""

    @property
    def busy(self) -> frozenset[str]:
        """Codes of errors that pass by themselves, because an earlier change is still being made."""


@dataclass(frozen=True, slots=True)
class Context:
    """What an operation may use: the type, its schema and behaviour, and the provider block it was planned with."""

    type_name: str
    schema: Schema
    settings: Settings
    behaviour: Behaviour
    stopped: threading.Event = field(default_factory=threading.Event)
    """Set where the person has interrupted Terraform: nothing is waited for any more."""

    def pause(self) -> None:
        """Wait a moment before looking again. Raises ``ApplyError`` where Terraform is interrupted."""
        if self.stopped.wait(POLL_SECONDS):
            raise ApplyError("interrupted", "Terraform was told to stop while this resource was still changing.")


class Resource:
    """One resource: ``values`` are its attributes, ``prior`` what they were before a change (``None`` on create).

    Reading an item of it returns the attribute's value.
    """

    def __init__(self, kind: ResourceKind, context: Context, values: Value, prior: Value = None) -> None:
        self.kind, self.context, self.prior = kind, context, prior
        self.values: dict[str, Any] = known(values)

    def __getitem__(self, name: str) -> Any:
        return self.values.get(name)

    @property
    def name(self) -> str:
        """What messages call the resource."""
        return f"{self.kind.what} {self[self.kind.called] or self['id'] or '(unnamed)'}"

    @property
    def region(self) -> str:
        """The region it is in. Raises ``ApplyError`` where none is configured."""
        region = self["region"] or self.context.settings.region
        if not region:
            raise ApplyError("no region", "Give the provider a region, or set AWS_REGION.")
        return str(region)

    @property
    def partition(self) -> str:
        """The partition of its region: ``aws``."""
        return partition_of(self.region).name

    @property
    def account(self) -> str:
        """The account that the emulator says the credentials belong to."""
        return account_of(self.context.settings, self.region)

    @property
    def tags(self) -> dict[str, str]:
        """Its tags and the provider's default tags; the tag calls read this."""
        own = {key: value or "" for key, value in (self["tags"] or {}).items()}
        return self.context.settings.tags.merged(own)

    def changed(self, *names: str) -> bool:
        """Tell whether one of the arguments differs from before; all do on create."""
        return self.prior is None or any(
            self[name] != self.prior.get(name) and not (is_zero(self[name]) and is_zero(self.prior.get(name)))
            for name in names
        )

    def request(self, request: Fields | Request) -> dict[str, Any]:
        """Return a request for the resource as it is to be."""
        return request(self) if callable(request) else to_request(request, self.values)

    def send(self, operation: str, request: dict[str, Any], service: str | None = None) -> Any:
        """Make a call by its name; one that an earlier change is in the way of is made again for a while."""
        method = getattr(client(service or self.kind.service, self.context.settings, self.region), operation)
        deadline = time.monotonic() + BUSY_SECONDS
        while True:
            try:
                return method(**request)
            except CALL_FAILURES as error:
                if code_of(error) not in self.kind.busy or time.monotonic() > deadline:
                    raise
            self.context.pause()

    def pages(self, operation: str, **request: Any) -> Any:
        """Return the pages of a listing call, each a response."""
        return (
            client(self.kind.service, self.context.settings, self.region).get_paginator(operation).paginate(**request)
        )

    def file(self, name: str) -> Path:
        """Return the path of a file that an argument names, as Terraform, which resolves it, would see it."""
        return self.context.settings.folder / name


def known(value: Value) -> Any:
    """Return the value with null for what is not known yet, and without blocks that are not."""
    if value is UNKNOWN:
        return None
    if isinstance(value, dict):
        return {key: known(item) for key, item in value.items()}
    if isinstance(value, list):
        return [known(item) for item in value]
    return value


def account_of(settings: Settings, region: str) -> str:
    """Return the account of the credentials, asked once for each endpoint. Raises ``ApplyError`` where none answers."""
    key = (settings.endpoint_of("sts"), settings.access_key)
    if key not in _accounts:
        try:
            _accounts[key] = str(client("sts", settings, region).get_caller_identity()["Account"])
        except CALL_FAILURES as error:
            raise ApplyError(
                "the emulator does not say whose the credentials are", f"GetCallerIdentity at {key[0]}: {error}"
            ) from error
    return _accounts[key]
