from __future__ import annotations

import urllib.parse
import urllib.request
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from tests.local.ministack.support import REGION, unique

if TYPE_CHECKING:
    from tests.local.ministack.support import Emulator

ODD_KEYS = ["100% legal %2F.mp4", "a+b & c.mp4", "été/🎬.mp4"]


@pytest.fixture(scope="module")
def bucket(emulator: Emulator) -> str:
    s3, name = emulator.client("s3"), unique("odd-keys")
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    for key in ODD_KEYS:
        s3.put_object(Bucket=name, Key=key, Body=b"1")
    return name


def listed_keys(emulator: Emulator, bucket: str, query: str) -> list[str]:
    with urllib.request.urlopen(f"{emulator.endpoint}/{bucket}?{query}") as response:
        root = ET.fromstring(response.read())
    return sorted(element.text or "" for element in root.iter() if element.tag.endswith("}Key"))


def test_versions_are_listed_with_encoded_keys_where_the_client_asks(emulator: Emulator, bucket: str) -> None:
    encoded = listed_keys(emulator, bucket, "versions&encoding-type=url")
    assert all("%" in key and " " not in key for key in encoded)
    assert sorted(map(urllib.parse.unquote, encoded)) == sorted(ODD_KEYS)
    assert listed_keys(emulator, bucket, "versions") == sorted(ODD_KEYS)


def test_boto3_sees_the_keys_as_they_are(emulator: Emulator, bucket: str) -> None:
    listed = emulator.client("s3").list_object_versions(Bucket=bucket)
    assert sorted(version["Key"] for version in listed["Versions"]) == sorted(ODD_KEYS)
