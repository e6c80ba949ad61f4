"""The function that turns an uploaded video into a MediaConvert job."""

from __future__ import annotations

from stacks.function import FunctionSpec, PipelineFunction


class Orchestrator(PipelineFunction):
    """TranscodingOrchestratorFunction: EventBridge and the state machine invoke it; it knows neither."""

    spec = FunctionSpec(
        function_id="TranscodingOrchestratorFunction",
        role_id="TranscodingLambdaRole",
        name="orchestrator",
        description="Turns an uploaded video into a MediaConvert job",
        handler="lambda_src.orchestrator.handler",
    )
