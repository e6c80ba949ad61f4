"""The function that follows jobs: it moves their records, writes manifests and tells people."""

from __future__ import annotations

from stacks.function import FunctionSpec, PipelineFunction


class JobEvents(PipelineFunction):
    """JobEventsFunction: invoked for each state change of a job.

    It has no concurrency of its own reserved: a limit would only delay the news of finished jobs.
    """

    spec = FunctionSpec(
        function_id="JobEventsFunction",
        role_id="JobEventsRole",
        name="job-events",
        description="Records what becomes of MediaConvert jobs and tells people",
        handler="lambda_src.job_events.handler",
    )
