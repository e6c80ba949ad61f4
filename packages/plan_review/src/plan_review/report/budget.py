"""Fit a report into the size that a comment may have. What is left out is counted, and the report says so."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

# GitHub refuses a comment of more than 65,536 characters. Bytes are counted here, which are never fewer.
COMMENT = 60_000
# A step summary may have 1 MiB: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
SUMMARY = 1_000_000
_LONGEST_ITEM = 6_000
_HEADING = 240  # bytes kept for a section's heading and for the line that counts what is left out


@dataclass
class Section:
    """A part of a report: an introduction and items, of which as many are shown as fit.

    ``share`` is the part of the budget that it gets before others take what is left; ``what`` names its items.
    ``aside`` says that it adds nothing to the other parts: it is shown in whole or not at all, and a report without it
    is not cut. ``groups`` are the titles under which the items are folded, and ``counts`` how many things each stands
    for: one for each item.
    """

    heading: str
    items: Sequence[str]
    what: str
    share: float
    before: str = ""
    aside: bool = False
    groups: Sequence[str] = ()
    counts: Sequence[int] = ()
    shown: list[str] = field(default_factory=list)
    clipped: int = 0

    @property
    def left_out(self) -> int:
        """How many things are not shown."""
        return self.total - self._counted(len(self.shown))

    @property
    def total(self) -> int:
        """How many things there are to show."""
        return self._counted(len(self.items))

    def _counted(self, items: int) -> int:
        return sum(self.counts[:items]) if self.counts else items

    def show_all(self, *, drawn: bool = True) -> None:
        """Show every item in whole; what stands aside only where it is ``drawn``."""
        self.shown = list(self.items) if drawn or not self.aside else []
        self.clipped = 0

    def text(self, elsewhere: str = "") -> str:
        """Return the section, with a line on what is left out; ``elsewhere`` says where that stands."""
        if self.aside and self.left_out:
            return f"{self.heading}\n\n{f'There is no room for {self.what} here. {elsewhere}'.rstrip()}\n\n"
        note = f"\n… and {self.left_out} more {self.what}, **not shown**.\n" if self.left_out else ""
        if not self.shown and not note:
            return ""
        return f"{self.heading}\n\n{self.before}{self._body()}{note}\n"

    def _body(self) -> str:
        if not self.groups:
            return "".join(self.shown)
        folded: dict[str, list[str]] = {}
        for title, item in zip(self.groups, self.shown, strict=False):
            folded.setdefault(title, []).append(item)
        return "".join(
            f"<details><summary>{title}</summary>\n\n{''.join(items)}\n</details>\n\n"
            for title, items in folded.items()
        )

    @property
    def frame(self) -> int:
        """The bytes that everything but the items can take."""
        if not self.items:
            return 0
        return _HEADING + size(self.before) + sum(size(title) + _HEADING for title in set(self.groups))


def size(text: str) -> int:
    """Return the bytes that a text takes."""
    return len(text.encode())


def _clip(item: str, limit: int) -> str:
    """Return an item cut at a line end, any code fence closed."""
    if size(item) <= limit:
        return item
    kept: list[str] = []
    room = limit - 200
    lines = item.splitlines()
    for line in lines:
        room -= size(line) + 1
        if room < 0:
            break
        kept.append(line)
    if not kept:
        kept = [lines[0].encode()[: limit - 200].decode(errors="ignore")]
    fences = [line for line in kept if line.lstrip().startswith("```")]
    closing = [fences[-1].rstrip("abcdefghijklmnopqrstuvwxyz")] if len(fences) % 2 else []
    return "\n".join([*kept, *closing, f"… {max(len(lines) - len(kept), 1)} lines **not shown**.", ""])


def fit(sections: Sequence[Section], budget: int) -> int:
    """Choose what each section shows; return how many items are left out or cut, all together but those aside.

    Sections are given in the order of their weight: what one does not use goes to the first that needs it.
    """
    remaining = budget - sum(section.frame for section in sections)
    fair = remaining
    waiting: list[list[str]] = []
    for section in sections:
        clipped = [item if section.aside else _clip(item, _LONGEST_ITEM) for item in section.items]
        section.clipped = sum(one != other for one, other in zip(section.items, clipped, strict=True))
        section.shown = []
        room = min(int(fair * section.share), remaining)
        waiting.append(clipped)
        remaining -= _take(section, clipped, room)
    for section, clipped in zip(sections, waiting, strict=True):
        remaining -= _take(section, clipped, remaining)
    return sum(section.left_out + section.clipped for section in sections if not section.aside)


def _take(section: Section, items: list[str], room: int) -> int:
    """Show as many of the waiting items as the room allows; return the bytes that they take."""
    taken = 0
    while items and taken + size(items[0]) <= room:
        taken += size(items[0])
        section.shown.append(items.pop(0))
    return taken


def shared(needs: Sequence[int], room: int) -> list[int]:
    """Return what each of several gets of the room: all that it needs where that is less than its fair part."""
    given = [0] * len(needs)
    waiting = sorted(range(len(needs)), key=lambda number: needs[number])
    while waiting:
        number = waiting.pop(0)
        given[number] = min(needs[number], room // (len(waiting) + 1))
        room -= given[number]
    return given
