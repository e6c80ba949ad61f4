"""Rules for a job's inputs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local_mediaconvert.destinations import parse_s3
from local_mediaconvert.settings.rules.common import at_least_one, required
from local_mediaconvert.settings.validation import Problem, show

if TYPE_CHECKING:
    from collections.abc import Iterator

    from local_mediaconvert.service_model import Json


def problems(settings: Json) -> Iterator[Problem]:
    """One input, in S3, each of its audio selectors naming one track."""
    path = "/settings"
    yield from at_least_one(settings, path, "inputs")
    inputs = settings.get("inputs", [])
    if len(inputs) > 1:
        text = f"the local MediaConvert does not support {len(inputs)} inputs in one job, only one"
        yield Problem(f"{path}/inputs", text)
    for index, one in enumerate(inputs):
        yield from _input(one, f"{path}/inputs/{index}")


def _input(one: Json, path: str) -> Iterator[Problem]:
    yield from required(one, path, "fileInput")
    uri = one.get("fileInput")
    location = parse_s3(uri) if uri else None
    if uri and location is None:
        text = f"the local MediaConvert does not support {show(uri)}, only s3://bucket/key"
        yield Problem(f"{path}/fileInput", text)
    elif location and (not location.key or location.key.endswith("/")):
        yield Problem(f"{path}/fileInput", f"{show(uri)} should name an object")
    for name, selector in one.get("audioSelectors", {}).items():
        if len(selector.get("tracks", [])) > 1:
            text = f"the local MediaConvert does not support {len(selector['tracks'])} tracks in one selector"
            yield Problem(f"{path}/audioSelectors/{name}/tracks", text)
