from __future__ import annotations

from typing import Any

import pytest

from lambda_src.errors import UnreadableMediaError
from lambda_src.source import Picture, parse_probe
from tests.unit.lambda_src.samples import probe


def picture(**video: Any) -> Picture:
    found = parse_probe(probe(**video)).picture
    assert found is not None
    return found


def ratio(numerator: int, denominator: int) -> dict[str, int]:
    return {"Numerator": numerator, "Denominator": denominator}


def test_a_plain_video_is_read_as_it_is() -> None:
    source = parse_probe(probe())
    assert (source.container, source.duration) == ("mp4", 10.0)
    assert source.picture == Picture(width=1920, height=1080, codec="AVC", bitrate=8_000_000)
    assert source.sound is not None
    assert source.sound.channels == 2


@pytest.mark.parametrize(("rotation", "size"), [(90, (1080, 1920)), (180, (1920, 1080)), (270, (1080, 1920))])
def test_a_rotated_video_counts_as_it_is_displayed(rotation: int, size: tuple[int, int]) -> None:
    found = picture(Rotation=rotation)
    assert (found.width, found.height, found.rotation) == (*size, rotation)


def test_a_rotation_against_the_clock_is_the_same_as_one_with_it() -> None:
    assert picture(Rotation=-90).rotation == 270


@pytest.mark.parametrize("rotation", [None, 0, 360, 45])
def test_an_odd_rotation_is_none(rotation: int | None) -> None:
    assert (picture(Rotation=rotation).rotation, picture(Rotation=rotation).width) == (0, 1920)


def test_anamorphic_pixels_are_squared_before_the_rotation() -> None:
    wide = {"width": 720, "height": 576, "SampleAspectRatio": ratio(64, 45)}
    assert (picture(**wide).width, picture(**wide).height) == (1024, 576)
    assert (picture(**wide, Rotation=90).width, picture(**wide, Rotation=90).height) == (576, 1024)


def test_the_pixel_aspect_of_the_essence_counts_where_the_container_has_none() -> None:
    assert picture(width=720, height=576, CodecMetadata={"SampleAspectRatio": ratio(64, 45)}).width == 1024


@pytest.mark.parametrize("aspect", [ratio(0, 1), ratio(1, 0), ratio(1, 500), ratio(500, 1), {}])
def test_a_nonsensical_pixel_aspect_is_left_out(aspect: dict[str, int]) -> None:
    assert picture(SampleAspectRatio=aspect).width == 1920


@pytest.mark.parametrize("transfer", ["SMPTE_2084", "ARIB_B67"])
def test_high_dynamic_range_is_noticed_in_either_place(transfer: str) -> None:
    assert picture(TransferCharacteristics=transfer).hdr
    assert picture(CodecMetadata={"TransferCharacteristics": transfer}).hdr
    assert not picture(TransferCharacteristics="ITU_709").hdr


def test_interlaced_video_is_noticed() -> None:
    assert picture(CodecMetadata={"ScanType": "Interlaced"}).interlaced
    assert picture(CodecMetadata={"FieldOrder": "TopFieldFirst"}).interlaced
    assert not picture(CodecMetadata={"ScanType": "Progressive"}).interlaced


def test_the_containers_bitrate_stands_in_for_an_unknown_one() -> None:
    unknown = probe(BitRate=None)
    unknown["Container"]["BitRate"] = 900_000
    found = parse_probe(unknown).picture
    assert found is not None
    assert found.bitrate == 900_000


def test_the_longest_track_stands_in_for_an_unknown_duration() -> None:
    unknown = probe(duration=12.5)
    unknown["Container"]["Duration"] = None
    assert parse_probe(unknown).duration == 12.5


def test_a_duration_may_stay_unknown() -> None:
    unknown = probe()
    for holder in (unknown["Container"], *unknown["Container"]["Tracks"]):
        holder["Duration"] = None
    assert parse_probe(unknown).duration is None


def test_a_video_without_sound_has_none() -> None:
    assert parse_probe(probe(sound=False)).sound is None


def test_a_video_container_with_sound_alone_is_playable() -> None:
    silent = probe()
    del silent["Container"]["Tracks"][0]
    source = parse_probe(silent)
    assert source.picture is None
    assert source.sound is not None


@pytest.mark.parametrize(
    "result",
    [
        {},
        {"Container": None},
        {"Container": {"Format": "mp4", "Tracks": []}},
        {"Container": {"Tracks": [{"TrackType": "data", "Codec": "WEBVTT"}]}},
        {"Container": {"Tracks": [{"TrackType": "video", "Codec": "AVC", "VideoProperties": {"Width": 0}}]}},
        {"Container": {"Tracks": [{"TrackType": "video", "Codec": "UNKNOWN", "VideoProperties": {"Width": 640}}]}},
    ],
)
def test_a_file_with_nothing_to_play_is_unreadable(result: dict[str, Any]) -> None:
    with pytest.raises(UnreadableMediaError, match="no picture and no sound"):
        parse_probe(result)


def test_a_track_that_cannot_be_decoded_is_passed_over() -> None:
    first_unknown = probe()
    first_unknown["Container"]["Tracks"][0]["Codec"] = "UNKNOWN"
    assert parse_probe(first_unknown).picture is None
