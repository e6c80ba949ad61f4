"""HashiCorp's AWS provider, run as Terraform runs it and spoken to in the plugin protocol (version 5)."""

from __future__ import annotations

import json
import os
import re
import subprocess
import tempfile
import threading
from typing import TYPE_CHECKING, Any, Self

from offline_provider.errors import OfflineProviderError
from offline_provider.wire.messages import grpc, pb
from offline_provider.wire.schemas import WRITE_ONLY_5, from_message
from offline_provider.wire.values import Value, decode, encode

if TYPE_CHECKING:
    from pathlib import Path

    from offline_provider.schema_model import Schema

_REATTACH = re.compile(r"TF_REATTACH_PROVIDERS='(.*)'")
_START_SECONDS = 60.0
_CALL_SECONDS = 20.0

# Version 5 names some calls differently; the messages used here are the same on the wire.
_NAMES = {
    "GetProviderSchema": "GetSchema",
    "ConfigureProvider": "Configure",
    "ValidateResourceConfig": "ValidateResourceTypeConfig",
    "ValidateDataResourceConfig": "ValidateDataSourceConfig",
}


class ProviderCrashed(OfflineProviderError):  # noqa: N818 - it says what happened, and is caught as an event
    """The real provider ended while it was asked; some made-up resources make it panic."""


class RealProvider:
    """A running provider. Use it as a context manager; a crash is repaired by leaving and entering again."""

    def __init__(self, binary: Path, endpoint: str | None = None) -> None:
        self._binary, self._endpoint = binary, endpoint
        self.resources: dict[str, Schema] = {}
        self.data_sources: dict[str, Schema] = {}
        self.provider: Schema | None = None

    def __enter__(self) -> Self:
        self._folder = tempfile.TemporaryDirectory(prefix="real-provider-")
        # Nothing of the person's own AWS settings may reach the provider, and its socket belongs in our folder.
        environment = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
        environment |= {"TMPDIR": self._folder.name, "AWS_EC2_METADATA_DISABLED": "true", "HOME": self._folder.name}
        if self._endpoint:
            environment["AWS_ENDPOINT_URL"] = self._endpoint
        self._process = subprocess.Popen(
            [self._binary, "-debug"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            text=True,
        )
        self._channel = grpc.insecure_channel(
            f"unix:{self._address()}", options=[("grpc.max_receive_message_length", -1)]
        )
        return self

    def __exit__(self, *_: object) -> None:
        self._channel.close()
        self._process.terminate()
        self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()
        self._folder.cleanup()

    def _address(self) -> str:
        giving_up = threading.Timer(_START_SECONDS, self._process.kill)
        giving_up.start()
        try:
            for line in self._process.stdout or ():
                if match := _REATTACH.search(line):
                    (attachment,) = json.loads(match.group(1)).values()
                    return str(attachment["Addr"]["String"])
        finally:
            giving_up.cancel()
        raise OfflineProviderError(f"{self._binary} does not start as a provider")

    def call(self, method: str, request: Any, response: Any) -> Any:
        """Call a method of the protocol by its version 6 name. Raises ``ProviderCrashed`` where it ends instead."""
        invoke = self._channel.unary_unary(
            f"/tfplugin5.Provider/{_NAMES.get(method, method)}",
            request_serializer=lambda message: message.SerializeToString(),
            response_deserializer=response.FromString,
        )
        try:
            return invoke(request, timeout=_CALL_SECONDS, wait_for_ready=False)
        except grpc.RpcError as error:
            raise ProviderCrashed(f"{method}: {error}") from error

    def read_schemas(self) -> None:
        """Fill ``resources``, ``data_sources`` and ``provider``."""
        answer = self.call("GetProviderSchema", pb.GetProviderSchema.Request(), pb.GetProviderSchema.Response)
        self.resources = {
            name: from_message(message, WRITE_ONLY_5) for name, message in answer.resource_schemas.items()
        }
        self.data_sources = {
            name: from_message(message, WRITE_ONLY_5) for name, message in answer.data_source_schemas.items()
        }
        self.provider = from_message(answer.provider, WRITE_ONLY_5)

    def configure(self, config: Value) -> list[Any]:
        """Configure the provider and return its diagnostics."""
        request = pb.ConfigureProvider.Request(terraform_version="1.11.4", config=encode(config))
        return list(self.call("ConfigureProvider", request, pb.ConfigureProvider.Response).diagnostics)

    def plan(self, type_name: str, *, config: Value, prior: Value, proposed: Value) -> Any:
        """Plan one resource and return the protocol's answer."""
        request = pb.PlanResourceChange.Request(
            type_name=type_name,
            prior_state=encode(prior),
            proposed_new_state=encode(proposed),
            config=encode(config),
        )
        return self.call("PlanResourceChange", request, pb.PlanResourceChange.Response)

    def read_data_source(self, type_name: str, config: Value) -> tuple[Value, list[Any]]:
        """Read a data source; return its state and the diagnostics."""
        request = pb.ReadDataSource.Request(type_name=type_name, config=encode(config))
        answer = self.call("ReadDataSource", request, pb.ReadDataSource.Response)
        return decode(answer.state), list(answer.diagnostics)
