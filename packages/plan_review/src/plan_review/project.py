"""What a project says about its own stacks: declared layout, suppressed findings, the code and events to hold it to."""

from __future__ import annotations

import fnmatch
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from plan_review.code_calls import Memory
from plan_review.configuration.files import ConfigurationError
from plan_review.findings import Finding, Suppression, read_suppressions
from plan_review.layout import checks, declaration
from plan_review.passed_stacks import remembers
from plan_review.project_settings import project_roots, read_settings
from plan_review.rules import check, context_of, demanded_edges
from plan_review.rules.evidence import Evidence

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from plan_review.configuration.model import Configuration

_ANALYSES = "code.json"


@dataclass(frozen=True, kw_only=True)
class Project:
    """All parts are optional: another's configuration comes with none of them."""

    declared: declaration.Layout | None = None
    suppressions: tuple[Suppression, ...] = ()
    code: tuple[Path, ...] = ()
    events: Mapping[str, Mapping[str, Any]] | None = None
    memory: Memory | None = None

    def review(
        self, configuration: Configuration, *, plan: Mapping[str, Any] | None = None, made_up: bool = False
    ) -> list[Finding]:
        """Return every finding on a configuration, worst first; ``plan`` is what ``terraform show -json`` writes.

        ``made_up`` says that a stand-in answered in it for what AWS alone knows.
        """
        evidence = Evidence(code=self.code, events=self.events or {}, plan=plan, made_up=made_up, memory=self.memory)
        context = context_of(configuration, evidence)
        found = [
            *checks.check(configuration, self.declared, demanded=lambda: demanded_edges(context)),
            *check(configuration, suppressions=self.suppressions, context=context),
        ]
        return sorted(found, key=Finding.sort_key)


def _events(folder: Path) -> dict[str, Mapping[str, Any]]:
    """Return the sample events of a folder by the names of their files; other files are no events.

    Raises ``ConfigurationError`` where one is broken.
    """
    found: dict[str, Mapping[str, Any]] = {}
    for path in sorted(folder.glob("**/*.json")):
        try:
            event = json.loads(path.read_text(encoding="utf-8"))
        except ValueError as error:
            raise ConfigurationError(f"{path}: not JSON: {error}") from error
        if isinstance(event, dict) and "detail-type" in event:
            found[path.stem] = event
    return found


def at(root: Path, *, layout_file: Path | None = None) -> Project:
    """Read what the project in folder ``root`` says; ``layout_file`` stands for its own layout where given.

    Raises ``LayoutError``, ``SuppressionError`` or ``ConfigurationError`` where a file cannot be used.
    """
    settings = read_settings(root)
    file = layout_file or settings.layout
    return Project(
        declared=declaration.read(file) if file else None,
        suppressions=read_suppressions(settings.suppressions) if settings.suppressions else (),
        code=settings.import_roots,
        events=_events(settings.events) if settings.events else {},
        memory=Memory(settings.memory / _ANALYSES, root) if settings.memory and remembers() else None,
    )


def of(configuration: Configuration) -> Project:
    """Return what the project says that a synthesized stack stands in; nothing where it is no stack of one."""
    folder = configuration.origin.resolve() if configuration.origin else None
    for root in project_roots(folder.parents) if folder and configuration.stack else ():
        found = at(root)
        patterns = found.declared.stacks if found.declared else ()
        if any(fnmatch.fnmatchcase(str(configuration.stack), pattern) for pattern in patterns):
            return found
    return Project()
