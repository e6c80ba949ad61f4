from __future__ import annotations

from typing import TYPE_CHECKING

from plan_review.rules.found import Found
from plan_review.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.rules.context import Context


@rule(
    "stream-without-table-stream",
    title="A table that feeds a function has its stream on",
    why="`stream_arn` of a table is empty unless `stream_enabled` is set.",
    consequence="ValidationException on the event source mapping: the event source ARN is empty",
    sources=("https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/dynamodb_table",),
)
def stream_without_table_stream(context: Context) -> Iterator[Found]:
    """Mappings on a table's stream find one."""
    for mapping in context.view.items("aws_lambda_event_source_mapping"):
        for reference in context.configuration.references_from(mapping.resource.address):
            table = context.configuration.resources.get(reference.target)
            if reference.attribute != "stream_arn" or table is None or table.type != "aws_dynamodb_table":
                continue
            item = next(iter(context.view.evaluator.items(table)), None)
            if item is not None and item.resource.mode == "managed" and item.get("stream_enabled") in (None, False):
                yield Found(
                    item=item,
                    path=("stream_enabled",),
                    subject=mapping.address,
                    message=f"{mapping.address} reads its stream, which is off",
                    remedy='set stream_enabled = true and stream_view_type, e.g. "NEW_AND_OLD_IMAGES"',
                )
