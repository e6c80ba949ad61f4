"""Made-up values for every argument of a schema, in two variants, so that a change from one to the other can be seen.

What a provider refuses ("not an ARN", "valid values are …") it refuses with words that say what would do; a ``Sampler``
learns from them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from offline_provider.schema_model import Attribute, Block, CtyType, Nesting

if TYPE_CHECKING:
    from collections.abc import Iterable

    from offline_provider.wire.values import Value

Steps = tuple[str, ...]
"""Names from the root to an attribute or block; without indexes."""

_ARNS = ("arn:aws:sns:us-east-1:123456789012:a", "arn:aws:sns:us-east-1:123456789012:b")
_POLICY = '{"Statement":[{"Action":"sns:%s","Effect":"Allow","Resource":"*"}],"Version":"2012-10-17"}'
_POLICIES = (_POLICY % "Publish", _POLICY % "Subscribe")

# What a refused value should have been, by words of the provider's refusal.
_REMEDIES: tuple[tuple[str, tuple[Value, Value]], ...] = (
    ("ARN", _ARNS),
    ("IAM Policy", _POLICIES),
    ("JSON", ('{"a":1}', '{"a":2}')),
    ("RFC3339", ("2030-01-01T00:00:00Z", "2031-01-01T00:00:00Z")),
    ("Once A Week Window", ("sun:05:00-sun:06:00", "mon:05:00-mon:06:00")),
    ("Once A Day Window", ("05:00-06:00", "06:00-07:00")),
    ("Duration", ("1h", "2h")),
    ("CIDR", ("10.0.0.0/16", "10.1.0.0/16")),
    ("IP Address", ("10.0.0.1", "10.0.0.2")),
    ("Date", ("2030-01-01", "2031-01-01")),
    ("Regular Expression", ("a.*", "b.*")),
)
_VALID_VALUES = re.compile(r"Valid [Vv]alues(?: are)?: \[([^\]]*)\]")
_PATH_IN_TEXT = re.compile(r"^Path: (\S.*)$|^Value \[.*?\] at attribute (\S+) ", re.MULTILINE)
_INDEX = re.compile(r"\[(?:Value\(.*?\)|\"[^\"]*\"|\d+)\]")

# Meta-arguments and names that no configuration sets, or whose values are durations of the SDK itself.
_LEFT_OUT = frozenset({"id", "tags_all", "timeouts", "region"})


class Sampler:
    """Makes configurations for one resource type; ``learned`` holds values for paths where plain ones are refused."""

    def __init__(self, learned: dict[Steps, tuple[Value, Value]] | None = None) -> None:
        self.learned = dict(learned or {})
        self.booleans = (True, False)

    def value(self, type_: CtyType, path: Steps, variant: int) -> Value:
        """Return a value of the type: variant 0 or 1."""
        if path in self.learned and isinstance(type_, str):
            return self.learned[path][variant]
        if isinstance(type_, str):
            plain = {"string": ("a", "b"), "number": (1, 2), "bool": self.booleans, "dynamic": (None, None)}
            return plain[type_][variant]
        kind, inner = type_
        if kind == "object":
            return {name: self.value(member, (*path, name), variant) for name, member in inner.items()}
        element = self.learned[path][variant] if path in self.learned else self.value(inner, path, variant)
        return {"k": element} if kind == "map" else [element]

    def full(self, block: Block, variant: int = 0, path: Steps = ()) -> dict[str, Value]:
        """Return a configuration that sets every argument, with one element of every nested block."""
        return self._build(block, path, variant, lambda attribute: attribute.settable, every_block=True)

    def sparse(self, block: Block, path: Steps = ()) -> dict[str, Value]:
        """Return a configuration with every nested block, but only the required arguments in each."""
        return self._build(block, path, 0, lambda attribute: attribute.required, every_block=True)

    def minimal(self, block: Block, path: Steps = ()) -> dict[str, Value]:
        """Return a configuration of the required arguments and blocks alone."""
        return self._build(block, path, 0, lambda attribute: attribute.required, every_block=False)

    def _build(self, block: Block, path: Steps, variant: int, wanted: Any, *, every_block: bool) -> dict[str, Value]:
        result: dict[str, Value] = {}
        for attribute in block.attributes.values():
            given = wanted(attribute) and not _left_out(attribute, path)
            result[attribute.name] = self.value(attribute.type, (*path, attribute.name), variant) if given else None
        for nested in block.blocks.values():
            count = 0 if path == () and nested.name in _LEFT_OUT else max(int(every_block), nested.min_items)
            inner = [
                self._build(nested.block, (*path, nested.name), variant, wanted, every_block=every_block)
                for _ in range(count)
            ]
            result[nested.name] = inner if nested.nesting is not Nesting.SINGLE else (inner[0] if inner else None)
        return result

    def state(self, block: Block, config: dict[str, Value]) -> dict[str, Value]:
        """Return a prior state that fits the configuration, with made-up values for what the provider computes."""
        result = dict(config)
        for attribute in block.attributes.values():
            if result[attribute.name] is None and attribute.computed:
                result[attribute.name] = self.value(attribute.type, (), 0)
        for nested in block.blocks.values():
            inner = config[nested.name]
            if isinstance(inner, list):
                result[nested.name] = [self.state(nested.block, element) for element in inner]
        if "tags_all" in result:
            result["tags_all"] = config.get("tags")
        return result

    def learn(self, diagnostics: Iterable[Any]) -> bool:
        """Take remedies from refusals; return whether any was new."""
        learned = False
        for diagnostic in diagnostics:
            path = _refused_path(diagnostic)
            remedy = _remedy(diagnostic.summary + "\n" + diagnostic.detail)
            if path and remedy and self.learned.get(path) != remedy:
                self.learned[path] = remedy
                learned = True
        return learned


def _left_out(attribute: Attribute, path: Steps) -> bool:
    return attribute.write_only or (path == () and attribute.name in _LEFT_OUT)


def _refused_path(diagnostic: Any) -> Steps:
    if match := _PATH_IN_TEXT.search(diagnostic.detail):
        return tuple(_INDEX.sub("", match.group(1) or match.group(2)).split("."))
    return tuple(step.attribute_name for step in diagnostic.attribute.steps if step.attribute_name)


def _remedy(words: str) -> tuple[Value, Value] | None:
    if match := _VALID_VALUES.search(words):
        values = match.group(1).split()
        return (values[0], values[-1]) if values else None
    return next((values for needle, values in _REMEDIES if needle in words), None)
