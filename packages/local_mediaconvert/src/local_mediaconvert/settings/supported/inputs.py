"""A job's inputs."""

from __future__ import annotations

from local_mediaconvert.settings.supported.states import Accepted, Honoured, Members

_TIMECODE = "no timecode is written and nothing is clipped by one"

INPUTS: dict[str, Members] = {
    "JobSettings": {
        "inputs": Honoured(),
        "outputGroups": Honoured(),
        "timecodeConfig": Honoured(),
        "adAvailOffset": Honoured(0),
        "followSource": Honoured(1),
    },
    "TimecodeConfig": {"source": Accepted(_TIMECODE, "EMBEDDED", "ZEROBASED")},
    "Input": {
        "fileInput": Honoured(),
        "audioSelectors": Honoured(),
        "videoSelector": Honoured(),
        "timecodeSource": Accepted(_TIMECODE, "EMBEDDED", "ZEROBASED"),
        "filterEnable": Accepted("no filter runs on its own", "AUTO", "DISABLE"),
        "filterStrength": Honoured(0),
        "deblockFilter": Honoured("DISABLED"),
        "denoiseFilter": Honoured("DISABLED"),
        "advancedInputFilter": Honoured("DISABLED"),
        "psiControl": Honoured("USE_PSI"),
        "inputScanType": Honoured("AUTO"),
    },
    "VideoSelector": {
        "rotate": Honoured(),
        "colorSpace": Honoured("FOLLOW"),
        "colorSpaceUsage": Accepted("the source's own colour metadata is followed"),
        "alphaBehavior": Honoured("DISCARD"),
        "sampleRange": Honoured("FOLLOW"),
        "padVideo": Honoured("DISABLED"),
        "embeddedTimecodeOverride": Honoured("NONE"),
    },
    "AudioSelector": {
        "defaultSelection": Honoured(),
        "selectorType": Honoured("TRACK"),
        "tracks": Honoured(),
        "offset": Honoured(0),
        "programSelection": Accepted("means Dolby E programs only", 0, 1),
        "audioDurationCorrection": Honoured("DISABLED"),
    },
}
