"""From a running provider to the recorded file: every type's schema gaps and plan behaviour."""

from __future__ import annotations

import dataclasses
import fnmatch
import hashlib
import json
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from offline_provider.bindings.package import locate
from offline_provider.bindings.schemas import definitions
from offline_provider.errors import OfflineProviderError
from offline_provider.observed.shapes import ShapeWriter
from offline_provider.recording.plan_behaviour import Observer, Seen
from offline_provider.recording.plan_request import Refused
from offline_provider.recording.real_provider import ProviderCrashed, RealProvider
from offline_provider.recording.samples import Sampler
from offline_provider.recording.schema_gaps import schema_gaps
from offline_provider.recording.silent_endpoint import silent_endpoint
from offline_provider.schema_model import Block, Nesting

if TYPE_CHECKING:
    from pathlib import Path

    from offline_provider.wire.values import Value

Report = Callable[[str], None]

_SETTINGS: dict[str, Value] = {
    "region": "us-east-1",
    "access_key": "none",
    "secret_key": "none",
    "skip_credentials_validation": True,
    "skip_requesting_account_id": True,
    "skip_metadata_api_check": "true",
    "skip_region_validation": True,
    "max_retries": 1,
}

# One plan of it takes seconds, and there would be hundreds.
_SLOW = frozenset({"aws_lexv2models_slot"})

# One made-up value does not fit these: their documents and dates are refused without a path to the culprit.
KNOWN_VALUES: dict[str, dict[tuple[str, ...], tuple[Value, Value]]] = {
    "aws_s3_bucket_lifecycle_configuration": {
        ("rule", "expiration", "date"): ("2030-01-01T00:00:00Z", "2031-01-01T00:00:00Z"),
        ("rule", "transition", "date"): ("2030-01-01T00:00:00Z", "2031-01-01T00:00:00Z"),
    },
}


def record(binary: Path, version: str, patterns: Iterable[str], report: Report) -> dict[str, Any]:
    """Ask the provider about every type that matches a pattern; return the file's content."""
    wanted = list(patterns)
    bindings = _bindings()
    shapes = ShapeWriter()
    with silent_endpoint() as endpoint, RealProvider(binary, endpoint) as provider:
        provider.read_schemas()
        configure(provider)
        resources = {}
        for name in sorted(provider.resources):
            if any(fnmatch.fnmatch(name, pattern) for pattern in wanted):
                report(name)
                resources[name] = _resource(provider, name, bindings["resource"].get(name), shapes)
        data_sources = {}
        for name, schema in sorted(provider.data_sources.items()):
            block = bindings["data source"].get(name)
            gaps = _encoded(schema_gaps(schema, block), shapes) if block else {}
            if gaps:
                data_sources[name] = gaps
    return {
        "recorded_from": {
            "provider": "registry.terraform.io/hashicorp/aws",
            "version": version,
            "sha256": _sha256(binary),
        },
        "resources": resources,
        "data_sources": data_sources,
        "shapes": shapes.shapes,
    }


def _sha256(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _bindings() -> dict[str, dict[str, Block]]:
    blocks: dict[str, dict[str, Block]] = {"resource": {}, "data source": {}, "provider": {}}
    for definition, _ in definitions(locate()):
        blocks[definition.kind][definition.name] = definition.block
    return blocks


def configure(provider: RealProvider) -> None:
    """Configure the provider with credentials of nobody. Raises ``OfflineProviderError`` where it refuses them."""
    if provider.provider is None:
        raise OfflineProviderError("the provider has no schema")
    block = provider.provider.block
    config: dict[str, Value] = dict.fromkeys(block.attributes)
    config |= {name: None if nested.nesting is Nesting.SINGLE else [] for name, nested in block.blocks.items()}
    problems = provider.configure(config | _SETTINGS)
    if problems:
        raise OfflineProviderError(f"the provider refuses its configuration: {problems[0].summary}")


def _resource(provider: RealProvider, name: str, bindings: Block | None, shapes: ShapeWriter) -> dict[str, Any]:
    schema = provider.resources[name]
    gaps = schema_gaps(schema, bindings) if bindings else {}

    def ask(config: Value, prior: Value, proposed: Value) -> Any:
        try:
            return provider.plan(name, config=config, prior=prior, proposed=proposed)
        except ProviderCrashed as crash:
            provider.__exit__()
            provider.__enter__()
            configure(provider)
            raise Refused("the provider crashed") from crash

    observer = Observer(schema.block, ask, Sampler(KNOWN_VALUES.get(name)), shallow=name in _SLOW)
    try:
        observer.observe()
    except Refused:
        observer.seen.refused = True
    return _encoded(gaps, shapes) | _plain(observer.seen)


def _encoded(gaps: dict[str, Any], shapes: ShapeWriter) -> dict[str, Any]:
    if "blocks" in gaps:
        gaps["blocks"] = {path: shapes.nested(nested) for path, nested in sorted(gaps["blocks"].items())}
    return gaps


def _plain(seen: Seen) -> dict[str, Any]:
    """Return what was seen as JSON, in a fixed order, without empty parts."""
    return {key: _sorted(value) for key, value in dataclasses.asdict(seen).items() if value}


def _sorted(value: Any) -> Any:
    if isinstance(value, set):
        return sorted(value)
    if isinstance(value, dict):
        return {key: _sorted(value[key]) for key in sorted(value)}
    return value


def formatted(content: dict[str, Any]) -> str:
    """Return the file's text: a line for each type, so that a new recording can be read as a difference."""
    lines = ["{"]
    for index, (part, value) in enumerate(content.items()):
        comma = "," if index < len(content) - 1 else ""
        if part == "recorded_from":
            lines.append(f'"{part}": {json.dumps(value)}{comma}')
            continue
        opening, closing = ("[", "]") if isinstance(value, list) else ("{", "}")
        lines.append(f'"{part}": {opening}')
        rows = (
            [json.dumps(row) for row in value]
            if isinstance(value, list)
            else [f"{json.dumps(key)}: {json.dumps(entry)}" for key, entry in value.items()]
        )
        lines += [row + ("," if number < len(rows) - 1 else "") for number, row in enumerate(rows)]
        lines.append(f"{closing}{comma}")
    return "\n".join([*lines, "}"]) + "\n"
