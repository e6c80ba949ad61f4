"""The answers to Terraform's calls, one method per call of the plugin protocol."""

from __future__ import annotations

import json
import os
import threading
from typing import TYPE_CHECKING, Any

from offline_provider import applying, data_sources
from offline_provider.applying.resource import Context
from offline_provider.data_sources import DataSourceError, StandIns
from offline_provider.errors import UnknownTypeError
from offline_provider.functions import FUNCTIONS, ArnError
from offline_provider.planning.behaviour import Document
from offline_provider.planning.change import Change, plan_change
from offline_provider.protocol import peers
from offline_provider.protocol.conform import ConformError, conform
from offline_provider.protocol.sessions import Sessions
from offline_provider.protocol.unconfigurable import unconfigurable
from offline_provider.schema_model import Attribute, Block, Schema, object_type
from offline_provider.settings import Settings, read_settings
from offline_provider.wire import diagnostics
from offline_provider.wire.messages import pb
from offline_provider.wire.schemas import to_message
from offline_provider.wire.values import Value, decode, encode

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from pathlib import Path

    from offline_provider.observed import Recording
    from offline_provider.schema.store import SchemaStore

# What a module may tell the provider about itself: https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/provider/framework/provider.go
_META = Schema(Block({"user_agent": Attribute("user_agent", ["list", "string"], optional=True)}))
_POLICIES = (Document.POLICY, Document.LEGACY_POLICY, Document.KEPT_POLICY)


