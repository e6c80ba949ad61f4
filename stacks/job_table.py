"""The job table: one record for each version of an uploaded object."""

from __future__ import annotations

from cdktf_cdktf_provider_aws.dynamodb_table import (
    DynamodbTable,
    DynamodbTableAttribute,
    DynamodbTablePointInTimeRecovery,
    DynamodbTableTtl,
)
from constructs import Construct

from lambda_src.table_schema import PARTITION_KEY, TTL_ATTRIBUTE
from stacks.naming import Names, fixed


class JobTable(Construct):
    """The table, on demand, with point-in-time recovery; records leave by their time to live."""

    def __init__(self, scope: Construct, id_: str, *, names: Names, removable: bool) -> None:
        super().__init__(scope, id_)
        self.table = fixed(
            DynamodbTable(
                self,
                "JobTable",
                name=names.of("jobs"),
                billing_mode="PAY_PER_REQUEST",
                hash_key=PARTITION_KEY,
                attribute=[DynamodbTableAttribute(name=PARTITION_KEY, type="S")],
                ttl=DynamodbTableTtl(attribute_name=TTL_ATTRIBUTE, enabled=True),
                point_in_time_recovery=DynamodbTablePointInTimeRecovery(enabled=True),
                deletion_protection_enabled=not removable,
            )
        )
