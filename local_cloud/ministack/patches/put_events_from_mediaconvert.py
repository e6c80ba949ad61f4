"""The local MediaConvert may send its events: PutEvents takes the source aws.mediaconvert.

Gap: MiniStack refuses every source that begins with aws., as AWS does to its users; the local MediaConvert stands for
AWS itself and has no other way in. Every other aws. source stays refused.
Until: MiniStack has a MediaConvert of its own, or lets a local service send events under its own name.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ministack.services import eventbridge

from local_cloud.ministack.patches.base import wrap

if TYPE_CHECKING:
    from pathlib import Path

    from local_cloud.ministack.settings import Settings

SOURCE = "aws.mediaconvert"


def apply(settings: Settings, run_dir: Path) -> None:
    """Accept that one source, entry by entry."""
    del settings, run_dir

    @wrap(eventbridge, "_put_events", "ebcda0f38061")
    def put(put_events: Any, data: dict[str, Any], allow_aws_source: bool = False) -> Any:  # noqa: FBT001, FBT002 - as it is called
        entries = data.get("Entries") or []
        if not any(entry.get("Source") == SOURCE for entry in entries) or len(entries) > 10:  # noqa: PLR2004 - AWS's limit
            return put_events(data, allow_aws_source)
        merged: dict[str, Any] = {"FailedEntryCount": 0, "Entries": []}
        for entry in entries:
            allowed = allow_aws_source or entry.get("Source") == SOURCE
            status, headers, body = put_events({**data, "Entries": [entry]}, allowed)
            answer = json.loads(body)
            merged["FailedEntryCount"] += answer["FailedEntryCount"]
            merged["Entries"] += answer["Entries"]
        return status, headers, json.dumps(merged).encode()
