"""The function that follows jobs: it moves their records, writes manifests and tells people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacks.function import FunctionIds, PipelineFunction

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cdktf_cdktf_provider_aws.sqs_queue import SqsQueue
    from constructs import Construct

    from stacks.function import FunctionDefaults
    from stacks.policy import Statement


class JobEvents(PipelineFunction):
    """JobEventsFunction: invoked for each state change of a job.

    It has no concurrency of its own reserved: a limit would only delay the news of finished jobs.
    """

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
            ids=FunctionIds(function="JobEventsFunction", role="JobEventsRole"),
            name="job-events",
            description="Records what becomes of MediaConvert jobs and tells people",
            handler="lambda_src.job_events.handler",
            concurrency=None,
            environment=environment,
            grants=grants,
            dead_letters=dead_letters,
        )
