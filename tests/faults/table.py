"""The page on mutations: a table made by trying them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from tests.faults.mutation import Defect

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.faults.checks import Outcome
    from tests.faults.mutation import Mutation

PAGE = Path(__file__).resolve().parents[2] / "docs" / "mutations.md"
LAYERS = ("settings", "synth", "validate", "plan", "graph", "review", "checkov", "tflint")
_MEANT = {
    "settings": "the app's settings are parsed",
    "synth": "`cdktf synth` holds the stack against layout and rules",
    "validate": "`terraform validate`",
    "plan": "`terraform plan`",
    "graph": "Terraform's plan graph is compared with the configuration",
    "review": "the plan review looks at what would change",
    "checkov": "checkov, with the checks that pass without a mistake",
    "tflint": "tflint, with the rules that pass without a mistake",
}
_RULES_SHOWN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One mistake and what every layer that ran says of it, in order."""

    mutation: Mutation
    outcomes: tuple[Outcome, ...]

    @property
    def first(self) -> Outcome | None:
        """The first layer that catches it."""
        return next((outcome for outcome in self.outcomes if outcome.caught), None)


def render(rows: list[Row], *, provider: str, scanners: Mapping[str, str]) -> str:
    """Return the page in Markdown."""
    caught = [row for row in rows if row.first]
    parts = [
        "# Mutations",
        (
            "Mistakes that people make, made one at a time in this project's stack: which layer catches each before "
            "AWS does, and in how long. `make mutations` makes this page. The classes are those of Rahman, Farhana, "
            "Parnin and Williams, *Gang of Eight: A Defect Taxonomy for Infrastructure as Code Scripts* (ICSE 2020)."
        ),
        f"{len(caught)} of {len(rows)} are caught. {_by_layer(caught)} The stack without a mistake has no finding.",
        " ".join(
            [f"Terraform planned with {provider}." if provider else "Terraform was not run.", *_scanned(rows, scanners)]
        ),
        "\n".join(["| Layer | What happens | Catches first | Median time |", "|---|---|---|---|", *_layers(rows)]),
        "\n".join(["| Class | Mistakes | Caught at synth or before |", "|---|---|---|", *_classes(rows)]),
        "\n".join(
            [
                "| | Mistake | Class | Caught first by | As | Then also by |",
                "|---|---|---|---|---|---|",
                *(_line(number, row) for number, row in enumerate(rows, start=1)),
            ]
        ),
        "*Update*: the stack is deployed without the mistake, and the mistake is a change to it.",
    ]
    return "\n\n".join(parts) + "\n"


def _by_layer(caught: list[Row]) -> str:
    counts = Counter(row.first.layer for row in caught if row.first)
    return ", ".join(f"{counts[layer]} by {layer}" for layer in LAYERS if counts[layer]) + "."


def _scanned(rows: list[Row], scanners: Mapping[str, str]) -> list[str]:
    said = []
    for name, version in scanners.items():
        ran = [outcome for row in rows for outcome in row.outcomes if outcome.layer == name]
        seen = [outcome for outcome in ran if outcome.caught]
        said.append(
            f"{name} {version} sees {len(seen)} of the {len(ran)} mistakes that reach a stack and are no update."
        )
    return said


def _layers(rows: list[Row]) -> list[str]:
    lines = []
    for layer, meaning in _MEANT.items():
        ran = [outcome for row in rows for outcome in row.outcomes if outcome.layer == layer]
        times = [outcome.seconds for outcome in ran if outcome.seconds is not None]
        first = sum(row.first is not None and row.first.layer == layer for row in rows)
        if times:
            lines.append(f"| {layer} | {meaning} | {first} | {_time(median(times))} |")
    return lines


def _classes(rows: list[Row]) -> list[str]:
    lines = []
    for defect in Defect:
        own = [row for row in rows if row.mutation.defect is defect]
        early = [row for row in own if row.first and row.first.layer in ("settings", "synth")]
        lines.append(f"| {defect.value} | {len(own)} | {len(early)} |")
    return lines


def _line(number: int, row: Row) -> str:
    first = row.first
    title = row.mutation.title + (" *(update)*" if row.mutation.update else "")
    if first is None:
        return f"| {number} | {title} | {row.mutation.defect.value} | **nothing** | | |"
    others = [outcome.layer for outcome in row.outcomes if outcome.caught and outcome is not first]
    by = ", ".join(_escaped(each) for each in first.by[:_RULES_SHOWN])
    time = f" ({_time(first.seconds)})" if first.seconds is not None else ""
    return f"| {number} | {title} | {row.mutation.defect.value} | {first.layer}{time} | {by} | {', '.join(others)} |"


def _time(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"


def _escaped(text: str) -> str:
    shown = text if len(text) < 90 else text[:87] + "…"
    return shown.replace("|", "\\|")


def write(rows: list[Row], *, provider: str, scanners: Mapping[str, str]) -> None:
    """Write the page."""
    PAGE.write_text(render(rows, provider=provider, scanners=scanners), encoding="utf-8")
