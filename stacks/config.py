"""The settings of the pipeline: the context of ``cdktf.json``, parsed once into frozen dataclasses.

``cdktf.json`` holds the only settings there are. ``PipelineConfig.from_context`` reads them and raises
``settings.SettingsError`` with every wrong or missing one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any, Self

from lambda_src.ladder import LADDER
from lambda_src.notice_events import NoticeEvent
from stacks import cross_checks
from stacks.constraints import Between, Doc, FromKey, Matches, NotEmpty, OneOf
from stacks.cross_checks import DEFAULT_ACCOUNT_CONCURRENCY, Reservation
from stacks.name_forms import (
    BUCKET_NAME,
    EMAIL_ADDRESS,
    FUNCTION_ARN,
    HTTPS_ADDRESS,
    KMS_KEY,
    QUEUE_ARN,
    STATE_KEY,
    TAG_NAME,
    TAG_VALUE,
)
from stacks.provider_versions import ProviderVersion
from stacks.regions import Region
from stacks.settings import Problem, join, read

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PROJECT = "media-pipeline"
# Feature flags that CDKTF reads from the same context (its documentation, "Feature flags").
_CDKTF_FLAGS = ("excludeStackIdFromLogicalIds", "allowSepCharsInLogicalIds")

# PutRetentionPolicy of CloudWatch Logs: a log group keeps its events for one of these numbers of days.
LOG_RETENTION_DAYS = (
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
)  # fmt: skip
RENDITION_HEIGHTS = tuple(sorted({rung.height for rung in LADDER}))
LOG_LEVELS = ("DEBUG", "INFO", "WARN", "ERROR")
NOTICE_EVENTS = tuple(event.value for event in NoticeEvent)

_DAYS = Between(1, 36_500, "days")
_REGION = Region()

_ENDPOINT_FORMS = {"email": EMAIL_ADDRESS, "https": HTTPS_ADDRESS, "sqs": QUEUE_ARN, "lambda": FUNCTION_ARN}


@dataclass(frozen=True, kw_only=True, slots=True)
class StateConfig:
    """Remote state in an S3 bucket that already exists."""

    bucket: Annotated[str, Doc("Bucket that holds the Terraform state; it must exist."), BUCKET_NAME]
    key: Annotated[str, Doc("Object key of the state."), STATE_KEY]
    region: Annotated[str, Doc("Region of the state bucket."), _REGION]
    use_lockfile: Annotated[bool, Doc("Lock with a lock file beside the state, so that two applies never mix.")] = True
    kms_key_id: Annotated[
        str | None,
        Doc("KMS key that encrypts the state; null uses the bucket's own encryption."),
        KMS_KEY,
    ] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class UploadsConfig:
    """The bucket that videos are uploaded to."""

    key_prefix: Annotated[
        str,
        Doc("Only objects below this prefix are transcoded; empty means all."),
        # IAM reads * and ? as wildcards, Terraform reads ${ as a reference.
        Matches(r"(?!/)[A-Za-z0-9!_.'()/-]{0,200}", "up to 200 of A-Z a-z 0-9 ! _ . ' ( ) - /, not starting with /"),
    ] = ""
    retention_days: Annotated[int | None, Doc("Uploads are removed after this many days; null keeps them."), _DAYS]
    noncurrent_days: Annotated[
        int | None, Doc("Overwritten and deleted versions are kept this long; null keeps them."), _DAYS
    ]
    abort_multipart_days: Annotated[
        int | None, Doc("Unfinished multipart uploads are removed after this many days; null keeps them."), _DAYS
    ]


@dataclass(frozen=True, kw_only=True, slots=True)
class OutputConfig:
    """The bucket that streams are written to."""

    retention_days: Annotated[int | None, Doc("Streams are removed after this many days; null keeps them."), _DAYS]
    abort_multipart_days: Annotated[
        int | None, Doc("Unfinished multipart uploads are removed after this many days; null keeps them."), _DAYS
    ]


@dataclass(frozen=True, kw_only=True, slots=True)
class LadderConfig:
    """The renditions of a stream."""

    max_height: Annotated[
        int,
        Doc("Height in pixels of the tallest rendition; a source is never enlarged."),
        OneOf(RENDITION_HEIGHTS, "the ladder"),
    ]
    segment_seconds: Annotated[int, Doc("Length of a segment of the stream."), Between(1, 30, "seconds")]


@dataclass(frozen=True, kw_only=True, slots=True)
class SubscriptionConfig:
    """One receiver of notifications."""

    protocol: Annotated[str, Doc("How it is told."), OneOf(tuple(_ENDPOINT_FORMS), "a subscription")]
    endpoint: Annotated[str, Doc("Where: an address or ARN that fits the protocol.")]
    events: Annotated[
        tuple[Annotated[str, OneOf(NOTICE_EVENTS, "a subscription")], ...],
        Doc(f"Only these events, of {', '.join(NOTICE_EVENTS)}; an empty list means all."),
    ] = ()

    @classmethod
    def cross_check(cls, read: Mapping[str, Any], path: str) -> Iterator[Problem]:
        """Hold the endpoint against the form that its protocol asks for."""
        form = _ENDPOINT_FORMS.get(read.get("protocol", ""))
        endpoint = read.get("endpoint")
        if form is None or endpoint is None:
            return
        remedy = form.remedy(endpoint)
        if remedy is None and endpoint.startswith("arn:"):
            remedy = _REGION.remedy(endpoint.split(":")[3])
        if remedy:
            yield Problem(f"{path}.endpoint", endpoint, remedy)


@dataclass(frozen=True, kw_only=True, slots=True)
class NotificationsConfig:
    """Who is told of success and failure."""

    inbox: Annotated[bool, Doc("Subscribe a queue of the pipeline's own, for tools that read notifications.")] = False
    subscriptions: Annotated[tuple[SubscriptionConfig, ...], Doc("Receivers of notifications.")] = ()

    @classmethod
    def cross_check(cls, read: Mapping[str, Any], path: str) -> Iterator[Problem]:
        """Refuse the same receiver twice: SNS keeps one subscription for both, and Terraform would fight over it."""
        seen: set[tuple[str, str]] = set()
        for index, subscription in enumerate(read.get("subscriptions", ())):
            receiver = (subscription.protocol, subscription.endpoint)
            if receiver in seen:
                remedy = "this receiver stands in the list already; give each one once, with all its events"
                yield Problem(f"{path}.subscriptions[{index}]", subscription.endpoint, remedy)
            seen.add(receiver)


@dataclass(frozen=True, kw_only=True, slots=True)
class StateMachineConfig:
    """The state machine that transcodes one object on demand."""

    log_execution_data: Annotated[bool, Doc("Log the input and output of each state (object keys, error messages).")]
    timeout_minutes: Annotated[
        int, Doc("An execution gives up waiting for its job after this long."), Between(1, 14 * 24 * 60, "minutes")
    ]


@dataclass(frozen=True, kw_only=True, slots=True)
class FunctionsConfig:
    """All Lambda functions."""

    memory_mb: Annotated[int, Doc("Memory of each function; CPU grows with it."), Between(128, 10_240, "MB")]
    timeout_seconds: Annotated[int, Doc("A function is stopped after this long."), Between(3, 900, "seconds")]
    log_level: Annotated[str, Doc("Least severe level that is logged."), OneOf(LOG_LEVELS, "Lambda")]
    orchestrator_concurrency: Annotated[
        int | None,
        Doc("Most orchestrators at a time, reserved from the account's pool; null reserves none."),
        Between(1, 100_000, "executions"),
    ] = None
    account_concurrency: Annotated[
        int,
        Doc("The account's quota of concurrent executions in the region (Service Quotas, AWS Lambda)."),
        Between(1, 1_000_000, "executions"),
    ] = DEFAULT_ACCOUNT_CONCURRENCY


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordsConfig:
    """The job table."""

    retention_days: Annotated[
        int,
        Doc("A job's record, which also refuses duplicates of its upload, is kept this long after its end was told."),
        Between(1, 3_650, "days"),
    ]


@dataclass(frozen=True, kw_only=True, slots=True)
class LogsConfig:
    """All log groups."""

    retention_days: Annotated[
        int, Doc("Log events are kept this long (days)."), OneOf(LOG_RETENTION_DAYS, "CloudWatch Logs")
    ]


@dataclass(frozen=True, kw_only=True, slots=True)
class AlarmsConfig:
    """The alarms on errors. A dead letter, a throttle or a timed-out execution always raises its alarm."""

    error_threshold: Annotated[
        int, Doc("Errors within one period that raise the alarm."), Between(1, 100_000, "errors")
    ]
    period_minutes: Annotated[
        int, Doc("Length of the period in which errors are added up."), Between(1, 1_440, "minutes")
    ]


@dataclass(frozen=True, kw_only=True, slots=True)
class EnvironmentConfig:
    """One deployment of the pipeline: one stack, one Terraform state."""

    name: Annotated[str, FromKey()]
    account_id: Annotated[
        str,
        Doc("Account to deploy to; a deployment to any other is refused."),
        Matches(r"\d{12}", "the account's 12 digits in quotes"),
    ]
    region: Annotated[str, Doc("Region to deploy to."), _REGION] = "ap-southeast-1"
    emulated: Annotated[bool, Doc("Deployed to the local cloud: true for the environment local, for no other.")] = False
    removable: Annotated[bool, Doc("Destroying the stack deletes buckets and table with all they hold.")]
    state: Annotated[StateConfig | None, Doc("Remote state; null keeps the state in a local file.")] = None
    uploads: UploadsConfig
    output: OutputConfig
    ladder: LadderConfig
    notifications: NotificationsConfig
    state_machine: StateMachineConfig
    functions: FunctionsConfig
    records: RecordsConfig
    logs: LogsConfig
    alarms: AlarmsConfig
    tags: Annotated[
        dict[str, Annotated[str, TAG_VALUE]],
        Doc("Tags on every resource, beside the pipeline's own."),
        TAG_NAME,
    ] = field(default_factory=dict)

    @property
    def stack_id(self) -> str:
        """Name of the stack, as ``cdktf deploy`` takes it."""
        return f"{PROJECT}-{self.name}"

    @classmethod
    def cross_check(cls, read: Mapping[str, Any], path: str) -> Iterator[Problem]:
        """Refuse settings that are sound alone and not together."""
        records, state_machine = read.get("records"), read.get("state_machine")
        if "emulated" in read:
            yield from cross_checks.emulation(read["name"], emulated=read["emulated"], path=f"{path}.emulated")
        if records and state_machine:
            yield from cross_checks.record_retention(
                records.retention_days,
                timeout_minutes=state_machine.timeout_minutes,
                path=f"{path}.records.retention_days",
            )
        yield from cross_checks.tags(read.get("tags", {}), path=f"{path}.tags")


@dataclass(frozen=True, kw_only=True, slots=True)
class PipelineConfig:
    """All settings: every environment, and what holds for all of them."""

    environments: Annotated[
        dict[str, EnvironmentConfig],
        Matches(r"[a-z][a-z0-9-]{0,15}", "1 to 16 of a-z 0-9 -, starting with a letter"),
        NotEmpty(),
    ]
    aws_provider_version: Annotated[
        str | None,
        Doc("Version of the AWS provider to demand instead of the one that the bindings are made from."),
        ProviderVersion(),
    ] = None

    @classmethod
    def from_context(cls, context: Mapping[str, Any]) -> Self:
        """Parse CDKTF's context; keys that CDKTF and its command line put there themselves are passed over.

        Raises ``settings.SettingsError`` with every wrong or missing setting.
        """
        own = {key: value for key, value in context.items() if not key.startswith("cdktf") and key not in _CDKTF_FLAGS}
        return read(cls, own)

    @classmethod
    def cross_check(cls, read: Mapping[str, Any], path: str) -> Iterator[Problem]:
        """Refuse environments that would overwrite each other's state, or reserve more than their account has."""
        environments: dict[str, EnvironmentConfig] = read.get("environments", {})
        below = join(path, "environments")
        remote = ((name, each.state.bucket, each.state.key) for name, each in environments.items() if each.state)
        yield from cross_checks.states(remote, path=below)
        yield from cross_checks.reservations(
            Reservation(
                path=f"{below}.{name}.functions.orchestrator_concurrency",
                account_id=each.account_id,
                region=each.region,
                reserved=each.functions.orchestrator_concurrency,
                quota=each.functions.account_concurrency,
            )
            for name, each in environments.items()
            if each.functions.orchestrator_concurrency and not each.emulated
        )
