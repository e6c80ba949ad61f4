"""A listing of object versions encodes keys where the client asks for it.

Gap: ListObjectVersions ignores ``encoding-type=url``. The Go SDK, and so Terraform, decodes the keys all the same and
fails on a key with a percent sign: a versioned bucket that holds one cannot be emptied.
Until: MiniStack encodes keys there as it does in ListObjectsV2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

from ministack.services import s3

from local_cloud.ministack.patches.base import wrap

if TYPE_CHECKING:
    from pathlib import Path

    from local_cloud.ministack.settings import Settings

_ENCODED = ("Key", "Prefix", "Delimiter", "KeyMarker", "NextKeyMarker")


def apply(settings: Settings, run_dir: Path) -> None:
    """Encode what the answer holds of keys."""
    del settings, run_dir

    @wrap(s3, "_list_object_versions", "2a656b63124a")
    def list_object_versions(list_versions: Any, bucket: str, query: dict[str, Any]) -> Any:
        status, headers, body = list_versions(bucket, query)
        if status != 200 or s3._qp(query, "encoding-type", "") != "url":  # noqa: PLR2004, SLF001 - it has no public name
            return status, headers, body
        root = ET.fromstring(body)  # noqa: S314 - MiniStack wrote it a moment ago
        for element in root.iter():
            if element.text and element.tag.rpartition("}")[2] in _ENCODED:
                element.text = s3._url_encode(element.text)  # noqa: SLF001 - it has no public name
        ET.SubElement(root, f"{{{s3.S3_NS}}}EncodingType").text = "url"
        ET.register_namespace("", s3.S3_NS)
        return status, headers, ET.tostring(root, encoding="utf-8", xml_declaration=True)
