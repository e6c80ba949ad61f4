"""What the real provider's plan does that no schema tells, seen by planning made-up resources of one type.

The parts of what is seen, and their meaning, are those of ``offline_provider.planning.behaviour.Behaviour``.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from offline_provider.recording.document_arguments import documents
from offline_provider.recording.plan_request import Ask, Refused, proposed
from offline_provider.schema_model import Block, Nesting
from offline_provider.wire.values import UNKNOWN, Value, decode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from offline_provider.recording.samples import Sampler

_MOST_LESSONS = 20
_DEEPEST = 3
"""Blocks nested deeper than this are planned, but not varied one argument at a time: some types have thousands."""
_LARGE = 800
"""Attributes, nested ones counted, beyond which only a type's root is varied: one plan of it takes seconds."""


@dataclass(slots=True)
class Seen:
    """What was seen of one type; empty parts are left out of the file."""

    framework: bool = False
    defaults: dict[str, Value] = field(default_factory=dict)
    computed_blocks: set[str] = field(default_factory=set)
    nulls: set[str] = field(default_factory=set)
    replace: set[str] = field(default_factory=set)
    replace_sometimes: set[str] = field(default_factory=set)
    recomputed: dict[str, set[str]] = field(default_factory=dict)
    recomputed_sometimes: dict[str, set[str]] = field(default_factory=dict)
    kept: set[str] = field(default_factory=set)
    documents: dict[str, str] = field(default_factory=dict)
    refused: bool = False
    """Whether the provider plans no configuration that sets every argument, so that less was tried."""


class Observer:
    """Observes one resource type through ``ask``."""

    def __init__(self, block: Block, ask: Ask, sampler: Sampler, *, shallow: bool = False) -> None:
        self._block, self._ask, self._sampler = block, ask, sampler
        self._deepest = 0 if shallow or _size(block) > _LARGE else _DEEPEST
        self._outcomes: dict[str, list[Value]] = {}
        self._changes: list[dict[str, set[str]]] = []
        self.seen = Seen()

    def observe(self) -> Seen:
        """Plan creates and changes, and return what they show."""
        for build in (self._sampler.minimal, self._sampler.sparse)[: 1 + bool(self._deepest)]:
            with contextlib.suppress(Refused):
                self._note_create(*self._planned(partial(build, self._block)))
        for self._sampler.booleans in ((True, False), (False, True)):
            context = self._largest_context()
            if context is not None:
                self._try_omissions(context)
                self._try_changes(context)
                self.seen.documents = documents(self._block, context, self._ask, self._sampler) | self.seen.documents
        self._conclude()
        return self.seen

    def _planned(self, build: Callable[[], Value]) -> tuple[Value, Any]:
        """Plan a create, learning from refusals; return the configuration and the answer."""
        for _ in range(_MOST_LESSONS):
            config = build()
            answer = self._ask(config, None, config)
            if not answer.diagnostics:
                return config, answer
            if not self._sampler.learn(answer.diagnostics):
                break
        raise Refused(answer.diagnostics[0].summary)

    def _note_create(self, config: Value, answer: Any) -> None:
        self.seen.framework = not answer.legacy_type_system
        self._compare(self._block, config, decode(answer.planned_state), "", in_set=False)

    def _compare(self, block: Block, config: Value, plan: Value, prefix: str, *, in_set: bool) -> None:
        for name, attribute in block.attributes.items():
            left_out = config[name] is None and not attribute.write_only and prefix + name != "tags_all"
            # An unset string inside a set is shown as "", whatever it is.
            if left_out and not (in_set and plan[name] == ""):
                self._outcomes.setdefault(prefix + name, []).append(plan[name])
        for name, nested in block.blocks.items():
            if plan[name] is UNKNOWN:
                self.seen.computed_blocks.add(prefix + name)
                continue
            inner = in_set or (nested.nesting is Nesting.SET and not self.seen.framework)
            for given, made in zip(_elements(config[name]), _elements(plan[name]), strict=False):
                self._compare(nested.block, given, made, f"{prefix}{name}.", in_set=inner)

    def _largest_context(self) -> Value | None:
        """Return a configuration with as many arguments as the provider plans together; None where it plans none."""
        build = self._sampler.full if self._deepest else self._sampler.minimal
        try:
            config, answer = self._planned(lambda: build(self._block))
        except Refused:
            self.seen.refused = True
            try:
                config, answer = self._grown()
            except Refused:
                return None
        if answer.legacy_type_system:
            self.seen.replace |= {path for path in _paths(answer.requires_replace) if path != "id"}
        self.seen.framework = not answer.legacy_type_system
        return config

    def _grown(self) -> tuple[Value, Any]:
        """Add one argument at a time to the minimal configuration and keep those that are planned."""
        full = self._sampler.full(self._block)
        config, answer = self._planned(lambda: self._sampler.minimal(self._block))
        for name, value in full.items():
            if value is None or config[name] == value:
                continue
            tried = config | {name: value}
            reply = self._ask(tried, None, tried)
            if not reply.diagnostics:
                config, answer = tried, reply
        return config, answer

    def _try_omissions(self, config: Value) -> None:
        """Leave each optional argument and block out of a configuration that sets all, one at a time."""
        for shorter in _omissions(self._block, config, self._deepest):
            answer = self._ask(shorter, None, shorter)
            if not answer.diagnostics:
                self._note_create(shorter, answer)

    def _try_changes(self, config: Value) -> None:
        prior = self._sampler.state(self._block, config)
        changes: dict[str, set[str]] = {}
        for path, changed in _changes(self._block, config, self._sampler, self._deepest):
            answer = self._ask(changed, prior, proposed(self._block, prior, changed))
            if answer.diagnostics:
                continue
            forced = {name for name in _paths(answer.requires_replace) if name == path or path.startswith(name + ".")}
            plan = decode(answer.planned_state)
            if forced:
                self._note_forced(path, forced)
            elif plan is not None:
                changes[path] = _unknowns(self._block, prior, plan)
        self._changes.append(changes)

    def _note_forced(self, path: str, forced: set[str]) -> None:
        if self.seen.framework:
            self.seen.replace.add(path)
        elif not forced & self.seen.replace:
            self.seen.replace_sometimes.add(path)

    def _conclude(self) -> None:
        for path, outcomes in self._outcomes.items():
            # What depends on other arguments cannot be said in general: computed values are then not known.
            if any(outcome is UNKNOWN for outcome in outcomes):
                continue
            if outcomes[0] is not None:
                self.seen.defaults[path] = outcomes[0]
            elif _attribute(self._block, path).computed:
                self.seen.nulls.add(path)
        self.seen.replace_sometimes -= self.seen.replace
        if self.seen.framework:
            touched = set().union(*(names for changes in self._changes for names in changes.values()))
            tried = any(self._changes)
            self.seen.kept = (_computed(self._block) - touched - {"tags_all"}) if tried else set()
            return
        for path in {path for changes in self._changes for path in changes}:
            seen = [changes[path] for changes in self._changes if path in changes]
            for name in set.union(*seen) - {"tags_all"}:
                always = all(name in names for names in seen)
                table = self.seen.recomputed if always else self.seen.recomputed_sometimes
                table.setdefault(name, set()).add(path)


