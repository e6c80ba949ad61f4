from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from plan_review.evaluate.symbols import has_symbols
from plan_review.findings import Severity
from plan_review.rules.found import Found
from plan_review.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from plan_review.evaluate.items import Item
    from plan_review.rules.context import Context

_API = "https://docs.aws.amazon.com/amazondynamodb/latest/APIReference"
_GUIDE = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide"
_INVALID = "ValidationException: One or more parameter values were invalid"
_GLOBAL, _LOCAL = "global_secondary_index", "local_secondary_index"
_NAME = re.compile(r"[a-zA-Z0-9_.-]{3,255}")
_MOST_LOCAL = 5
_MOST_GLOBAL = 20  # a quota that AWS raises on request
_MOST_ATTRIBUTES = 20  # of one index, beside the keys
_MOST_ATTRIBUTES_TOGETHER = 100


@rule(
    "table-indexes",
    title="The indexes, stream and expiry of a table are such as DynamoDB takes",
    why="Terraform checks each argument by itself; what an index takes given its projection and keys, DynamoDB checks.",
    consequence=f"{_INVALID}, when the table is made or changed",
    sources=(
        f"{_API}/API_Projection.html",
        f"{_API}/API_CreateTable.html",
        f"{_API}/API_StreamSpecification.html",
        f"{_GUIDE}/ServiceQuotas.html",
        f"{_GUIDE}/LSI.html",
    ),
)
def table_indexes(context: Context) -> Iterator[Found]:
    """Projections, keys, names and numbers of indexes; a stream's view; the attribute of the expiry."""
    for table in context.view.items("aws_dynamodb_table"):
        if table.resource.mode != "managed":
            continue
        for kind in (_GLOBAL, _LOCAL):
            for index, block in enumerate(table.blocks(kind)):
                for message, remedy, consequence in (*_projection(block), *_keys(block)):
                    yield Found(
                        item=table,
                        path=(kind, index),
                        subject=str(block.get("name")),
                        message=f'its index "{context.view.show(block.get("name"))}" {message}',
                        remedy=remedy,
                        consequence=consequence,
                    )
        yield from _together(table)
        yield from _others(table)


def _projection(block: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    kind, attributes = block.get("projection_type"), block.get("non_key_attributes")
    if kind in ("KEYS_ONLY", "ALL") and attributes:
        yield (
            f"has the projection {kind} and non_key_attributes",
            'use projection_type = "INCLUDE", or take non_key_attributes out',
            f"{_INVALID}: ProjectionType is {kind}, but NonKeyAttributes is specified",
        )
    if kind == "INCLUDE" and not attributes:
        yield (
            "has the projection INCLUDE and no non_key_attributes",
            "name the attributes, or use KEYS_ONLY",
            f"{_INVALID}: ProjectionType is INCLUDE, but NonKeyAttributes is not specified",
        )
    if isinstance(attributes, list) and len(attributes) > _MOST_ATTRIBUTES:
        yield (
            f"has {len(attributes)} non_key_attributes; {_MOST_ATTRIBUTES} are allowed",
            'use projection_type = "ALL", or name fewer',
            "ValidationException: Member must have length less than or equal to 20",
        )


def _keys(block: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    first, second, name = (block.get(each) for each in ("hash_key", "range_key", "name"))
    if isinstance(name, str) and not has_symbols(name) and not _NAME.fullmatch(name):
        yield (
            "has a name that is too short, too long, or has other characters than letters, digits, _, - and .",
            "use 3 to 255 of these",
            "ValidationException: indexName must have length 3 to 255 and satisfy [a-zA-Z0-9_.-]+",
        )
    if first and first == second:
        yield (
            f'has "{first}" for both of its keys',
            "take range_key out, or name another attribute",
            f"{_INVALID}: Both the Hash Key and the Range Key element in the KeySchema have the same name",
        )


def _together(table: Item) -> Iterator[Found]:
    """What is wrong of the indexes of a table taken together, and of its own keys."""
    globals_, locals_ = table.blocks(_GLOBAL), table.blocks(_LOCAL)
    names = Counter(str(block.get("name")) for block in (*globals_, *locals_) if block.get("name"))
    for name in (name for name, count in names.items() if count > 1 and not has_symbols(name)):
        consequence = f"{_INVALID}: Duplicate index name: {name}"
        message = f'{names[name]} of its indexes are called "{name}"'
        yield Found(item=table, subject=name, message=message, remedy="rename one", consequence=consequence)
    if locals_ and table.get("range_key") is None:
        yield Found(
            item=table,
            path=(_LOCAL,),
            message="it has a local secondary index, and no range key",
            remedy="give the table a range_key, or make the index a global one",
            consequence=f"{_INVALID}: Table KeySchema does not have a range key, which is required when specifying a "
            "LocalSecondaryIndex",
        )
    for kind, blocks, most in ((_LOCAL, locals_, _MOST_LOCAL), (_GLOBAL, globals_, _MOST_GLOBAL)):
        if len(blocks) > most:
            yield Found(
                item=table,
                path=(kind,),
                message=f"it has {len(blocks)} {kind} blocks; {most} are allowed",
                remedy="use fewer" if kind == _LOCAL else "use fewer, or have the quota raised before",
                consequence=f"{_INVALID} or LimitExceededException",
                severity=None if kind == _LOCAL else Severity.WARNING,
            )
    named = sum(
        len(each) for block in (*globals_, *locals_) if isinstance(each := block.get("non_key_attributes"), list)
    )
    if named > _MOST_ATTRIBUTES_TOGETHER:
        message = f"its indexes name {named} non_key_attributes together; {_MOST_ATTRIBUTES_TOGETHER} are allowed"
        yield Found(item=table, path=(_GLOBAL,), message=message, remedy='use projection_type = "ALL" for some')


def _others(table: Item) -> Iterator[Found]:
    declared = Counter(str(block.get("name")) for block in table.blocks("attribute") if block.get("name"))
    for name in (name for name, count in declared.items() if count > 1 and not has_symbols(name)):
        message = f'the attribute "{name}" is declared {declared[name]} times'
        yield Found(item=table, path=("attribute",), subject=name, message=message, remedy="declare it once")
    if table.get("hash_key") and table.get("hash_key") == table.get("range_key"):
        message = f'"{table.get("hash_key")}" is both of its keys'
        yield Found(item=table, path=("range_key",), message=message, remedy="take range_key out, or name another")
    if table.get("stream_enabled") is True and table.get("stream_view_type") in (None, ""):
        yield Found(
            item=table,
            path=("stream_enabled",),
            message="its stream is on, and stream_view_type is not given",
            remedy="say what the stream holds, such as NEW_AND_OLD_IMAGES",
            consequence="ValidationException: StreamSpecification: StreamViewType is required",
        )
    if table.get("stream_enabled") is not True and table.get("stream_view_type") not in (None, ""):
        if isinstance(table.get("stream_enabled"), str):
            return
        yield Found(
            item=table,
            path=("stream_view_type",),
            message="stream_view_type is given, and its stream is off",
            remedy="set stream_enabled to true, or take stream_view_type out",
            consequence="the table has no stream, or DynamoDB refuses the view of a stream that is off",
            severity=Severity.WARNING,
        )
    for block in table.blocks("ttl"):
        if block.get("enabled") is True and block.get("attribute_name") in (None, ""):
            yield Found(
                item=table,
                path=("ttl",),
                message="its expiry is on, and no attribute is named",
                remedy="give attribute_name",
                consequence="ValidationException: TimeToLiveSpecification: AttributeName is required",
            )
