"""The job table: one record for each version of an uploaded object."""

from __future__ import annotations

from cdktf_cdktf_provider_aws.dynamodb_table import (
    DynamodbTable,
    DynamodbTableAttribute,
    DynamodbTableGlobalSecondaryIndex,
    DynamodbTablePointInTimeRecovery,
    DynamodbTableTtl,
)
from constructs import Construct

from lambda_src.table_schema import DUE_INDEX, DUE_PARTITION_KEY, DUE_SORT_KEY, PARTITION_KEY, TTL_ATTRIBUTE
from stacks.naming import Names, fixed


class JobTable(Construct):
    """The table, on demand, with point-in-time recovery; records leave by their time to live.

    A sparse index holds the records that someone has yet to bring to their end, for the reconciler.
    """

    def __init__(self, scope: Construct, id_: str, *, names: Names, removable: bool) -> None:
        super().__init__(scope, id_)
        self.table = fixed(
            DynamodbTable(
                self,
                "JobTable",
                name=names.of("jobs"),
                billing_mode="PAY_PER_REQUEST",
                hash_key=PARTITION_KEY,
                attribute=[
                    DynamodbTableAttribute(name=PARTITION_KEY, type="S"),
                    DynamodbTableAttribute(name=DUE_PARTITION_KEY, type="S"),
                    DynamodbTableAttribute(name=DUE_SORT_KEY, type="N"),
                ],
                global_secondary_index=[
                    DynamodbTableGlobalSecondaryIndex(
                        name=DUE_INDEX,
                        hash_key=DUE_PARTITION_KEY,
                        range_key=DUE_SORT_KEY,
                        projection_type="KEYS_ONLY",
                        # None on demand. Left out, the zeros that are read back could make every plan a change:
                        # indexes are a set, and Terraform tells its elements apart by all that they hold.
                        read_capacity=0,
                        write_capacity=0,
                    )
                ],
                ttl=DynamodbTableTtl(attribute_name=TTL_ATTRIBUTE, enabled=True),
                point_in_time_recovery=DynamodbTablePointInTimeRecovery(enabled=True),
                deletion_protection_enabled=not removable,
            )
        )
        self.due_index_arn = f"{self.table.arn}/index/{DUE_INDEX}"
