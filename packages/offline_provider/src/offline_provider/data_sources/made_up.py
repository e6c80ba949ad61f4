"""Made-up answers of data sources: of the right type and form, and recognisable.

A plan needs a known value where AWS, a program or a request would give one. What rests on it is not known, and whoever
reads the plan is told.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from offline_provider.schema_model import Block, CtyType, Nesting

if TYPE_CHECKING:
    from collections.abc import Mapping

MARK = "stand-in"
"""In every made-up text that has no form of its own."""
ACCOUNT = "123456789012"
"""The account that AWS's own documentation writes in its examples."""
REGION = "us-east-1"

_WORDS = re.compile(r"[^a-z0-9]+")
_IDENTIFIERS = {"vpc": "vpc", "subnet": "subnet", "security_group": "sg", "ami": "ami", "instance": "i"}
_HEXADECIMAL = "0" * 17
# Texts with a form that Terraform's functions or AWS's arguments demand, by the end of the attribute's name.
_FORMS: Mapping[str, str] = {
    "arn": f"arn:aws:{{service}}:{REGION}:{ACCOUNT}:{MARK}/{{name}}",
    "account_id": ACCOUNT,
    "owner_id": ACCOUNT,
    "cidr_block": "10.0.0.0/16",
    "cidr": "10.0.0.0/16",
    "ipv6_cidr_block": "2001:db8::/56",
    "private_ip": "10.0.0.10",
    "public_ip": "198.51.100.10",
    "region": REGION,
    "availability_zone": f"{REGION}a",
    "json": "{{}}",
    "policy": "{{}}",
    "secret_string": "{{}}",
    "url": "https://stand-in.example.com",
    "domain_name": "stand-in.example.com",
    "creation_date": "2020-01-01T00:00:00Z",
    "sha1_fingerprint": "0" * 40,
}
_ZONES = [f"{REGION}{letter}" for letter in "abc"]
_LISTS: Mapping[str, list[str]] = {
    "aws_availability_zones.names": _ZONES,
    "aws_availability_zones.zone_ids": [f"use1-az{number}" for number in (1, 2, 3)],
}
_NAMES = 3  # of a list of ids: enough for one in each zone


def made_up(type_name: str, block: Block, config: dict[str, Any]) -> dict[str, Any]:
    """Return a data source's state with values made up for all that the configuration does not give."""
    state = dict(config)
    for name, attribute in block.attributes.items():
        if state.get(name) is None and attribute.computed:
            state[name] = _value(type_name, name, attribute.type)
    for name, nested in block.blocks.items():
        if nested.nesting is not Nesting.SINGLE and not state.get(name):
            state[name] = {} if nested.nesting is Nesting.MAP else []
    return state


def _value(type_name: str, name: str, type_: CtyType, number: int = 0) -> Any:
    made: Any = None
    match type_:
        case "string":
            made = _text(type_name, name, number)
        case "number":
            made = 0
        case "bool":
            made = False
        case ["object", members]:
            made = {each: _value(type_name, each, inner) for each, inner in members.items()}
        case ["map", _]:
            made = {}
        case ["list" | "set", "string"]:
            known = _LISTS.get(f"{type_name}.{name}")
            made = known or [_text(type_name, name.removesuffix("s"), each) for each in range(_NAMES)]
        case ["list" | "set", inner]:
            made = [_value(type_name, name, inner)]
    return made


def _text(type_name: str, name: str, number: int) -> str:
    of = type_name.removeprefix("aws_")
    for ending, form in _FORMS.items():
        if name == ending or name.endswith(f"_{ending}"):
            return form.format(service=of.partition("_")[0], name=_WORDS.sub("-", of))
    for kind, prefix in _IDENTIFIERS.items():
        if name in (f"{kind}_id", f"image_{kind}") or (name == "id" and of in (kind, f"{kind}s")):
            return f"{prefix}-{_HEXADECIMAL[:-1]}{number + 1}"
    plural = of.rstrip("s")
    if name == "id" and plural in _IDENTIFIERS:
        return f"{_IDENTIFIERS[plural]}-{_HEXADECIMAL[:-1]}{number + 1}"
    suffix = f"-{number + 1}" if number else ""
    return f"{MARK}-{_WORDS.sub('-', of)}-{_WORDS.sub('-', name)}{suffix}"
