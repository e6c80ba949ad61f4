"""The emulator answers no web page: MiniStack lets every origin in, and a page could make and run a function here."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from local_mediaconvert.api.web_pages import refusal

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    Scope = dict[str, Any]
    Receive = Callable[[], Awaitable[dict[str, Any]]]
    Send = Callable[[dict[str, Any]], Awaitable[None]]
    Application = Callable[[Scope, Receive, Send], Awaitable[None]]

_CONNECTIONS = frozenset({"http", "websocket"})


def without_web_pages(application: Application) -> Application:
    """Return the ASGI ``application`` behind a check of who asks; what is refused is answered with status 403."""

    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope.get("headers", ())}
        why = refusal(headers) if scope["type"] in _CONNECTIONS else None
        if why is None:
            await application(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008, "reason": "requests of web pages are refused"})
        else:
            content = json.dumps({"__type": "AccessDenied", "message": why}).encode()
            head = [(b"content-type", b"application/json"), (b"content-length", str(len(content)).encode())]
            await send({"type": "http.response.start", "status": 403, "headers": head})
            await send({"type": "http.response.body", "body": content})

    return guarded
