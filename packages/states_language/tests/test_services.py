"""Services go by the names that the AWS SDK for Java gives them, which follow from their models."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import botocore
from botocore.loaders import Loader

from states_language.services import OPTIMIZED, PARAMETERS, optimized_input, sdk_operations, sdk_services, uncapitalized

DATA = Path(botocore.__file__).parent / "data"
HEAD = 2_000


def java_name(folder: str) -> str:
    """Return the name of a service as AWS SDK for Java 2 makes it of its id; ``folder`` is botocore's."""
    model = max((DATA / folder).glob("*/service-2.json.gz"))
    with gzip.open(model, "rt") as file:  # the whole of each would take long: the id stands near the beginning
        (service_id,) = re.findall(r'"serviceId"\s*:\s*"([^"]+)"', file.read(HEAD))
    plain = re.sub(r"[^A-Za-z0-9]", "", service_id)
    return re.sub(r"(?<=.)Service$", "", re.sub(r"^(Amazon|AWS)", "", plain)).lower()


def test_every_service_goes_by_the_name_of_its_id() -> None:
    known = sdk_services()
    for folder in Loader().list_available_services("service-2"):
        name = java_name(folder)
        # Two folders are of one service.
        assert known.get(name) == folder or java_name(known[name]) == name, folder


def test_operations_go_by_their_name_in_camel_case() -> None:
    assert sdk_operations("rds")["stopDBInstance"] == "StopDBInstance"
    assert "subscribeToShard" not in sdk_operations("kinesis")
    assert sdk_operations("macie") == {}
    assert uncapitalized("SSEKMSKeyId") == "ssekmsKeyId"
    assert uncapitalized("DBInstanceIdentifier") == "dbInstanceIdentifier"


def test_integrations_whose_arguments_are_known_are_there() -> None:
    for service, operation in PARAMETERS:
        assert operation in OPTIMIZED[service]


def test_integrations_that_take_what_the_api_takes_are_operations_of_it() -> None:
    for service in ("athena", "batch", "codebuild", "databrew", "ecs", "glue", "mediaconvert", "sagemaker"):
        for operation in OPTIMIZED[service]:
            assert optimized_input(service, operation) is not None, (service, operation)
