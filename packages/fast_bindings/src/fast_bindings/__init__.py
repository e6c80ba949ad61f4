"""
Load Terraform's Python bindings (CDKTF's prebuilt providers) in a tenth of the time.

One switch, thrown before ``cdktf``, ``constructs`` or a provider package is imported::

    import fast_bindings

    fast_bindings.enable()

``FAST_BINDINGS=0`` in the environment turns it off again. What is synthesized stays the same to the byte.
Nothing in site-packages is changed; where a version is built differently from what is expected here, the
ordinary way is taken for that half alone, and one line on stderr says so. ``README.md`` tells how it works.
"""

from __future__ import annotations

import os
import sys

from fast_bindings import _hooks, _kernel
from fast_bindings._notice import notice

__all__ = ["enable"]

SWITCH = "FAST_BINDINGS"
DEFAULT_PACKAGES = ("cdktf_cdktf_provider_aws",)


def enable(*packages: str) -> bool:
    """
    Make the named provider packages load lazily, and the jsii kernel start faster.

    ``packages`` are import names; without any it is ``cdktf_cdktf_provider_aws``. A package that is not
    installed is no error. Calling it again adds packages. Returns whether the switch is on, that is, whether
    ``FAST_BINDINGS`` is anything but 0, false, off or no.
    """
    if os.environ.get(SWITCH, "").strip().lower() in {"0", "false", "off", "no"}:
        return False
    new = [name for name in packages or DEFAULT_PACKAGES if name not in _hooks.lazy_packages()]
    late = [name for name in new if name in sys.modules]
    if late:
        notice(f"{', '.join(late)} was imported before enable(), so it has been loaded whole")
    if new and _kernel.is_running():
        notice("jsii's kernel is already running, so its Node side stays as it is: call enable() earlier")
    _hooks.install(new)
    return True
