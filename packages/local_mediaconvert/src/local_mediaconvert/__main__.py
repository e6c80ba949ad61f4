"""``python -m local_mediaconvert``; see ``local_mediaconvert.command``."""

from __future__ import annotations

from local_mediaconvert.command import run

run()
