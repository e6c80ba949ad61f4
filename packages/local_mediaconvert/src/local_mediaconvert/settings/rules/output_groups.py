"""Rules for output groups: type, destination, containers, names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local_mediaconvert.destinations import base_location, output_name, parse_s3
from local_mediaconvert.settings.rules import audio, hls, video
from local_mediaconvert.settings.rules.common import at_least_one, no_format_identifiers, required
from local_mediaconvert.settings.validation import Problem, show

if TYPE_CHECKING:
    from collections.abc import Iterator

    from local_mediaconvert.service_model import Json

GROUP_SETTINGS = {"HLS_GROUP_SETTINGS": "hlsGroupSettings", "FILE_GROUP_SETTINGS": "fileGroupSettings"}
"""Group type → the settings object that it requires (service model, ``JobSettings.OutputGroups``)."""
_CONTAINERS = {"HLS_GROUP_SETTINGS": ("M3U8",), "FILE_GROUP_SETTINGS": ("MP4", "RAW")}
_CONTAINER_SETTINGS = {"m3u8Settings": "M3U8", "mp4Settings": "MP4"}


def problems(settings: Json) -> Iterator[Problem]:
    """All rules for output groups and what is in them."""
    yield from at_least_one(settings, "/settings", "outputGroups")
    groups = settings.get("outputGroups", [])
    before = 0
    for index, group in enumerate(groups):
        for problem in _group(group, settings, f"/settings/outputGroups/{index}"):
            before += 1
            yield problem
    if groups and not before:
        yield from _same_file_twice(settings)
        yield from _captures_need_company(groups)
        yield from _one_preprocessing(groups)


def _group(group: Json, settings: Json, path: str) -> Iterator[Problem]:
    yield from required(group, path, "outputGroupSettings")
    yield from at_least_one(group, path, "outputs")
    inner = group.get("outputGroupSettings", {})
    inner_path = f"{path}/outputGroupSettings"
    if "outputGroupSettings" in group:
        yield from required(inner, inner_path, "type")
    kind = inner.get("type")
    if kind is None:
        return
    wanted = GROUP_SETTINGS[kind]
    yield from required(inner, inner_path, wanted)
    for other in set(GROUP_SETTINGS.values()) - {wanted}:
        if other in inner:
            yield Problem(f"{inner_path}/{other}", f"does not belong to an output group of type {kind}")
    yield from _destination(inner.get(wanted, {}), f"{inner_path}/{wanted}", needed=wanted in inner)
    for index, output in enumerate(group.get("outputs", [])):
        yield from _output(output, kind, settings, f"{path}/outputs/{index}")
    yield from _modifiers(group.get("outputs", []), kind, path)
    if kind == "HLS_GROUP_SETTINGS":
        yield from hls.problems(group, path)


def _destination(settings: Json, path: str, *, needed: bool) -> Iterator[Problem]:
    if needed:
        yield from required(settings, path, "destination")
    destination = settings.get("destination")
    if destination and parse_s3(destination) is None:
        yield Problem(f"{path}/destination", f"{show(destination)} should be s3://bucket/path")
    yield from no_format_identifiers(settings, path, "destination")


def _output(output: Json, kind: str, settings: Json, path: str) -> Iterator[Problem]:
    yield from required(output, path, "containerSettings")
    yield from no_format_identifiers(output, path, "nameModifier", "extension")
    inner = output.get("containerSettings", {})
    inner_path = f"{path}/containerSettings"
    if "containerSettings" in output:
        yield from required(inner, inner_path, "container")
    container = inner.get("container")
    if container and container not in _CONTAINERS[kind]:
        allowed = ", ".join(_CONTAINERS[kind])
        yield Problem(f"{inner_path}/container", f"{show(container)} should be one of {allowed} in a {kind} group")
    for name, owner in _CONTAINER_SETTINGS.items():
        if name in inner and container != owner:
            yield Problem(f"{inner_path}/{name}", f"belongs to the container {owner}, not to {container}")
    if "extension" in output and kind != "FILE_GROUP_SETTINGS":
        yield Problem(f"{path}/extension", "is for File output groups only")
    if container == "RAW" and "videoDescription" not in output:
        yield Problem(f"{inner_path}/container", "the local MediaConvert does not support RAW but for FRAME_CAPTURE")
    if not output.get("videoDescription") and not output.get("audioDescriptions"):
        yield Problem(path, "should have a videoDescription or audioDescriptions")
    yield from video.problems(output, path)
    yield from audio.problems(output, settings, path)


def _modifiers(outputs: list[Json], kind: str, path: str) -> Iterator[Problem]:
    """Name modifiers: required where a group has several outputs, and in HLS always, for the playlists' sake."""
    needed = len(outputs) > 1 or kind == "HLS_GROUP_SETTINGS"
    for index, output in enumerate(outputs):
        if needed and "nameModifier" not in output:
            yield Problem(f"{path}/outputs/{index}", "nameModifier is a required property")


def _same_file_twice(settings: Json) -> Iterator[Problem]:
    seen: dict[str, str] = {}
    file_input = settings["inputs"][0].get("fileInput", "") if settings.get("inputs") else ""
    for index, group in enumerate(settings["outputGroups"]):
        inner = group["outputGroupSettings"]
        base = base_location(inner[GROUP_SETTINGS[inner["type"]]]["destination"], file_input)
        for number, output in enumerate(group["outputs"]):
            uri = base.plus(output_name(output)).uri if base else ""
            path = f"/settings/outputGroups/{index}/outputs/{number}"
            if uri in seen:
                yield Problem(f"{path}/nameModifier", f"would write {uri}, as {seen[uri]} does: make it unique")
            seen[uri] = path.removeprefix("/settings")


def _captures_need_company(groups: list[Json]) -> Iterator[Problem]:
    """A job of captured frames only is not possible (user guide, "File group with a frame capture output")."""
    outputs = [output for group in groups for output in group["outputs"]]
    if outputs and all(video.is_frame_capture(output) for output in outputs):
        yield Problem("/settings/outputGroups", "frame capture outputs need another output in the same job")


def _one_preprocessing(groups: list[Json]) -> Iterator[Problem]:
    """All outputs here come from the same prepared frames, so that they must be prepared alike."""
    seen: list[Json] = []
    for index, group in enumerate(groups):
        for number, output in enumerate(group["outputs"]):
            if "videoDescription" not in output:
                continue
            seen.append(output["videoDescription"].get("videoPreprocessors", {}))
            if seen[-1] != seen[0]:
                text = "the local MediaConvert does not support other preprocessors than those of the first output"
                path = f"/settings/outputGroups/{index}/outputs/{number}/videoDescription/videoPreprocessors"
                yield Problem(path, text)
