"""Names that the provider makes up, and what a name tells of the prefix that it was made from."""

from __future__ import annotations

import itertools
import re
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from offline_provider.applying.resource import Resource

_MADE = re.compile(r"^(.*)[0-9a-f]{26}$", re.DOTALL)
"""See ``unique_name``."""
_counter = itertools.count(1)


def unique_name(prefix: str = "terraform-") -> str:
    """Return a name that no other resource has, made as the real provider makes it: 18 digits of time, 8 of a count."""
    now = time.time_ns()
    moment = time.strftime("%Y%m%d%H%M%S", time.gmtime(now // 10**9)) + f"{now // 10**5 % 10**4:04d}"
    return f"{prefix}{moment}{next(_counter):08x}"


def named(argument: str, prefix: str = "name_prefix", suffix: Callable[[Resource], str] = lambda _resource: "") -> Any:
    """Return how a table makes up the name: from the prefix, or from nothing."""

    def generate(resource: Resource) -> dict[str, Any]:
        given = resource[argument]
        return {} if given else {argument: unique_name(resource[prefix] or "terraform-") + suffix(resource)}

    return generate


def prefix_of(name: str, suffix: str = "") -> str:
    """Return the prefix that a name was made from; an empty text where it was given as it is."""
    match = _MADE.match(name.removesuffix(suffix) if suffix else name)
    return match.group(1) if match else ""


def name_of(argument: str, prefix: str = "name_prefix") -> Any:
    """Return how a table tells the prefix from the name that was read."""
    return lambda _resource, found: {prefix: prefix_of(found[argument])}
