"""The page on mutations: a table made by trying them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from tests.faults import real_provider
from tests.faults.harmless import HARMLESS
from tests.faults.mutation import Defect

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tests.faults.checks import Outcome
    from tests.faults.tried import Row

PAGE = Path(__file__).resolve().parents[2] / "docs" / "mutations.md"
SCANNERS = ("checkov", "tflint")
LAYERS = ("settings", "synth", "validate", "plan", "graph", "review", *SCANNERS)
NOTHING = "nothing"
_MEANT = {
    "settings": "the app's settings are parsed",
    "synth": "`cdktf synth` holds the stack against layout and rules",
    "validate": "`terraform validate`",
    "plan": "`terraform plan`",
    "graph": "Terraform's plan graph is compared with the configuration",
    "review": "the plan review looks at what would change",
    "checkov": "checkov, with what it does not have against the stack without a mistake",
    "tflint": "tflint, with what it does not have against the stack without a mistake",
}
_TERRAFORM = frozenset({"validate", "plan", "graph", "review"})
_RULES_SHOWN = 3
_STEPS = (0.5, 5, 50, 500)  # seconds
_INTRODUCTION = """\
Mistakes that people make, made one at a time in this project's stack: which layer catches each before AWS does, and in
how long. `make mutations` makes this page. The classes are those of Rahman, Farhana, Parnin and Williams, *Gang of
Eight: A Defect Taxonomy for Infrastructure as Code Scripts* (ICSE 2020). *Update*: the stack is deployed without the
mistake, and the mistake is a change to it. The two mistakes that this project began with come first.

`python -m tests.faults --only NAME` tries one and shows what each layer says. A new mistake is a decorated function in
`tests/faults`, which edits a copy of the stack. checkov and tflint are no part of the project, whose own dependencies
checkov's would fight with: `CHECKOV` and `TFLINT` name their programs, such as a checkov in a virtualenv of its own."""
_ON_TIME = """\
Times are of one machine: the median of a layer's own runs, to one figure, and for a mistake the step (0.5, 5, 50 s)
below which it stays. The last column depends little on the machine: the same in plans of this stack."""


def render(
    rows: Sequence[Row],
    *,
    provider: str,
    scanners: Mapping[str, str],
    record: Mapping[str, Any] | None = None,
    alarms: Sequence[tuple[str, Outcome]] = (),
) -> str:
    """Return the page in Markdown.

    ``record`` is what HashiCorp's provider sees (see ``real_provider``), ``alarms`` what is found without a mistake.
    """
    parts = [
        "# Mutations",
        _INTRODUCTION,
        _result(rows),
        _alarms(alarms),
        "## Layers",
        _table("Layer | What happens | Tried on | Catches | First | Alone | Median time | In plans", _layers(rows)),
        _ON_TIME,
        _made_with(rows, provider, scanners),
        *([_real(rows, record)] if record else []),
        "## Classes",
        _table("Class | Mistakes | Caught at synth or before", _classes(rows)),
        "## Mistakes",
        _table(
            "| Mistake | Name | Class | Caught first by | Within | As | Then also by",
            [_line(number, row) for number, row in enumerate(rows, start=1)],
        ),
    ]
    return "\n\n".join(parts) + "\n"


def _table(head: str, lines: Sequence[str]) -> str:
    columns = head.count("|") + 1
    return "\n".join([f"| {head} |", "|" + "---|" * columns, *(f"| {line} |" for line in lines)])


def _result(rows: Sequence[Row]) -> str:
    counts = Counter(row.first.layer for row in rows if row.first)
    by = ", ".join(f"{counts[layer]} by {layer}" for layer in LAYERS if counts[layer])
    said = f"**{counts.total()} of {len(rows)} are caught before AWS**: {by}."
    if missed := [f"`{row.mutation.name}`" for row in rows if not row.first]:
        said += f" Nothing catches {', '.join(missed)}."
    return said


def _alarms(alarms: Sequence[tuple[str, Outcome]]) -> str:
    said = (
        f"Of {len(HARMLESS)} harmless changes (`tests/faults/harmless.py`), made to a new stack and to a deployed one, "
        f"{len({name for name, _ in alarms if name in HARMLESS}) or 'none'} give a finding"
    )
    if any(name not in HARMLESS for name, _ in alarms):
        return f"{said}, **and so does the stack without any change**."
    return f"{said}, and neither does the stack without any."


