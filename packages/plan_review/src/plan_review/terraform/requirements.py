"""Which versions of Terraform and of the AWS provider a configuration asks for, and what follows for a stand-in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from plan_review.terraform.version_constraints import admits

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from plan_review.configuration.model import Configuration

_SOURCE = "hashicorp/aws"
_LOCKED = re.compile(r'provider "[^"]+/hashicorp/aws" \{\s*version\s*=\s*"([^"]+)"')
# Stands for every version that is not yet there: one that a constraint admits is what an init takes.
_NEWEST = "9999.0.0"
_LOCK = ".terraform.lock.hcl"


@dataclass(frozen=True, slots=True)
class AwsProvider:
    """What is asked of the AWS provider: ``constraints`` as written, and the version that a lock file holds."""

    constraints: tuple[str, ...] = ()
    locked: str = ""

    def refused(self, version: str) -> str:
        """Return the constraint that does not admit a version, empty where all do."""
        return next((each for each in self.constraints if admits(each, version) is False), "")

    def doubt(self, version: str) -> str:
        """Return why what a schema of this version lacks may be there all the same; empty where it cannot be.

        An ``init`` takes the newest version that is admitted, or the one in the lock file.
        """
        if asked := self.refused(version):
            return f"the configuration asks for version {asked} of the AWS provider"
        if self.locked:
            newer = admits(f"> {version}", self.locked)
            return f"the lock file has version {self.locked} of the AWS provider" if newer else ""
        if any(_ends_below_next(each, version) for each in self.constraints):
            return ""
        return "a newer version of the AWS provider than this may be meant"


def _ends_below_next(constraint: str, version: str) -> bool:
    """Whether a constraint admits no version that is newer in more than its last number."""
    major, minor, _ = (int(number) for number in version.split("."))
    return not any(admits(constraint, newer) for newer in (f"{major}.{minor + 1}.0", f"{major + 1}.0.0", _NEWEST))


def aws_provider(configuration: Configuration) -> AwsProvider:
    """Return what a configuration and its modules ask of the AWS provider."""
    found = dict.fromkeys(text for block in _blocks(configuration) for text in _constraints(block))
    own = (body.get("version") for scope in configuration.scopes.values() for body in _providers(scope.providers))
    found |= dict.fromkeys(text for text in own if isinstance(text, str))
    return AwsProvider(tuple(found), _lock(configuration.origin))


def core(configuration: Configuration) -> tuple[str, ...]:
    """Return what a configuration and its modules ask of Terraform itself."""
    given = (block.get("required_version") for block in _blocks(configuration))
    return tuple(dict.fromkeys(text for text in given if isinstance(text, str)))


def _blocks(configuration: Configuration) -> Iterator[Mapping[str, Any]]:
    for scope in configuration.scopes.values():
        yield from scope.settings


def _providers(providers: Mapping[str, Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    yield from (body for name, body in providers.items() if name.partition(".")[0] == "aws")


def _constraints(block: Mapping[str, Any]) -> Iterator[str]:
    listed = block.get("required_providers", [])
    for body in listed if isinstance(listed, list) else [listed]:
        for name, given in body.items() if isinstance(body, dict) else ():
            one = given[0] if isinstance(given, list) and given else given
            source = one.get("source", f"hashicorp/{name}") if isinstance(one, dict) else f"hashicorp/{name}"
            version = one.get("version") if isinstance(one, dict) else one
            if isinstance(version, str) and str(source).endswith(_SOURCE):
                yield version


def _lock(folder: Path | None) -> str:
    try:
        text = (folder / _LOCK).read_text(errors="replace") if folder else ""
    except OSError:
        return ""
    found = _LOCKED.search(text)
    return found[1] if found else ""
