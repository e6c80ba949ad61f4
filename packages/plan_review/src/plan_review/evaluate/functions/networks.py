"""Functions of address ranges."""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING

from plan_review.evaluate.functions.numeric import whole
from plan_review.evaluate.functions.registry import function
from plan_review.evaluate.numbers import absolute
from plan_review.evaluate.values import NUMBER, STRING, Many, RefusedError, UnknownError, list_of

if TYPE_CHECKING:
    from plan_review.evaluate.numbers import Number

_Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_MOST_HOSTS = 2**63
_MOST_NEW_BITS = 32  # that cidrsubnets takes
_LEADING_ZERO = re.compile(r"(^|\.)0\d")


def _network(text: str) -> _Network:
    if "/" not in text:
        raise RefusedError
    if _LEADING_ZERO.search(text) or "%" in text:
        raise UnknownError
    if not text.rpartition("/")[2].isdigit():
        raise RefusedError
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError as error:
        raise RefusedError from error


def _address(network: _Network, value: int) -> str:
    found = ipaddress.ip_address(value) if network.version == 4 else ipaddress.IPv6Address(value)  # noqa: PLR2004
    if found.version == 6 and found.ipv4_mapped:  # noqa: PLR2004
        raise UnknownError
    return str(found)


@function("cidrhost", STRING, NUMBER)
def _cidrhost(prefix: str, host: Number) -> str:
    network = _network(prefix)
    if absolute(host) >= _MOST_HOSTS:
        raise UnknownError
    number = whole(host)
    size = network.num_addresses
    if not -size <= number < size:
        raise RefusedError
    return _address(network, int(network.network_address) + number % size)


@function("cidrnetmask", STRING)
def _cidrnetmask(prefix: str) -> str:
    network = _network(prefix)
    if network.version == 6:  # noqa: PLR2004
        raise RefusedError
    return str(network.netmask)


@function("cidrsubnet", STRING, NUMBER, NUMBER)
def _cidrsubnet(prefix: str, bits: Number, number: Number) -> str:
    network, more, place = _network(prefix), whole(bits), whole(number)
    length = network.prefixlen + more
    if more < 0 or place < 0:
        raise UnknownError
    if length > network.max_prefixlen or place >= 2**more:
        raise RefusedError
    start = int(network.network_address) + (place << (network.max_prefixlen - length))
    return f"{_address(network, start)}/{length}"


@function("cidrsubnets", STRING, rest=NUMBER)
def _cidrsubnets(prefix: str, *bits: Number) -> Many:
    network = _network(prefix)
    if not network.prefixlen:
        raise UnknownError
    at = int(network.network_address)
    end = at + network.num_addresses
    made = []
    for each in map(whole, bits):
        length = network.prefixlen + each
        if not 1 <= each <= _MOST_NEW_BITS or length > network.max_prefixlen:
            raise RefusedError
        size = 1 << (network.max_prefixlen - length)
        at = -(-at // size) * size
        if at + size > end:
            raise RefusedError
        made.append(f"{_address(network, at)}/{length}")
        at += size
    return list_of(made, STRING)
