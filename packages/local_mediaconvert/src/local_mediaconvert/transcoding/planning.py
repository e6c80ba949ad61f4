"""From a job's settings and its probed input to a plan, every open value decided as documented."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from local_mediaconvert.destinations import DEFAULT_EXTENSIONS, S3Location, base_location
from local_mediaconvert.job_errors import NO_AUDIO, NO_VIDEO, JobError
from local_mediaconvert.settings.hls_settings import DEFAULT_SEGMENT_SECONDS, hls_settings, is_audio_only
from local_mediaconvert.settings.rules.audio import DEFAULT_SELECTOR
from local_mediaconvert.settings.rules.output_groups import GROUP_SETTINGS
from local_mediaconvert.settings.rules.video import CODEC_SETTINGS
from local_mediaconvert.transcoding import geometry
from local_mediaconvert.transcoding.plan import AudioEncode, Capture, Group, Output, Plan, Size
from local_mediaconvert.transcoding.video_planning import plan_encode

if TYPE_CHECKING:
    from local_mediaconvert.media.tracks import AudioTrack, Media, VideoTrack
    from local_mediaconvert.service_model import Json

_KINDS: dict[str, Literal["HLS_GROUP", "FILE_GROUP"]] = {
    "HLS_GROUP_SETTINGS": "HLS_GROUP",
    "FILE_GROUP_SETTINGS": "FILE_GROUP",
}
_CHANNELS = {"CODING_MODE_1_0": 1, "CODING_MODE_2_0": 2, "CODING_MODE_5_1": 6}
_TURNS = {"DEGREES_90": 90, "DEGREES_180": 180, "DEGREES_270": 270}
_TURN_TOLERANCE = 1
_DEFAULT_JPEG_QUALITY = 80
_MOST_CAPTURES = 10_000_000
_ROTATING_CONTAINERS = frozenset({"mov", "mp4"})


def make_plan(settings: Json, media: Media) -> Plan:
    """Decide everything about the job.

    Raises:
        JobError: an output wants video or audio that the input has not got.

    """
    return _Planner(settings, media).plan()


class _Planner:
    def __init__(self, settings: Json, media: Media) -> None:
        self.settings = settings
        self.media = media
        self.input: Json = settings["inputs"][0]
        self.video: VideoTrack | None = media.video[0] if media.video else None

    def plan(self) -> Plan:
        groups = tuple(self._group(index, group) for index, group in enumerate(self.settings["outputGroups"]))
        preprocessors = _preprocessors(self.settings)
        color = preprocessors.get("colorCorrector", {}).get("colorSpaceConversion", "NONE")
        return Plan(
            video=self.video,
            turn=self._turn(),
            deinterlace=self._deinterlace(preprocessors.get("deinterlacer", {})),
            to_rec709=color == "FORCE_709",
            duration=self.media.main_duration or 0.0,
            groups=groups,
        )

    def _deinterlace(self, settings: Json) -> Literal["none", "marked", "all"]:
        """Outputs are progressive, so that an interlaced input is deinterlaced even where no setting says so."""
        if settings.get("control") == "FORCE_ALL_FRAMES":
            return "all"
        return "marked" if settings or (self.video and self.video.interlaced) else "none"

    def _turn(self) -> int:
        """Clockwise turn in degrees; AUTO obeys metadata of MOV and MP4 files only (``VideoSelector.Rotate``)."""
        rotate = self.input.get("videoSelector", {}).get("rotate", "DEGREE_0")
        if rotate != "AUTO":
            return _TURNS.get(rotate, 0)
        if not self.video or not _ROTATING_CONTAINERS.intersection(self.media.formats):
            return 0
        near = (turn for turn in _TURNS.values() if abs(self.video.rotation - turn) <= _TURN_TOLERANCE)
        return next(near, 0)

    def _group(self, index: int, group: Json) -> Group:
        inner = group["outputGroupSettings"]
        settings: Json = inner[GROUP_SETTINGS[inner["type"]]]
        base = base_location(settings["destination"], self.input["fileInput"])
        if base is None:
            raise ValueError(f"destination {settings['destination']!r} passed validation without being s3://")
        kind = _KINDS[inner["type"]]
        outputs = tuple(
            self._output(f"{index}_{number}", output, kind, settings, base)
            for number, output in enumerate(group["outputs"])
        )
        return Group(kind=kind, settings=settings, base=base, outputs=outputs)

    def _output(self, name: str, output: Json, kind: str, group_settings: Json, base: S3Location) -> Output:
        container = output["containerSettings"]["container"]
        planned = Output(
            name=name,
            target=base.plus(output.get("nameModifier", "")),
            extension=output.get("extension") or DEFAULT_EXTENSIONS[container],
            settings=output,
            audio=self._audio(output),
            fast_start=output["containerSettings"].get("mp4Settings", {}).get("moovPlacement") != "NORMAL",
        )
        seconds = float(group_settings.get("segmentLength", DEFAULT_SEGMENT_SECONDS)) if kind == "HLS_GROUP" else None
        if "videoDescription" in output:
            return self._with_video(planned, output["videoDescription"], seconds, group_settings)
        packed = kind == "HLS_GROUP" and hls_settings(output).get("audioOnlyContainer", "AUTOMATIC") == "AUTOMATIC"
        return replace(planned, segment_seconds=seconds, packed_audio=packed)

    def _with_video(self, planned: Output, description: Json, seconds: float | None, group_settings: Json) -> Output:
        if self.video is None:
            uri = self.input["fileInput"]
            raise JobError(NO_VIDEO, f"No video found in input file [{uri}], and output {planned.name} needs it")
        codecs = description["codecSettings"]
        settings: Json = codecs[CODEC_SETTINGS[codecs["codec"]]]
        aspect = None
        if settings.get("parControl") == "SPECIFIED":
            aspect = Fraction(settings["parNumerator"], settings["parDenominator"])
        size, source_aspect = geometry.turned(
            Size(self.video.width, self.video.height), self.video.pixel_aspect, self._turn()
        )
        fitted = geometry.fit(size, source_aspect, description, aspect)
        if codecs["codec"] == "FRAME_CAPTURE":
            capture = Capture(
                rate=Fraction(settings["framerateNumerator"], settings["framerateDenominator"]),
                maximum=settings.get("maxCaptures", _MOST_CAPTURES),
                quality=settings.get("quality", _DEFAULT_JPEG_QUALITY),
                geometry=fitted,
            )
            return replace(planned, capture=capture)
        exact = group_settings.get("segmentLengthControl", "EXACT") == "EXACT"
        video, seconds = plan_encode(codecs["codec"], settings, self.video.frame_rate, fitted, (seconds, exact))
        return replace(planned, video=video, segment_seconds=seconds)

    def _audio(self, output: Json) -> AudioEncode | None:
        descriptions = output.get("audioDescriptions")
        if not descriptions:
            return None
        description = descriptions[0]
        track = self._audio_track(description.get("audioSourceName", DEFAULT_SELECTOR))
        if track is None and is_audio_only(output):
            raise JobError(NO_AUDIO, f"No audio found in input file [{self.input['fileInput']}]")
        settings = description["codecSettings"]["aacSettings"]
        return AudioEncode(
            source=track.index if track else None,
            bitrate=settings["bitrate"],
            sample_rate=settings["sampleRate"],
            channels=_CHANNELS[settings["codingMode"]],
            language=_language(description, track),
        )

    def _audio_track(self, selector_name: str) -> AudioTrack | None:
        """The selected track; the selector marked DEFAULT stands in for one that is missing from the input."""
        selectors: Json = self.input.get("audioSelectors", {})
        wanted: list[Json] = [selectors[selector_name]] if selector_name in selectors else []
        wanted += [each for each in selectors.values() if each.get("defaultSelection") == "DEFAULT"]
        for selector in wanted:
            number: int = (selector.get("tracks") or [1])[0]
            if number <= len(self.media.audio):
                return self.media.audio[number - 1]
        return None


def _preprocessors(settings: Json) -> Json:
    """The preprocessors of the job's video outputs, which validation found to be the same."""
    descriptions = [output.get("videoDescription") for group in settings["outputGroups"] for output in group["outputs"]]
    found: Json = next((each.get("videoPreprocessors", {}) for each in descriptions if each), {})
    return found


def _language(description: Json, track: AudioTrack | None) -> str | None:
    """ISO 639 code for the output's track (``AudioDescription.LanguageCodeControl``)."""
    own = description.get("customLanguageCode") or description.get("languageCode")
    own = own.lower() if own else None
    found = track.language if track else None
    if description.get("languageCodeControl") == "USE_CONFIGURED":
        return own
    return found or own
