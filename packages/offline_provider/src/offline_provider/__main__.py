"""``python -m offline_provider``; see ``offline_provider.command``."""

from __future__ import annotations

from offline_provider.command import run

run()
