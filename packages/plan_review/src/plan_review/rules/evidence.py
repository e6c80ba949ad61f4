"""What the rules may look at besides the configuration."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from plan_review.code_calls import Memory


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """``code`` are folders in which the packages of Lambda handlers stand; empty: found beside the configuration.

    ``events`` are sample events as EventBridge delivers them, by name. ``plan`` is what ``terraform show -json PLAN``
    writes, None where there is no plan; ``made_up`` says that a stand-in answered in it for what AWS alone knows.
    ``memory`` is where analyses of code are kept, None to keep none.
    """

    code: Sequence[Path] = ()
    events: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    plan: Mapping[str, Any] | None = None
    made_up: bool = False
    memory: Memory | None = None
