from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest

from lambda_src import output_layout
from lambda_src.job_settings import JobPlan, build_job
from lambda_src.ladder import choose_renditions
from lambda_src.record import request_token
from lambda_src.source import Picture, Sound, Source
from tests.simulation.world import SETTINGS
from tests.unit.lambda_src.samples import OUTPUT, record
from tests.unit.lambda_src.service_model import complaints

PLAN = JobPlan(
    role_arn=SETTINGS.role_arn,
    queue_arn=SETTINGS.queue_arn,
    output_bucket=OUTPUT,
    environment="dev",
    segment_seconds=6,
    max_height=1080,
)
PICTURE = Picture(width=1920, height=1080, codec="AVC", bitrate=8_000_000)
STEREO = Sound(channels=2)
SOURCE = Source(container="mp4", duration=10.0, picture=PICTURE, sound=STEREO)
RECORD = record()
FOLDER = output_layout.folder_url(OUTPUT, RECORD.output_prefix)

SOURCES = {
    "1080p": SOURCE,
    "4K": replace(SOURCE, picture=replace(PICTURE, width=3840, height=2160, bitrate=60_000_000)),
    "portrait": replace(SOURCE, picture=replace(PICTURE, width=1080, height=1920, rotation=90)),
    "turned Matroska": replace(SOURCE, container="matroska", picture=replace(PICTURE, rotation=270)),
    "tiny": replace(SOURCE, picture=replace(PICTURE, width=32, height=32, bitrate=1000)),
    "strip": replace(SOURCE, picture=replace(PICTURE, width=4000, height=33)),
    "tower": replace(SOURCE, picture=replace(PICTURE, width=33, height=4000)),
    "interlaced": replace(SOURCE, picture=replace(PICTURE, width=720, height=576, interlaced=True)),
    "high dynamic range": replace(SOURCE, picture=replace(PICTURE, hdr=True, codec="HEVC")),
    "silent": replace(SOURCE, sound=None),
    "mono": replace(SOURCE, sound=Sound(channels=1)),
    "surround": replace(SOURCE, sound=Sound(channels=6)),
    "sound alone": replace(SOURCE, picture=None),
    "unknown duration and bitrate": replace(SOURCE, duration=None, picture=replace(PICTURE, bitrate=None)),
    "one frame": replace(SOURCE, duration=0.04),
    "a day": replace(SOURCE, duration=86_400.0),
}
KEYS = ["films/My film.mp4", "a+b c.mp4", "100%25.mp4", 'it\'s "quoted".mp4', "🎬 映画.mp4", "k" * 1020 + ".mp4"]


def build(source: Source = SOURCE, **changes: Any) -> Any:
    return build_job(RECORD, source, replace(PLAN, **changes))


def group(job: Any, name: str) -> Any:
    return next((group for group in job["Settings"]["OutputGroups"] if group["Name"] == name), None)


def videos(job: Any) -> list[Any]:
    return [output for output in group(job, "HLS")["Outputs"] if "VideoDescription" in output]


def sounds(job: Any) -> list[Any]:
    return [output for output in group(job, "HLS")["Outputs"] if "AudioDescriptions" in output]


@pytest.mark.parametrize("name", SOURCES)
@pytest.mark.parametrize("segment_seconds", [1, 2, 5, 6, 10])
def test_a_job_fits_the_services_own_model(name: str, segment_seconds: int) -> None:
    assert complaints("CreateJob", build(SOURCES[name], segment_seconds=segment_seconds)) == []


@pytest.mark.parametrize("key", KEYS)
def test_a_job_for_any_key_fits_the_services_own_model(key: str) -> None:
    job = build_job(record(key=key), SOURCE, PLAN)
    assert complaints("CreateJob", job) == []
    assert job["Settings"]["Inputs"][0]["FileInput"] == f"s3://{RECORD.bucket}/{key}"


def test_the_model_check_sees_a_wrong_value() -> None:
    job = build()
    job["Settings"]["OutputGroups"][0]["Outputs"][0]["VideoDescription"]["Width"] = 9000
    job["StatusUpdateInterval"] = "SECONDS_11"
    assert [complaint.partition(":")[0] for complaint in complaints("CreateJob", job)] == [
        "CreateJob.StatusUpdateInterval",
        "CreateJob.Settings.OutputGroups[0].Outputs[0].VideoDescription.Width",
    ]


