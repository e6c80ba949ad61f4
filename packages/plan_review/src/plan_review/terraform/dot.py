"""Read the DOT that ``terraform graph`` writes. Its form is not promised to be stable, so what is odd is an error."""

from __future__ import annotations

import re

from plan_review.configuration.addresses import without_keys

_QUOTED = r'"((?:[^"\\]|\\.)*)"'
_EDGE = re.compile(rf"\s*{_QUOTED} -> {_QUOTED}(?: \[.*\])?;?\s*")
_NODE = re.compile(rf"\s*{_QUOTED} \[.*\];?\s*")
_FRAME = re.compile(r"\s*(?:digraph.*\{|subgraph.*\{|\}|compound = .*|newrank = .*|rankdir = .*|node \[.*\];?|)\s*")
_ESCAPED = re.compile(r"\\(.)")
_NAME = re.compile(
    r"(?:\[root\] )?(?P<address>.*?)(?: \((?P<role>expand|close|orphan|destroy|clean up state|[^()]*)\))?"
)


class DotError(ValueError):
    """A line that Terraform is not known to write; the message quotes it."""


def parse(text: str) -> dict[str, list[str]]:
    """Return the graph: every node's name, as written, with those that it points to.

    Raises ``DotError`` where a line is of an unknown form.
    """
    graph: dict[str, list[str]] = {}
    for line in text.splitlines():
        if edge := _EDGE.fullmatch(line):
            source, target = (_ESCAPED.sub(r"\1", name) for name in edge.groups())
            graph.setdefault(source, []).append(target)
            graph.setdefault(target, [])
        elif node := _NODE.fullmatch(line):
            graph.setdefault(_ESCAPED.sub(r"\1", node[1]), [])
        elif not _FRAME.fullmatch(line):
            raise DotError(f"terraform graph wrote a line of an unknown form: {line.strip()[:120]!r}")
    return graph


def address_of(node: str) -> tuple[str, str]:
    """Return a node's address without instance keys, and its role such as ``expand`` or ``destroy``."""
    match = _NAME.fullmatch(node)
    address, role = (match["address"], match["role"] or "") if match else (node, "")
    return (address if address.startswith("provider[") else without_keys(address)), role
