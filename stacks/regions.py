"""Which regions there are, as botocore knows them.

``botocore/data/partitions.json`` is botocore's own list of partitions and their regions. It has 7 kB; the SDK itself,
which would take longer to load than everything else here, is not imported.
"""

from __future__ import annotations

import importlib.util
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from stacks.constraints import nearest

# The partition stands in the ARNs of Step Functions' integrations, so China and GovCloud need more than a region.
PARTITION = "aws"


@dataclass(frozen=True, slots=True)
class Region:
    """A region of the partition that the pipeline is written for."""

    def remedy(self, value: str) -> str | None:
        """Say what would be right, with the nearest region, where AWS has no such region in the partition."""
        known = regions()
        if not known:
            return "the list of regions is not there, because botocore is not installed; run `make setup`"
        if value in known:
            return None
        return f"give {self}{nearest(value, known)}; the list is that of the installed botocore"

    def __str__(self) -> str:
        return f"a region of the {PARTITION} partition such as ap-southeast-1"


@cache
def regions() -> tuple[str, ...]:
    """Return the regions of the partition; none where botocore is not installed."""
    spec = importlib.util.find_spec("botocore")
    if spec is None or spec.origin is None:
        return ()
    document = json.loads((Path(spec.origin).parent / "data" / "partitions.json").read_text())
    (partition,) = (each for each in document["partitions"] if each["id"] == PARTITION)
    # Beside regions the list has "aws-global", where services without a region are.
    return tuple(name for name in partition["regions"] if name != f"{PARTITION}-global")
