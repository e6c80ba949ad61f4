"""The answers of the utility providers' stand-in to Terraform's calls. One server answers for all of them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from offline_provider.errors import DataSourceError
from offline_provider.planning.change import PlanSettings, plan_change
from offline_provider.protocol import peers
from offline_provider.protocol.conform import ConformError, conform
from offline_provider.schema_model import object_type
from offline_provider.utility_providers import schemas
from offline_provider.utility_providers.answers import answer
from offline_provider.wire import diagnostics
from offline_provider.wire.messages import pb
from offline_provider.wire.schemas import to_message
from offline_provider.wire.values import decode, encode

_RESULT = re.compile(r'\.result(?:\.([A-Za-z_][\w-]*)|\[\s*"([^"]+)"\s*\])')


class UtilityServicer:
    """Answers for one server; ``folder`` is what Terraform plans, where that cannot be told by who asks."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder

    def get_provider_schema(self, _request: Any, _peer: str) -> bytes:
        """Answer with the types of all of them: a provider that has more than it is asked for does no harm."""
        message = pb.GetProviderSchema.Response(
            provider=to_message(schemas.provider_schema()),
            resource_schemas={name: to_message(schemas.schema("resource", name)) for name in schemas.types("resource")},
            data_source_schemas={
                name: to_message(schemas.schema("data source", name)) for name in schemas.types("data source")
            },
            server_capabilities=pb.ServerCapabilities(plan_destroy=True, get_provider_schema_optional=True),
        )
        return bytes(message.SerializeToString())

    def get_metadata(self, _request: Any, _peer: str) -> Any:
        """List what there is."""
        metadata = pb.GetMetadata
        return metadata.Response(
            resources=[metadata.ResourceMetadata(type_name=name) for name in schemas.types("resource")],
            data_sources=[metadata.DataSourceMetadata(type_name=name) for name in schemas.types("data source")],
        )

    def get_functions(self, _request: Any, _peer: str) -> Any:
        """Describe no function: those of these providers are not served."""
        return pb.GetFunctions.Response()

    def call_function(self, request: Any, _peer: str) -> Any:
        """Refuse: none is described."""
        return pb.CallFunction.Response(error=pb.FunctionError(text=f"there is no function {request.name}"))

    def validate_provider_config(self, _request: Any, _peer: str) -> Any:
        """Accept what fits the schema."""
        return pb.ValidateProviderConfig.Response()

    def configure_provider(self, _request: Any, _peer: str) -> Any:
        """Take nothing from the configuration."""
        return pb.ConfigureProvider.Response()

    def validate_resource_config(self, _request: Any, _peer: str) -> Any:
        """Accept what fits the schema."""
        return pb.ValidateResourceConfig.Response()

    def validate_data_resource_config(self, _request: Any, _peer: str) -> Any:
        """Accept what fits the schema."""
        return pb.ValidateDataResourceConfig.Response()

    def upgrade_resource_state(self, request: Any, _peer: str) -> Any:
        """Read a stored state in the shape of the schema served."""
        response = pb.UpgradeResourceState.Response()
        try:
            type_ = object_type(schemas.schema("resource", request.type_name).block)
            response.upgraded_state.CopyFrom(encode(conform(json.loads(request.raw_state.json or b"null"), type_)))
        except (ConformError, ValueError) as problem:
            detail = f"The state was written with another schema, and cannot be read with this one: {problem}."
            response.diagnostics.append(diagnostics.error(f"cannot read the state of {request.type_name}", detail))
        return response

    def read_resource(self, request: Any, _peer: str) -> Any:
        """Return the state as it is stored."""
        return pb.ReadResource.Response(new_state=request.current_state, private=request.private)

    def plan_resource_change(self, request: Any, _peer: str) -> Any:
        """Plan: what the provider makes up is unknown."""
        proposed = decode(request.proposed_new_state)
        if proposed is None:
            return pb.PlanResourceChange.Response(
                planned_state=request.proposed_new_state, planned_private=request.prior_private
            )
        change = plan_change(
            request.type_name,
            schemas.schema("resource", request.type_name).block,
            schemas.behaviour(request.type_name),
            PlanSettings(),
            config=decode(request.config),
            prior=decode(request.prior_state),
            proposed=proposed,
        )
        return pb.PlanResourceChange.Response(
            planned_state=encode(change.state),
            requires_replace=[diagnostics.attribute_path(path) for path in change.replace],
            planned_private=request.prior_private,
        )

    def apply_resource_change(self, request: Any, _peer: str) -> Any:
        """Refuse: this stand-in plans only."""
        return pb.ApplyResourceChange.Response(
            new_state=request.prior_state, private=request.planned_private, diagnostics=[_refused(request.type_name)]
        )

    def import_resource_state(self, request: Any, _peer: str) -> Any:
        """Refuse: this stand-in plans only."""
        return pb.ImportResourceState.Response(diagnostics=[_refused(request.type_name)])

    def move_resource_state(self, request: Any, _peer: str) -> Any:
        """Refuse: this stand-in plans only."""
        return pb.MoveResourceState.Response(diagnostics=[_refused(request.target_type_name)])

    def read_data_source(self, request: Any, peer: str) -> Any:
        """Answer exactly where that can be, else by a stand-in."""
        block = schemas.schema("data source", request.type_name).block
        process = peers.process_of(peer)
        folder = process.folder if process is not None else self._folder or Path()
        try:
            found = answer(request.type_name, decode(request.config), block, folder, self._keys(folder))
        except DataSourceError as problem:
            said = [diagnostics.error(problem.summary, problem.detail)]
            return pb.ReadDataSource.Response(diagnostics=said)
        warnings = [diagnostics.warning(summary, detail) for summary, detail in found.warnings]
        return pb.ReadDataSource.Response(state=encode(found.state), diagnostics=warnings)

    def stop_provider(self, _request: Any, _peer: str) -> Any:
        """Have nothing to stop."""
        return pb.StopProvider.Response()

    def _keys(self, folder: Path) -> set[str]:
        """Return what the configuration asks of the results of programs."""
        files = [
            path for pattern in ("*.tf", "*.tf.json", ".terraform/modules/**/*.tf") for path in folder.glob(pattern)
        ]
        texts = [path.read_text(errors="replace") for path in files if path.is_file()]
        return {first or second for text in texts for first, second in _RESULT.findall(text.replace('\\"', '"'))}


def _refused(type_name: str) -> Any:
    return diagnostics.error(
        f"does not apply {type_name}", "It stands in for a utility provider to plan, and makes nothing."
    )
