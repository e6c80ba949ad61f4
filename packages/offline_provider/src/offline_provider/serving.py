"""Serving the offline provider to whatever Terraform is run beside it."""

from __future__ import annotations

import json
import os
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from offline_provider.observed import recorded
from offline_provider.protocol import peers
from offline_provider.protocol.server import Server
from offline_provider.protocol.servicer import Servicer
from offline_provider.protocol.utility_servicer import UtilityServicer
from offline_provider.schema.cache import open_store
from offline_provider.schema.scope import needed_types
from offline_provider.utility_providers import NAMES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from pathlib import Path

    from offline_provider.data_sources import StandIns

REATTACH_VARIABLE = "TF_REATTACH_PROVIDERS"
ACCOUNT_VARIABLE = "OFFLINE_PROVIDER_ACCOUNT_ID"

_ASKS_FOR_ALL = frozenset({"schema", "console", "test", "query"})
"""Terraform's commands that show or use types which the configuration does not name."""
_REGISTRIES = ("registry.terraform.io/hashicorp", "registry.opentofu.org/hashicorp")
_PROTOCOL = 6


@dataclass(frozen=True, slots=True)
class Serving:
    """A provider that is being served, until the ``with`` block of ``serve`` ends."""

    address: str
    version: str = ""
    """The version of the real provider whose schema is served."""
    utilities: str = ""
    """Where the stand-ins for the utility providers are served, empty where they are not."""

    def environment(self, base: Mapping[str, str] | None = None) -> dict[str, str]:
        """Return an environment in which Terraform uses this provider for ``hashicorp/aws``.

        ``base`` is the process's own unless given; other providers that it hands to Terraform stay.
        """
        environment = dict(os.environ if base is None else base)
        served = dict.fromkeys((f"{registry}/aws" for registry in _REGISTRIES), _attachment(self.address))
        if self.utilities:
            sources = (f"{registry}/{name}" for registry in _REGISTRIES for name in NAMES)
            served |= dict.fromkeys(sources, _attachment(self.utilities))
        others = json.loads(environment.get(REATTACH_VARIABLE) or "{}")
        environment[REATTACH_VARIABLE] = json.dumps(served | others if self.utilities else others | served)
        environment.setdefault("CHECKPOINT_DISABLE", "1")  # Terraform's question to its maker about new versions
        return environment


def _attachment(address: str) -> dict[str, Any]:
    return {
        "Protocol": "grpc",
        "ProtocolVersion": _PROTOCOL,
        "Pid": os.getpid(),
        "Test": True,  # Terraform leaves the process alone when it is done
        "Addr": {"Network": "tcp", "String": address},
    }


def _scope(peer: str) -> Collection[str] | None:
    """Return the types that the Terraform at the other end needs, where it can be told where it runs."""
    process = peers.process_of(peer)
    if process is None or not process.arguments or _ASKS_FOR_ALL.intersection(process.arguments):
        return None
    return needed_types(process.folder, process.arguments)


@contextmanager
def serve(
    *,
    configuration: Path | None = None,
    arguments: Iterable[str] = (),
    account_id: str | None = None,
    stand_ins: StandIns | None = None,
    environ: Mapping[str, str] | None = None,
    plans_all: bool = False,
) -> Iterator[Serving]:
    """Serve the offline provider on a free loopback port while the block runs.

    ``configuration`` is the folder that Terraform will plan: it is then told of the types alone that are used there,
    which is faster; without it, of those that are used where the asking Terraform runs, if that can be told.
    ``arguments`` are those of the Terraform command. ``account_id`` is what ``aws_caller_identity`` answers (else
    ``OFFLINE_PROVIDER_ACCOUNT_ID``), ``stand_ins`` what other data sources do. ``environ`` is where endpoints,
    credentials and region are read that the provider block leaves out (else the process's own).

    With ``plans_all`` everything is made to be planned, for a review: HashiCorp's utility providers have stand-ins too,
    and what only AWS could answer is made up, and said to be.

    A provider block that is meant for an emulator (``Settings.is_emulated``) is applied to it, any other only planned.

    Raises ``OfflineProviderError`` where the AWS bindings, from which the schemas are read, are not as expected.
    """
    arguments = tuple(arguments)
    store = open_store()
    servicer = Servicer(
        store,
        recorded(),
        scope=lambda peer: _scope(peer) if configuration is None else needed_types(configuration, arguments),
        account_id=account_id or os.environ.get(ACCOUNT_VARIABLE) or None,
        stand_ins=stand_ins,
        environ=environ,
        folder=configuration,
        makes_up=plans_all,
    )
    with ExitStack() as servers:
        server = servers.enter_context(Server(servicer))
        utilities = servers.enter_context(Server(UtilityServicer(configuration))).address if plans_all else ""
        yield Serving(server.address, store.provider_version, utilities)
