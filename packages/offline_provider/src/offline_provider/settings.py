"""The provider's configuration as far as planning and answering data sources need it."""

from __future__ import annotations

import configparser
import ipaddress
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from offline_provider.planning.change import PlanSettings
from offline_provider.planning.tags import TagSettings
from offline_provider.wire.values import UNKNOWN, Value, is_wholly_known

if TYPE_CHECKING:
    from collections.abc import Mapping

_ENDPOINT_NAMES = {
    "cloudwatch": ("cloud_watch",),
    "events": ("eventbridge", "cloudwatchevents"),
    "logs": ("cloudwatch_logs", "cloudwatchlogs", "cloudwatchlog"),
    "s3": ("s3api",),
    "stepfunctions": ("sfn",),
}
"""Other names of boto3's services: in the provider's ``endpoints`` block, and in ``AWS_ENDPOINT_URL_<SERVICE>``."""
_DEFAULT_TAG_VARIABLE = "TF_AWS_DEFAULT_TAGS_"


@dataclass(frozen=True, slots=True)
class Settings:
    """One configured provider block. What is not known yet, or not given, is ``None``."""

    region: str | None = None
    account_id: str | None = None
    tags: TagSettings = field(default_factory=TagSettings)
    endpoints: Mapping[str, str] = field(default_factory=dict)
    """Endpoint URLs by service; under ``""`` the one for all services."""
    access_key: str | None = None
    secret_key: str | None = None
    session_token: str | None = None
    skips_validation: bool = False
    """Whether the provider block says ``skip_credentials_validation``: it is meant for an emulator."""
    allowed_accounts: tuple[str, ...] = ()
    forbidden_accounts: tuple[str, ...] = ()
    folder: Path = field(default_factory=Path)
    """Where the Terraform that configured it runs: what relative paths start from."""

    @property
    def planning(self) -> PlanSettings:
        """What planning takes from the settings."""
        return PlanSettings(self.region, self.tags)

    @property
    def is_emulated(self) -> bool:
        """Whether resources are read and applied: on an emulator on this machine, and nowhere else."""
        return self.why_not_applied() is None

    def why_not_applied(self) -> str | None:
        """Return why nothing is read or applied with these settings, and what to do; ``None`` where it is."""
        foreign = self.foreign_endpoints()
        if foreign:
            return (
                "It stands in for the AWS provider to plan, and touches nothing but an emulator on this machine; this "
                f"configuration would reach {', '.join(sorted(foreign))}."
            )
        if not self.skips_validation:
            return (
                f"The endpoints are on this machine ({', '.join(sorted(set(self.endpoints.values())))}), but the "
                "provider block does not say skip_credentials_validation = true, so it is meant for AWS: an "
                "environment variable must not turn a deployment to AWS into one to an emulator. Say so in the "
                "provider block of a stack for an emulator."
            )
        return None

    def foreign_endpoints(self) -> list[str]:
        """Return the endpoints that are not on this machine; for AWS itself, which no endpoint names, ``["AWS"]``."""
        if not self.endpoints:
            return ["AWS"]
        return [url for url in self.endpoints.values() if not is_loopback(url)]

    def endpoint_of(self, service: str) -> str | None:
        """Return the endpoint of a service by boto3's name of it; ``None`` where that would be AWS."""
        for name in (service, *_ENDPOINT_NAMES.get(service, ()), ""):
            if name in self.endpoints:
                return self.endpoints[name]
        return None


def read_settings(
    config: Mapping[str, Value], account_id: str | None, environ: Mapping[str, str], folder: Path | None = None
) -> Settings:
    """Return the settings of a provider block, completed from the environment as the real provider does it.

    ``account_id`` is what the person says the account is; else a single ``allowed_account_ids`` tells it. ``folder``
    is where Terraform runs.
    """
    allowed = config.get("allowed_account_ids")
    if account_id is None and isinstance(allowed, list) and len(allowed) == 1 and allowed[0] is not UNKNOWN:
        account_id = allowed[0]
    return Settings(
        region=_region(config, environ),
        account_id=account_id,
        tags=_tags(config, environ),
        endpoints=_endpoints(config, environ),
        access_key=_known(config.get("access_key")) or environ.get("AWS_ACCESS_KEY_ID"),
        secret_key=_known(config.get("secret_key")) or environ.get("AWS_SECRET_ACCESS_KEY"),
        session_token=_known(config.get("token")) or environ.get("AWS_SESSION_TOKEN"),
        skips_validation=config.get("skip_credentials_validation") is True,
        allowed_accounts=_texts(config.get("allowed_account_ids")),
        forbidden_accounts=_texts(config.get("forbidden_account_ids")),
        folder=folder or Path(),
    )


