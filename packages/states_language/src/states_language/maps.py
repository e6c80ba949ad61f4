"""What the two modes of a Map take.

https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html and state-map-inline.html,
input-output-itemreader.html, input-output-resultwriter.html
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from states_language.definition import DISTRIBUTED, JSONATA, PROCESSORS, is_expression, mode_of, processor_of
from states_language.fields import LONGEST_LABEL, ONLY_DISTRIBUTED
from states_language.problems import Level, Problem
from states_language.unknown import is_partial

if TYPE_CHECKING:
    from collections.abc import Iterator

    from states_language.problems import Place

_READERS = re.compile(r"arn:aws[\w-]*:states:::s3:(getObject|listObjectsV2)")
_WRITERS = re.compile(r"arn:aws[\w-]*:states:::s3:putObject")
_STORES = (
    ("ItemReader", _READERS, "s3:getObject or s3:listObjectsV2"),
    ("ResultWriter", _WRITERS, "s3:putObject"),
)
# https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html#map-state-distributed-additional-fields
_NOT_IN_LABELS = re.compile(r"[\s?*<>{}\[\]:;,\\|^~$#%&`\"/\x00-\x1f\x7f-\x9f]")


def map_problems(state: dict[str, Any], place: Place, language: str) -> Iterator[Problem]:
    """Yield what is wrong with a Map besides its own fields."""
    mode = mode_of(state)
    configuration = processor_of(state).get("ProcessorConfig")
    if mode == "INLINE":
        for field in ONLY_DISTRIBUTED:
            if field in state:
                remedy = f'give its ProcessorConfig "Mode": "{DISTRIBUTED}", or take {field} out'
                yield Problem(place.at(field), f"{field} is for Maps in distributed mode only", remedy)
    elif mode == DISTRIBUTED and isinstance(configuration, dict) and "ExecutionType" not in configuration:
        where = next(name for name in PROCESSORS if name in state)
        answer = "These fields are required: [ExecutionType]"
        at = place.at(where).at("ProcessorConfig")
        yield Problem(at, "a distributed Map has no ExecutionType", "give STANDARD or EXPRESS", answer=answer)
    label = state.get("Label")
    if isinstance(label, str) and not is_partial(label):
        if len(label) > LONGEST_LABEL:
            what = f"its label has {len(label)} characters"
            yield Problem(place.at("Label"), what, f"use {LONGEST_LABEL} at most")
        elif (found := _NOT_IN_LABELS.search(label)) is not None:
            yield Problem(place.at("Label"), f"its label has the character {found.group()!r}", "take it out")
    for field, allowed, examples in _STORES:
        yield from _store(state.get(field), place.at(field), allowed, examples, language)
    yield from _headers(state.get("ItemReader"), place.at("ItemReader"))


def _store(given: Any, place: Place, allowed: re.Pattern[str], examples: str, language: str) -> Iterator[Problem]:
    """Yield what is wrong with where items are read from, or results written to."""
    resource = given.get("Resource") if isinstance(given, dict) else None
    if not isinstance(resource, str) or is_partial(resource):
        return
    if allowed.fullmatch(resource) is None:
        yield Problem(place.at("Resource"), f'its resource is "{resource}"', f"use arn:aws:states:::{examples}")
        return
    field = "Arguments" if language == JSONATA else "Parameters"
    named = given.get(field)
    if (
        is_partial(named)
        or is_expression(named)
        or any(map(is_partial, (*given, *(named if isinstance(named, dict) else ()))))
    ):
        return
    names = {name.removesuffix(".$") for name in named} if isinstance(named, dict) else set()
    for name in ("Bucket", "Key") if resource.endswith("getObject") else ("Bucket",):
        if name not in names:
            what = f"{place.location.rpartition('/')[2]} names no {name}"
            answer = f"The field '{name}' is required but was missing"
            yield Problem(place.at(field), what, f"give {name}", answer=answer)


def _headers(reader: Any, place: Place) -> Iterator[Problem]:
    """Columns are named where a file has no first row that does: and only there."""
    configuration = reader.get("ReaderConfig") if isinstance(reader, dict) else None
    if not isinstance(configuration, dict) or any(map(is_partial, configuration)):
        return
    given = configuration.get("InputType")
    if configuration.get("CSVHeaderLocation") == "GIVEN":
        if "CSVHeaders" not in configuration:
            yield Problem(place.at("ReaderConfig"), "CSVHeaderLocation is GIVEN without CSVHeaders", "name the columns")
    elif given == "CSV" and "CSVHeaderLocation" not in configuration:
        what = "a CSV file is read without CSVHeaderLocation"
        yield Problem(place.at("ReaderConfig"), what, "give FIRST_ROW, or GIVEN with CSVHeaders", level=Level.DOUBTFUL)
