from __future__ import annotations

import difflib
import json
import re
from typing import TYPE_CHECKING, Any

from plan_review.evaluate.symbols import has_symbols
from plan_review.findings import Severity
from plan_review.rules.found import Found
from plan_review.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from plan_review.rules.context import Context

_TRANSFORM = "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html"
_API = "https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_InputTransformer.html"
_MOST_PATHS, _LONGEST_TEMPLATE, _LONGEST_PATH = 100, 8192, 256
_NAME = re.compile(r"[A-Za-z0-9_-]{1,256}")
_RESERVED = "aws."
# The last two are JSON: they cannot stand within a text.
_PREDEFINED = (
    "aws.events.rule-arn",
    "aws.events.rule-name",
    "aws.events.event.ingestion-time",
    "aws.events.event",
    "aws.events.event.json",
)
_WHOLE_EVENTS = _PREDEFINED[-2:]
_PLACEHOLDER = re.compile(r"<([^<>]*)>")
# Dot notation with dashes, underscores, indices, wildcards and slashes; what else JSONPath has is not there.
_PATH = re.compile(r"\$(\.[^.\[\]\s'\"()?@]+|\[(\d+|\*)\])*")
_Problem = tuple[str, str, str, bool]
"""The argument within the block, what is wrong, the remedy, and whether EventBridge refuses it for certain."""


@rule(
    "input-transformer",
    title="An input template is JSON when it is filled in, and its placeholders are defined",
    why=(
        "EventBridge puts values of the event in the place of `<name>`, whose path `input_paths` gives, and reads the "
        "result as JSON: an object, or a text in quotes. Terraform checks neither."
    ),
    consequence="ValidationException: Invalid InputTemplate for target, or it contains undefined placeholder",
    sources=(_TRANSFORM, _API),
)
def input_transformer(context: Context) -> Iterator[Found]:
    """Names, paths, placeholders and the form of the template."""
    for target in context.view.items("aws_cloudwatch_event_target"):
        for block in target.blocks("input_transformer"):
            paths = block.get("input_paths")
            known = paths if isinstance(paths, dict) else {}
            template = block.get("input_template")
            problems = list(_of_paths(known))
            if isinstance(template, str):
                # What is defined is not known where the whole map is not, or a key of it.
                complete = (paths is None or isinstance(paths, dict)) and not any(map(has_symbols, known))
                problems += _of_template(template, known, complete=complete)
            for argument, what, remedy, certain in problems:
                yield Found(
                    item=target,
                    path=("input_transformer", 0, argument),
                    subject=what,
                    message=context.view.show(what),
                    remedy=remedy,
                    severity=None if certain else Severity.WARNING,
                )


def _of_paths(paths: Mapping[str, Any]) -> Iterator[_Problem]:
    if len(paths) > _MOST_PATHS:
        yield "input_paths", f"input_paths has {len(paths)} entries; 100 are allowed", "take the whole event", True
    for name, path in paths.items():
        if has_symbols(name):
            continue
        if name.lower().startswith("aws"):
            yield "input_paths", f'input_paths has the name "{name}"; names with aws are reserved', "rename it", True
        elif not _NAME.fullmatch(name):
            yield "input_paths", f'input_paths has the name "{name}"', "use letters, digits, - and _", True
        if not isinstance(path, str) or has_symbols(path):
            continue
        if len(path) > _LONGEST_PATH:
            yield "input_paths", f"the path of {name} has {len(path)} characters; 256 are allowed", "shorten it", True
        elif not path.startswith("$"):
            yield "input_paths", f'the path of {name}, "{path}", does not begin with $', 'write "$.detail…"', True
        elif not _PATH.fullmatch(path):
            yield (
                "input_paths",
                f'the path of {name}, "{path}", is not in the dot notation that EventBridge reads',
                'write "$.detail.name", with [0] or [*] for lists',
                False,
            )


def _of_template(template: str, paths: Mapping[str, Any], *, complete: bool) -> Iterator[_Problem]:
    if len(template) > _LONGEST_TEMPLATE:
        yield "input_template", f"it has {len(template):,} characters; 8,192 are allowed", "shorten it", True
    names = [name for name in dict.fromkeys(_PLACEHOLDER.findall(template)) if not has_symbols(name)]
    undefined = [name for name in names if name not in paths and name not in _PREDEFINED]
    for name in undefined if complete else ():
        near = difflib.get_close_matches(name, [*paths, *_PREDEFINED], n=1)
        remedy = f"did you mean <{near[0]}>?" if near else f'add "{name}" to input_paths'
        if name.startswith(_RESERVED):
            remedy = f"use one of {', '.join(_PREDEFINED)}"
        yield "input_template", f"the placeholder <{name}> is not defined", remedy, True
    if not undefined:
        yield from _of_form(template)


def _of_form(template: str) -> Iterator[_Problem]:
    within, outside = _filled(template)
    lines = [line for line in outside.splitlines() if line.strip()]
    as_json = _parsed(outside)
    if as_json is _NOT_JSON and not (lines and all(isinstance(_parsed(line), str) for line in lines)):
        if has_symbols(template):
            return
        quoted = template.lstrip().startswith(("{", "[", '"'))
        remedy = "mend the JSON; write placeholders bare, or within a text"
        if not quoted:
            remedy = 'put the text in quotes: "\\"New object <key>\\"", or write a JSON object'
        yield "input_template", f"the template is no JSON when it is filled in: {_shown(template)}", remedy, True
        return
    for name in within:
        if name in _WHOLE_EVENTS:
            yield (
                "input_template",
                f"<{name}> stands within a text; it is filled in as it is, so that its quotes end the text",
                f"write <{name}> bare, as the value of a field",
                False,
            )
    if any(_FILLED_KEY in key for key in _keys(as_json)):
        yield "input_template", "a placeholder stands in the name of a field", "write the name out", False


_FILLED_KEY = "\0"
_NOT_JSON = object()


def _filled(template: str) -> tuple[list[str], str]:
    """Return the placeholders that stand within texts, and the template with every placeholder filled in."""
    within: list[str] = []
    found = ""
    in_text = escaped = False
    at = 0
    while at < len(template):
        match = _PLACEHOLDER.match(template, at)
        if match is not None:
            within += [match.group(1)] if in_text else []
            found += "\\u0000" if in_text else '"\\u0000"'
            at = match.end()
            continue
        character = template[at]
        in_text = not in_text if character == '"' and not escaped else in_text
        escaped = character == "\\" and not escaped
        found += character
        at += 1
    return within, found


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return _NOT_JSON


def _keys(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from value
        for each in value.values():
            yield from _keys(each)
    elif isinstance(value, list):
        for each in value:
            yield from _keys(each)


def _shown(template: str) -> str:
    longest = 60
    line = " ".join(template.split())
    return line if len(line) <= longest else f"{line[:longest]}…"
