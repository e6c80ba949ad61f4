"""What a plan would do to what is there already: lose data, or leave something without its permission."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from plan_review.evaluate.items import blocks_of
from plan_review.findings import Severity
from plan_review.rules.rule import Found, rule

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from plan_review.evaluate.items import Item
    from plan_review.rules.rule import Context

_PLAN_FORMAT = "https://developer.hashicorp.com/terraform/internals/json-format"

# Type → what is lost with it.
_HOLDS_DATA = {
    "aws_s3_bucket": "every object in it",
    "aws_dynamodb_table": "every item in it",
    "aws_cloudwatch_log_group": "every log event in it",
    "aws_kms_key": "what it encrypted: without the key nobody can read it",
    "aws_sqs_queue": "every message in it, dead letters included",
    "aws_sns_topic": "its subscriptions, confirmed ones included",
    "aws_db_instance": "the database",
    "aws_rds_cluster": "the database",
    "aws_efs_file_system": "every file on it",
    "aws_kinesis_stream": "every record in it",
    "aws_secretsmanager_secret": "the secret",
    "aws_ecr_repository": "every image in it",
    "aws_cognito_user_pool": "every user in it",
    "aws_sfn_state_machine": "the history of its executions; running ones are stopped",
}


@dataclass(frozen=True, slots=True)
class Change:
    """One entry of a plan's ``resource_changes``."""

    address: str
    type: str
    actions: tuple[str, ...]
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    forced_by: tuple[tuple[str | int, ...], ...]

    @property
    def destroys(self) -> bool:
        """Whether what is there goes away."""
        return "delete" in self.actions

    @property
    def replaces(self) -> bool:
        """Whether another one takes its place."""
        return self.destroys and "create" in self.actions


def changes(context: Context) -> list[Change]:
    """Return what a plan changes among managed resources; nothing where there is no plan."""
    return context.shared("changes", lambda: [_change(entry) for entry in _entries(context)])


def _entries(context: Context) -> list[Mapping[str, Any]]:
    plan = context.evidence.plan or {}
    entries = plan.get("resource_changes") or []
    return [
        entry
        for entry in entries
        if entry.get("mode") == "managed" and entry.get("change", {}).get("actions") not in (["no-op"], ["read"])
    ]


def _change(entry: Mapping[str, Any]) -> Change:
    change = entry["change"]
    return Change(
        address=str(entry["address"]),
        type=str(entry["type"]),
        actions=tuple(change["actions"]),
        before=change.get("before") or {},
        after=change.get("after") or {},
        forced_by=tuple(tuple(path) for path in change.get("replace_paths") or ()),
    )


def _whole(context: Context) -> bool:
    """Whether everything is destroyed, as ``terraform destroy`` plans it."""
    found = changes(context)
    return bool(found) and all(change.actions == ("delete",) for change in found)


@rule(
    "data-loss",
    title="No resource that holds data is destroyed or replaced",
    why="A replacement destroys first, or afterwards; either way the data of the old one is gone.",
    consequence="the data is lost",
    sources=(_PLAN_FORMAT, "https://developer.hashicorp.com/terraform/language/meta-arguments/lifecycle"),
)
def data_loss(context: Context) -> Iterator[Found]:
    """Buckets, tables, log groups, keys, queues and the like stay; a destroy of everything is a warning."""
    whole = _whole(context)
    for change in changes(context):
        if not change.destroys or change.type not in _HOLDS_DATA:
            continue
        forced = ", ".join(".".join(map(str, path)) for path in change.forced_by)
        yield Found(
            item=change.address,
            path=change.forced_by[0] if change.forced_by else None,
            subject="/".join(change.actions),
            severity=Severity.WARNING if whole else None,
            message=f"it is {_fate(change)}{f', forced by {forced}' if forced else ''}",
            consequence=f"lost: {_HOLDS_DATA[change.type]}{_refusal(change)}",
            remedy=(
                f"leave {forced or 'it'} as it is, or move the data first; a new name in the code only is a moved block"
                if change.replaces
                else "keep it, take it out of the state (removed block), or move the data first"
            ),
        )


