"""Put text into Markdown so that it is shown as it is, and so that nothing in it deceives who reads it."""

from __future__ import annotations

import re

_SPECIAL = re.compile(r"([\\`*\[\]|#~]|(?<!\w)_|_(?!\w))")
# Control characters, and those that turn the direction of writing around or take no room: https://trojansource.codes
_UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufffe\uffff]")


def visible(text: str) -> str:
    """Return a text with every character that cannot be seen replaced by its number."""
    return _UNSEEN.sub(lambda match: f"<U+{ord(match[0]):04X}>", text)


def prose(text: str) -> str:
    """Return a text that Markdown shows as it is: no markup, no HTML, nobody notified."""
    plain = visible(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _SPECIAL.sub(r"\\\1", " ".join(plain.split())).replace("@", "&#64;")


def code(text: str, *, table: bool = False) -> str:
    """Return a text as a code span, whatever backquotes are in it."""
    plain = " ".join(visible(text).split()) or " "
    ticks = "`" * (max((len(run) for run in re.findall(r"`+", plain)), default=0) + 1)
    pad = " " if plain.startswith("`") or plain.endswith("`") else ""
    span = f"{ticks}{pad}{plain}{pad}{ticks}"
    return span.replace("|", "\\|") if table else span


def block(text: str, language: str = "") -> str:
    """Return a text as a code block."""
    shown = visible(text)
    ticks = "`" * max(3, max((len(run) for run in re.findall(r"`+", shown)), default=0) + 1)
    return f"{ticks}{language}\n{shown}\n{ticks}\n"
