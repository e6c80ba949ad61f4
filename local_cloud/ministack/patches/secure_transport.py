"""A request over loopback counts as sent over TLS, so that TLS-only policies can be enforced locally.

Gap: the emulator speaks plain HTTP on 127.0.0.1; with AUTH it then applies every "Deny unless aws:SecureTransport"
of a bucket, queue or topic to every request, and the pipeline's own policies lock its functions out.
Until: the local cloud speaks TLS.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ministack import app

from local_cloud.ministack.patches.base import wrap

if TYPE_CHECKING:
    from pathlib import Path

    from local_cloud.ministack.settings import Settings


def apply(settings: Settings, run_dir: Path) -> None:
    """Say so where MiniStack notes how a request came in."""
    del settings, run_dir

    @wrap(app, "pin_request_origin", "de819c1bd9ac")
    def pin_request_origin(pin: Any, source_ip: str, secure_transport: bool) -> None:  # noqa: FBT001 - as it is called
        del secure_transport
        pin(source_ip, True)  # noqa: FBT003 - MiniStack's own signature
