"""The table of settings that the local MediaConvert knows, by shape and JSON name.

``Honoured()`` does what AWS does, for all values or for those listed. ``Accepted(why)`` changes nothing here.
Whatever is missing from this table is refused by name (see ``support``).
"""

from __future__ import annotations

from typing import Any


class Honoured:
    """The setting has its effect; with ``values``, only for those."""

    def __init__(self, *values: Any) -> None:
        self.values = values


class Accepted:
    """The setting is taken and stored and has no effect here, for the reason ``why``."""

    def __init__(self, why: str, *values: Any) -> None:
        self.why = why
        self.values = values


_LABEL = "a label for people"
_ONE_MACHINE = "there is one kind of machine here"
_BILLING = "nothing is billed"
_PID = "ffmpeg chooses the packet identifiers; HLS players find them in the segment's own tables"
_TABLES = "ffmpeg writes the transport stream's tables at the start of every segment"
_TIMECODE = "no timecode is written and nothing is clipped by one"
_TUNING = "x264 is tuned by its preset; picture quality differs from AWS's encoder anyway"
_SCALER = "scaling is always bicubic"

_QUEUE_SETTINGS: dict[str, Honoured | Accepted] = {
    "name": Honoured(),
    "description": Honoured(),
    "status": Honoured(),
    "concurrentJobs": Honoured(),
}
_PAGE: dict[str, Honoured | Accepted] = {
    "maxResults": Honoured(),
    "nextToken": Honoured(),
    "order": Honoured(),
}

_REQUESTS: dict[str, dict[str, Honoured | Accepted]] = {
    "CreateJobRequest": {
        "role": Honoured(),
        "queue": Honoured(),
        "settings": Honoured(),
        "priority": Honoured(),
        "userMetadata": Honoured(),
        "tags": Honoured(),
        "clientRequestToken": Honoured(),
        "statusUpdateInterval": Honoured(),
        "accelerationSettings": Accepted(_ONE_MACHINE),
        "billingTagsSource": Accepted(_BILLING),
        "simulateReservedQueue": Accepted(_ONE_MACHINE, "DISABLED"),
    },
    "AccelerationSettings": {"mode": Accepted(_ONE_MACHINE)},
    "GetJobRequest": {"id": Honoured()},
    "CancelJobRequest": {"id": Honoured()},
    "ListJobsRequest": {**_PAGE, "queue": Honoured(), "status": Honoured()},
    "SearchJobsRequest": {**_PAGE, "queue": Honoured(), "status": Honoured(), "inputFile": Honoured()},
    "CreateQueueRequest": {**_QUEUE_SETTINGS, "tags": Honoured(), "pricingPlan": Honoured("ON_DEMAND")},
    "UpdateQueueRequest": _QUEUE_SETTINGS,
    "GetQueueRequest": {"name": Honoured()},
    "DeleteQueueRequest": {"name": Honoured()},
    "ListQueuesRequest": {**_PAGE, "listBy": Honoured()},
    "TagResourceRequest": {"arn": Honoured(), "tags": Honoured()},
    "UntagResourceRequest": {"arn": Honoured(), "tagKeys": Honoured()},
    "ListTagsForResourceRequest": {"arn": Honoured()},
    "DescribeEndpointsRequest": {
        "mode": Accepted("there is one endpoint"),
        "maxResults": Accepted("there is one endpoint"),
        "nextToken": Accepted("there is one endpoint"),
    },
    "ProbeRequest": {"inputFiles": Honoured()},
    "ProbeInputFile": {"fileUrl": Honoured()},
}

