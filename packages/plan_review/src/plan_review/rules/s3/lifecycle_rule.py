from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from plan_review.evaluate.items import blocks_of
from plan_review.evaluate.symbols import has_symbols
from plan_review.findings import Severity
from plan_review.rules.found import Found
from plan_review.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from plan_review.evaluate.items import Item
    from plan_review.rules.context import Context

_GUIDE = "https://docs.aws.amazon.com/AmazonS3/latest/userguide"
_API = "https://docs.aws.amazon.com/AmazonS3/latest/API"
_SIZES = ("object_size_greater_than", "object_size_less_than")
_PREDICATES = ("prefix", "tag", *_SIZES)
_ACTIONS = (
    *("expiration", "transition", "abort_incomplete_multipart_upload"),
    *("noncurrent_version_expiration", "noncurrent_version_transition"),
)
_INFREQUENT = ("STANDARD_IA", "ONEZONE_IA")
_SOONEST = 30  # days that an object has to be there before it may be moved to infrequent access, and to stay there
# From which class to which objects may be moved: each to those after it only.
_WATERFALL = ("STANDARD_IA", "INTELLIGENT_TIERING", "ONEZONE_IA", "GLACIER_IR", "GLACIER", "DEEP_ARCHIVE")
_LONGEST_ID = 255
_MOST_RULES = 1000
_MOST_VERSIONS = 100
_MIDNIGHT = "T00:00:00Z"
_MALFORMED = "MalformedXML: The XML you provided was not well-formed or did not validate against our published schema"


@dataclass(frozen=True, slots=True)
class _Problem:
    message: str
    remedy: str
    consequence: str = ""
    severity: Severity | None = None


@rule(
    "lifecycle-rule",
    title="A bucket's lifecycle rules are such as S3 takes",
    why=(
        "Terraform checks the rules' arguments one by one. What a filter, its actions and their days have to do with "
        "each other is checked by S3 alone, when it is given all the rules of a bucket at once."
    ),
    consequence="InvalidRequest or MalformedXML: none of the bucket's lifecycle rules is set",
    sources=(
        f"{_API}/API_PutBucketLifecycleConfiguration.html",
        f"{_API}/API_LifecycleRuleFilter.html",
        f"{_API}/API_LifecycleExpiration.html",
        f"{_API}/API_Transition.html",
        f"{_GUIDE}/lifecycle-transition-general-considerations.html",
        f"{_GUIDE}/intro-lifecycle-rules.html",
        "https://github.com/aws/aws-cli/issues/8239",
    ),
)
def lifecycle_rule(context: Context) -> Iterator[Found]:
    """Filters, actions, days, storage classes and ids of every rule."""
    for settings in context.view.items("aws_s3_bucket_lifecycle_configuration"):
        for problem, subject in _of_all(settings):
            yield _found(settings, problem, ("rule",), subject)
        for index, block in enumerate(settings.blocks("rule")):
            name = str(block.get("id") or index)
            for problem in (
                *_filter(block),
                *_actions(block),
                *_expiration(block),
                *_moves(block),
                *_noncurrent(block),
            ):
                told = _Problem(
                    f'rule "{name}": {problem.message}', problem.remedy, problem.consequence, problem.severity
                )
                yield _found(settings, told, ("rule", index), name)


def _found(item: Item, problem: _Problem, path: tuple[str | int, ...], subject: str) -> Found:
    return Found(
        item=item,
        path=path,
        subject=subject,
        message=problem.message,
        remedy=problem.remedy,
        consequence=problem.consequence,
        severity=problem.severity,
    )


def _of_all(settings: Item) -> Iterator[tuple[_Problem, str]]:
    rules = settings.blocks("rule")
    for name, count in Counter(str(block.get("id")) for block in rules if block.get("id")).items():
        if count > 1:
            what = f'{count} of its rules have the id "{name}"'
            yield _Problem(what, "give each rule an id of its own", "InvalidArgument: Rule ID must be unique"), name
        if len(name) > _LONGEST_ID:
            what = f"the id of a rule has {len(name)} characters; {_LONGEST_ID} are allowed"
            yield (
                _Problem(what, "shorten it", "InvalidArgument: ID length should not exceed allowed limit of 255"),
                name,
            )
    if len(rules) > _MOST_RULES:
        yield _Problem(f"it has {len(rules)} rules; {_MOST_RULES} are allowed", "use fewer rules"), ""


def _given(value: Any) -> bool:
    """Whether an argument is given; an empty one counts as left out."""
    return value not in (None, "", [], {})


