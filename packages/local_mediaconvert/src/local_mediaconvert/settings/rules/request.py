"""Rules for the parts of a CreateJob request around its settings."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from local_mediaconvert.settings.validation import Problem, show

if TYPE_CHECKING:
    from collections.abc import Iterator

    from local_mediaconvert.service_model import Json

_ROLE_ARN = re.compile(r"arn:aws(-[a-z]+)*:iam::\d{12}:role/([\x21-\x7e]+/)?[\w+=,.@-]{1,64}", re.ASCII)
"""The characters of names and paths are those of IAM (API reference, ``CreateRole``)."""
_TOKEN_CHARACTERS = 64
"""Length of a client request token; it is ASCII (API reference, "Preventing duplicate jobs")."""


def problems(params: Json) -> Iterator[Problem]:
    """The role and the client request token; whether the queue exists is the store's to say."""
    if not _ROLE_ARN.fullmatch(params["role"]):
        yield Problem(
            "/role", f"{show(params['role'])} should be the ARN of an IAM role, arn:aws:iam::<account>:role/…"
        )
    token = params.get("clientRequestToken", "")
    if len(token) > _TOKEN_CHARACTERS or not token.isascii():
        yield Problem("/clientRequestToken", f"{show(token)} should be at most {_TOKEN_CHARACTERS} ASCII characters")
