"""MP4 files and still pictures: sizes, scaling, rotation, frame rates, sound."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import av
import pytest
from av.video.frame import PictureType

from .decoding import has_audio, play_audio, play_video
from .jobs import OUTPUT_BUCKET, aac, av1_mp4, captures, file_group, input_of, job, mp4

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from .conftest import Finished


@pytest.fixture(scope="module")
def made(finished: Finished, fetched: Callable[[str], Path]) -> Callable[..., Path]:
    """Runs a job of one file group; gives the folder of its files."""

    def make(name: str, *outputs: dict[str, Any], key: str = "clip.mp4", **settings: Any) -> Path:
        request = job(file_group(*outputs, destination=f"s3://{OUTPUT_BUCKET}/files/{name}/out"), key=key)
        request["Settings"]["Inputs"] = [input_of(key, **settings)]
        done = finished(**request)
        assert done["Status"] == "COMPLETE", done.get("ErrorMessage")
        return fetched(f"files/{name}/")

    return make


@pytest.fixture(scope="module")
def shaped(clips: Path, ffmpeg: Callable[..., None], uploaded: Callable[..., str]) -> Callable[..., str]:
    """Makes and uploads one second of video of a certain kind; gives its key."""

    def make(name: str, size: str = "320x180", rate: str = "25", *, before: tuple[str, ...] = (), **more: str) -> str:
        path, plain = clips / name, clips / f"plain-{name}"
        filters = more.get("filters", "null")
        source = f"testsrc2=size={size}:rate={rate}:duration=1"
        encode = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", more.get("pixels", "yuv420p"))
        options = more.get("options", "").split()
        ffmpeg("-f", "lavfi", "-i", source, "-vf", filters, "-fps_mode", "vfr", *encode, *options, plain)
        ffmpeg(*before, "-i", plain, "-c", "copy", path)
        return uploaded(path, name)

    return make


def scaled(output: dict[str, Any], **description: Any) -> dict[str, Any]:
    return {**output, "VideoDescription": {**output["VideoDescription"], **description}}


def size(path: Path) -> tuple[int, int]:
    played = play_video(path)
    return played.width, played.height


SCALED: list[tuple[dict[str, Any], tuple[int, int]]] = [
    ({}, (320, 180)),
    ({"Width": 160}, (160, 90)),
    ({"Height": 90}, (160, 90)),
    ({"Width": 160, "Height": 160}, (160, 160)),
    ({"Width": 160, "Height": 160, "ScalingBehavior": "STRETCH_TO_OUTPUT"}, (160, 160)),
    ({"Width": 160, "Height": 160, "ScalingBehavior": "FILL"}, (160, 160)),
    ({"Width": 160, "Height": 160, "ScalingBehavior": "FIT"}, (160, 90)),
    ({"Width": 640, "Height": 640, "ScalingBehavior": "FIT"}, (640, 360)),
    ({"Width": 640, "Height": 640, "ScalingBehavior": "FIT_NO_UPSCALE"}, (320, 180)),
]


def test_a_picture_is_scaled_as_asked(made: Callable[..., Path], shaped: Callable[..., str]) -> None:
    outputs = [scaled(mp4(f"_{at}", sound=False), **description) for at, (description, _) in enumerate(SCALED)]
    folder = made("scaled", *outputs, key=shaped("shape.mp4"))
    assert [size(folder / f"out_{at}.mp4") for at in range(len(SCALED))] == [expected for _, expected in SCALED]


def test_padding_is_black_and_a_stretched_picture_has_none(
    made: Callable[..., Path], shaped: Callable[..., str]
) -> None:
    square = {"Width": 160, "Height": 160}
    folder = made(
        "padding",
        scaled(mp4("_padded", sound=False), **square),
        scaled(mp4("_stretched", sound=False), **square, ScalingBehavior="STRETCH_TO_OUTPUT"),
        key=shaped("shape.mp4"),
    )
    black = 16
    assert luma(folder / "out_padded.mp4", row=4) <= black + 4
    assert luma(folder / "out_padded.mp4", row=80) > black + 20
    assert luma(folder / "out_stretched.mp4", row=4) > black + 20


def luma(path: Path, row: int) -> float:
    """Mean brightness of one row of the first frame, 16 being black."""
    with av.open(str(path)) as container:
        frame = next(container.decode(video=0))
        plane = frame.planes[0]
        line = bytes(plane)[row * plane.line_size : row * plane.line_size + plane.width]
        return sum(line) / len(line)


def test_anamorphic_video_becomes_square_where_asked_and_keeps_its_shape_elsewhere(
    made: Callable[..., Path], shaped: Callable[..., str]
) -> None:
    # 180x180 stored, shown as 360x180.
    key = shaped("anamorphic.mp4", "180x180", filters="setsar=2/1")
    square = {"ParControl": "SPECIFIED", "ParNumerator": 1, "ParDenominator": 1}
    folder = made(
        "anamorphic", scaled(mp4("_square", sound=False, **square), Height=180), mp4("_kept", sound=False), key=key
    )
    assert size(folder / "out_square.mp4") == (360, 180)
    assert size(folder / "out_kept.mp4") == (180, 180)
    with av.open(str(folder / "out_kept.mp4")) as container:
        assert container.streams.video[0].sample_aspect_ratio == 2


def test_odd_sides_become_even(made: Callable[..., Path], shaped: Callable[..., str]) -> None:
    key = shaped("odd.mp4", pixels="yuv444p", filters="format=yuv444p,crop=317:173:exact=1")
    assert size(made("odd", mp4(sound=False), key=key) / "out.mp4") == (316, 172)


@pytest.mark.parametrize(
    ("rotate", "expected"),
    [("AUTO", (180, 320)), ("DEGREE_0", (320, 180)), ("DEGREES_90", (180, 320)), ("DEGREES_180", (320, 180))],
)
def test_a_phones_rotation_is_obeyed_only_when_asked(
    rotate: str, expected: tuple[int, int], made: Callable[..., Path], shaped: Callable[..., str]
) -> None:
    key = shaped("phone.mp4", before=("-display_rotation", "90"))
    folder = made(
        f"rotated/{rotate}",
        mp4("_v", sound=False),
        captures("_shot", width=90),
        key=key,
        VideoSelector={"Rotate": rotate},
    )
    played = play_video(folder / "out_v.mp4")
    assert (played.width, played.height) == expected
    with av.open(str(folder / "out_v.mp4")) as container:
        assert next(container.decode(video=0)).rotation == 0, "rotation metadata is never passed on"
    picture = size(folder / "out_shot.0000000.jpg")
    assert (picture[0] < picture[1]) == (expected[0] < expected[1])


def test_automatic_rotation_turns_the_picture_the_right_way(
    made: Callable[..., Path], shaped: Callable[..., str]
) -> None:
    # White on the left half; players turn it by 90 degrees counterclockwise, so that white comes to the bottom.
    key = shaped("half.mp4", filters="geq=lum='if(lt(X,W/2),235,16)':cb=128:cr=128", before=("-display_rotation", "90"))
    path = made("turned", mp4(sound=False), key=key) / "out.mp4"
    assert luma(path, row=300) > 200
    assert luma(path, row=20) < 40


def test_varying_frame_rates_become_constant_without_losing_time(
    made: Callable[..., Path], shaped: Callable[..., str]
) -> None:
    key = shaped("vfr.mp4", rate="30", filters="select='lt(mod(n,7),4)'")
    played = play_video(made("vfr", mp4(sound=False), key=key) / "out.mp4")
    assert played.frames == pytest.approx(30, abs=1)
    assert played.seconds == pytest.approx(1.0, abs=1 / 30)


def test_a_frame_rate_can_be_chosen(made: Callable[..., Path], clip: Path) -> None:
    assert clip.exists()
    half = {"FramerateControl": "SPECIFIED", "FramerateNumerator": 15, "FramerateDenominator": 1}
    folder = made("rates", mp4("_half", sound=False, **half), mp4("_full", sound=False))
    slow, fast = play_video(folder / "out_half.mp4"), play_video(folder / "out_full.mp4")
    assert (slow.frames, fast.frames) == (75, 150)
    assert slow.seconds == pytest.approx(fast.seconds, abs=1 / 15)


def test_bit_rates_are_held(made: Callable[..., Path], clip: Path) -> None:
    assert clip.exists()

    def held(mode: str) -> dict[str, Any]:
        output = mp4(f"_{mode}", sound=False, RateControlMode=mode, Bitrate=200_000)
        settings = output["VideoDescription"]["CodecSettings"]["H264Settings"]
        for name in ("MaxBitrate", "QvbrSettings"):
            del settings[name]
        return output

    folder = made("held", held("CBR"), held("VBR"))
    for path in folder.iterdir():
        assert path.stat().st_size * 8 / play_video(path).seconds == pytest.approx(200_000, rel=0.25)


def test_a_better_quality_level_takes_more_bits_up_to_the_maximum(made: Callable[..., Path], clip: Path) -> None:
    assert clip.exists()
    folder = made(
        "quality",
        mp4("_4", sound=False, MaxBitrate=5_000_000, QvbrSettings={"QvbrQualityLevel": 4}),
        mp4("_8", sound=False, MaxBitrate=5_000_000, QvbrSettings={"QvbrQualityLevel": 8}),
        mp4("_capped", sound=False, MaxBitrate=150_000, QvbrSettings={"QvbrQualityLevel": 8}),
    )
    bits = {path.stem[4:]: path.stat().st_size * 8 / play_video(path).seconds for path in folder.iterdir()}
    assert bits["4"] < bits["8"]
    assert bits["capped"] < 150_000 * 1.25


def test_the_profile_asked_for_is_the_streams(made: Callable[..., Path], shaped: Callable[..., str]) -> None:
    profiles = {"BASELINE": "CAVLC", "MAIN": "CABAC", "HIGH": "CABAC"}
    outputs = [mp4(f"_{name}", sound=False, CodecProfile=name, EntropyEncoding=how) for name, how in profiles.items()]
    folder = made("profile", *outputs, key=shaped("shape.mp4"))
    for name in profiles:
        with av.open(str(folder / f"out_{name}.mp4")) as container:
            assert name in str(container.streams.video[0].profile).upper()


def test_h265_comes_out_as_h265(made: Callable[..., Path], shaped: Callable[..., str]) -> None:
    output = mp4(sound=False)
    settings = {"RateControlMode": "QVBR", "MaxBitrate": 500_000, "GopSize": 25, "GopSizeUnits": "FRAMES"}
    output["VideoDescription"]["CodecSettings"] = {"Codec": "H_265", "H265Settings": settings}
    with av.open(str(made("h265", output, key=shaped("shape.mp4")) / "out.mp4")) as container:
        stream = container.streams.video[0]
        assert (stream.codec_context.name, stream.codec_context.codec_tag) == ("hevc", "hvc1")
        assert sum(1 for _ in container.decode(stream)) == 25


def test_av1_comes_out_as_av1_with_key_frames_as_asked(made: Callable[..., Path], shaped: Callable[..., str]) -> None:
    folder = made("av1", av1_mp4(GopSize=10), key=shaped("shape.mp4"))
    with av.open(str(folder / "out.mp4")) as container:
        stream = container.streams.video[0]
        keys = [frame.key_frame for frame in container.decode(stream)]
        assert (stream.codec_context.name, stream.codec_context.codec_tag) == ("libdav1d", "av01")
    assert [index for index, key in enumerate(keys) if key] == [0, 10, 20]
    assert len(keys) == 25


def test_a_higher_av1_level_takes_more_bits_and_the_maximum_holds(
    made: Callable[..., Path], shaped: Callable[..., str]
) -> None:
    noise = "noise=alls=60:allf=t"
    folder = made(
        "av1-levels",
        av1_mp4("_4", QvbrSettings={"QvbrQualityLevel": 4}),
        av1_mp4("_8", QvbrSettings={"QvbrQualityLevel": 8}),
        av1_mp4("_capped", MaxBitrate=150_000, QvbrSettings={"QvbrQualityLevel": 8}),
        key=shaped("noisy.mp4", filters=noise),
    )
    size = {path.stem[4:]: path.stat().st_size for path in folder.iterdir()}
    assert size["capped"] < size["4"] < size["8"]


def test_b_frames_come_as_asked(made: Callable[..., Path], shaped: Callable[..., str]) -> None:
    folder = made("b", mp4(sound=False, NumberBFramesBetweenReferenceFrames=2), key=shaped("shape.mp4"))
    with av.open(str(folder / "out.mp4")) as container:
        kinds = {frame.pict_type for frame in container.decode(video=0)}
    assert PictureType.B in kinds


def test_interlaced_video_becomes_whole_frames(
    made: Callable[..., Path], shaped: Callable[..., str], clips: Path
) -> None:
    # A bar moves 8 pixels from field to field: woven together, its edge would be a comb.
    moving = "geq=lum='if(between(X-N*8,0,40),235,16)':cb=128:cr=128,interlace=lowpass=off"
    key = shaped("interlaced.mp4", rate="50", filters=moving, options="-flags +ildct+ilme -x264opts tff=1")
    output = mp4(sound=False)
    output["VideoDescription"]["VideoPreprocessors"] = {
        "Deinterlacer": {"Mode": "DEINTERLACE", "Algorithm": "INTERPOLATE", "Control": "NORMAL"}
    }
    for name, each in {"asked": output, "unasked": mp4(sound=False)}.items():
        path = made(f"interlaced/{name}", each, key=key) / "out.mp4"
        assert play_video(path).frames == 25
        assert comb(path) < 4
    assert comb(clips / "interlaced.mp4") > 4, "the source has a comb"


def comb(path: Path) -> float:
    """How much the rows of the tenth frame differ from the next but more than from the next but one."""
    with av.open(str(path)) as container:
        frame = next(each for at, each in enumerate(container.decode(video=0)) if at == 10)
        plane = frame.planes[0]
        rows = [bytes(plane)[at * plane.line_size :][: plane.width] for at in range(plane.height)]

    def apart(one: bytes, other: bytes) -> float:
        return sum(abs(a - b) for a, b in zip(one, other, strict=True)) / len(one)

    return sum(apart(rows[at], rows[at + 1]) - apart(rows[at], rows[at + 2]) for at in range(80, 90)) / 10


def test_high_dynamic_range_becomes_rec_709_where_asked(
    made: Callable[..., Path], clips: Path, ffmpeg: Callable[..., None], uploaded: Callable[..., str]
) -> None:
    path = clips / "hdr.mp4"
    colors = "colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc"
    encode = ("-pix_fmt", "yuv420p10le", "-c:v", "libx265", "-x265-params", f"log-level=error:{colors}")
    ffmpeg("-f", "lavfi", "-i", "testsrc2=size=160x90:rate=25:duration=1", *encode, path)
    output = mp4(sound=False)
    output["VideoDescription"]["VideoPreprocessors"] = {"ColorCorrector": {"ColorSpaceConversion": "FORCE_709"}}
    with av.open(str(made("hdr", output, key=uploaded(path)) / "out.mp4")) as container:
        context = container.streams.video[0].codec_context
        assert (context.pix_fmt, context.color_primaries, context.color_trc, context.colorspace) == ("yuv420p", 1, 1, 1)


def test_outputs_that_are_prepared_differently_are_refused(client: Any) -> None:
    other = mp4("_b", sound=False)
    other["VideoDescription"]["VideoPreprocessors"] = {"ColorCorrector": {"ColorSpaceConversion": "FORCE_709"}}
    request = job(file_group(mp4("_a", sound=False), other, destination=f"s3://{OUTPUT_BUCKET}/x"), key="k.mp4")
    with pytest.raises(client.exceptions.BadRequestException, match="other preprocessors than those of the first"):
        client.create_job(**request)


def test_sound_has_the_rate_and_channels_asked_for(made: Callable[..., Path], clip: Path) -> None:
    assert clip.exists()
    modes = {"CODING_MODE_1_0": 1, "CODING_MODE_2_0": 2, "CODING_MODE_5_1": 6}
    outputs = [
        {**mp4(f"_{mode}"), "AudioDescriptions": [aac(CodingMode=mode, SampleRate=44_100, Bitrate=128_000)]}
        for mode in modes
    ]
    folder = made("sound", *outputs)
    for mode, channels in modes.items():
        seconds, rate, found = play_audio(folder / f"out_{mode}.mp4")
        assert (rate, found) == (44_100, channels)
        assert seconds == pytest.approx(5.0, abs=0.05)


def test_sound_that_begins_later_stays_in_step(
    made: Callable[..., Path], clips: Path, ffmpeg: Callable[..., None], uploaded: Callable[..., str]
) -> None:
    path = clips / "late-sound.mp4"
    picture = ("-f", "lavfi", "-i", "testsrc2=size=160x90:rate=25:duration=2")
    sound = ("-itsoffset", "1", "-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000:duration=1")
    ffmpeg(*picture, *sound, "-c:v", "libx264", "-c:a", "aac", path)
    result = made("late", mp4(), key=uploaded(path)) / "out.mp4"
    assert play_audio(result)[0] == pytest.approx(2.0, abs=0.05)
    assert loudness(result, 0.1, 0.9) < 0.001
    assert loudness(result, 1.1, 1.9) > 0.05


def loudness(path: Path, start: float, end: float) -> float:
    """Mean magnitude of the first channel between two times, in seconds; full scale is 1."""
    samples: list[float] = []
    with av.open(str(path)) as container:
        for frame in container.decode(audio=0):
            if start <= (frame.time or 0.0) < end:
                samples += memoryview(frame.planes[0]).cast("B").cast("f")[: frame.samples]
    return sum(map(abs, samples)) / len(samples)


def test_an_mp4_starts_with_its_index_unless_asked_otherwise(
    made: Callable[..., Path], shaped: Callable[..., str]
) -> None:
    late = mp4("_late", sound=False)
    late["ContainerSettings"]["Mp4Settings"] = {"MoovPlacement": "NORMAL"}
    folder = made("index", mp4("_early", sound=False), late, key=shaped("shape.mp4"))
    early_bytes, late_bytes = (folder / "out_early.mp4").read_bytes(), (folder / "out_late.mp4").read_bytes()
    assert early_bytes.index(b"moov") < early_bytes.index(b"mdat")
    assert late_bytes.index(b"moov") > late_bytes.index(b"mdat")


def test_pictures_come_at_the_rate_asked_for_and_no_more_than_the_maximum(
    made: Callable[..., Path], clip: Path
) -> None:
    assert clip.exists()
    folder = made(
        "pictures",
        mp4("_v", sound=False),
        captures("_all", FramerateNumerator=2),
        captures("_few", FramerateNumerator=2, MaxCaptures=3),
        captures("_good", MaxCaptures=1, Quality=100),
        captures("_poor", MaxCaptures=1, Quality=1),
    )
    count = {name: len(list(folder.glob(f"out_{name}.*.jpg"))) for name in ("all", "few", "good", "poor")}
    assert count == {"all": 10, "few": 3, "good": 1, "poor": 1}  # at 0, 0.5, … 4.5 s; the last frame begins at 4.97
    assert (folder / "out_good.0000000.jpg").stat().st_size > 2 * (folder / "out_poor.0000000.jpg").stat().st_size


def test_a_destination_that_is_a_folder_takes_the_inputs_name(
    finished: Finished, fetched: Callable[[str], Path], clip: Path, uploaded: Callable[..., str]
) -> None:
    key = uploaded(clip, "my videos/holiday 1.final.mp4")
    output = {**mp4(sound=False), "Extension": "m4v"}
    done = finished(**job(file_group(output, destination=f"s3://{OUTPUT_BUCKET}/folder/"), key=key))
    assert done["Status"] == "COMPLETE"
    assert [path.name for path in fetched("folder/").iterdir()] == ["holiday 1.final.m4v"]


def test_a_source_without_sound_gets_silence_and_a_warning(
    finished: Finished, fetched: Callable[[str], Path], shaped: Callable[..., str]
) -> None:
    done = finished(**job(file_group(mp4(), destination=f"s3://{OUTPUT_BUCKET}/silent/out"), key=shaped("shape.mp4")))
    assert done["Status"] == "COMPLETE"
    assert done["Warnings"] == [{"Code": 240000, "Count": 1}]
    path = fetched("silent/") / "out.mp4"
    assert play_audio(path)[0] == pytest.approx(1.0, abs=0.05)


def test_an_output_without_sound_has_none(made: Callable[..., Path], clip: Path) -> None:
    assert clip.exists()
    assert not has_audio(made("mute", mp4(sound=False)) / "out.mp4")
