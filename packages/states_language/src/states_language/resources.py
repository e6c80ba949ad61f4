"""What tasks call: resources that Step Functions knows, their patterns, and their arguments.

https://docs.aws.amazon.com/step-functions/latest/dg/connect-to-resource.html and state-task.html. That the service
refuses what is no ARN of a function, an activity or a known integration, and fields that an integration does not take
or lacks, is known from its messages: "The resource provided … is not recognized. The value is not a valid resource
ARN", "The field 'X' is not supported by Step Functions", "The field 'X' is required but was missing", "The value for
the field 'X' must be a STRING". What express machines cannot call:
https://docs.aws.amazon.com/step-functions/latest/dg/choosing-workflow-type.html.
"""

from __future__ import annotations

import difflib
import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from states_language.definition import DISTRIBUTED, JSONATA, JSONPATH, Integration, integration, is_expression, mode_of
from states_language.objects import shown
from states_language.problems import Level, Place, Problem
from states_language.services import (
    OPTIMIZED,
    PARAMETERS,
    SYNC,
    TOKEN,
    optimized_input,
    sdk_input,
    sdk_operations,
    sdk_services,
    uncapitalized,
)
from states_language.unknown import is_partial

if TYPE_CHECKING:
    from collections.abc import Iterator

    from botocore.model import Shape, StructureShape


_FUNCTION = re.compile(r"arn:aws[\w-]*:lambda:[a-z0-9-]+:\d+:function:[\w-]+(:[\w$-]+)?")
_ACTIVITY = re.compile(r"arn:aws[\w-]*:states:[a-z0-9-]+:\d+:activity:.+")
_PLACEHOLDER = re.compile(r"\$\{\w+\}")
UNFILLED = "fill it in, as Terraform does with templatefile() and CloudFormation with DefinitionSubstitutions"
# How the token is passed on: by itself, or with the whole of the context object.
_TOKENS = ("Task.Token", '"$$"', '"$$.Task"', "$states.context")
_EXPRESS_SECONDS = 300
# A blob is left out: Step Functions writes an object as JSON there, as in the Body of an object in S3.
_SCALARS: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "long": (int,),
    "float": (int, float),
    "double": (int, float),
    "boolean": (bool,),
}
_CONTAINERS: dict[str, tuple[type, str, str]] = {
    "structure": (dict, "an object", "a STRUCTURE"),
    "map": (dict, "an object", "a MAP"),
    "list": (list, "a list", "a LIST"),
}
_WORDS = {"integer": "an INTEGER", "long": "a LONG", "float": "a FLOAT", "double": "a DOUBLE", "boolean": "a BOOLEAN"}
_PARAMETERS = {True: "Arguments", False: "Parameters"}
_MANY = 12


def resource_problems(
    state: dict[str, Any], place: Place, language: str, *, express: bool, partition: str | None
) -> Iterator[Problem]:
    """Yield what is wrong with what a Task calls.

    ``express`` is whether the machine that holds it is one; ``partition`` the one that it is deployed in, if known.
    """
    resource = state.get("Resource")
    if not isinstance(resource, str) or is_partial(resource):
        return
    at = place.at("Resource")
    if _ACTIVITY.fullmatch(resource):
        if express:
            answer = "Express state machine does not support Activity"
            yield Problem(at, "an express workflow has no activities", "make the state machine STANDARD", answer=answer)
        return
    if is_function(resource):
        return
    called = integration(resource)
    if called is None and _PLACEHOLDER.search(resource) is not None:
        what = f"its resource {shown(resource)} holds a placeholder that nothing has filled in"
        yield Problem(at, what, UNFILLED, answer=_not_recognized(resource))
        return
    if called is None:
        what = f"its resource {shown(resource)} is no ARN of a function, an activity or an integration"
        yield Problem(at, what, "write one, such as arn:aws:states:::lambda:invoke", answer=_not_recognized(resource))
        return
    if partition is not None and called.partition != partition:
        remedy = f"write arn:{partition}:states:::…"
        yield Problem(
            at, f"its resource is of the partition {called.partition}", remedy, answer=_not_recognized(resource)
        )
        return
    if express and (called.pattern.startswith(SYNC) or called.pattern == TOKEN):
        answer = f"Express state machine does not support '.{called.pattern}' service integration "
        what = f"an express workflow cannot wait by .{called.pattern}"
        yield Problem(at, what, "make the state machine STANDARD, or call without waiting", answer=answer)
    found = list(_of_sdk(called, at) if called.sdk else _of_optimized(called, at))
    yield from (
        Problem(each.place, each.what, each.remedy, level=each.level, answer=_not_recognized(resource))
        for each in found
    )
    if not found:
        yield from _arguments(called, state, place, language)


