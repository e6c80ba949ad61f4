from __future__ import annotations

from typing import TYPE_CHECKING

from plan_review.aws.arns import NAMINGS
from plan_review.evaluate.symbols import Kind
from plan_review.findings import Severity
from plan_review.rules.found import Found
from plan_review.rules.rule import rule
from plan_review.rules.shared.provider_docs import PROVIDER_DOCS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.evaluate.items import Item
    from plan_review.rules.context import Context

# Types whose name is unique in an account and region, besides those that have an ARN of their own by name.
_OTHERS = {
    "aws_autoscaling_group": "name",
    "aws_cloudwatch_dashboard": "dashboard_name",
    "aws_cloudwatch_log_metric_filter": "name",
    "aws_db_instance": "identifier",
    "aws_db_parameter_group": "name",
    "aws_db_subnet_group": "name",
    "aws_ecr_repository": "name",
    "aws_ecs_service": "name",
    "aws_elasticache_cluster": "cluster_id",
    "aws_iam_instance_profile": "name",
    "aws_iam_role_policy": "name",
    "aws_key_pair": "key_name",
    "aws_lambda_permission": "statement_id",
    "aws_launch_configuration": "name",
    "aws_launch_template": "name",
    "aws_lb": "name",
    "aws_lb_target_group": "name",
    "aws_pipes_pipe": "name",
    "aws_rds_cluster": "cluster_identifier",
    "aws_scheduler_schedule": "name",
    "aws_security_group": "name",
}
# What is made by an API that changes what has the name already: the old one's end is then the end of the new one.
_PUT = frozenset(
    {
        "aws_cloudwatch_dashboard",
        "aws_cloudwatch_event_rule",
        "aws_cloudwatch_log_metric_filter",
        "aws_cloudwatch_metric_alarm",
        "aws_iam_role_policy",
        "aws_sns_topic",
        "aws_sqs_queue",
    }
)
_EXISTS = (
    "EntityAlreadyExists, ResourceConflictException or the like, when it is to be replaced: the plan cannot be applied"
)
_LOST = "when it is replaced, the new one takes the old one's place, and is deleted with the old one"


@rule(
    "name-while-replaced",
    title="What is made anew before the old one goes has no fixed name",
    why=(
        "With create_before_destroy Terraform makes the new resource while the old one is still there. Both would have "
        "the same name, and names are unique in an account and region."
    ),
    consequence=_EXISTS,
    sources=(
        "https://developer.hashicorp.com/terraform/language/meta-arguments/lifecycle#create_before_destroy",
        "https://github.com/hashicorp/terraform/issues/19631",
        PROVIDER_DOCS,
    ),
    severity=Severity.WARNING,
)
def name_while_replaced(context: Context) -> Iterator[Found]:
    """Resources with ``create_before_destroy`` have a name that changes, or that the provider makes up."""
    named = {kind: naming.argument for kind, naming in NAMINGS.items() if naming.argument} | _OTHERS
    del named["aws_lambda_alias"]  # its name is unique within a function, which may be replaced with it
    for kind, argument in named.items():
        for item in context.view.items(kind):
            if item.resource.lifecycle.get("create_before_destroy") is not True or not _is_fixed(item, argument):
                continue
            prefix = NAMINGS[kind].prefix if kind in NAMINGS else "name_prefix"
            name = context.view.show(item.get(argument))
            instead = f", or use {prefix}" if prefix else ""
            yield Found(
                item=item,
                path=(argument,),
                message=f'it is made before the old one goes, and both have the {argument} "{name}"',
                remedy=f"take create_before_destroy out{instead}, or put into the name what changes with it",
                consequence=_LOST if kind in _PUT else _EXISTS,
            )


def _is_fixed(item: Item, argument: str) -> bool:
    """Whether a name is the same before and after a replacement: it is written down, account and region apart."""
    name = item.get(argument)
    symbols = item.evaluator.symbols
    return isinstance(name, str) and bool(name) and all(each.kind is Kind.CONTEXT for each in symbols.symbols(name))