_INPUTS: dict[str, dict[str, Honoured | Accepted]] = {
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

_OUTPUT_GROUPS: dict[str, dict[str, Honoured | Accepted]] = {
    "OutputGroup": {
        "name": Accepted(_LABEL),
        "customName": Accepted(_LABEL),
        "outputGroupSettings": Honoured(),
        "outputs": Honoured(),
    },
    "OutputGroupSettings": {
        "type": Honoured("HLS_GROUP_SETTINGS", "FILE_GROUP_SETTINGS"),
        "hlsGroupSettings": Honoured(),
        "fileGroupSettings": Honoured(),
    },
    "FileGroupSettings": {"destination": Honoured(), "destinationSettings": Honoured()},
    "DestinationSettings": {"s3Settings": Honoured()},
    "S3DestinationSettings": {"accessControl": Honoured(), "encryption": Honoured(), "storageClass": Honoured()},
    "S3DestinationAccessControl": {"cannedAcl": Honoured()},
    "S3EncryptionSettings": {"encryptionType": Honoured(), "kmsKeyArn": Honoured()},
    "HlsGroupSettings": {
        "destination": Honoured(),
        "destinationSettings": Honoured(),
        "segmentLength": Honoured(),
        "segmentLengthControl": Honoured("EXACT", "GOP_MULTIPLE"),
        "minSegmentLength": Accepted("it only acts near ad avails, and there are none"),
        "minFinalSegmentLength": Honoured(),
        "segmentControl": Honoured("SEGMENTED_FILES"),
        "directoryStructure": Honoured("SINGLE_DIRECTORY"),
        "segmentsPerSubdirectory": Accepted("it acts with subdirectories only"),
        "manifestDurationFormat": Honoured(),
        "targetDurationCompatibilityMode": Honoured(),
        "streamInfResolution": Honoured(),
        "codecSpecification": Honoured(),
        "baseUrl": Honoured(),
        "clientCache": Honoured("ENABLED"),
        "manifestCompression": Honoured("NONE"),
        "outputSelection": Honoured("MANIFESTS_AND_SEGMENTS"),
        "programDateTime": Honoured("EXCLUDE"),
        "programDateTimePeriod": Accepted("no program date and time is written"),
        "progressiveWriteHlsManifest": Accepted("playlists are written when the job is complete"),
        "captionLanguageSetting": Accepted("there are no captions", "OMIT"),
        "captionSegmentLengthControl": Accepted("there are no captions"),
        "imageBasedTrickPlay": Honoured("NONE"),
        "audioOnlyHeader": Accepted("it matters to encrypted audio only", "INCLUDE"),
        "timedMetadataId3Frame": Accepted("it acts with timed metadata only"),
        "timedMetadataId3Period": Accepted("it acts with timed metadata only"),
        "timestampDeltaMilliseconds": Honoured(0),
    },
    "Output": {
        "nameModifier": Honoured(),
        "extension": Honoured(),
        "containerSettings": Honoured(),
        "outputSettings": Honoured(),
        "videoDescription": Honoured(),
        "audioDescriptions": Honoured(),
    },
    "OutputSettings": {"hlsSettings": Honoured()},
    "HlsSettings": {
        "audioGroupId": Honoured(),
        "audioRenditionSets": Honoured(),
        "audioTrackType": Honoured(),
        "audioOnlyContainer": Honoured(),
        "descriptiveVideoServiceFlag": Honoured(),
        "segmentModifier": Honoured(),
        "iFrameOnlyManifest": Honoured("EXCLUDE"),
    },
    "ContainerSettings": {
        "container": Honoured("M3U8", "MP4", "RAW"),
        "m3u8Settings": Honoured(),
        "mp4Settings": Honoured(),
    },
    "M3u8Settings": {
        "audioDuration": Honoured("DEFAULT_CODEC_DURATION"),
        "audioFramesPerPes": Accepted(_TABLES),
        "audioPids": Accepted(_PID),
        "videoPid": Accepted(_PID),
        "pmtPid": Accepted(_PID),
        "pcrPid": Accepted(_PID),
        "privateMetadataPid": Accepted(_PID),
        "timedMetadataPid": Accepted(_PID),
        "scte35Pid": Accepted(_PID),
        "programNumber": Accepted(_PID),
        "transportStreamId": Accepted(_PID),
        "pcrControl": Accepted(_TABLES),
        "maxPcrInterval": Accepted(_TABLES),
        "patInterval": Accepted(_TABLES),
        "pmtInterval": Accepted(_TABLES),
        "dataPTSControl": Accepted("there are no data packets"),
        "ptsOffsetMode": Honoured("AUTO"),
        "nielsenId3": Honoured("NONE"),
        "scte35Source": Honoured("NONE"),
        "timedMetadata": Honoured("NONE"),
    },
    "Mp4Settings": {
        "moovPlacement": Honoured(),
        "audioDuration": Honoured("DEFAULT_CODEC_DURATION"),
        "cslgAtom": Accepted("ffmpeg writes the boxes that players need", "INCLUDE", "EXCLUDE"),
        "freeSpaceBox": Honoured("EXCLUDE"),
        "cttsVersion": Accepted("ffmpeg chooses the version", 0),
        "c2paManifest": Honoured("EXCLUDE"),
    },
}

_ADAPTIVE_QUANTIZATION: dict[str, Honoured | Accepted] = {
    "adaptiveQuantization": Accepted(_TUNING),
    "spatialAdaptiveQuantization": Accepted(_TUNING),
    "temporalAdaptiveQuantization": Accepted(_TUNING),
    "flickerAdaptiveQuantization": Accepted(_TUNING),
}
_ENCODER: dict[str, Honoured | Accepted] = {
    **_ADAPTIVE_QUANTIZATION,
    "rateControlMode": Honoured(),
    "bitrate": Honoured(),
    "maxBitrate": Honoured(),
    "qvbrSettings": Honoured(),
    "hrdBufferSize": Honoured(),
    "hrdBufferInitialFillPercentage": Honoured(),
    "hrdBufferFinalFillPercentage": Accepted(_TUNING),
    "qualityTuningLevel": Accepted("one pass with a fast preset, whatever the level"),
    "framerateControl": Honoured(),
    "framerateNumerator": Honoured(),
    "framerateDenominator": Honoured(),
    "framerateConversionAlgorithm": Honoured("DUPLICATE_DROP"),
    "parControl": Honoured(),
    "parNumerator": Honoured(),
    "parDenominator": Honoured(),
    "gopSize": Honoured(),
    "gopSizeUnits": Honoured(),
    "gopClosedCadence": Honoured(1),
    "gopBReference": Accepted(_TUNING),
    "numberBFramesBetweenReferenceFrames": Honoured(),
    "numberReferenceFrames": Accepted(_TUNING),
    "dynamicSubGop": Accepted(_TUNING),
    "minIInterval": Accepted("IDR frames come at the GOP size only, so that renditions stay aligned"),
    "sceneChangeDetect": Accepted("IDR frames come at the GOP size only, so that renditions stay aligned"),
    "slices": Accepted(_TUNING),
    "interlaceMode": Honoured("PROGRESSIVE"),
    "scanTypeConversionMode": Accepted("outputs are progressive", "INTERLACED"),
    "slowPal": Honoured("DISABLED"),
    "telecine": Honoured("NONE"),
    "endOfStreamMarkers": Accepted(_TUNING),
    "unregisteredSeiTimecode": Honoured("DISABLED"),
    "codecLevel": Accepted("the encoder states the level that the stream needs", "AUTO"),
}

_CODECS: dict[str, dict[str, Honoured | Accepted]] = {
    "VideoDescription": {
        "codecSettings": Honoured(),
        "width": Honoured(),
        "height": Honoured(),
        "scalingBehavior": Honoured("DEFAULT", "STRETCH_TO_OUTPUT", "FIT", "FIT_NO_UPSCALE", "FILL"),
        "sharpness": Accepted(_SCALER),
        "antiAlias": Accepted(_SCALER),
        "afdSignaling": Honoured("NONE"),
        "respondToAfd": Honoured("NONE"),
        "chromaPositionMode": Honoured("AUTO"),
        "colorMetadata": Honoured("INSERT"),
        "dropFrameTimecode": Accepted(_TIMECODE),
        "timecodeInsertion": Honoured("DISABLED"),
        "timecodeTrack": Honoured("DISABLED"),
        "videoPreprocessors": Honoured(),
    },
    "VideoPreprocessor": {"deinterlacer": Honoured(), "colorCorrector": Honoured()},
    "Deinterlacer": {
        "mode": Honoured("DEINTERLACE"),
        "algorithm": Honoured("INTERPOLATE"),
        "control": Honoured(),
    },
    "ColorCorrector": {
        "colorSpaceConversion": Honoured("NONE", "FORCE_709"),
        "sampleRangeConversion": Accepted("outputs always have limited range", "NONE", "LIMITED_RANGE_SQUEEZE"),
        "hdrToSdrToneMapper": Accepted("there is one tone mapper"),
    },
    "VideoCodecSettings": {
        "codec": Honoured("H_264", "H_265", "FRAME_CAPTURE"),
        "h264Settings": Honoured(),
        "h265Settings": Honoured(),
        "frameCaptureSettings": Honoured(),
    },
    "H264Settings": {
        **_ENCODER,
        "codecProfile": Honoured("BASELINE", "MAIN", "HIGH"),
        "entropyEncoding": Honoured(),
        "fieldEncoding": Accepted("outputs are progressive"),
        "repeatPps": Accepted(_TUNING, "DISABLED"),
        "saliencyAwareEncoding": Accepted(_TUNING),
        "softness": Accepted(_TUNING, 0),
        "syntax": Honoured("DEFAULT"),
        "writeMp4PackagingType": Honoured("AVC1"),
    },
    "H264QvbrSettings": {
        "qvbrQualityLevel": Honoured(),
        "qvbrQualityLevelFineTune": Honoured(),
        "maxAverageBitrate": Accepted("one pass cannot hold an average; maxBitrate is held"),
    },
    "H265Settings": {
        **_ENCODER,
        "codecProfile": Honoured("MAIN_MAIN"),
        "alternateTransferFunctionSei": Honoured("DISABLED"),
        "sampleAdaptiveOffsetFilterMode": Accepted(_TUNING),
        "temporalIds": Honoured("DISABLED"),
        "tiles": Honoured("DISABLED"),
        "writeMp4PackagingType": Honoured(),
    },
    "H265QvbrSettings": {
        "qvbrQualityLevel": Honoured(),
        "qvbrQualityLevelFineTune": Honoured(),
        "maxAverageBitrate": Accepted("one pass cannot hold an average; maxBitrate is held"),
    },
    "FrameCaptureSettings": {
        "framerateNumerator": Honoured(),
        "framerateDenominator": Honoured(),
        "maxCaptures": Honoured(),
        "quality": Honoured(),
    },
    "AudioDescription": {
        "audioSourceName": Honoured(),
        "codecSettings": Honoured(),
        "languageCode": Honoured(),
        "customLanguageCode": Honoured(),
        "languageCodeControl": Honoured(),
        "streamName": Honoured(),
        "audioType": Honoured(0),
        "audioTypeControl": Accepted("audio types are not written"),
    },
    "AudioCodecSettings": {"codec": Honoured("AAC"), "aacSettings": Honoured()},
    "AacSettings": {
        "bitrate": Honoured(),
        "sampleRate": Honoured(),
        "codingMode": Honoured("CODING_MODE_1_0", "CODING_MODE_2_0", "CODING_MODE_5_1"),
        "codecProfile": Honoured("LC"),
        "rateControlMode": Honoured("CBR"),
        "rawFormat": Honoured("NONE"),
        "specification": Honoured("MPEG4"),
        "audioDescriptionBroadcasterMix": Honoured("NORMAL"),
        "passthroughControl": Honoured("NO_PASSTHROUGH"),
    },
}

SUPPORTED_SETTINGS: dict[str, dict[str, Honoured | Accepted]] = {**_REQUESTS, **_INPUTS, **_OUTPUT_GROUPS, **_CODECS}
"""Shape name → JSON member name → what happens with it."""
