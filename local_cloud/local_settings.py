"""The settings of the environment ``local``, read as synth reads them, and what the local cloud asks of them besides.

They are read before anything is started, so that a wrong one is refused at once and by its name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacks.config import EnvironmentConfig, PipelineConfig
from stacks.context import read_context
from stacks.settings import MISSING, Problem, SettingsError
from toolchain.bootstrap import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PROJECT_FILE = ROOT / "cdktf.json"
ENVIRONMENT = "local"
_PATH = f"environments.{ENVIRONMENT}"


def read(project: Path = PROJECT_FILE, *, to_be_destroyed: bool = False) -> EnvironmentConfig:
    """Return the settings of the environment ``local`` in a ``cdktf.json``.

    ``to_be_destroyed`` says that the stack is destroyed again while its buckets hold objects. Raises ``SettingsError``
    with every setting that synth would refuse, of whichever environment, or that the local cloud cannot work with.
    """
    environments = PipelineConfig.from_context(read_context(project, {})).environments
    if ENVIRONMENT not in environments:
        remedy = "the local cloud takes this environment; add it, emulated, with settings like those of another one"
        raise SettingsError([Problem(_PATH, MISSING, remedy)])
    local = environments[ENVIRONMENT]
    problems = list(_problems(local, to_be_destroyed=to_be_destroyed))
    if problems:
        raise SettingsError(problems)
    return local


def _problems(local: EnvironmentConfig, *, to_be_destroyed: bool) -> Iterator[Problem]:
    if local.state is not None:
        remedy = "the local cloud keeps the state beside itself, and both end together; remove it"
        yield Problem(f"{_PATH}.state.bucket", local.state.bucket, remedy)
    if not local.notifications.inbox:
        remedy = "the end of a transcoding is read from the inbox; set it to true"
        yield Problem(f"{_PATH}.notifications.inbox", value=False, remedy=remedy)
    if to_be_destroyed and not local.removable:
        remedy = "the demo destroys the stack in the end, videos included; set it to true"
        yield Problem(f"{_PATH}.removable", value=False, remedy=remedy)