def _filter(block: Mapping[str, Any]) -> Iterator[_Problem]:
    given = next(iter(blocks_of(block.get("filter"))), {})
    used = [name for name in (*_PREDICATES, "and") if _given(given.get(name))]
    if len(used) > 1:
        shown = " and ".join(used)
        yield _Problem(f"its filter has {shown} side by side", "put them into one `and` block", _MALFORMED)
    both = next(iter(blocks_of(given.get("and"))), {})
    tags = both.get("tags")
    parts = sum(_given(both.get(name)) for name in ("prefix", *_SIZES)) + (len(tags) if isinstance(tags, dict) else 0)
    if both and parts == 1 and not isinstance(tags, str):
        yield _Problem(
            "the `and` block of its filter has one condition",
            "write the condition into the filter itself",
            "S3 documents `and` for two conditions or more; with one it may refuse the rule as malformed",
            Severity.WARNING,
        )
    if _given(block.get("prefix")) and given:
        yield _Problem("it has a prefix and a filter", "put the prefix into the filter", _MALFORMED)
    for where in (block, given, both):
        least, most = (where.get(name) for name in _SIZES)
        if isinstance(least, int) and isinstance(most, int) and least >= most:
            yield _Problem(
                f"no object is larger than {least} and smaller than {most} bytes",
                "exchange the two sizes",
                "InvalidRequest: 'ObjectSizeLessThan' has to be a value greater than 'ObjectSizeGreaterThan'",
            )
        prefix = where.get("prefix")
        if isinstance(prefix, str) and (prefix.startswith("/") or "*" in prefix) and not has_symbols(prefix):
            odd = "begins with /" if prefix.startswith("/") else "has a *, which stands for itself here"
            yield _Problem(
                f'its prefix "{prefix}" {odd}',
                f'use "{prefix.lstrip("/").partition("*")[0]}"',
                "the rule is set, and no object whose key does not begin with just these characters is ever met",
                Severity.WARNING,
            )


def _actions(block: Mapping[str, Any]) -> Iterator[_Problem]:
    if "dynamic" in block or any(_given(block.get(name)) for name in _ACTIONS):
        return
    yield _Problem(
        "it has no action",
        f"give one of {', '.join(_ACTIONS)}, or take the rule out",
        "InvalidRequest: At least one action needs to be specified in a rule",
    )


def _narrowed(block: Mapping[str, Any]) -> list[str]:
    """Return the predicates besides the prefix, which not every action goes with."""
    found = []
    for given in blocks_of(block.get("filter")):
        for where in (given, *blocks_of(given.get("and"))):
            found += [name for name in ("tag", "tags", *_SIZES) if _given(where.get(name))]
    return found


def _expiration(block: Mapping[str, Any]) -> Iterator[_Problem]:
    narrowed = _narrowed(block)
    for each in blocks_of(block.get("expiration")):
        days, date, marker = each.get("days"), each.get("date"), each.get("expired_object_delete_marker") is True
        if marker and (_given(date) or days not in (None, 0)):
            yield _Problem(
                "its expiration has expired_object_delete_marker and days or a date",
                "take expired_object_delete_marker out: a rule with days removes such markers too",
                _MALFORMED,
            )
        elif _given(date) and days not in (None, 0):
            yield _Problem("its expiration has days and a date", "give one of them", _MALFORMED)
        elif isinstance(days, int) and not marker and not _given(date) and days < 1:
            error = "InvalidArgument: 'Days' for Expiration action must be a positive integer"
            yield _Problem(f"objects are to expire after {days} days", "give 1 day at least", error)
        if marker and narrowed:
            yield _Problem(
                f"its expiration has expired_object_delete_marker, and its filter {narrowed[0]}",
                f"take {narrowed[0]} out: a delete marker has neither tags nor a size",
                _MALFORMED,
            )
        yield from _midnight("expire", date)
    for each in blocks_of(block.get("abort_incomplete_multipart_upload")):
        if narrowed:
            yield _Problem(
                f"it ends incomplete uploads, and its filter has {narrowed[0]}",
                "put abort_incomplete_multipart_upload into a rule that has a prefix at most",
                "InvalidRequest: AbortIncompleteMultipartUpload cannot be specified with Tags, or with object sizes",
            )
        days = each.get("days_after_initiation")
        if isinstance(days, int) and days < 1:
            yield _Problem(f"uploads are to end after {days} days", "give 1 day at least", "InvalidArgument")


def _midnight(what: str, date: Any) -> Iterator[_Problem]:
    if isinstance(date, str) and date and not has_symbols(date) and "T" in date and not date.endswith(_MIDNIGHT):
        error = "InvalidArgument: 'Date' must be at midnight GMT"
        yield _Problem(f"objects are to {what} at {date}", f"end the date with {_MIDNIGHT}", error)


