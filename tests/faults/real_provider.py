"""What the layers see with HashiCorp's own provider, on record: it takes a quarter of an hour to try."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.faults.trial import Trial

RECORD = Path(__file__).with_name("real_provider.json")


def write(tried: Trial) -> None:
    """Record which layers catch each mistake."""
    caught = {row.mutation.name: row.layers for row in tried.rows}
    record = {"provider": tried.provider, "caught": caught}
    RECORD.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


def read() -> dict[str, Any]:
    """Return the record."""
    record: dict[str, Any] = json.loads(RECORD.read_text(encoding="utf-8"))
    return record
