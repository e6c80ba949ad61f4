"""Which strings are documents to the real provider: rewritten when planned, or compared by meaning."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from offline_provider.planning.behaviour import Document
from offline_provider.planning.json_documents import go_json
from offline_provider.recording.plan_request import Ask, Refused, proposed
from offline_provider.wire.values import Value, decode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from offline_provider.recording.samples import Sampler, Steps
    from offline_provider.schema_model import Block

_NAMES = re.compile(
    "polic|document|definition|pattern|json|template|body|content|input|properties|filter|config|rules|spec|statement"
    "|schema|parameters|settings|query|sql|data|cors|blocks"
)
_DEEPEST = 4

_WRITTEN = (
    '{ "Version": "2012-10-17",\n "Statement": [ {"Sid": "a<b>&", "Effect": "Allow", "Principal": {"AWS": ["*"]},'
    ' "Action": ["sns:Publish"], "Resource": "*"} ] }'
)
_VALUE = json.loads(_WRITTEN)
_SORTED = go_json(_VALUE)
_SAME_POLICY = _SORTED.replace('["sns:Publish"]', '"sns:Publish"').replace('["*"]', '"*"')

# The first of them are what a plan shows for the document above.
_FORMS = {
    _SORTED: (Document.POLICY, Document.JSON),
    go_json(_VALUE, escape=False): (Document.POLICY, Document.PLAIN_JSON),
    '{"Version":"2012-10-17",' + go_json({"Statement": _VALUE["Statement"]})[1:]: (Document.LEGACY_POLICY, None),
    _WRITTEN: (Document.KEPT_POLICY, Document.KEPT_JSON),
}


def documents(block: Block, context: Value, ask: Ask, sampler: Sampler) -> dict[str, str]:
    """Return what kind of document each string argument is that holds one, by its dotted path."""
    found = {}
    for path in _candidates(block):
        kind = _Candidate(block, _replaced(context, path, _WRITTEN), path, ask, sampler).kind()
        if kind is not None:
            found[".".join(path)] = str(kind)
    return found


def _candidates(block: Block, prefix: Steps = ()) -> Iterator[Steps]:
    if len(prefix) >= _DEEPEST:
        return
    for attribute in block.attributes.values():
        if attribute.type == "string" and attribute.settable and _NAMES.search(attribute.name):
            yield (*prefix, attribute.name)
    for nested in block.blocks.values():
        yield from _candidates(nested.block, (*prefix, nested.name))


@dataclass(frozen=True, slots=True)
class _Candidate:
    block: Block
    config: Value
    path: Steps
    ask: Ask
    sampler: Sampler

    def kind(self) -> Document | None:
        if _at(self.config, self.path) != _WRITTEN:
            return None  # the context leaves the argument out
        try:
            shown = _shown(self.ask(self.config, None, self.config), self.path)
            if shown == hashlib.sha1(_WRITTEN.encode(), usedforsecurity=False).hexdigest():
                return Document.SHA1
            if not isinstance(shown, str) or shown not in _FORMS:
                return None
            same_json, same_policy = self._keeps(_SORTED), self._keeps(_SAME_POLICY)
        except Refused:
            return None
        policy, plain = _FORMS[shown]
        if shown == _WRITTEN and not same_json:
            return None
        return policy if same_policy else plain

    def _keeps(self, prior: str) -> bool:
        state = self.sampler.state(self.block, _replaced(self.config, self.path, prior))
        answer = self.ask(self.config, state, proposed(self.block, state, self.config))
        if answer.diagnostics:
            raise Refused("the change is not planned")
        return bool(_shown(answer, self.path) == prior)


def _shown(answer: object, path: Steps) -> Value:
    diagnostics = getattr(answer, "diagnostics", ())
    return None if diagnostics else _at(decode(getattr(answer, "planned_state", None)), path)


def _at(value: Value, path: Steps) -> Value:
    for name in path:
        element = value[0] if isinstance(value, list) and value else value
        value = element.get(name) if isinstance(element, dict) else None
    return value


def _replaced(value: Value, path: Steps, text: str) -> Value:
    name, rest = path[0], path[1:]
    if not rest:
        return value | {name: text} if value[name] is not None else value
    inner = value[name]
    if isinstance(inner, list):
        return value | {name: [_replaced(inner[0], rest, text), *inner[1:]]} if inner else value
    return value | {name: _replaced(inner, rest, text)} if inner else value
