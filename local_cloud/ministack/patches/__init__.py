"""What is patched in MiniStack: a list of modules, applied in order, each with one gap and when it can go.

A patch's docstring has one line that says what holds with it, then ``Gap:`` and ``Until:``, which ``table`` prints.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from local_cloud.ministack.patches import (
    cloudwatch_alarms,
    eventbridge_delivery,
    eventbridge_rules,
    lambda_async_queue,
    lambda_logs,
    lambda_python_runtime,
    lambda_version_arns,
    lambda_worker_cap,
    put_events_from_mediaconvert,
    s3_event_shape,
    s3_version_listing,
    secure_transport,
    service_policies,
    state_machine_definitions,
    state_machine_end,
    state_machine_logs,
    state_machine_role,
    state_machine_sns_attributes,
    state_machine_succeed_output,
    state_machine_throttling,
    state_machine_tracing,
)
from local_cloud.ministack.patches.base import PatchMismatchError

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType

    from local_cloud.ministack.settings import Settings

# The order counts where two patches wrap the same function: the later one is the outer one.
PATCHES: tuple[ModuleType, ...] = (
    secure_transport,
    service_policies,
    lambda_python_runtime,
    lambda_logs,
    lambda_version_arns,
    lambda_worker_cap,
    lambda_async_queue,
    eventbridge_delivery,
    eventbridge_rules,
    put_events_from_mediaconvert,
    s3_event_shape,
    s3_version_listing,
    state_machine_tracing,
    state_machine_definitions,
    state_machine_throttling,
    state_machine_sns_attributes,
    state_machine_succeed_output,
    state_machine_role,
    state_machine_logs,
    state_machine_end,
    cloudwatch_alarms,
)

_SECTION = re.compile(r"^(Gap|Until): (.+?)(?=\n\n|\n[A-Z][a-z]+: |\Z)", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Description:
    """What is said about a patch: its name, what holds with it, the gap in MiniStack, and when the patch can go."""

    name: str
    summary: str
    gap: str
    until: str


def descriptions() -> list[Description]:
    """Return what every patch says about itself, in the order in which they are applied."""
    found = []
    for patch in PATCHES:
        text = patch.__doc__ or ""
        sections = {title: " ".join(words.split()) for title, words in _SECTION.findall(text)}
        name = patch.__name__.rpartition(".")[2]
        found.append(Description(name, " ".join(text.split("\n\n")[0].split()), sections["Gap"], sections["Until"]))
    return found


def table() -> str:
    """Return all descriptions as text."""
    return "\n\n".join(f"{one.name}\n  {one.summary}\n  Gap: {one.gap}\n  Until: {one.until}" for one in descriptions())


def apply_all(settings: Settings, run_dir: Path) -> None:
    """Apply every patch to MiniStack in this process; temporary files go below ``run_dir``.

    Raises ``PatchMismatchError`` where MiniStack is not what a patch was written for.
    """
    for patch in PATCHES:
        try:
            patch.apply(settings, run_dir)
        except PatchMismatchError as error:
            raise PatchMismatchError(f"patch {patch.__name__.rpartition('.')[2]}: {error}") from None
