"""Whether a request comes from a web page in a browser on the same machine, which must reach no local server.

A page of another site can send requests to 127.0.0.1: with an ``Origin``, or, for pictures and links, with
``Sec-Fetch-Site`` alone (W3C, "Fetch Metadata Request Headers"). And it can have a name of its own point here, so that
the browser takes the server for the page's own (DNS rebinding): then the ``Host`` is that name. No AWS SDK sends
``Origin`` or ``Sec-Fetch-Site``, and an address cannot be pointed elsewhere.
"""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

_OF_ANOTHER_SITE = frozenset({"cross-site", "same-site"})


def refusal(headers: Mapping[str, str], known_hosts: Collection[str] = ()) -> str | None:
    """Why the request is refused, ``None`` where it is not.

    ``headers`` are by name in small letters; ``known_hosts`` are names that are this server's, in small letters.
    """
    if origin := headers.get("origin"):
        return f"requests of web pages are refused, and this one has the Origin {origin}"
    if (site := headers.get("sec-fetch-site")) in _OF_ANOTHER_SITE:
        return f"requests of web pages are refused, and this one has Sec-Fetch-Site: {site}"
    host = headers.get("host")
    if host is not None and not _is_known(host, known_hosts):
        return f"requests to the Host {host} are refused: it is neither localhost nor an address"
    return None


def _is_known(host: str, known_hosts: Collection[str]) -> bool:
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return False
    if name == "localhost" or name.endswith(".localhost") or name in known_hosts:
        return True
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
