"""Listings of object versions survive every key."""

import urllib.parse
import urllib.request
from xml.etree import ElementTree as ET

import pytest

from tests.local.ministack.support import Emulator

ODD_KEYS = ["100% legal %2F.mp4", "a+b & c.mp4", "été/🎬.mp4"]


@pytest.fixture(scope="module")
def bucket(emulator: Emulator) -> str:
    s3 = emulator.client("s3")
    s3.create_bucket(Bucket="odd-keys", CreateBucketConfiguration={"LocationConstraint": "ap-southeast-1"})
    s3.put_bucket_versioning(Bucket="odd-keys", VersioningConfiguration={"Status": "Enabled"})
    for key in ODD_KEYS:
        s3.put_object(Bucket="odd-keys", Key=key, Body=b"1")
    return "odd-keys"


def test_versions_are_listed_with_encoded_keys_where_the_client_asks(emulator: Emulator, bucket: str) -> None:
    with urllib.request.urlopen(f"{emulator.endpoint}/{bucket}?versions&encoding-type=url") as response:
        root = ET.fromstring(response.read())
    keys = [element.text or "" for element in root.iter() if element.tag.endswith("}Key")]
    assert all("%" in key and " " not in key for key in keys)
    assert sorted(map(urllib.parse.unquote, keys)) == sorted(ODD_KEYS)
    with urllib.request.urlopen(f"{emulator.endpoint}/{bucket}?versions") as response:
        plain = ET.fromstring(response.read())
    assert sorted(element.text or "" for element in plain.iter() if element.tag.endswith("}Key")) == sorted(ODD_KEYS)


def test_boto3_sees_the_keys_as_they_are(emulator: Emulator, bucket: str) -> None:
    listed = emulator.client("s3").list_object_versions(Bucket=bucket)
    assert sorted(version["Key"] for version in listed["Versions"]) == sorted(ODD_KEYS)
