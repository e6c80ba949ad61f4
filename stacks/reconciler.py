"""The function that brings to its end what has stopped moving."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacks.function import FunctionIds, PipelineFunction

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cdktf_cdktf_provider_aws.sqs_queue import SqsQueue
    from constructs import Construct

    from stacks.function import FunctionDefaults
    from stacks.policy import Statement

SCHEDULE = "rate(1 minute)"
"""How often it looks. What MediaConvert has no room for waits for it too, so a burst is worked off at this pace."""


class Reconciler(PipelineFunction):
    """ReconcilerFunction: invoked on a schedule; it invokes the orchestrator, which knows nothing of it."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        defaults: FunctionDefaults,
        environment: Mapping[str, str],
        grants: tuple[Statement, ...],
        dead_letters: SqsQueue,
    ) -> None:
        super().__init__(
            scope,
            id_,
            defaults=defaults,
            ids=FunctionIds(function="ReconcilerFunction", role="ReconcilerRole"),
            name="reconciler",
            description="Brings uploads that have stopped moving to their end",
            handler="lambda_src.reconciler.handler",
            concurrency=None,
            environment=environment,
            grants=grants,
            dead_letters=dead_letters,
        )
