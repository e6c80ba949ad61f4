"""Settings that are sound alone and wrong together. Each check yields the problems that it finds."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stacks.event_retries import DELIVERY_AGE_SECONDS, INVOCATION_AGE_SECONDS
from stacks.settings import Amount, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

LOCAL = "local"
RESERVED_TAGS = ("Project", "Environment", "ManagedBy")
# AWS allows 50 tags a resource and the pipeline sets three itself; the rest is left to tag policies.
TAGS_OF_AWS = 50
MOST_TAGS = 40
# Lambda keeps 100 of an account's concurrent executions in a region for functions that reserve none, and allows 1,000
# unless the quota was changed (Lambda Developer Guide, "Configuring reserved concurrency" and "Lambda quotas").
UNRESERVED_CONCURRENCY = 100
DEFAULT_ACCOUNT_CONCURRENCY = 1_000

_SECONDS_PER_DAY = 86_400
# How long after its first attempt an event may come: a rule's retries, then those of the invocation.
_LATEST_EVENT_SECONDS = DELIVERY_AGE_SECONDS + INVOCATION_AGE_SECONDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Reservation:
    """The concurrency that one environment reserves in an account and region; ``path`` is that of the setting."""

    path: str
    account_id: str
    region: str
    reserved: int
    quota: int


def emulation(name: str, *, emulated: bool, path: str) -> Iterator[Problem]:
    """Refuse to deploy an emulator's settings to AWS, and the local environment anywhere but to an emulator."""
    if emulated and name != LOCAL:
        yield Problem(path, emulated, f'only the environment "{LOCAL}" may be emulated; remove it')
    elif not emulated and name == LOCAL:
        remedy = f'the environment "{LOCAL}" goes to the emulator and nowhere else; give true, or name it otherwise'
        yield Problem(path, emulated, remedy)


def record_retention(days: int, *, timeout_minutes: int, path: str) -> Iterator[Problem]:
    """Refuse to forget a record while events of its object may still come.

    A late duplicate of the upload would pay for a second job, and the end of a job without a record is told to nobody.
    """
    needed = math.ceil((timeout_minutes * 60 + _LATEST_EVENT_SECONDS) / _SECONDS_PER_DAY)
    if days < needed:
        remedy = (
            f"give at least {needed} days: a job may take {timeout_minutes} minutes (state_machine.timeout_minutes), "
            f"and its events are tried again for {_LATEST_EVENT_SECONDS // 3600} hours"
        )
        yield Problem(path, days, remedy)


def tags(names_and_values: Mapping[str, str], *, path: str) -> Iterator[Problem]:
    """Refuse tags that the pipeline sets itself, that IAM takes for one, and more than there is room for.

    All resources get all tags, roles among them, and IAM does not tell the case of tag keys apart: no resource has both
    a Department and a department (IAM User Guide, "Tags for AWS Identity and Access Management resources").
    """
    seen = {name.lower(): name for name in RESERVED_TAGS}
    for name, value in names_and_values.items():
        other = seen.setdefault(name.lower(), name)
        if other in RESERVED_TAGS:
            remedy = f"the pipeline sets this tag itself, and IAM does not tell it from {other}; choose another name"
            yield Problem(f"{path}.{name}", value, remedy)
        elif other != name:
            remedy = f"IAM takes it for the same tag as {other}, which differs in case only; keep one of them"
            yield Problem(f"{path}.{name}", value, remedy)
    if len(names_and_values) > MOST_TAGS:
        remedy = f"give at most {MOST_TAGS}; AWS allows {TAGS_OF_AWS} on a resource, and some are not ours"
        yield Problem(path, Amount(len(names_and_values), "tags"), remedy)


def states(places: Iterable[tuple[str, str, str]], *, path: str) -> Iterator[Problem]:
    """Refuse two environments that would overwrite each other's state; a place is name, bucket and key."""
    owners: dict[tuple[str, str], str] = {}
    for name, bucket, key in places:
        owner = owners.setdefault((bucket, key), name)
        if owner != name:
            remedy = f"environments.{owner} keeps its state there already; give each environment its own key"
            yield Problem(f"{path}.{name}.state.key", key, remedy)


def reservations(given: Iterable[Reservation]) -> Iterator[Problem]:
    """Refuse to reserve what Lambda keeps for functions that reserve none, alone or with the environments before."""
    totals: dict[tuple[str, str], int] = {}
    for each in given:
        place = (each.account_id, each.region)
        before = totals.get(place, 0)
        totals[place] = before + each.reserved
        if totals[place] > each.quota - UNRESERVED_CONCURRENCY:
            yield Problem(each.path, each.reserved, _reservable(each.quota, before))


def _reservable(quota: int, before: int) -> str:
    most = quota - UNRESERVED_CONCURRENCY - before
    advice = f"give at most {most}" if most > 0 else "give null"
    others = f", other environments of this account and region reserve {before}" if before else ""
    return (
        f"{advice}: Lambda keeps {UNRESERVED_CONCURRENCY} of the account's {quota} for functions that reserve none"
        f"{others}; where the quota is another, set functions.account_concurrency"
    )
