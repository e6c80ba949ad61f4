from __future__ import annotations

from typing import TYPE_CHECKING, Any

from plan_review.evaluate.items import blocks_of
from plan_review.findings import Severity
from plan_review.rules.found import Found
from plan_review.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.evaluate.items import Item
    from plan_review.rules.context import Context

_BUCKET, _LIFECYCLE = "aws_s3_bucket", "aws_s3_bucket_lifecycle_configuration"


@rule(
    "own-state",
    title="Terraform's state is not kept in what the configuration itself makes, expires or empties",
    why=(
        "The backend has to be there before anything is made, and until after everything is gone. A rule that deletes "
        "old objects deletes a state that has not changed for long."
    ),
    consequence="the first init finds no bucket, and destroying the stack takes its own state away while it runs",
    sources=(
        "https://developer.hashicorp.com/terraform/language/backend/s3",
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-expire-general-considerations.html",
    ),
    severity=Severity.WARNING,
)
def own_state(context: Context) -> Iterator[Found]:
    """Bucket, lock table, lifecycle rules and versions of an S3 backend."""
    backend = context.configuration.backend.get("s3")
    if backend is None:
        return
    name, key = backend.get("bucket"), str(backend.get("key", ""))
    bucket = context.view.find(name, _BUCKET)
    if bucket is not None and bucket.resource.mode == "managed":
        yield _managed(bucket, str(name))
    table = context.view.find(backend.get("dynamodb_table"), "aws_dynamodb_table")
    if table is not None and table.resource.mode == "managed":
        yield Found(
            item=table,
            path=("name",),
            message="the lock of this configuration's own state is kept in it",
            remedy="make the table in a configuration of its own, or use the backend's use_lockfile",
            consequence="the first init finds no table, and destroying the stack takes its own lock away",
        )
    for settings in context.view.items(_LIFECYCLE):
        if _names(context, settings, name, bucket):
            yield from _expired(settings, key)
    for settings in context.view.items("aws_s3_bucket_versioning"):
        states = [block.get("status") for block in settings.blocks("versioning_configuration")]
        if _names(context, settings, name, bucket) and states and states[0] in ("Suspended", "Disabled"):
            yield Found(
                item=settings,
                path=("versioning_configuration",),
                message=f"versions are {str(states[0]).lower()} for {name}, which holds this configuration's own state",
                remedy='set status to "Enabled"',
                consequence="a state that was lost or damaged cannot be taken back",
            )


def _names(context: Context, settings: Item, name: Any, bucket: Item | None) -> bool:
    given = settings.get("bucket")
    return given == name or (bucket is not None and context.view.find(given, _BUCKET) is bucket)


def _managed(bucket: Item, name: str) -> Found:
    empties = bucket.get("force_destroy") is True
    return Found(
        item=bucket,
        path=("force_destroy",) if empties else ("bucket",),
        severity=Severity.ERROR if empties else None,
        message=f"the state of this configuration is kept in it, the bucket {name}"
        + (", and it is emptied when it is destroyed" if empties else ""),
        remedy="make the bucket of the state in a configuration of its own, which is never destroyed",
    )


def _expired(settings: Item, key: str) -> Iterator[Found]:
    for index, block in enumerate(settings.blocks("rule")):
        if block.get("status") != "Enabled" or not _covers(block, key):
            continue
        for each in blocks_of(block.get("expiration")):
            if each.get("days") or each.get("date"):
                when = f"{each['days']} days after it was last written" if each.get("days") else f"on {each['date']}"
                yield Found(
                    item=settings,
                    path=("rule", index),
                    subject=str(block.get("id")),
                    severity=Severity.ERROR,
                    message=f"the state of this configuration, {key}, expires {when}",
                    remedy="keep the state in a bucket without such a rule, or give the rule another prefix",
                    consequence="the state is deleted, and Terraform would make everything a second time",
                )


def _covers(block: dict[str, Any], key: str) -> bool:
    """Whether a rule is for an object of this key, whatever its size; one that wants tags is not."""
    where = [block, *blocks_of(block.get("filter"))]
    where += [inner for each in blocks_of(block.get("filter")) for inner in blocks_of(each.get("and"))]
    if any(each.get("tag") or each.get("tags") for each in where):
        return False
    return all(key.startswith(str(each.get("prefix") or "")) for each in where)