def _moves(block: Mapping[str, Any]) -> Iterator[_Problem]:
    """Moves of the objects that are current, and their end."""
    moves = blocks_of(block.get("transition"))
    ends = blocks_of(block.get("expiration"))
    for each in moves:
        if _given(each.get("days")) and _given(each.get("date")):
            yield _Problem("a transition has days and a date", "give one of them", _MALFORMED)
        yield from _midnight("be moved", each.get("date"))
    timed = [each for each in (*moves, *ends) if _given(each.get("days")) or _given(each.get("date"))]
    if len({_given(each.get("date")) for each in timed}) > 1:
        yield _Problem(
            "some of its actions have days and others a date",
            "give days to all of them, or dates",
            "InvalidRequest: Found mixed 'Date' and 'Days' based Expiration and Transition actions in lifecycle rule",
        )
    yield from _in_order(
        [(each.get("storage_class"), each.get("days")) for each in moves], [each.get("days") for each in ends]
    )


def _noncurrent(block: Mapping[str, Any]) -> Iterator[_Problem]:
    """Moves of the objects that are no longer current, and their end."""
    moves = blocks_of(block.get("noncurrent_version_transition"))
    ends = blocks_of(block.get("noncurrent_version_expiration"))
    for each in (*moves, *ends):
        kept, days = each.get("newer_noncurrent_versions"), each.get("noncurrent_days")
        if isinstance(kept, int) and not 1 <= kept <= _MOST_VERSIONS:
            what = f"newer_noncurrent_versions is {kept}; 1 to {_MOST_VERSIONS} are possible"
            yield _Problem(what, "give a number in that range", "InvalidArgument")
        if each in ends and isinstance(days, int) and days < 1:
            error = (
                "InvalidArgument: 'NoncurrentDays' for NoncurrentVersionExpiration action must be a positive integer"
            )
            yield _Problem(f"versions are to expire after {days} days", "give 1 day at least", error)
        if days is None and "dynamic" not in each:
            what = "an action on noncurrent versions has no noncurrent_days"
            yield _Problem(what, "give noncurrent_days", _MALFORMED)
    yield from _in_order(
        [(each.get("storage_class"), each.get("noncurrent_days")) for each in moves],
        [each.get("noncurrent_days") for each in ends],
    )


def _in_order(moves: list[tuple[Any, Any]], ends: list[Any]) -> Iterator[_Problem]:
    """What S3 wants of moves in ``(storage class, days)`` and of the days of the end, all of one kind of version."""
    for storage, days in moves:
        if storage in _INFREQUENT and isinstance(days, int) and days < _SOONEST:
            yield _Problem(
                f"objects are to be moved to {storage} after {days} days; {_SOONEST} are the least",
                f"let them be moved after {_SOONEST} days or more",
                f"InvalidArgument: 'Days' in Transition action must be greater than or equal to {_SOONEST} for "
                f"storageClass '{storage}'",
            )
    for storage, count in Counter(str(storage) for storage, _ in moves if storage is not None).items():
        if count > 1 and not has_symbols(storage):
            error = "InvalidRequest: a storage class can be the aim of one transition of a rule"
            yield _Problem(f"objects are to be moved to {storage} {count} times", "keep one of the moves", error)
    known = sorted(
        ((days, str(storage)) for storage, days in moves if isinstance(days, int) and storage in _WATERFALL),
        key=lambda move: (move[0], _WATERFALL.index(move[1])),
    )
    for (early, first), (late, second) in pairwise(known):
        yield from _after(first, early, second, late)
    gone = [days for days in ends if isinstance(days, int) and days > 0]
    moved = [days for _, days in moves if isinstance(days, int)]
    if gone and moved and min(gone) <= max(moved):
        yield _Problem(
            f"objects expire after {min(gone)} days, and are to be moved after {max(moved)}",
            "let them expire after the last move, or take the move out",
            "InvalidArgument: 'Days' in the Expiration action must be greater than 'Days' in the Transition action",
        )


def _after(first: str, early: int, second: str, late: int) -> Iterator[_Problem]:
    """What S3 wants of two moves that follow each other."""
    if first == second:
        return
    if _WATERFALL.index(second) < _WATERFALL.index(first):
        yield _Problem(
            f"objects are to be moved to {first} after {early} days, and from there to {second} after {late}",
            f"exchange the two: from {first} objects can be moved to colder classes only",
            f"InvalidArgument: S3 moves nothing from {first} to {second}",
        )
    elif (first in _INFREQUENT and late - early < _SOONEST) or late == early:
        least = early + (_SOONEST if first in _INFREQUENT else 1)
        yield _Problem(
            f"objects are to be moved to {first} after {early} days, and on to {second} after {late}",
            f"let the second move come after {least} days or more",
            f"InvalidArgument: 'Days' in the Transition action for StorageClass '{second}' must be "
            f"{'30 days more' if first in _INFREQUENT else 'greater'} than in the Transition action for StorageClass "
            f"'{first}'",
        )