def _made_with(rows: Sequence[Row], provider: str, scanners: Mapping[str, str]) -> str:
    said = [f"Terraform planned with {provider}." if provider else "Terraform was not run."]
    for name in SCANNERS:
        if name not in scanners:
            said.append(f"{name} could not be had here; `{name.upper()}` may name its program.")
            continue
        ran = [row for row in rows if any(outcome.layer == name for outcome in row.outcomes)]
        seen = sum(name in row.layers for row in ran)
        said.append(f"{name} {scanners[name]} sees {seen} of the {len(ran)} mistakes that reach a stack.")
    if "tflint" in scanners:
        said.append("tflint ran with the rules that it comes with; those for AWS are a plugin, which it would fetch.")
    return " ".join(said)


def _real(rows: Sequence[Row], record: Mapping[str, Any]) -> str:
    """Return what HashiCorp's provider sees otherwise."""
    caught: Mapping[str, list[str]] = record["caught"]
    reaching = [row for row in rows if _TERRAFORM.intersection(outcome.layer for outcome in row.outcomes)]
    tried = [row for row in reaching if row.mutation.name in caught]
    here = {row.mutation.name: _TERRAFORM.intersection(row.layers) for row in tried}
    there = {name: _TERRAFORM.intersection(caught[name]) for name in here}
    differ = {name for name in here if here[name] != there[name]}
    groups = {
        "It alone has {}": {name for name in differ if not here[name]},
        "The stand-in alone has {}": {name for name in differ if not there[name]},
        "Both have {}, in different layers": {name for name in differ if here[name] and there[name]},
    }
    said = (
        f"{record['provider']} was tried with {len(tried)} of the {len(reaching)} mistakes that reach Terraform: its "
        f"layers see {len(tried) - len(differ)} of them, or let them pass, as they do with the stand-in."
    )
    for meaning, names in groups.items():
        if names:
            shown = ", ".join(f"`{name}`" for name in here if name in names)
            said += f" {meaning.format(len(names))}: {shown}."
    return said


def _layers(rows: Sequence[Row]) -> list[str]:
    times = {
        layer: [outcome.seconds for outcome in _of(rows, layer) if outcome.seconds is not None] for layer in LAYERS
    }
    plan = median(times["plan"]) if times["plan"] else None
    lines = []
    for layer, meaning in _MEANT.items():
        if not times[layer]:
            continue
        took = median(times[layer])
        first = sum(row.first is not None and row.first.layer == layer for row in rows)
        alone = sum(row.layers == [layer] for row in rows)
        counts = [len(times[layer]), sum(outcome.caught for outcome in _of(rows, layer)), first, alone]
        shown = (layer, meaning, *map(str, counts), f"{_figure(took)} s", _figure(took / plan) if plan else "")
        lines.append(" | ".join(shown))
    return lines


def _of(rows: Sequence[Row], layer: str) -> list[Outcome]:
    return [outcome for row in rows for outcome in row.outcomes if outcome.layer == layer]


def _classes(rows: Sequence[Row]) -> list[str]:
    lines = []
    for defect in Defect:
        own = [row for row in rows if row.mutation.defect is defect]
        early = [row for row in own if row.first and row.first.layer in ("settings", "synth")]
        lines.append(f"{defect.value} | {len(own)} | {len(early)}")
    return lines


def _line(number: int, row: Row) -> str:
    first = row.first
    title = row.mutation.title + (" *(update)*" if row.mutation.update else "")
    cells = [str(number), title, f"`{row.mutation.name}`", row.mutation.defect.value]
    if first is None:
        return " | ".join([*cells, NOTHING, "", "", ""])
    by = ", ".join(_escaped(each) for each in first.by[:_RULES_SHOWN])
    others = ", ".join(row.layers[1:])
    return " | ".join([*cells, first.layer, _step(first.seconds or 0), by, others])


def _figure(value: float) -> str:
    """Return a number to one figure, so that another run gives the same as a rule."""
    return f"{float(f'{value:.1g}'):g}"


def _step(seconds: float) -> str:
    return next((f"{step} s" for step in _STEPS if seconds < step), "minutes")


def _escaped(text: str) -> str:
    shown = text if len(text) < 90 else text[:87] + "…"
    return shown.replace("|", "\\|")


def write(
    rows: Sequence[Row], *, alarms: Sequence[tuple[str, Outcome]], provider: str, scanners: Mapping[str, str]
) -> None:
    """Write the page."""
    record = real_provider.read() if real_provider.RECORD.exists() else None
    text = render(rows, provider=provider, scanners=scanners, record=record, alarms=alarms)
    PAGE.write_text(text, encoding="utf-8")
