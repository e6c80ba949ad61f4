"""People are told how a record ended: from the record itself, so that anyone can do it, and a repetition says the same.

A record that has ended is in someone's charge until its notice is sent. The order is: end and charge in one write, then
the manifest, then the notice, then the mark. A crash before the notice leaves it to whoever finds the charge over; one
between notice and mark repeats the notice under the same id.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lambda_src.errors import RetryableError
from lambda_src.notice_events import NoticeEvent
from lambda_src.notices import About, build_notice
from lambda_src.output_layout import manifest_key
from lambda_src.record import Status
from lambda_src.telemetry import count, logger

if TYPE_CHECKING:
    from lambda_src.environment import JobEventsEnvironment
    from lambda_src.ports import Services
    from lambda_src.record import JobRecord
    from lambda_src.run import Run

_NOTICE_EVENTS_AND_METRICS = {
    Status.COMPLETE: (NoticeEvent.SUCCEEDED, "JobsCompleted"),
    Status.ERROR: (NoticeEvent.FAILED, "JobsFailed"),
    Status.CANCELED: (NoticeEvent.CANCELED, "JobsCanceled"),
    Status.REJECTED: (NoticeEvent.FAILED, "Rejected"),
    Status.SUPERSEDED: (NoticeEvent.SUPERSEDED, "Superseded"),
}


def tell(record: JobRecord, *, settings: JobEventsEnvironment, services: Services) -> None:
    """Tell how a record ended, under a charge that was taken. Gives it back before it raises ``RetryableError``."""
    event, metric = _NOTICE_EVENTS_AND_METRICS[record.status]
    notice = build_notice(
        event,
        About.record(record),
        environment=settings.environment,
        moment=services.clock(),
        identity=record.notice_id,
        stream=record.stream,
        fault=record.fault,
    )
    try:
        if record.status is Status.COMPLETE:
            services.objects.put_json(settings.output_bucket, manifest_key(record.output_prefix), notice.body)
        services.announcer.publish(notice)
    except RetryableError:
        services.ledger.give_back(record, services.clock())
        raise
    services.ledger.mark_notified(record, services.clock())
    logger.info(
        "told how it ended", status=record.status, bucket=record.bucket, key=record.key, fault=notice.body["error"]
    )
    count(metric)


def tell_what_was_not(record: JobRecord, *, settings: JobEventsEnvironment, services: Services, run: Run) -> bool:
    """Tell of a record that has ended and that nobody has charge of; say whether there was anything to tell."""
    if not record.ended or record.notified or not services.ledger.take_charge(record, run):
        return False
    tell(record, settings=settings, services=services)
    return True
