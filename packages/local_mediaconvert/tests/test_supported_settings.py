"""No setting is ignored in silence: it has its effect, or is listed with a reason, or is refused by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.model import ListShape, MapShape, Shape, StringShape, StructureShape

from local_mediaconvert.destinations import DEFAULT_EXTENSIONS
from local_mediaconvert.service_model import input_shape, service_model, wire_members
from local_mediaconvert.settings.rules.output_groups import GROUP_SETTINGS
from local_mediaconvert.settings.rules.video import CODEC_SETTINGS
from local_mediaconvert.settings.supported import SUPPORTED_SETTINGS
from local_mediaconvert.settings.supported.states import Accepted, Honoured
from local_mediaconvert.settings.unsupported import unsupported
from local_mediaconvert.transcoding.planning import _CHANNELS

from .jobs import simple_job

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_mediaconvert import MediaConvertClient

Path = tuple[str, ...]


def settings_of(shape: Shape, path: Path = ()) -> Iterator[tuple[str, str, Shape, Path]]:
    """Every setting reachable through supported ones: owner's shape, name, own shape, path of names."""
    if isinstance(shape, ListShape):
        yield from settings_of(shape.member, (*path, "0"))
    elif isinstance(shape, MapShape):
        yield from settings_of(shape.value, (*path, "key"))
    elif isinstance(shape, StructureShape):
        for name, member in wire_members(shape).items():
            yield shape.name, name, member, (*path, name)
            if name in SUPPORTED_SETTINGS.get(shape.name, {}):
                yield from settings_of(member, (*path, name))


def request_with(path: Path, value: Any) -> Any:
    """The smallest request that has ``value`` at ``path``."""
    if not path:
        return value
    name, *rest = path
    inner = request_with(tuple(rest), value)
    return [inner] if name == "0" else {name: inner}


CREATE_JOB = input_shape(service_model().operation_model("CreateJob"))
assert CREATE_JOB is not None
REACHABLE = list(settings_of(CREATE_JOB))


def refusals(path: Path, value: Any) -> list[str]:
    assert CREATE_JOB is not None
    return [str(problem) for problem in unsupported(request_with(path, value), CREATE_JOB)]


def test_every_setting_that_the_table_does_not_list_is_refused_by_name() -> None:
    missing = [each for each in REACHABLE if each[1] not in SUPPORTED_SETTINGS.get(each[0], {})]
    assert len(missing) > 100, "the model has many settings that a laptop does not do"
    for _, name, _, path in missing:
        found = refusals(path, None)
        assert len(found) == 1
        assert found[0].endswith(f"the local MediaConvert does not support `{name}`")
        assert "/".join(path).removeprefix("settings/") in found[0]


def test_every_enum_value_that_the_table_does_not_list_is_refused_by_name() -> None:
    checked = 0
    for owner, name, shape, path in REACHABLE:
        rule = SUPPORTED_SETTINGS.get(owner, {}).get(name)
        if rule is None or not isinstance(shape, StringShape):
            continue
        for value in shape.enum:
            found = refusals(path, value)
            if rule.values and value not in rule.values:
                assert len(found) == 1
                assert f'does not support "{value}" for `{name}`' in found[0]
                checked += 1
            else:
                assert not found
    assert checked > 100


def test_the_table_names_only_what_the_service_model_has() -> None:
    for owner, members in SUPPORTED_SETTINGS.items():
        shape = service_model().shape_for(owner)
        assert isinstance(shape, StructureShape)
        known = wire_members(shape)
        for name, rule in members.items():
            assert name in known, f"{owner} has no {name}"
            assert isinstance(rule, Honoured) or (isinstance(rule, Accepted) and rule.why)
            member = known[name]
            if isinstance(member, StringShape) and member.enum:
                assert set(rule.values) <= set(member.enum), f"{owner}.{name}"


def test_what_the_table_calls_honoured_is_what_the_code_can_do() -> None:
    def listed(shape: str, name: str) -> set[str]:
        return set(SUPPORTED_SETTINGS[shape][name].values)

    assert listed("OutputGroupSettings", "type") == set(GROUP_SETTINGS)
    assert listed("ContainerSettings", "container") == set(DEFAULT_EXTENSIONS)
    assert listed("VideoCodecSettings", "codec") == set(CODEC_SETTINGS)
    assert listed("AacSettings", "codingMode") == set(_CHANNELS)


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (
            ("Settings", "OutputGroups", 0, "AutomatedEncodingSettings"),
            {"AbrSettings": {}},
            "automatedEncodingSettings",
        ),
        (("JobTemplate",), "mine", "jobTemplate"),
        (("Settings", "Inputs", 0, "InputClippings"), [{"StartTimecode": "00:00:01:00"}], "inputClippings"),
        (("Settings", "OutputGroups", 0, "Outputs", 0, "ContainerSettings", "Container"), "WEBM", '"WEBM"'),
    ],
)
def test_a_job_with_something_unsupported_is_rejected(
    path: tuple[str | int, ...], value: Any, message: str, client: MediaConvertClient
) -> None:
    request: Any = simple_job()
    at = request
    for name in path[:-1]:
        at = at[name]
    at[path[-1]] = value
    with pytest.raises(client.exceptions.BadRequestException) as caught:
        client.create_job(**request)
    assert f"the local MediaConvert does not support {message}" in str(caught.value).replace("`", "")


def test_more_than_one_input_is_refused(client: MediaConvertClient) -> None:
    request = simple_job()
    request["Settings"]["Inputs"] *= 2
    with pytest.raises(client.exceptions.BadRequestException, match="does not support 2 inputs in one job"):
        client.create_job(**request)


def test_an_input_from_the_web_is_refused(client: MediaConvertClient) -> None:
    request = simple_job()
    request["Settings"]["Inputs"][0]["FileInput"] = "https://example.com/clip.mp4"
    with pytest.raises(client.exceptions.BadRequestException, match="only s3://bucket/key"):
        client.create_job(**request)
