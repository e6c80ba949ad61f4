"""boto3's clients, one for each service and configuration; they only ever talk to this machine.

A client takes a tenth of a second and megabytes to make, and is safe to use from several threads; making one is not.
"""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING, Any

import botocore.session
from botocore.config import Config

from offline_provider.applying.errors import ApplyError
from offline_provider.settings import is_loopback

if TYPE_CHECKING:
    from offline_provider.settings import Settings

_MOST = 128
_PLACEHOLDER = "test"
"""What an emulator is told where nothing is configured; a person's own keys are never looked for in files."""

_lock = threading.Lock()
_session: list[botocore.session.Session] = []
_clients: dict[tuple[str, ...], Any] = {}

_CONFIG: dict[str, Any] = {
    "connect_timeout": 5,
    "read_timeout": 60,
    "max_pool_connections": 32,
    "retries": {"mode": "standard", "total_max_attempts": 3},
    "s3": {"addressing_style": "path"},
    # A proxy of the person's would carry the call off this machine.
    "proxies": {},
    "inject_host_prefix": False,
    "use_fips_endpoint": False,
    "use_dualstack_endpoint": False,
    "ignore_configured_endpoint_urls": True,
    "user_agent_appid": "offline-provider",
}


def client(service: str, settings: Settings, region: str) -> Any:
    """Return a client of a service at the endpoint that is configured for it.

    Raises ``ApplyError`` where none is, or one that is not on this machine.
    """
    endpoint = settings.endpoint_of(service)
    if endpoint is None or not is_loopback(endpoint):
        raise ApplyError(
            "does not apply to AWS",
            f"The calls would go to {endpoint or 'AWS itself: no endpoint is set for ' + service}. The offline "
            "provider touches nothing but an emulator on this machine. Use HashiCorp's provider: run terraform "
            "without TF_REATTACH_PROVIDERS.",
        )
    access_key, secret_key = settings.access_key or _PLACEHOLDER, settings.secret_key or _PLACEHOLDER
    key = (service, endpoint, region, access_key, secret_key, settings.session_token or "")
    with _lock:
        if key not in _clients:
            while len(_clients) >= _MOST:
                _clients.pop(next(iter(_clients)))
            _clients[key] = _blank_session().create_client(
                service,
                region_name=region,
                endpoint_url=endpoint,
                aws_access_key_id=access_key,
                aws_secret_access_key=secret_key,
                aws_session_token=settings.session_token,
                config=Config(**_CONFIG),
            )
        return _clients[key]


def _blank_session() -> botocore.session.Session:
    """Return the one session, which reads no configuration file and no profile of the person's."""
    if not _session:
        nowhere = (None, None, os.devnull, None)
        unread: dict[str, Any] = {"profile": (None, None, None, None)}
        unread |= {"config_file": nowhere, "credentials_file": nowhere}
        _session.append(botocore.session.Session(session_vars=unread))
    return _session[0]
