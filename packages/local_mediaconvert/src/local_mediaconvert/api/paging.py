"""Pages of at most twenty, as every list operation has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local_mediaconvert.exceptions import BadRequestError
from local_mediaconvert.settings.validation import show

if TYPE_CHECKING:
    from local_mediaconvert.service_model import Json

_MOST = 20


def page(items: list[Json], name: str, params: Json) -> Json:
    """The page of ``items`` that ``maxResults`` and ``nextToken`` ask for, under ``name``.

    Raises:
        BadRequestError: the token is not one of ours.

    """
    token = params.get("nextToken", "0")
    if not token.isdecimal():
        raise BadRequestError(f"/nextToken: {show(token)} should be a token from the previous answer")
    start = int(token)
    end = start + params.get("maxResults", _MOST)
    answer: Json = {name: items[start:end]}
    return {**answer, "nextToken": str(end)} if end < len(items) else answer