class Servicer:
    """Answers for one server. ``scope`` says which types a peer is told of; ``None`` from it means all."""

    def __init__(
        self,
        store: SchemaStore,
        recording: Recording,
        *,
        scope: Callable[[str], Collection[str] | None] = lambda _peer: None,
        account_id: str | None = None,
        stand_ins: StandIns | None = None,
        environ: Mapping[str, str] | None = None,
        folder: Path | None = None,
        makes_up: bool = False,
    ) -> None:
        self._store, self._recording, self._scope = store, recording, scope
        self._account_id, self._stand_ins = account_id, stand_ins or {}
        self._environ = os.environ if environ is None else environ
        self._folder, self._makes_up = folder, makes_up
        self._sessions: Sessions[Settings] = Sessions()
        self._stopped: Sessions[threading.Event] = Sessions()

    # Schemas and functions.

    def get_provider_schema(self, _request: Any, peer: str) -> bytes:
        """Answer with bytes: the parts of the message are stored as such, and joined."""
        rest = pb.GetProviderSchema.Response(
            server_capabilities=_capabilities(),
            functions={name: _function(name) for name in FUNCTIONS},
            provider_meta=to_message(_META),
        )
        return self._store.answer(self._scope(peer), bytes(rest.SerializeToString()))

    def get_metadata(self, _request: Any, _peer: str) -> Any:
        """List what there is, without schemas."""
        metadata = pb.GetMetadata
        return metadata.Response(
            server_capabilities=_capabilities(),
            resources=[metadata.ResourceMetadata(type_name=name) for name in self._store.resources],
            data_sources=[metadata.DataSourceMetadata(type_name=name) for name in self._store.data_sources],
            functions=[metadata.FunctionMetadata(name=name) for name in FUNCTIONS],
        )

    def get_functions(self, _request: Any, _peer: str) -> Any:
        """Describe the provider's functions."""
        return pb.GetFunctions.Response(functions={name: _function(name) for name in FUNCTIONS})

    def call_function(self, request: Any, _peer: str) -> Any:
        """Call one of the provider's functions."""
        function = FUNCTIONS.get(request.name)
        if function is None:
            return pb.CallFunction.Response(error=pb.FunctionError(text=f"there is no function {request.name}"))
        try:
            result = function.call(*(decode(argument) for argument in request.arguments))
        except ArnError as problem:
            return pb.CallFunction.Response(error=pb.FunctionError(text=str(problem), function_argument=0))
        return pb.CallFunction.Response(result=encode(result))

    # The provider's own configuration.

    def validate_provider_config(self, _request: Any, _peer: str) -> Any:
        """Accept what fits the schema; Terraform has checked that."""
        return pb.ValidateProviderConfig.Response()

    def configure_provider(self, request: Any, peer: str) -> Any:
        """Keep the configuration of this connection, and say what answers in the real provider's place."""
        process = peers.process_of(peer)
        folder = process.folder if process is not None else self._folder
        settings = read_settings(decode(request.config) or {}, self._account_id, self._environ, folder)
        self._sessions.keep(peer, settings)
        self._stopped.keep(peer, threading.Event())
        said = [self._introduction(settings)]
        if settings.is_emulated and (problem := applying.wrong_account(settings)):
            said.append(problem)
        return pb.ConfigureProvider.Response(diagnostics=said)

    def _introduction(self, settings: Settings) -> Any:
        origin = (
            f"This is not HashiCorp's provider. Schemas are those of version {self._store.provider_version}; plans "
            f"follow what version {self._recording.source['version']} was seen to do."
        )
        if settings.is_emulated:
            places = ", ".join(sorted(set(settings.endpoints.values())))
            return diagnostics.warning(
                f"stands in for hashicorp/aws, applies to {places}",
                f"{origin} It reads, creates, changes and removes on the emulator at {places}, never on AWS.",
            )
        return diagnostics.warning(
            "stands in for hashicorp/aws, plans only",
            f"{origin} AWS was not asked: nothing in the state was refreshed, and no quota, name or permission was "
            "checked. Nothing can be applied.",
        )

    # Resources.

    def validate_resource_config(self, request: Any, _peer: str) -> Any:
        """Refuse what no policy can be, and values that only the provider sets; the rest is checked by the schema."""
        config = decode(request.config) or {}
        documents = self._recording.behaviour(request.type_name).documents
        found = [
            diagnostics.error(
                f'"{name}" is not an IAM policy', f"It must be JSON with an object in it; it is {problem}.", [name]
            )
            for name, kind in documents.items()
            if kind in _POLICIES and (problem := _policy_problem(config.get(name)))
        ]
        found += _not_settable(self._store.resource(request.type_name).block, config)
        return pb.ValidateResourceConfig.Response(diagnostics=found)

    def upgrade_resource_state(self, request: Any, _peer: str) -> Any:
        """Read a stored state in the shape of the schema served."""
        response = pb.UpgradeResourceState.Response()
        try:
            type_ = object_type(self._store.resource(request.type_name).block)
            stored = json.loads(request.raw_state.json or b"null")
            response.upgraded_state.CopyFrom(encode(conform(stored, type_)))
        except (UnknownTypeError, ConformError, ValueError) as problem:
            detail = f"The state was written with another schema, and cannot be read with this one: {problem}."
            response.diagnostics.append(diagnostics.error(f"cannot read the state of {request.type_name}", detail))
        return response

    def read_resource(self, request: Any, peer: str) -> Any:
        """Return the state as it is stored, or as it is found on the emulator."""
        context = self._context(request.type_name, peer)
        if not context.settings.is_emulated:
            return pb.ReadResource.Response(new_state=request.current_state, private=request.private)
        state, problems = applying.read_state(decode(request.current_state), context)
        return pb.ReadResource.Response(new_state=encode(state), private=request.private, diagnostics=problems)

    def plan_resource_change(self, request: Any, peer: str) -> Any:
        """Plan as the real provider plans."""
        proposed = decode(request.proposed_new_state)
        if proposed is None:
            return pb.PlanResourceChange.Response(
                planned_state=request.proposed_new_state, planned_private=request.prior_private
            )
        settings = self._settings(peer)
        behaviour = self._recording.behaviour(request.type_name)
        change = plan_change(
            request.type_name,
            self._store.resource(request.type_name).block,
            behaviour,
            settings.planning,
            config=decode(request.config),
            prior=decode(request.prior_state),
            proposed=proposed,
        )
        return pb.PlanResourceChange.Response(
            planned_state=encode(change.state),
            requires_replace=[diagnostics.attribute_path(path) for path in change.replace],
            planned_private=request.prior_private,
            legacy_type_system=behaviour.legacy,
            diagnostics=[
                *self._doubts(request.type_name, change),
                *_not_applied(request.type_name, settings, changes=change.state != decode(request.prior_state)),
            ],
        )

    def _doubts(self, type_name: str, change: Change) -> list[Any]:
        if not change.doubtful:
            return []
        return [
            diagnostics.warning(
                f"cannot tell whether {type_name} is replaced",
                f"A change of {', '.join(sorted(change.doubtful))} may force a new resource; version "
                f"{self._recording.source['version']} of the real provider, from which immutable arguments were "
                "recorded, does not tell. The plan shows a change in place.",
            )
        ]

    def apply_resource_change(self, request: Any, peer: str) -> Any:
        """Apply to an emulator; refuse everything else, with the state left as it was."""
        context = self._context(request.type_name, peer)
        if problem := applying.refusal(request.type_name, context.settings):
            return pb.ApplyResourceChange.Response(
                new_state=request.prior_state, private=request.planned_private, diagnostics=[problem]
            )
        prior, planned = decode(request.prior_state), decode(request.planned_state)
        state, problems = applying.apply_change(prior, planned, decode(request.config), context)
        return pb.ApplyResourceChange.Response(
            new_state=encode(state),
            private=request.planned_private,
            legacy_type_system=context.behaviour.legacy,
            diagnostics=problems,
        )

    def import_resource_state(self, request: Any, peer: str) -> Any:
        """Import from an emulator; elsewhere there is nothing to read the resource from."""
        context = self._context(request.type_name, peer)
        if problem := applying.refusal(request.type_name, context.settings):
            return pb.ImportResourceState.Response(
                diagnostics=[
                    problem,
                    diagnostics.error(
                        f"cannot import {request.type_name} {request.id}",
                        "Importing reads the resource as it is, and the offline provider asks nothing of AWS. Plan "
                        "imports with HashiCorp's provider.",
                    ),
                ]
            )
        state, problems = applying.import_state(request.id, context)
        if problems:
            return pb.ImportResourceState.Response(diagnostics=problems)
        imported = pb.ImportResourceState.ImportedResource(type_name=request.type_name, state=encode(state))
        return pb.ImportResourceState.Response(imported_resources=[imported])

    def move_resource_state(self, request: Any, _peer: str) -> Any:
        """Refuse to turn one type into another; moving within a type is Terraform's own work."""
        return pb.MoveResourceState.Response(
            diagnostics=[
                diagnostics.error(
                    f"cannot move {request.source_type_name} to {request.target_type_name}",
                    "A state of one type is not turned into that of another. Plan this move with HashiCorp's provider.",
                )
            ]
        )

    # Data sources.

    def validate_data_resource_config(self, request: Any, _peer: str) -> Any:
        """Refuse values that only the provider sets; the rest is checked by the schema."""
        found = _not_settable(self._store.data_source(request.type_name).block, decode(request.config))
        return pb.ValidateDataResourceConfig.Response(diagnostics=found)

    def read_data_source(self, request: Any, peer: str) -> Any:
        """Answer what can be known without AWS; refuse the rest."""
        config = decode(request.config)
        try:
            answer = self._answer(request.type_name, config, peer)
        except DataSourceError as problem:
            found = [diagnostics.error(problem.summary, problem.detail)]
            return pb.ReadDataSource.Response(diagnostics=found)
        warnings = [diagnostics.warning(summary, detail) for summary, detail in answer.warnings]
        return pb.ReadDataSource.Response(state=encode(answer.state), diagnostics=warnings)

    def _answer(self, type_name: str, config: Value, peer: str) -> data_sources.Answer:
        settings = self._settings(peer)
        if settings.is_emulated and type_name in self._store.resources and type_name not in self._stand_ins:
            block = self._store.data_source(type_name).block
            state = applying.data_source_state(config, block, self._context(type_name, peer))
            if state is not None:
                return data_sources.Answer(state)
        if not self._makes_up:
            return data_sources.answer(type_name, config, settings, self._stand_ins)
        block = self._store.data_source(type_name).block
        return data_sources.answer_or_make_up(type_name, config, settings, self._stand_ins, block)

    def stop_provider(self, _request: Any, peer: str) -> Any:
        """End what this connection waits for; calls that are under way come to their end."""
        self._stopped_of(peer).set()
        return pb.StopProvider.Response()

    def _settings(self, peer: str) -> Settings:
        return self._sessions.of(peer, Settings())

    def _context(self, type_name: str, peer: str) -> Context:
        schema: Schema = self._store.resource(type_name)
        return Context(
            type_name, schema, self._settings(peer), self._recording.behaviour(type_name), self._stopped_of(peer)
        )

    def _stopped_of(self, peer: str) -> threading.Event:
        return self._stopped.exactly(peer) or threading.Event()


