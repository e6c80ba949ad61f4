"""The functions' settings: environment variables, parsed once into a frozen type per handler."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lambda_src.errors import SetupError

if TYPE_CHECKING:
    from collections.abc import Mapping

DEFAULT_REGION = "ap-southeast-1"


@dataclass(frozen=True, slots=True, kw_only=True)
class JobEventsEnvironment:
    """What all functions need. ``record_ttl_days`` is how long a job record is kept."""

    region: str
    environment: str
    job_table: str
    topic_arn: str
    output_bucket: str
    record_ttl_days: int

    @classmethod
    def parse(cls, variables: Mapping[str, str]) -> JobEventsEnvironment:
        """Read the variables. Raises ``SetupError`` naming the variable that is missing or wrong."""
        return cls(
            region=variables.get("AWS_REGION") or DEFAULT_REGION,
            environment=_text(variables, "ENVIRONMENT"),
            job_table=_text(variables, "JOB_TABLE"),
            topic_arn=_text(variables, "TOPIC_ARN"),
            output_bucket=_text(variables, "OUTPUT_BUCKET"),
            record_ttl_days=_whole(variables, "RECORD_TTL_DAYS"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class OrchestratorEnvironment:
    """What the orchestrator needs. ``key_prefix`` may be empty; ``max_height`` is in pixels."""

    common: JobEventsEnvironment
    upload_bucket: str
    key_prefix: str
    role_arn: str
    queue_arn: str
    segment_seconds: int
    max_height: int

    @classmethod
    def parse(cls, variables: Mapping[str, str]) -> OrchestratorEnvironment:
        """Read the variables. Raises ``SetupError`` naming the variable that is missing or wrong."""
        return cls(
            common=JobEventsEnvironment.parse(variables),
            upload_bucket=_text(variables, "UPLOAD_BUCKET"),
            key_prefix=_text(variables, "KEY_PREFIX", may_be_empty=True),
            role_arn=_text(variables, "MEDIACONVERT_ROLE_ARN"),
            queue_arn=_text(variables, "MEDIACONVERT_QUEUE_ARN"),
            segment_seconds=_whole(variables, "SEGMENT_SECONDS"),
            max_height=_whole(variables, "MAX_HEIGHT"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ReconcilerEnvironment:
    """What the reconciler needs. ``orchestrator`` is the name of the orchestrator function."""

    common: JobEventsEnvironment
    orchestrator: str

    @classmethod
    def parse(cls, variables: Mapping[str, str]) -> ReconcilerEnvironment:
        """Read the variables. Raises ``SetupError`` naming the variable that is missing or wrong."""
        return cls(common=JobEventsEnvironment.parse(variables), orchestrator=_text(variables, "ORCHESTRATOR_FUNCTION"))


def _text(variables: Mapping[str, str], name: str, *, may_be_empty: bool = False) -> str:
    value = variables.get(name)
    if value is None or (not value and not may_be_empty):
        raise SetupError(f"the environment variable {name} is {'missing' if value is None else 'empty'}")
    return value


def _whole(variables: Mapping[str, str], name: str) -> int:
    text = _text(variables, name)
    if not (text.isascii() and text.isdigit() and int(text) > 0):
        raise SetupError(f'the environment variable {name} is "{text}"; it must be a whole number above 0')
    return int(text)
