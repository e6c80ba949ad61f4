"""A local stand-in for AWS Elemental MediaConvert: its API in front, ffmpeg behind, S3 and EventBridge at an endpoint.

It exists so that a pipeline built on MediaConvert runs whole on a laptop, with real video, and fails there where it
would fail on AWS. Start it with ``python -m local_mediaconvert --port N --endpoint URL``, or in
process with ``service.LocalMediaConvert``; point clients at it with ``AWS_ENDPOINT_URL_MEDIACONVERT``.

What it does
    Every request is held against MediaConvert's own service model as botocore ships it, then against
    ``settings.supported`` (what is honoured, what is accepted without effect and why), then against AWS's rules across
    settings (``settings.rules``). A job that AWS would reject is rejected with the same error code; what is missing
    here is refused by name, never ignored.

    Operations: CreateJob, GetJob, ListJobs, SearchJobs, CancelJob; queues (create, get, list, update, delete, with
    pausing, concurrency and priorities); tags; DescribeEndpoints; Probe.

    Jobs: one input from S3. Apple HLS groups with transport stream segments, audio groups and packed audio; file
    groups with MP4 and captured frames. H.264 and H.265 by QVBR, CBR or VBR; AAC-LC; scaling, padding, rotation,
    deinterlacing, HDR to SDR, frame rate conversion. Renditions share their IDR frames and one time line.

    Events go to EventBridge by PutEvents with the source ``aws.mediaconvert``, in the documented shapes.

What differs from AWS
    Pictures are encoded by x264's and x265's fastest presets. QVBR levels are mapped to constant rate factors, and
    the quality figures in COMPLETE events repeat the level asked for. STATUS_UPDATE events come ten times as often.
    State is in memory: a restart forgets jobs and queues. Any role ARN of the right form will do, and requests need
    no valid signature. A used client request token with other parameters is a conflict, which AWS does not document.

What is left out
    Job templates and presets, reserved queues, queue hopping, several inputs and input clipping, captions, overlays,
    watermarks, DRM, DASH, CMAF, Smooth Streaming, further codecs and containers, trick play, timed metadata, ad
    markers, automated ABR, acceleration.

From the top down: ``api`` (HTTP, operations, Probe) → ``jobs`` (scheduler, job runner, events) → ``models`` (jobs,
queues) and ``transcoding`` (plan, ffmpeg, packaging) → ``settings`` (checks), ``media`` (probing) and ``s3``. Imports
point one way. ``service`` puts it all together.
"""
