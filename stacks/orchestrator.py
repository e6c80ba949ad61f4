"""The function that turns an uploaded video into a MediaConvert job."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacks.function import FunctionIds, PipelineFunction

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cdktf_cdktf_provider_aws.sqs_queue import SqsQueue
    from constructs import Construct

    from stacks.function import FunctionDefaults
    from stacks.policy import Statement


class Orchestrator(PipelineFunction):
    """TranscodingOrchestratorFunction: EventBridge and the state machine invoke it; it knows neither."""

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
            ids=FunctionIds(function="TranscodingOrchestratorFunction", role="TranscodingLambdaRole"),
            name="orchestrator",
            description="Turns an uploaded video into a MediaConvert job",
            handler="lambda_src.orchestrator.handler",
            concurrency=defaults.settings.orchestrator_concurrency,
            environment=environment,
            grants=grants,
            dead_letters=dead_letters,
        )
