from __future__ import annotations

from typing import TYPE_CHECKING

from plan_review.rules.need import EVERY_RESOURCE, Need
from plan_review.rules.rule import rule_of_needs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.rules.context import Context


_TRACES = (
    "xray:PutTraceSegments",
    "xray:PutTelemetryRecords",
    "xray:GetSamplingRules",
    "xray:GetSamplingTargets",
)


@rule_of_needs(
    "state-machine-tracing",
    title="A state machine that traces has a role that may send traces",
    why="Step Functions sends segments to X-Ray, and asks for sampling rules, under the state machine's role.",
    consequence="executions run, and X-Ray shows no trace of them",
    sources=("https://docs.aws.amazon.com/step-functions/latest/dg/xray-iam.html",),
)
def state_machine_tracing(context: Context) -> Iterator[Need]:
    """The four actions of X-Ray are allowed."""
    for machine in context.view.items("aws_sfn_state_machine"):
        block = machine.block("tracing_configuration")
        enabled = (block or {}).get("enabled")
        unknown = machine.is_dynamic("tracing_configuration") or isinstance(enabled, str)
        if enabled is not True and not unknown:
            continue
        for action in _TRACES:
            yield Need(
                certain=not unknown,
                item=machine,
                principal=context.role(machine.get("role_arn")),
                action=action,
                resource=EVERY_RESOURCE,
                purpose="to send traces to X-Ray",
                path=("tracing_configuration",),
            )
