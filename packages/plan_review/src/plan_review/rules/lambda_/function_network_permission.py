from __future__ import annotations

from typing import TYPE_CHECKING

from plan_review.rules.lambda_.sending import NO_PERMISSION
from plan_review.rules.need import EVERY_RESOURCE, Need
from plan_review.rules.rule import rule_of_needs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.rules.context import Context


_NETWORK = (
    "ec2:CreateNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DeleteNetworkInterface",
)


@rule_of_needs(
    "function-network-permission",
    title="A function in a VPC may make network interfaces",
    why="Lambda makes the network interfaces of a function's subnets under the function's role, when it is created.",
    consequence=f"{NO_PERMISSION} CreateNetworkInterface on EC2",
    sources=("https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions",),
)
def function_network_permission(context: Context) -> Iterator[Need]:
    """Interfaces may be created, described and deleted."""
    for function in context.view.items("aws_lambda_function"):
        block = function.block("vpc_config")
        if block is None or not (block.get("subnet_ids") or function.is_dynamic("vpc_config")):
            continue
        for action in _NETWORK:
            describes = action.split(":")[1].startswith("Describe")
            resource = f"arn:aws:ec2:{function.region}:{function.account}:network-interface/"
            yield Need(
                item=function,
                principal=context.role(function.get("role")),
                action=action,
                resource=EVERY_RESOURCE if describes else resource + context.view.evaluator.opaque("an interface"),
                any_resource=not describes,
                purpose="to join its network",
                path=("vpc_config",),
                at_first_use=True,
            )