def test_a_job_is_tied_to_its_record_attempt_and_environment() -> None:
    job = build_job(replace(RECORD, attempt=2), SOURCE, PLAN)
    assert job["ClientRequestToken"] == request_token(RECORD.record_id, 2)
    assert job["UserMetadata"] == {"record_id": RECORD.record_id, "environment": "dev"}
    assert (job["Role"], job["Queue"]) == (PLAN.role_arn, PLAN.queue_arn)
    assert job["StatusUpdateInterval"] == "SECONDS_10"


def test_the_same_source_always_gives_the_same_job() -> None:
    assert build() == build()


@pytest.mark.parametrize("name", SOURCES)
def test_every_output_of_a_group_has_a_name_of_its_own(name: str) -> None:
    for made in build(SOURCES[name])["Settings"]["OutputGroups"]:
        names = [output.get("NameModifier") for output in made["Outputs"]]
        assert len(names) == 1 or (None not in names and len(set(names)) == len(names))


def test_the_stream_goes_where_the_contract_says() -> None:
    job = build()
    assert group(job, "HLS")["OutputGroupSettings"]["HlsGroupSettings"][
        "Destination"
    ] == output_layout.playlist_destination(FOLDER)
    assert group(job, "Poster")["OutputGroupSettings"]["FileGroupSettings"][
        "Destination"
    ] == output_layout.poster_destination(FOLDER)
    thumbnails = group(job, "Thumbnails")["OutputGroupSettings"]["FileGroupSettings"]["Destination"]
    assert thumbnails == output_layout.thumbnails_destination(FOLDER)
    modifiers = [output["NameModifier"] for output in group(job, "HLS")["Outputs"]]
    assert modifiers == [
        output_layout.name_modifier(name) for name in ("1080p", "720p", "720p-low", "480p", "360p", "audio")
    ]


@pytest.mark.parametrize("name", [name for name, source in SOURCES.items() if source.picture])
def test_renditions_are_those_of_the_ladder_in_square_pixels(name: str) -> None:
    picture = SOURCES[name].picture
    assert picture is not None
    made = [output["VideoDescription"] for output in videos(build(SOURCES[name]))]
    chosen = choose_renditions(picture, max_height=1080)
    assert [(video["Width"], video["Height"]) for video in made] == [(r.width, r.height) for r in chosen]
    for video, rendition in zip(made, chosen, strict=True):
        h264 = video["CodecSettings"]["H264Settings"]
        assert h264["QvbrSettings"] == {"QvbrQualityLevel": rendition.quality}
        assert h264["MaxBitrate"] == rendition.max_bitrate
        assert (h264["ParControl"], h264["ParNumerator"], h264["ParDenominator"]) == ("SPECIFIED", 1, 1)


def test_quality_is_held_variable_without_professional_pricing() -> None:
    for output in videos(build()):
        h264 = output["VideoDescription"]["CodecSettings"]["H264Settings"]
        assert (h264["RateControlMode"], h264["QualityTuningLevel"]) == ("QVBR", "SINGLE_PASS_HQ")
        assert "Bitrate" not in h264
        assert h264["CodecProfile"] == "HIGH"


@pytest.mark.parametrize("segment_seconds", range(1, 31))
def test_a_segment_holds_a_whole_number_of_closed_groups_of_at_most_two_seconds(segment_seconds: int) -> None:
    job = build(segment_seconds=segment_seconds)
    hls = group(job, "HLS")["OutputGroupSettings"]["HlsGroupSettings"]
    assert (hls["SegmentLength"], hls["SegmentLengthControl"]) == (segment_seconds, "GOP_MULTIPLE")
    for output in videos(job):
        h264 = output["VideoDescription"]["CodecSettings"]["H264Settings"]
        assert (h264["GopSizeUnits"], h264["GopClosedCadence"], h264["MinIInterval"]) == ("SECONDS", 1, 0)
        assert 0.5 < h264["GopSize"] <= 2
        groups = segment_seconds / h264["GopSize"]
        assert math.isclose(groups, round(groups))


def test_every_rendition_follows_the_sources_frame_rate() -> None:
    controls = {v["VideoDescription"]["CodecSettings"]["H264Settings"]["FramerateControl"] for v in videos(build())}
    assert controls == {"INITIALIZE_FROM_SOURCE"}


def test_sound_is_one_group_that_every_picture_refers_to() -> None:
    job = build()
    (sound,) = sounds(job)
    assert "VideoDescription" not in sound
    assert sound["OutputSettings"]["HlsSettings"]["AudioGroupId"] == "audio"
    assert sound["OutputSettings"]["HlsSettings"]["AudioTrackType"] == "ALTERNATE_AUDIO_AUTO_SELECT_DEFAULT"
    assert all(v["OutputSettings"] == {"HlsSettings": {"AudioRenditionSets": "audio"}} for v in videos(job))
    assert all("AudioDescriptions" not in video for video in videos(job))
    selectors = job["Settings"]["Inputs"][0]["AudioSelectors"]
    assert sound["AudioDescriptions"][0]["AudioSourceName"] in selectors
    assert selectors == {"Audio Selector 1": {"DefaultSelection": "DEFAULT"}}