def is_loopback(url: str) -> bool:
    """Tell whether an endpoint is on this machine: ``localhost``, a name under it, or a loopback address."""
    host = urlsplit(url if "//" in url else f"//{url}").hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _known(value: Value) -> str | None:
    return value if isinstance(value, str) and value else None


def _texts(value: Value) -> tuple[str, ...]:
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()


def _region(config: Mapping[str, Value], environ: Mapping[str, str]) -> str | None:
    if config.get("region") is UNKNOWN:
        return None
    for value in (config.get("region"), environ.get("AWS_REGION"), environ.get("AWS_DEFAULT_REGION")):
        if value:
            return str(value)
    return _profile_region(config, environ)


def _profile_region(config: Mapping[str, Value], environ: Mapping[str, str]) -> str | None:
    profile = _known(config.get("profile")) or environ.get("AWS_PROFILE") or "default"
    named = config.get("shared_config_files")
    files = [item for item in named if isinstance(item, str)] if isinstance(named, list) else []
    files = files or [environ.get("AWS_CONFIG_FILE") or str(Path("~/.aws/config"))]
    parser = configparser.RawConfigParser()
    try:
        parser.read([os.path.expanduser(item) for item in files])  # noqa: PTH111 - a path that may not exist or be one
    except (configparser.Error, UnicodeDecodeError):
        return None  # the AWS CLI will say what is wrong with it; here only the region goes missing
    section = profile if profile == "default" else f"profile {profile}"
    return parser.get(section, "region", fallback=None)


def _first(config: Mapping[str, Value], block: str) -> dict[str, Any]:
    blocks = config.get(block)
    return blocks[0] if isinstance(blocks, list) and blocks and isinstance(blocks[0], dict) else {}


def _tags(config: Mapping[str, Value], environ: Mapping[str, str]) -> TagSettings:
    from_environment = {
        name.removeprefix(_DEFAULT_TAG_VARIABLE): value
        for name, value in environ.items()
        if name.startswith(_DEFAULT_TAG_VARIABLE)
    }
    given = _first(config, "default_tags").get("tags")
    known = config.get("default_tags") is not UNKNOWN and is_wholly_known(given)
    default = (
        {**from_environment, **{key: value for key, value in (given or {}).items() if value is not None}}
        if known
        else None
    )
    ignored = _first(config, "ignore_tags")
    keys, prefixes = ignored.get("keys"), ignored.get("key_prefixes")
    if not is_wholly_known(keys) or not is_wholly_known(prefixes):
        return TagSettings(None)
    return TagSettings(default, frozenset(keys or ()), tuple(prefixes or ()))


def _endpoints(config: Mapping[str, Value], environ: Mapping[str, str]) -> dict[str, str]:
    """Return the endpoints of the provider block and, for services that it does not name, of the environment."""
    blocks = config.get("endpoints")
    if blocks is UNKNOWN or not is_wholly_known(blocks):
        return {}
    found: dict[str, str] = {}
    for block in blocks or []:
        if isinstance(block, dict):
            found |= {service: url for service, url in block.items() if isinstance(url, str) and url}
    if environ.get("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "").lower() == "true":
        return found
    for name, value in environ.items():
        if name == "AWS_ENDPOINT_URL" and value:
            found.setdefault("", value)
        elif name.startswith("AWS_ENDPOINT_URL_") and value:
            found.setdefault(name.removeprefix("AWS_ENDPOINT_URL_").lower(), value)
    return found