def _not_applied(type_name: str, settings: Settings, *, changes: bool) -> list[Any]:
    """Say in the plan what its apply will refuse, where it would go to an emulator."""
    if not changes or not settings.is_emulated or applying.table_of(type_name) is not None:
        return []
    return [
        diagnostics.warning(
            f"will not apply {type_name}",
            "This type is planned with its exact schema, and the apply to the emulator will refuse it. Leave it out of "
            "what is applied here (-target, or a count of 0 for the emulator), or use HashiCorp's provider.",
        )
    ]


def _capabilities() -> Any:
    return pb.ServerCapabilities(plan_destroy=True, get_provider_schema_optional=True, move_resource_state=True)


def _function(name: str) -> Any:
    function = FUNCTIONS[name]
    return pb.Function(
        parameters=[pb.Function.Parameter(name=parameter, type=b'"string"') for parameter in function.parameters],
        summary=function.summary,
        **{"return": pb.Function.Return(type=json.dumps(function.returns).encode())},
    )


def _not_settable(block: Block, config: Value) -> list[Any]:
    return [
        diagnostics.error(
            "value for unconfigurable attribute",
            f'Can\'t configure a value for "{path[-1]}": it is decided when the configuration is applied.',
            path,
        )
        for path in unconfigurable(block, config or None)
    ]


def _policy_problem(text: Value) -> str | None:
    if not isinstance(text, str) or not text:
        return None
    try:
        value = json.loads(text)
    except ValueError as problem:
        return f"no JSON ({problem})"
    return None if isinstance(value, dict) else "JSON, but no object"
