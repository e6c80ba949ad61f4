"""The project's own stack, as it is without any mistake."""

from __future__ import annotations

import fast_bindings

fast_bindings.enable()

# Imports of the bindings have to come after that.
import json  # noqa: E402
import tempfile  # noqa: E402
from functools import cache  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

from cdktf import App, Testing  # noqa: E402

from plan_review import project  # noqa: E402
from stacks.config import PipelineConfig  # noqa: E402
from stacks.pipeline import PipelineStack  # noqa: E402
from tests.faults.mutation import Subject  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENT = "local"
CODE = "lambda_src"


def settings() -> dict[str, Any]:
    """Return the committed context."""
    context: dict[str, Any] = json.loads((ROOT / "cdktf.json").read_text(encoding="utf-8"))["context"]
    return context


def synthesize(context: dict[str, Any]) -> dict[str, Any]:
    """Return the stack of one environment as Terraform's JSON. Raises ``SettingsError`` where a setting is wrong."""
    environment = PipelineConfig.from_context(context).environments[ENVIRONMENT]
    with tempfile.TemporaryDirectory() as folder:
        # What the functions run does not matter here; their source is looked at where it stands.
        package = Path(folder) / "lambda.zip"
        package.write_bytes(b"PK\x05\x06" + bytes(18))
        app = App(outdir=str(Path(folder) / "cdktf.out"))
        stack = PipelineStack(app, environment, package=package, package_hash="hash")
        document: dict[str, Any] = json.loads(Testing.synth(stack))
    return document


@cache
def subject() -> Subject:
    """Return what mutations start from."""
    context = settings()
    sources = {
        str(file.relative_to(ROOT)): file.read_text(encoding="utf-8") for file in sorted((ROOT / CODE).glob("*.py"))
    }
    return Subject(document=synthesize(context), settings=context, sources=sources)


@cache
def known() -> project.Project:
    """Return what the project says of its own stacks: layout, suppressions, code, sample events."""
    return project.at(ROOT)
