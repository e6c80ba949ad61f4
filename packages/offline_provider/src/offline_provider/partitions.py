"""Regions and partitions of AWS, as botocore knows them."""

from __future__ import annotations

import importlib.util
import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from offline_provider.errors import DataSourceError


@dataclass(frozen=True, slots=True)
class Partition:
    """A partition of AWS: ``aws``, ``aws-cn`` and so on."""

    name: str
    dns_suffix: str
    regions: dict[str, str]
    """Region name → its description, as ``US East (N. Virginia)``."""

    @property
    def reverse_dns_prefix(self) -> str:
        """Return the prefix of service names in the partition, as ``com.amazonaws``."""
        return ".".join(reversed(self.dns_suffix.split(".")))


def partition_of(region: str) -> Partition:
    """Return the partition that a region's name belongs to; new regions are known by the form of their name."""
    for entry in _partitions():
        if region in entry["regions"] or re.match(entry["regionRegex"], region):
            regions = {name: item["description"] for name, item in entry["regions"].items()}
            return Partition(entry["id"], entry["outputs"]["dnsSuffix"], regions)
    raise DataSourceError(f"{region} is no region of AWS", "The name belongs to no partition that botocore knows.")


@cache
def _partitions() -> Any:
    # botocore itself takes a quarter of a second to import; its data is a file.
    spec = importlib.util.find_spec("botocore")
    if spec is None or not spec.submodule_search_locations:
        raise DataSourceError(
            "AWS regions are not known here", "The offline provider reads them from botocore, which is not installed."
        )
    return json.loads(Path(spec.submodule_search_locations[0], "data", "partitions.json").read_text())["partitions"]