@rule(
    "data-kept-shorter",
    title="Nothing that is there is kept for a shorter time than before",
    why="A shorter time to keep holds for what is there already, from the moment of the change.",
    consequence="what is older than the new limit is deleted, for good",
    sources=(
        "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/Working-with-log-groups-and-streams.html",
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-expire-general-considerations.html",
    ),
    severity=Severity.WARNING,
)
def data_kept_shorter(context: Context) -> Iterator[Found]:
    """Retention of logs and messages, expiration of objects."""
    makes_buckets = any(change.type == "aws_s3_bucket" and not change.before for change in changes(context))
    for change in changes(context):
        if change.destroys:
            continue
        for argument in _KEPT.get(change.type, ()) if change.before else ():
            before, after = change.before.get(argument), change.after.get(argument)
            if _days(after) < _days(before):
                yield _shorter(change, argument, f"{argument} goes from {before or 'for ever'} to {after}")
        # A new rule is for a bucket that may be there already.
        if change.type == "aws_s3_bucket_lifecycle_configuration" and (change.before or not makes_buckets):
            before, after = _expiration(change.before), _expiration(change.after)
            if after < before:
                shown = "never" if before == _FOR_EVER else f"after {before:g} days"
                yield _shorter(change, "rule", f"objects expire after {after:g} days, and did {shown}")


_KEPT = {
    "aws_cloudwatch_log_group": ("retention_in_days",),
    "aws_sqs_queue": ("message_retention_seconds",),
    "aws_kinesis_stream": ("retention_period",),
    "aws_cloudwatch_event_archive": ("retention_days",),
}
_FOR_EVER = float("inf")


def _days(value: Any) -> float:
    """Return for how long something is kept; nothing and 0 are for ever."""
    return value if isinstance(value, (int, float)) and value > 0 else _FOR_EVER


def _expiration(values: Mapping[str, Any]) -> float:
    """Return after how many days the first objects expire by the rules that are on."""
    found = [_FOR_EVER]
    for block in values.get("rule") or ():
        if isinstance(block, dict) and block.get("status") == "Enabled":
            found += [_days(each.get("days")) for each in blocks_of(block.get("expiration"))]
    return min(found)


def _shorter(change: Change, argument: str, message: str) -> Found:
    return Found(
        item=change.address,
        path=(argument,),
        subject=argument,
        message=message,
        remedy=f"leave {argument} as it is, or keep a copy of what is older first",
    )


def _fate(change: Change) -> str:
    return "replaced" if change.replaces else "destroyed"


def _refusal(change: Change) -> str:
    """Say where AWS would refuse, so that the apply ends half way."""
    if change.type == "aws_s3_bucket" and not change.before.get("force_destroy"):
        return "; or the apply stops with BucketNotEmpty: The bucket you tried to delete is not empty"
    if change.type == "aws_dynamodb_table" and change.before.get("deletion_protection_enabled"):
        return (
            "; or the apply stops with ValidationException: Resource cannot be deleted as it is currently protected "
            "against deletion"
        )
    return ""


@rule(
    "permission-lost",
    title="A function that is replaced gets its permissions again",
    why=(
        "Permissions are part of the function in AWS and go with it. Terraform keeps `aws_lambda_permission` in its "
        "state, sees no difference, and does not make it anew."
    ),
    consequence="after the apply nothing may invoke the function, until a second plan finds the permissions gone",
    sources=(
        "https://github.com/hashicorp/terraform-provider-aws/issues/41166",
        "https://developer.hashicorp.com/terraform/language/meta-arguments/lifecycle#replace_triggered_by",
    ),
)
def permission_lost(context: Context) -> Iterator[Found]:
    """Every permission of a replaced function is replaced with it."""
    found = {change.address: change for change in changes(context)}
    replaced = [change for change in found.values() if change.type == "aws_lambda_function" and change.replaces]
    for change in replaced:
        for permission in context.view.items("aws_lambda_permission"):
            function = context.view.find(permission.get("function_name"), "aws_lambda_function")
            if function is None or function.address != change.address:
                continue
            own = found.get(permission.address)
            if own is None or "create" not in own.actions:
                yield Found(
                    item=permission,
                    subject=change.address,
                    message=f"{change.address} is replaced, and its permission is not",
                    remedy=f"lifecycle {{ replace_triggered_by = [{change.address}] }} on the permission",
                )


