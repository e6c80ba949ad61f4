"""Lambda's runtimes: until when each is taken, and what the ones for Python bring."""

from __future__ import annotations

import datetime as dt
import sys
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping


class Lifetime(NamedTuple):
    """``deprecated``: no more patches; ``no_new``: no function can be made; ``no_change``: none can be updated."""

    deprecated: dt.date
    no_new: dt.date
    no_change: dt.date


def _lifetime(deprecated: str, no_new: str, no_change: str) -> Lifetime:
    return Lifetime(*map(dt.date.fromisoformat, (deprecated, no_new, no_change)))


LIFETIMES: Mapping[str, Lifetime] = {
    "nodejs": _lifetime("2016-08-30", "2016-09-30", "2016-10-31"),
    "nodejs4.3": _lifetime("2020-03-05", "2020-02-03", "2020-03-05"),
    "nodejs4.3-edge": _lifetime("2020-03-05", "2019-03-31", "2019-04-30"),
    "nodejs6.10": _lifetime("2019-08-12", "2019-07-12", "2019-08-12"),
    "nodejs8.10": _lifetime("2020-03-06", "2020-02-04", "2020-03-06"),
    "nodejs10.x": _lifetime("2021-07-30", "2021-07-30", "2022-02-14"),
    "nodejs12.x": _lifetime("2023-03-31", "2023-03-31", "2023-04-30"),
    "nodejs14.x": _lifetime("2023-12-04", "2024-01-09", "2027-03-03"),
    "nodejs16.x": _lifetime("2024-06-12", "2027-02-01", "2027-03-03"),
    "nodejs18.x": _lifetime("2025-09-01", "2027-02-01", "2027-03-03"),
    "nodejs20.x": _lifetime("2026-04-30", "2027-02-01", "2027-03-03"),
    "nodejs22.x": _lifetime("2027-04-30", "2027-06-01", "2027-07-01"),
    "nodejs24.x": _lifetime("2028-04-30", "2028-06-01", "2028-07-01"),
    "python2.7": _lifetime("2021-07-15", "2021-07-15", "2022-05-30"),
    "python3.6": _lifetime("2022-07-18", "2022-07-18", "2022-08-29"),
    "python3.7": _lifetime("2023-12-04", "2024-01-09", "2027-03-03"),
    "python3.8": _lifetime("2024-10-14", "2027-02-01", "2027-03-03"),
    "python3.9": _lifetime("2025-12-15", "2027-02-01", "2027-03-03"),
    "python3.10": _lifetime("2026-10-31", "2027-02-01", "2027-03-03"),
    "python3.11": _lifetime("2027-06-30", "2027-07-31", "2027-08-31"),
    "python3.12": _lifetime("2028-10-31", "2028-11-30", "2029-01-10"),
    "python3.13": _lifetime("2029-06-30", "2029-07-31", "2029-08-31"),
    "python3.14": _lifetime("2029-06-30", "2029-07-31", "2029-08-31"),
    "ruby2.5": _lifetime("2021-07-30", "2021-07-30", "2022-03-31"),
    "ruby2.7": _lifetime("2023-12-07", "2024-01-09", "2027-03-03"),
    "ruby3.2": _lifetime("2026-03-31", "2027-02-01", "2027-03-03"),
    "ruby3.3": _lifetime("2027-03-31", "2027-04-30", "2027-05-31"),
    "ruby3.4": _lifetime("2028-03-31", "2028-04-30", "2028-05-31"),
    "java8": _lifetime("2024-01-08", "2024-02-08", "2027-03-03"),
    "java8.al2": _lifetime("2027-06-30", "2027-07-31", "2027-08-31"),
    "java11": _lifetime("2027-06-30", "2027-07-31", "2027-08-31"),
    "java17": _lifetime("2027-06-30", "2027-07-31", "2027-08-31"),
    "java21": _lifetime("2029-06-30", "2029-07-31", "2029-08-31"),
    "java25": _lifetime("2029-06-30", "2029-07-31", "2029-08-31"),
    "go1.x": _lifetime("2024-01-08", "2024-02-08", "2027-03-03"),
    "dotnetcore1.0": _lifetime("2019-06-27", "2019-06-30", "2019-07-30"),
    "dotnetcore2.0": _lifetime("2019-05-30", "2019-04-30", "2019-05-30"),
    "dotnetcore2.1": _lifetime("2022-01-05", "2022-01-05", "2022-04-13"),
    "dotnetcore3.1": _lifetime("2023-04-03", "2023-04-03", "2023-05-03"),
    "dotnet6": _lifetime("2024-12-20", "2027-02-01", "2027-03-03"),
    "dotnet8": _lifetime("2026-11-10", "2027-02-01", "2027-03-03"),
    "dotnet10": _lifetime("2028-11-14", "2028-12-14", "2029-01-15"),
    "provided": _lifetime("2024-01-08", "2024-02-08", "2027-03-03"),
    "provided.al2": _lifetime("2026-07-31", "2027-02-01", "2027-03-03"),
    "provided.al2023": _lifetime("2029-06-30", "2029-07-31", "2029-08-31"),
}
"""https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html as of November 2026; AWS has put some dates off.

What was created by a container image, ``dotnet5.0`` and ``dotnet7`` among them, has no runtime of its own.
"""

BROUGHT = frozenset(
    {
        *("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "six", "urllib3"),
        *("awslambdaric", "bootstrap", "snapshot_restore_py", "simplejson"),
        *("pip", "setuptools", "pkg_resources", "wheel", "docutils"),
    }
)
"""Modules of Python that a runtime has or had beside the standard library: the SDK, what it needs, and tools.

https://docs.aws.amazon.com/lambda/latest/dg/python-package.html ; not each version has all of them, so that of these
none is said to be missing.
"""
# https://docs.python.org/3/whatsnew/ , "Removed", of each version.
_REMOVED = {
    (3, 8): "macpath",
    (3, 9): "dummy_threading _dummy_thread",
    (3, 10): "formatter parser symbol",
    (3, 11): "binhex",
    (3, 12): "asynchat asyncore distutils imp smtpd",
    (3, 13): (
        "aifc audioop cgi cgitb chunk crypt imghdr lib2to3 mailcap msilib nis nntplib ossaudiodev pipes sndhdr spwd "
        "sunau telnetlib uu xdrlib"
    ),
}
_ADDED = {
    (3, 9): "graphlib zoneinfo",
    (3, 11): "tomllib",
    (3, 14): "annotationlib compression",
}
REMOVED: Mapping[str, tuple[int, int]] = {name: at for at, names in _REMOVED.items() for name in names.split()}
"""Modules of Python's standard library that are gone, and since which version."""
ADDED: Mapping[str, tuple[int, int]] = {name: at for at, names in _ADDED.items() for name in names.split()}
"""Modules of Python's standard library that came later, and with which version."""
STANDARD = frozenset(sys.stdlib_module_names) | REMOVED.keys() | ADDED.keys()
"""Names of the standard library, of whatever version."""


def python_version(runtime: object) -> tuple[int, int] | None:
    """Return the version of Python that a runtime is; None where it is none."""
    text = str(runtime)
    major, dot, minor = text.removeprefix("python").partition(".")
    if not text.startswith("python") or not dot or not (major.isdigit() and minor.isdigit()):
        return None
    return int(major), int(minor)
