from __future__ import annotations

from typing import TYPE_CHECKING

from plan_review.evaluate.symbols import has_symbols
from plan_review.rules.found import Found
from plan_review.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.rules.context import Context


@rule(
    "table-attributes",
    title="A table declares the attributes of its keys, and no others",
    why="DynamoDB wants the type of every attribute that a key or an index uses, and refuses any further one.",
    consequence=(
        "ValidationException: One or more parameter values were invalid: Some index key attributes are not defined in "
        "AttributeDefinitions"
    ),
    sources=("https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html",),
)
def table_attributes(context: Context) -> Iterator[Found]:
    """Attributes are the keys'."""
    for table in context.view.items("aws_dynamodb_table"):
        if any(map(table.is_dynamic, ("attribute", "global_secondary_index", "local_secondary_index"))):
            continue
        declared = {str(block.get("name")) for block in table.blocks("attribute")}
        used = {str(table.get(name)) for name in ("hash_key", "range_key") if table.get(name)}
        for kind in ("global_secondary_index", "local_secondary_index"):
            for block in table.blocks(kind):
                used |= {str(block[name]) for name in ("hash_key", "range_key") if block.get(name)}
        keyed = any("key_schema" in block for block in table.blocks("global_secondary_index"))
        if not declared or keyed or any(map(has_symbols, declared | used)):
            continue
        for name in sorted(declared ^ used):
            yield Found(
                item=table,
                path=("attribute",),
                subject=name,
                message=f'"{name}" is {"a key and not declared" if name in used else "declared and no key"}',
                remedy="declare an attribute block for each key of the table and its indexes, and for nothing else",
            )
