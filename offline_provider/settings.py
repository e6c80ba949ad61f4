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
from offline_provider.protocol.values import UNKNOWN, Value, is_wholly_known

if TYPE_CHECKING:
    from collections.abc import Mapping

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

    @property
    def planning(self) -> PlanSettings:
        """What planning takes from the settings."""
        return PlanSettings(self.region, self.tags)

    def foreign_endpoints(self) -> list[str]:
        """Return the endpoints that are not on this machine; for AWS itself, which no endpoint names, ``["AWS"]``."""
        if not self.endpoints:
            return ["AWS"]
        foreign = [url for url in self.endpoints.values() if not is_loopback(url)]
        return foreign if foreign or "" in self.endpoints else ["AWS"]


def read_settings(config: Mapping[str, Value], account_id: str | None, environ: Mapping[str, str]) -> Settings:
    """Return the settings of a provider block, completed from the environment as the real provider does it.

    ``account_id`` is what the person says the account is; else a single ``allowed_account_ids`` tells it.
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
    found: dict[str, str] = {}
    for block in config.get("endpoints") or [] if config.get("endpoints") is not UNKNOWN else []:
        if isinstance(block, dict):
            found |= {service: url for service, url in block.items() if isinstance(url, str) and url}
    for name, value in environ.items():
        if name == "AWS_ENDPOINT_URL" and value:
            found.setdefault("", value)
        elif name.startswith("AWS_ENDPOINT_URL_") and value:
            found.setdefault(name.removeprefix("AWS_ENDPOINT_URL_").lower(), value)
    return found