def test_a_silent_source_gets_no_sound_group() -> None:
    job = build(SOURCES["silent"])
    assert sounds(job) == []
    assert all("OutputSettings" not in video for video in videos(job))
    assert "AudioSelectors" not in job["Settings"]["Inputs"][0]


def test_a_source_of_sound_alone_becomes_a_stream_of_sound_without_pictures() -> None:
    job = build(SOURCES["sound alone"])
    assert [made["Name"] for made in job["Settings"]["OutputGroups"]] == ["HLS"]
    (sound,) = group(job, "HLS")["Outputs"]
    assert sound["OutputSettings"]["HlsSettings"]["AudioTrackType"] == "AUDIO_ONLY_VARIANT_STREAM"
    assert "VideoSelector" not in job["Settings"]["Inputs"][0]


@pytest.mark.parametrize(
    ("name", "mode", "bitrate"),
    [
        ("mono", "CODING_MODE_1_0", 64_000),
        ("1080p", "CODING_MODE_2_0", 128_000),
        ("surround", "CODING_MODE_2_0", 128_000),
    ],
)
def test_sound_is_aac_in_a_combination_the_service_allows(name: str, mode: str, bitrate: int) -> None:
    (sound,) = sounds(build(SOURCES[name]))
    aac = sound["AudioDescriptions"][0]["CodecSettings"]["AacSettings"]
    assert (aac["CodecProfile"], aac["CodingMode"], aac["Bitrate"]) == ("LC", mode, bitrate)
    assert (aac["RateControlMode"], aac["SampleRate"]) == ("CBR", 48_000)


@pytest.mark.parametrize("name", ["Poster", "Thumbnails"])
def test_stills_are_frame_capture_without_container_or_sound(name: str) -> None:
    (still,) = group(build(), name)["Outputs"]
    assert still["ContainerSettings"] == {"Container": "RAW"}
    assert still["VideoDescription"]["CodecSettings"]["Codec"] == "FRAME_CAPTURE"
    assert "AudioDescriptions" not in still


def test_the_poster_is_as_large_as_the_best_rendition_and_thumbnails_are_small() -> None:
    job = build(SOURCES["portrait"])
    sizes = {}
    for name in ("Poster", "Thumbnails"):
        video = group(job, name)["Outputs"][0]["VideoDescription"]
        sizes[name] = (video["Width"], video["Height"])
    assert sizes == {"Poster": (1080, 1920), "Thumbnails": (180, 320)}


@pytest.mark.parametrize(
    ("container", "rotation", "expected"),
    [
        ("mp4", 0, "AUTO"),
        ("mp4", 90, "AUTO"),
        ("quicktime", 270, "AUTO"),
        ("matroska", 0, "AUTO"),
        ("matroska", 90, "DEGREES_90"),
        ("webm", 180, "DEGREES_180"),
        ("", 270, "DEGREES_270"),
    ],
)
def test_a_turned_picture_is_turned_back_where_the_service_does_not_do_so_itself(
    container: str, rotation: int, expected: str
) -> None:
    source = replace(SOURCE, container=container, picture=replace(PICTURE, rotation=rotation))
    assert build(source)["Settings"]["Inputs"][0]["VideoSelector"] == {"Rotate": expected}


def test_an_interlaced_source_is_deinterlaced_and_no_other() -> None:
    for name, expected in (("interlaced", True), ("1080p", False)):
        job = build(SOURCES[name])
        outputs = [*videos(job), *group(job, "Poster")["Outputs"], *group(job, "Thumbnails")["Outputs"]]
        for output in outputs:
            assert ("Deinterlacer" in output["VideoDescription"].get("VideoPreprocessors", {})) is expected


def test_high_dynamic_range_is_brought_to_standard_and_nothing_else_is() -> None:
    for name, expected in (("high dynamic range", True), ("1080p", False)):
        for output in videos(build(SOURCES[name])):
            corrected = output["VideoDescription"].get("VideoPreprocessors", {}).get("ColorCorrector")
            assert (corrected == {"ColorSpaceConversion": "FORCE_709"}) is expected


def test_the_tallest_rendition_is_a_setting() -> None:
    assert {video["VideoDescription"]["Height"] for video in videos(build(max_height=480))} == {480, 360}