@rule(
    "permission-replaced-with-function",
    title="A permission is tied to its function's replacement",
    why=(
        "A replaced function loses its permissions, and Terraform does not notice by itself. `replace_triggered_by`, "
        "or a reference to an attribute that changes with the function, makes both go together."
    ),
    consequence="when the function is replaced one day, nothing may invoke it any more",
    sources=("https://developer.hashicorp.com/terraform/language/meta-arguments/lifecycle#replace_triggered_by",),
    severity=Severity.WARNING,
)
def permission_replaced_with_function(context: Context) -> Iterator[Found]:
    """Where some permissions of a configuration are tied, all are."""
    tied: list[tuple[Item, Item]] = []
    loose: list[tuple[Item, Item]] = []
    for permission in context.view.items("aws_lambda_permission"):
        function = context.view.find(permission.get("function_name"), "aws_lambda_function")
        if function is None:
            continue
        references = context.configuration.references_from(permission.resource.address)
        to_function = [each for each in references if each.target == function.resource.address]
        follows = any(
            each.kind == "replace_triggered_by" or each.attribute in ("arn", "qualified_arn") for each in to_function
        )
        (tied if follows else loose).append((permission, function))
    for permission, function in loose if tied else ():
        yield Found(
            item=permission,
            path=("lifecycle",),
            message=f"it is not tied to the replacement of {function.address}, as other permissions here are",
            remedy=f"lifecycle {{ replace_triggered_by = [{function.resource.address}.arn] }}",
        )


@rule(
    "versioning-turned-off",
    title="Versioning of a bucket is suspended, never turned off again",
    why="Once a bucket has had versions, S3 knows `Enabled` and `Suspended` only.",
    consequence="versioning_configuration.status cannot be updated from 'Enabled' to 'Disabled'",
    sources=(
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/Versioning.html",
        "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/s3_bucket_versioning",
    ),
)
def versioning_turned_off(context: Context) -> Iterator[Found]:
    """No update from Enabled or Suspended to Disabled."""
    for change in changes(context):
        if change.type != "aws_s3_bucket_versioning" or change.actions != ("update",):
            continue
        before, after = (_first(values, "versioning_configuration") for values in (change.before, change.after))
        if before.get("status") in ("Enabled", "Suspended") and after.get("status") == "Disabled":
            yield Found(
                item=change.address,
                path=("versioning_configuration", 0, "status"),
                message=f"versioning goes from {before['status']} to Disabled",
                remedy='write "Suspended"',
            )


_OFF = (None, "", "OFF")


@rule(
    "logging-turned-on",
    title="Logging is not turned on in the same apply that first allows it",
    why=(
        "IAM takes seconds to take effect. The AWS provider waits and tries again when it creates a state machine, and "
        "does not when it updates one."
    ),
    consequence="AccessDeniedException: The state machine IAM Role is not authorized to access the Log Destination",
    sources=(
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency",
    ),
    severity=Severity.WARNING,
)
def logging_turned_on(context: Context) -> Iterator[Found]:
    """An update that turns logging on comes after the policy, not with it."""
    policies = {
        change.address
        for change in changes(context)
        if change.type in ("aws_iam_role_policy", "aws_iam_role_policy_attachment", "aws_iam_policy")
        and not change.destroys
    }
    for change in changes(context):
        if change.type != "aws_sfn_state_machine" or change.actions != ("update",):
            continue
        if _level(change.before) not in _OFF or _level(change.after) in _OFF:
            continue
        reachable = [address for address in sorted(policies) if context.view.depends(change.address, address)]
        if reachable:
            yield Found(
                item=change.address,
                path=("logging_configuration",),
                message=f"the update turns logging on, and {', '.join(reachable)} changes in the same apply",
                remedy=f"apply the policy first: terraform apply -target={reachable[0]}; then the rest",
            )


def _level(values: Mapping[str, Any]) -> Any:
    return _first(values, "logging_configuration").get("level")


def _first(values: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Return the first nested block of that name; empty where there is none."""
    blocks = values.get(name)
    block = blocks[0] if isinstance(blocks, list) and blocks else None
    return block if isinstance(block, dict) else {}