def is_refused(resource: Any) -> bool:
    """Whether Step Functions takes no such resource, whatever the kind of machine."""
    if is_partial(resource):
        return False
    if not isinstance(resource, str):
        return True
    called = integration(resource)
    if called is None:
        return not is_function(resource) and _ACTIVITY.fullmatch(resource) is None
    place = Place()
    found = _of_sdk(called, place) if called.sdk else _of_optimized(called, place)
    return any(problem.level is Level.REFUSED for problem in found)


def is_function(resource: str) -> bool:
    """Whether a resource is the ARN of a function, of a version or of an alias."""
    return _FUNCTION.fullmatch(resource) is not None


def _not_recognized(resource: str) -> str:
    reason = "The value is not a valid resource ARN, or the resource is not available in this region."
    return f"The resource provided {resource} is not recognized. {reason}"


def _of_optimized(called: Integration, place: Place) -> Iterator[Problem]:
    operations = OPTIMIZED.get(called.written)
    what = f"{called.written}:{called.operation}"
    if operations is None or called.operation not in operations:
        near = difflib.get_close_matches(called.operation, operations or (), n=1, cutoff=0.8)
        other = difflib.get_close_matches(called.written, OPTIMIZED, n=1, cutoff=0.8) if operations is None else []
        if near or other:
            remedy = f"did you mean {called.written if near else other[0]}:{near[0] if near else called.operation}?"
        else:
            remedy = f"write arn:aws:states:::aws-sdk:{what}"
        yield Problem(place, f"there is no optimized integration {what}", remedy)
    elif called.pattern and called.pattern not in operations[called.operation]:
        ways = ", ".join(f".{name}" for name in operations[called.operation]) or "no pattern"
        yield Problem(place, f"{what} takes no .{called.pattern}", f"use {ways}, or call without waiting")


def _of_sdk(called: Integration, place: Place) -> Iterator[Problem]:
    services = sdk_services()
    service = called.written
    if service not in services:
        folders = {folder: name for name, folder in services.items() if folder}
        plain = service.lower().replace("-", "")
        right = folders.get(service.lower()) or (plain if plain in services else "")
        near = [right] if right else difflib.get_close_matches(plain, services, n=1)
        remedy = f"did you mean {near[0]}?" if near else "name a service as the AWS SDK for Java does"
        yield Problem(place, f"there is no SDK integration with a service {service}", remedy)
        return
    operations = sdk_operations(service)
    if operations and called.operation not in operations:
        lower = {name.lower(): name for name in operations}
        if called.operation[:1].isupper():
            right = uncapitalized(called.operation)
            remedy = f"write {right if right in operations else lower.get(right.lower(), right)}"
            yield Problem(place, f"the operation {called.operation} begins with a capital", remedy)
        elif called.operation.lower() in lower:
            # The case of capitals within a name follows the SDK for Java, which is not at hand here.
            remedy = f"write {lower[called.operation.lower()]}"
            what = f"the API writes {called.operation} in another case"
            yield Problem(place, what, remedy, level=Level.DOUBTFUL)
        else:
            near = difflib.get_close_matches(called.operation, operations, n=1)
            remedy = f"did you mean {near[0]}?" if near else f"use an operation of {service} that SDK integrations take"
            yield Problem(place, f"{service} has no operation {called.operation}", remedy)
    if called.pattern.startswith(SYNC):
        yield Problem(place, "SDK integrations do not wait for jobs", f"take .{called.pattern} off, and poll")
    elif called.pattern and called.pattern != TOKEN:
        yield Problem(place, f"SDK integrations take no .{called.pattern}", f"use .{TOKEN}, or call without waiting")


