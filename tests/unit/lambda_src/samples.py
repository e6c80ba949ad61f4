"""Values that many tests start from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from lambda_src.output_layout import output_prefix, playlist_destination, poster_destination, thumbnails_destination
from lambda_src.record import JobRecord, Status, record_id
from lambda_src.run import Run
from lambda_src.table_schema import DUE_INDEX, DUE_PARTITION_KEY, DUE_SORT_KEY, PARTITION_KEY
from tests.simulation.world import OUTPUT, START, UPLOADS, VARIABLES

__all__ = ["OUTPUT", "UPLOADS"]

EVENTS = Path(__file__).parents[2] / "events"
NOW = START
VERSION = "96fd5LGL2iYoKxVIzVVFFu3a2cMPrOFv"
ORCHESTRATOR_VARIABLES = {name: value for name, value in VARIABLES.items() if name != "ORCHESTRATOR_FUNCTION"}

TABLE_DEFINITION: Any = {
    "KeySchema": [{"AttributeName": PARTITION_KEY, "KeyType": "HASH"}],
    "AttributeDefinitions": [
        {"AttributeName": PARTITION_KEY, "AttributeType": "S"},
        {"AttributeName": DUE_PARTITION_KEY, "AttributeType": "S"},
        {"AttributeName": DUE_SORT_KEY, "AttributeType": "N"},
    ],
    "GlobalSecondaryIndexes": [
        {
            "IndexName": DUE_INDEX,
            "KeySchema": [
                {"AttributeName": DUE_PARTITION_KEY, "KeyType": "HASH"},
                {"AttributeName": DUE_SORT_KEY, "KeyType": "RANGE"},
            ],
            "Projection": {"ProjectionType": "KEYS_ONLY"},
        }
    ],
    "BillingMode": "PAY_PER_REQUEST",
}

# The names of files in the recorded events, and what the layout calls them.
RECORDED_NAMES = {
    "/index": playlist_destination(""),
    "/poster.": f"{poster_destination('')}.",
    "/thumbnails/thumb.": f"{thumbnails_destination('')}.",
}


def event(name: str) -> Any:
    """Read an event of ``tests/events``, its files named as the output layout names them."""
    text = (EVENTS / f"{name}.json").read_text()
    for recorded, named in RECORDED_NAMES.items():
        text = text.replace(recorded, named)
    return json.loads(text)


def run(request_id: str = "request-1", *, after: float = 0, lease: float = 65) -> Run:
    """Return an invocation ``after`` seconds past ``NOW``."""
    return Run(
        request_id=request_id,
        invocation_id=f"of {request_id} after {after}",
        now=NOW + after,
        lease_until=NOW + after + lease,
    )


def record(**changes: Any) -> JobRecord:
    """Return the record of a fresh claim, with changes."""
    bucket, key = changes.pop("bucket", UPLOADS), changes.pop("key", "films/My film.mp4")
    identity = record_id(bucket, key, VERSION)
    values: dict[str, Any] = {
        "record_id": identity,
        "bucket": bucket,
        "key": key,
        "version_id": VERSION,
        "etag": "0cc175b9c0f1b6a831c399e269772661",
        "status": Status.CLAIMED,
        "output_prefix": output_prefix(key, identity),
        "attempt": 1,
        "request_id": "request-1",
        "holder": "of request-1 after 0",
        "claimed_at": NOW,
        "lease_until": NOW + 65,
    }
    return JobRecord(**{**values, **changes})


def probe(
    *, width: int = 1920, height: int = 1080, sound: bool = True, duration: float = 10.0, **video: Any
) -> dict[str, Any]:
    """Return a ``ProbeResult`` with one video track and, unless told otherwise, a stereo one."""
    tracks: list[dict[str, Any]] = [
        {
            "Index": 1,
            "TrackType": "video",
            "Codec": "AVC",
            "Duration": duration,
            "VideoProperties": {
                "Width": width,
                "Height": height,
                "FrameRate": {"Numerator": 30, "Denominator": 1},
                "BitDepth": 8,
                "BitRate": 8_000_000,
                **video,
            },
        }
    ]
    if sound:
        tracks.append(
            {
                "Index": 2,
                "TrackType": "audio",
                "Codec": "AAC",
                "Duration": duration,
                "AudioProperties": {"Channels": 2, "SampleRate": 48_000, "BitRate": 128_000},
            }
        )
    return {"Container": {"Format": "mp4", "Duration": duration, "Tracks": tracks}, "Metadata": {"FileSize": 1_000_000}}
