"""Functions of points in time, which are texts as RFC 3339 writes them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

from plan_review.evaluate.functions.registry import function
from plan_review.evaluate.numbers import Counted, Number
from plan_review.evaluate.values import STRING, RefusedError, UnknownError

_TIME = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:Z|([+-])(\d\d):(\d\d))", re.ASCII)
_DURATION = re.compile(r"[+-]?(?:\d+(?:\.\d+)?(?:h|ms|m|s))+", re.ASCII)
_STEP = re.compile(r"(\d+)(h|m|s)", re.ASCII)
_UNITS = {"h": "hours", "m": "minutes", "s": "seconds"}
_WORD = re.compile(r"'((?:[^']|'')*)'|([A-Za-z])\2*|[^A-Za-z']+|'")
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


def _read(text: str) -> datetime:
    match = _TIME.fullmatch(text)
    if match is None:
        raise UnknownError if re.match(r"\d{4}-\d\d-\d\d[Tt ]", text) else RefusedError
    numbers = [int(match[group]) for group in range(1, 7)]
    offset = timedelta(hours=int(match[8] or 0), minutes=int(match[9] or 0))
    zone = timezone(-offset if match[7] == "-" else offset) if match[7] else UTC
    try:
        return datetime(*numbers, tzinfo=zone)  # type: ignore[arg-type,misc]  # six numbers
    except ValueError as error:
        raise RefusedError from error


def _written(moment: datetime) -> str:
    offset = moment.utcoffset() or timedelta()
    return moment.strftime("%Y-%m-%dT%H:%M:%S").rjust(19, "0") + ("Z" if not offset else _zone(offset, ":"))


def _zone(offset: timedelta, separator: str) -> str:
    minutes = int(abs(offset).total_seconds()) // 60
    return f"{'-' if offset < timedelta() else '+'}{minutes // 60:02d}{separator}{minutes % 60:02d}"


@function("timeadd", STRING, STRING)
def _timeadd(text: str, duration: str) -> str:
    moment = _read(text)
    if duration == "0":
        return _written(moment)
    if not _DURATION.fullmatch(duration):
        raise UnknownError
    steps = _STEP.findall(duration)
    if "".join(count + unit for count, unit in steps) != duration.lstrip("+-"):
        raise UnknownError
    whole = sum((timedelta(**{_UNITS[unit]: int(count)}) for count, unit in steps), timedelta())
    try:
        return _written(moment - whole if duration.startswith("-") else moment + whole)
    except OverflowError as error:
        raise UnknownError from error


@function("timecmp", STRING, STRING)
def _timecmp(left: str, right: str) -> Number:
    one, other = _read(left), _read(right)
    return Counted((one > other) - (one < other))


@function("formatdate", STRING, STRING)
def _formatdate(pattern: str, text: str) -> str:
    moment = _read(text)
    made = ""
    for match in _WORD.finditer(pattern):
        if match[0] == "'":
            raise RefusedError
        if match[1] is not None:
            made += match[1].replace("''", "'") if match[1] else "'"
        else:
            made += _field(match[0], moment) if match[2] else match[0]
    return made


def _field(word: str, moment: datetime) -> str:
    offset = moment.utcoffset() or timedelta()
    hour = moment.hour % 12 or 12
    fields = {
        "YYYY": f"{moment.year:04d}", "YY": f"{moment.year % 100:02d}",
        "MMMM": _MONTHS[moment.month - 1], "MMM": _MONTHS[moment.month - 1][:3],
        "MM": f"{moment.month:02d}", "M": str(moment.month),
        "DD": f"{moment.day:02d}", "D": str(moment.day),
        "EEEE": _DAYS[moment.weekday()], "EEE": _DAYS[moment.weekday()][:3],
        "hh": f"{moment.hour:02d}", "h": str(moment.hour), "HH": f"{hour:02d}", "H": str(hour),
        "AA": "AM" if moment.hour < 12 else "PM", "aa": "am" if moment.hour < 12 else "pm",  # noqa: PLR2004  # noon
        "mm": f"{moment.minute:02d}", "m": str(moment.minute), "ss": f"{moment.second:02d}", "s": str(moment.second),
        "ZZZZZ": _zone(offset, ":"), "ZZZZ": _zone(offset, ""),
        "ZZZ": "UTC" if not offset else _zone(offset, ""), "Z": "Z" if not offset else _zone(offset, ":"),
    }  # fmt: skip
    if word not in fields:
        raise RefusedError
    return fields[word]
