"""Choose the provider that a plan is made with: the stand-in that needs nothing, or HashiCorp's own."""

from __future__ import annotations

import importlib
import importlib.util
import os
import re
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from plan_review.configuration.files import ConfigurationError, load_json
from plan_review.terraform.commands import Served, Setting, TerraformError
from plan_review.terraform.version_constraints import admits
from terraform_runtime.executable import UnavailableError, find_terraform
from terraform_runtime.provider_source import asked_provider, mirrored, provider_source

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

CHOICES = ("offline", "real")
_OFFLINE = "offline_provider"
_REATTACH = "TF_REATTACH_PROVIDERS"
_SOURCE = "hashicorp/aws"
_PLANNED_WITH = re.compile(r"AWS_(DEFAULT_)?REGION|TF_AWS_DEFAULT_TAGS_.+")


@dataclass(frozen=True, kw_only=True)
class Answers:
    """What the stand-in answers that AWS alone knows: the account, and what data sources return, by type."""

    account_id: str | None = None
    data_sources: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def read_answers(account_id: str | None, stand_ins: Path | None) -> Answers:
    """Return the answers that a person gives; ``stand_ins`` is a JSON file.

    Raises ``ConfigurationError`` or ``OSError`` where the file cannot be read.
    """
    content = load_json(stand_ins) if stand_ins else {}
    wrong = [name for name, values in content.items() if not isinstance(values, dict)]
    if wrong:
        raise ConfigurationError(f"{stand_ins}: {wrong[0]} must be an object of attributes and their values")
    return Answers(account_id=account_id, data_sources=content)


@contextmanager
def _served(answers: Answers, folder: Path, plans: Sequence[Path]) -> Iterator[Served]:
    """Serve the stand-in for a folder."""
    try:
        module = importlib.import_module(_OFFLINE)
    except ImportError as error:
        raise TerraformError(f"the offline provider is not installed ({error}); use --provider real") from error
    try:
        files = [str(plan.resolve()) for plan in plans]
        with module.serve(
            configuration=folder,
            arguments=files,
            environ=_planned_with(),
            account_id=answers.account_id,
            stand_ins=dict(answers.data_sources),
            plans_all=True,
        ) as provider:
            given = {name: value for name, value in os.environ.items() if name == _REATTACH}
            yield Served(provider.environment(given), provider.version)
    except module.OfflineProviderError as error:
        raise TerraformError(f"the offline provider cannot serve: {error}") from error


def _planned_with() -> dict[str, str]:
    """Return the variables of the person's shell that a plan is made with: the region and the default tags.

    Endpoints, credentials and profiles are left out: a review is the same whichever account or emulator they name.
    """
    kept = {name: value for name, value in os.environ.items() if _PLANNED_WITH.fullmatch(name)}
    return {**kept, "AWS_CONFIG_FILE": os.devnull}


def default() -> str:
    """Return the provider that is taken where no option asks for one.

    It is the one that the variable ``PROVIDER`` names, else the stand-in where that is installed. Raises
    ``TerraformError`` where the variable names neither.
    """
    try:
        asked = asked_provider()
    except UnavailableError as error:
        raise TerraformError(str(error)) from error
    return asked or ("offline" if importlib.util.find_spec(_OFFLINE) else "real")


def with_terraform(setting: Setting, constraints: Sequence[str]) -> Setting:
    """Return the setting with a Terraform that a configuration asks for, where there is one on this machine."""
    if not setting.terraform or all(admits(each, setting.terraform) is not False for each in constraints):
        return setting
    found = find_terraform(wanted=lambda version: all(admits(each, version) is not False for each in constraints))
    return replace(setting, binary=found.binary, terraform=found.version)


def chosen(choice: str, answers: Answers | None = None) -> Setting:
    """Return the setting that makes Terraform use this provider; ``answers`` are for the stand-in.

    Raises ``TerraformError`` where Terraform or the provider cannot be had.
    """
    try:
        terraform = find_terraform()
    except UnavailableError as error:
        raise TerraformError(str(error)) from error
    if choice == "offline":
        return Setting(
            binary=terraform.binary,
            terraform=terraform.version,
            environment=mirrored(),
            serve=partial(_served, answers or Answers()),
            provider="the offline stand-in for the AWS provider",
            limits="Offline provider: ",
        )
    try:
        source = provider_source()
    except UnavailableError as error:  # a configuration without AWS does not need it
        return Setting(
            binary=terraform.binary, terraform=terraform.version, hint=str(error), provider="no AWS provider"
        )
    return Setting(
        binary=terraform.binary,
        terraform=terraform.version,
        environment=source.environment(),
        versions={_SOURCE: source.version} if source.version else {},
        refreshes=True,
        provider=f"HashiCorp's AWS provider{f' {source.version}' if source.version else ''}",
    )