def _size(block: Block) -> int:
    return len(block.attributes) + sum(_size(nested.block) for nested in block.blocks.values())


def _attribute(block: Block, path: str) -> Any:
    *parents, name = path.split(".")
    for parent in parents:
        block = block.blocks[parent].block
    return block.attributes[name]


def _computed(block: Block, prefix: str = "") -> set[str]:
    found = {prefix + name for name, attribute in block.attributes.items() if attribute.computed}
    return found.union(*(_computed(nested.block, f"{prefix}{name}.") for name, nested in block.blocks.items()))


def _elements(value: Value) -> list[Value]:
    if value is None or value is UNKNOWN:
        return []
    return value if isinstance(value, list) else [value]


def _paths(messages: Any) -> set[str]:
    return {".".join(step.attribute_name for step in path.steps if step.attribute_name) for path in messages}


def _changes(
    block: Block, config: Value, sampler: Sampler, depth: int, prefix: tuple[str, ...] = ()
) -> Iterator[tuple[str, Value]]:
    """Yield (path, configuration) with one argument changed from variant 0 to variant 1."""
    for name, attribute in block.attributes.items():
        if config[name] is None:
            continue
        path = (*prefix, name)
        changed = sampler.value(attribute.type, path, 1)
        if changed != config[name]:
            yield ".".join(path), config | {name: changed}
    for name, nested in block.blocks.items():
        if not config[name] or depth <= 0:
            continue
        element = _elements(config[name])[0]
        for inner_path, inner in _changes(nested.block, element, sampler, depth - 1, (*prefix, name)):
            yield inner_path, config | {name: inner if nested.nesting is Nesting.SINGLE else [inner, *config[name][1:]]}


def _omissions(block: Block, config: Value, depth: int) -> Iterator[Value]:
    for name, attribute in block.attributes.items():
        if config[name] is not None and not attribute.required:
            yield config | {name: None}
    for name, nested in block.blocks.items():
        if not config[name] or depth <= 0:
            continue
        if not nested.min_items:
            yield config | {name: None if nested.nesting is Nesting.SINGLE else []}
        for inner in _omissions(nested.block, _elements(config[name])[0], depth - 1):
            yield config | {name: inner if nested.nesting is Nesting.SINGLE else [inner, *config[name][1:]]}


def _unknowns(block: Block, prior: Value, plan: Value, prefix: str = "") -> set[str]:
    found = {prefix + name for name in block.attributes if plan[name] is UNKNOWN and prior[name] is not UNKNOWN}
    for name, nested in block.blocks.items():
        for before, after in zip(_elements(prior[name]), _elements(plan[name]), strict=False):
            found |= _unknowns(nested.block, before, after, f"{prefix}{name}.")
    return found
