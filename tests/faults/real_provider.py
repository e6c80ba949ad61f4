"""What the layers see with HashiCorp's own provider, on record: it takes a quarter of an hour to try."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.faults.catalogue import CATALOGUE

if TYPE_CHECKING:
    from tests.faults.tried import Trial

RECORD = Path(__file__).with_name("real_provider.json")


def write(tried: Trial) -> None:
    """Record which layers catch each mistake that was tried; of those that were not, what is on record stays."""
    known = read()["caught"] if RECORD.exists() else {}
    tried_now = {row.mutation.name: row.layers for row in tried.rows}
    caught = {each.name: tried_now.get(each.name, known.get(each.name)) for each in CATALOGUE}
    record = {
        "provider": tried.provider,
        "caught": {name: layers for name, layers in caught.items() if layers is not None},
    }
    RECORD.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


def read() -> dict[str, Any]:
    """Return the record."""
    record: dict[str, Any] = json.loads(RECORD.read_text(encoding="utf-8"))
    return record