def _arguments(called: Integration, state: dict[str, Any], place: Place, language: str) -> Iterator[Problem]:
    field = _PARAMETERS[language == JSONATA]
    written = state.get(field)
    if is_partial(written) or is_expression(written) or any(map(is_partial, state)):
        return
    if called.pattern == TOKEN and isinstance(written, dict) and not _hands_over(written):
        what = "it waits for a token that it hands to nobody, until it times out"
        remedy = "pass the context's Task.Token on with the arguments"
        yield Problem(place.at(field), what, remedy, level=Level.FAILS)
    if written is not None and not isinstance(written, dict):
        return
    found = _of_call(called, written or {}, place.at(field), language)
    # Without any, the state's input is what is handed over: it may hold them, and whether it is taken is not recorded.
    yield from found if written is not None else (replace(problem, level=Level.DOUBTFUL) for problem in found)


def _of_call(called: Integration, given: dict[str, Any], place: Place, language: str) -> Iterator[Problem]:
    name = f"{called.written}:{called.operation}"
    if called.sdk:
        shape = sdk_input(called.written, sdk_operations(called.written).get(called.operation, ""))
        if shape is not None:
            yield from _of_structure(given, shape, place, name, language)
    elif (known := PARAMETERS.get((called.written, called.operation))) is not None:
        yield from _names(given, known.takes, place, name)
        yield from _missing(given, known.required, place, name)
    elif (shape := optimized_input(called.written, called.operation)) is not None:
        yield from _of_structure(given, shape, place, name, language)


def _hands_over(written: dict[str, Any]) -> bool:
    text = json.dumps(written)
    return any(token in text for token in _TOKENS) or _has_partial(written)


def _has_partial(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(is_partial, value)) or any(map(_has_partial, value.values()))
    return any(map(_has_partial, value)) if isinstance(value, list) else is_partial(value)


def _plain(name: str, language: str) -> str:
    return name if language == JSONATA else name.removesuffix(".$")


def _names(given: dict[str, Any], takes: frozenset[str], place: Place, called: str) -> Iterator[Problem]:
    for key in given:
        name = key.removesuffix(".$")
        if name not in takes and not is_partial(key):
            near = difflib.get_close_matches(name, takes, n=1)
            listed = ", ".join(sorted(takes)) if len(takes) <= _MANY else "what the API takes, in PascalCase"
            remedy = f"did you mean {near[0]}?" if near else f"use {listed}"
            answer = f"The field '{name}' is not supported by Step Functions"
            yield Problem(place, f"{called} takes no {name}", remedy, answer=answer)


def _missing(
    given: dict[str, Any], required: tuple[frozenset[str], ...], place: Place, called: str
) -> Iterator[Problem]:
    if any(map(is_partial, given)):
        return
    # One that is written in the wrong case is told as such, and not as missing besides.
    names = {key.removesuffix(".$").lower() for key in given}
    for one_of in required:
        if not {name.lower() for name in one_of} & names:
            listed = " or ".join(sorted(one_of))
            answer = f"The field '{min(one_of)}' is required but was missing"
            yield Problem(place, f"{called} is given no {listed}", f"give {listed}", answer=answer)


