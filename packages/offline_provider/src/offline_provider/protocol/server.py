"""The gRPC server: Terraform's calls in, the servicer's answers out, on a free loopback port.

A socket file would serve as well, but connections over one cannot be told apart, and a configuration with two provider
blocks opens two.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent import futures
from typing import TYPE_CHECKING, Any, Self

from offline_provider.errors import OfflineProviderError
from offline_provider.protocol.sessions import UnclearSession
from offline_provider.wire import diagnostics
from offline_provider.wire.messages import grpc, pb

if TYPE_CHECKING:
    from offline_provider.protocol.servicer import Servicer
    from offline_provider.protocol.utility_servicer import UtilityServicer

_SERVICE = "tfplugin6.Provider"
_THREADS = 32
"""Three times what Terraform does at once by default: commands may share a server, and a stop must get through."""

_OPTIONS = [("grpc.max_send_message_length", -1), ("grpc.max_receive_message_length", -1), ("grpc.so_reuseport", 0)]

Method = Callable[[Any, str], Any]


class Server:
    """A running server; ``address`` is host and port. Use it as a context manager."""

    def __init__(self, servicer: Servicer | UtilityServicer) -> None:
        self._threads = futures.ThreadPoolExecutor(_THREADS, thread_name_prefix="offline-provider")
        self._server = grpc.server(self._threads, options=_OPTIONS)
        self._server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(_SERVICE, _handlers(servicer)),))
        self.address = ""

    def __enter__(self) -> Self:
        port = self._server.add_insecure_port("127.0.0.1:0")
        if not port:
            raise OfflineProviderError("no port is free on 127.0.0.1")
        self.address = f"127.0.0.1:{port}"
        self._server.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.stop(grace=None).wait()
        self._threads.shutdown()


def _handlers(servicer: Servicer | UtilityServicer) -> dict[str, Any]:
    """Return the table of calls; what is not in it is answered as unimplemented, which Terraform allows for."""
    methods: dict[str, Method] = {
        "GetMetadata": servicer.get_metadata,
        "GetFunctions": servicer.get_functions,
        "CallFunction": servicer.call_function,
        "ValidateProviderConfig": servicer.validate_provider_config,
        "ConfigureProvider": servicer.configure_provider,
        "ValidateResourceConfig": servicer.validate_resource_config,
        "UpgradeResourceState": servicer.upgrade_resource_state,
        "ReadResource": servicer.read_resource,
        "PlanResourceChange": servicer.plan_resource_change,
        "ApplyResourceChange": servicer.apply_resource_change,
        "ImportResourceState": servicer.import_resource_state,
        "MoveResourceState": servicer.move_resource_state,
        "ValidateDataResourceConfig": servicer.validate_data_resource_config,
        "ReadDataSource": servicer.read_data_source,
        "StopProvider": servicer.stop_provider,
    }
    handlers = {name: _handler(method, getattr(pb, name)) for name, method in methods.items()}
    handlers["GetProviderSchema"] = grpc.unary_unary_rpc_method_handler(
        lambda request, context: servicer.get_provider_schema(request, context.peer())
    )
    # No resource has an identity here: an empty message says so, and its type is newer than the stubs.
    handlers["GetResourceIdentitySchemas"] = grpc.unary_unary_rpc_method_handler(lambda _request, _context: b"")
    return handlers


def _handler(method: Method, messages: Any) -> Any:
    def answer(request: Any, context: Any) -> Any:
        try:
            return method(request, context.peer())
        except (OfflineProviderError, UnclearSession) as problem:
            return messages.Response(diagnostics=[diagnostics.error("cannot answer", f"{problem}.")])

    return grpc.unary_unary_rpc_method_handler(
        answer,
        request_deserializer=messages.Request.FromString,
        response_serializer=lambda message: message.SerializeToString(),
    )
