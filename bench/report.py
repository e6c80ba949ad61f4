"""The table for people and the JSON for programs."""

from __future__ import annotations

import json
import statistics
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bench.measure import MEBIBYTE, median_cpu_seconds, median_seconds, peak_bytes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bench.measure import Pairs, Sample
    from bench.row import Row

_HEADINGS = ("row", "ours", "other", "ratio (min-max)", "aim", "met", "CPU", "CPU other", "peak", "peak other")


@dataclass(frozen=True, slots=True)
class Result:
    """A row and its runs, or why there are none."""

    row: Row
    pairs: Pairs | None
    failure: str | None = None
    facts: Mapping[str, str] = field(default_factory=dict)


def as_table(results: Sequence[Result], facts: Mapping[str, object]) -> str:
    """Return the table, what each row compares, and the machine's facts."""
    lines = [_HEADINGS, *(_cells(result) for result in results)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(_HEADINGS))]
    table = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines]
    table.insert(1, "  ".join("-" * width for width in widths))
    notes = [
        f"{result.row.name}: {result.row.title}\n  other: {result.row.other}"
        + "".join(f"\n  {name}: {value}" for name, value in result.facts.items())
        + (f"\n  failed: {result.failure}" if result.failure else "")
        for result in results
    ]
    machine = ", ".join(f"{name} {value}" for name, value in facts.items())
    explained = (
        "Seconds are medians: ours and other of wall-clock time, CPU of all processes together. The ratio is the\n"
        "median of the pairs' ratios of wall-clock time. Peak is the resident memory of the largest process."
    )
    return "\n".join([*table, "", *notes, "", explained, machine])


def _cells(result: Result) -> tuple[str, ...]:
    aim = result.row.aim
    if result.pairs is None:
        return (result.row.name, "failed", "", "", str(aim), "no", "", "", "", "")
    ours, other = result.pairs.ours, result.pairs.other
    ratios = aim.ratios(result.pairs)
    return (
        result.row.name,
        f"{median_seconds(ours):.2f} s",
        f"{median_seconds(other):.2f} s",
        f"{statistics.median(ratios):.2f} ({min(ratios):.2f}-{max(ratios):.2f})",
        str(aim),
        "yes" if aim.is_met(result.pairs) else "no",
        f"{median_cpu_seconds(ours):.2f} s",
        f"{median_cpu_seconds(other):.2f} s",
        f"{peak_bytes(ours) / MEBIBYTE:.0f} MiB",
        f"{peak_bytes(other) / MEBIBYTE:.0f} MiB",
    )


def as_json(results: Sequence[Result], facts: Mapping[str, object], runs: int) -> str:
    """Return the same as JSON, with every run; times in seconds, memory in bytes."""
    document = {"machine": dict(facts), "runs": runs, "rows": [_as_object(result) for result in results]}
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _as_object(result: Result) -> dict[str, Any]:
    row = result.row
    common: dict[str, Any] = {
        "name": row.name,
        "title": row.title,
        "other": row.other,
        "aim": {"ratio": row.aim.ratio, "of": "other / ours" if row.aim.faster else "ours / other"},
    }
    if result.pairs is None:
        return {**common, "met": False, "failure": result.failure}
    ratios = row.aim.ratios(result.pairs)
    return {
        **common,
        "met": row.aim.is_met(result.pairs),
        "ratio": {"median": statistics.median(ratios), "min": min(ratios), "max": max(ratios), "pairs": list(ratios)},
        "ours": _samples(result.pairs.ours),
        "other_runs": _samples(result.pairs.other),
        "facts": dict(result.facts),
    }


def _samples(samples: Sequence[Sample]) -> dict[str, Any]:
    return {
        "median_seconds": median_seconds(samples),
        "seconds": [sample.seconds for sample in samples],
        "median_cpu_seconds": median_cpu_seconds(samples),
        "peak_bytes": peak_bytes(samples),
    }