def _of_structure(
    given: dict[str, Any], shape: StructureShape, place: Place, called: str, language: str
) -> Iterator[Problem]:
    """Check an object against the API's: names in PascalCase, what must be there, types, at every level."""
    members = {form: name for name in shape.members for form in (_pascal(name), _pascal(uncapitalized(name)))}
    # Step Functions writes a filter's "equals" as EqualsValue: supported-services-awssdk.html, API naming conventions.
    lower = {form.lower(): form for form in members}
    if shape.is_document_type:
        return
    found: set[str] = set()
    for key, value in given.items():
        name = _plain(key, language)
        if is_partial(key):
            continue
        if name.removesuffix("Value") in members and name not in members:
            name = name.removesuffix("Value")
        if name not in members:
            right = lower.get(name.lower())
            near = [right] if right else difflib.get_close_matches(name, members, n=1)
            remedy = f"did you mean {near[0]}?" if near else "take it out"
            answer = f"The field '{name}' is not supported by Step Functions"
            yield Problem(place, f"{called} takes no {name}", remedy, answer=answer)
            found |= {members[right]} if right else set()
            continue
        found.add(members[name])
        if name == key or language == JSONATA:
            yield from _of_value(value, shape.members[members[name]], place.at(key), called, language)
    tokens = {name for name, member in shape.members.items() if member.metadata.get("idempotencyToken")}
    required = tuple(frozenset({_pascal(name)}) for name in shape.required_members if name not in tokens | found)
    yield from _missing(given, required, place, called)


def _pascal(name: str) -> str:
    return name[:1].upper() + name[1:]


def _of_value(value: Any, shape: Shape, place: Place, called: str, language: str) -> Iterator[Problem]:
    if is_partial(value) or is_expression(value) or value is None:
        return
    if (container := _CONTAINERS.get(shape.type_name)) is not None:
        wanted, words, word = container
        if isinstance(value, wanted):
            yield from _inside(value, shape, place, called, language)
        else:
            yield _wrong_type(value, words, word, place)
    elif (scalar := _SCALARS.get(shape.type_name)) is not None and not _is_of(value, scalar):
        word = _WORDS.get(shape.type_name, "a STRING")
        yield _wrong_type(value, word.lower(), word, place)


def _inside(value: Any, shape: Any, place: Place, called: str, language: str) -> Iterator[Problem]:
    if shape.type_name == "structure":
        yield from _of_structure(value, shape, place, called, language)
    elif shape.type_name == "list":
        for index, inner in enumerate(value):
            yield from _of_value(inner, shape.member, place.item(index), called, language)
    else:
        for key, inner in value.items():
            if not (language == JSONPATH and key.endswith(".$")):
                yield from _of_value(inner, shape.value, place.at(key), called, language)


def _is_of(value: Any, wanted: tuple[type, ...]) -> bool:
    return isinstance(value, wanted) and (not isinstance(value, bool) or bool in wanted)


def _wrong_type(value: Any, wanted: str, word: str, place: Place) -> Problem:
    key = place.location.rpartition("/")[2]
    answer = f"The value for the field '{key}' must be {word}"
    return Problem(place, f"{key} is {shown(value)}", f"write {wanted}", answer=answer)


def express_problems(body: dict[str, Any], place: Place) -> Iterator[Problem]:
    """Yield what an express machine as a whole cannot have."""
    limit = body.get("TimeoutSeconds")
    if isinstance(limit, int) and limit > _EXPRESS_SECONDS:
        what = f"TimeoutSeconds is {limit}, and an express workflow runs {_EXPRESS_SECONDS} seconds at most"
        remedy = "give less, or make the state machine STANDARD"
        yield Problem(place, what, remedy, level=Level.FAILS)


def express_map_problems(state: dict[str, Any], place: Place) -> Iterator[Problem]:
    """Yield that an express machine has no Maps in distributed mode."""
    if mode_of(state) == DISTRIBUTED:
        what = "an express workflow has no distributed maps"
        yield Problem(place, what, "make the state machine STANDARD")
