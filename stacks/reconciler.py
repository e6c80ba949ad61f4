"""The function that brings to its end what has stopped moving."""

from __future__ import annotations

from stacks.function import FunctionSpec, PipelineFunction

SCHEDULE = "rate(1 minute)"
"""How often it looks. What MediaConvert has no room for waits for it too, so a burst is worked off at this pace."""


class Reconciler(PipelineFunction):
    """ReconcilerFunction: invoked on a schedule; it invokes the orchestrator, which knows nothing of it."""

    spec = FunctionSpec(
        function_id="ReconcilerFunction",
        role_id="ReconcilerRole",
        name="reconciler",
        description="Brings uploads that have stopped moving to their end",
        handler="lambda_src.reconciler.handler",
    )
