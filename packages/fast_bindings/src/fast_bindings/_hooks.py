"""Import hooks: which modules are touched on their way in, and what is done to each."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, TypeAlias

from fast_bindings import _early, _kernel, _lazy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType

_Change: TypeAlias = "Callable[[ModuleType, Callable[[ModuleType], None]], None]"

# Importing one of these is sure to start the kernel.
_STARTERS = frozenset({"cdktf", "constructs"})


class _Finder:
    """Finds as everybody else does, then changes how a few named modules are executed."""

    def __init__(self) -> None:
        self.packages: list[str] = []

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None = None,
        target: ModuleType | None = None,
    ) -> ModuleSpec | None:
        """Return the ordinary spec with another ``exec_module``, or None for a module of no interest."""
        if fullname in self.packages:
            change: _Change = self._execute_package
        elif fullname in _STARTERS:
            change = self._execute_starter
        elif fullname == _kernel.PROCESS_MODULE:
            change = self._execute_process_module
        else:
            return None
        spec = self._ordinary_spec(fullname, path, target)
        loader: Any = spec.loader if spec else None
        if loader is None:
            return spec
        ordinary = loader.exec_module
        # The loader is this spec's own, so that everything else it offers (source, resources) stays.
        loader.exec_module = lambda module: change(module, ordinary)
        return spec

    def _ordinary_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,
        target: ModuleType | None,
    ) -> ModuleSpec | None:
        for finder in sys.meta_path:
            find = getattr(finder, "find_spec", None)
            if finder is not self and find and (spec := find(fullname, path, target)):
                found: ModuleSpec = spec
                return found
        return None

    def _execute_starter(self, module: ModuleType, ordinary: Callable[[ModuleType], None]) -> None:
        if _kernel.PROCESS_MODULE not in sys.modules:
            _early.begin(self.packages)
        ordinary(module)

    def _execute_package(self, module: ModuleType, ordinary: Callable[[ModuleType], None]) -> None:
        self._execute_starter(module, lambda module: _lazy.execute(module, ordinary))

    def _execute_process_module(self, module: ModuleType, ordinary: Callable[[ModuleType], None]) -> None:
        ordinary(module)
        _kernel.patch(module, self.packages)


_finder = _Finder()


def lazy_packages() -> frozenset[str]:
    """The packages that were asked for so far."""
    return frozenset(_finder.packages)


def install(packages: Iterable[str]) -> None:
    """Hook these further packages, and the start of jsii's kernel if that is still to come."""
    _finder.packages += packages
    if _finder not in sys.meta_path:
        sys.meta_path.insert(0, _finder)
    process_module = sys.modules.get(_kernel.PROCESS_MODULE)
    if process_module is not None and not _kernel.is_running():
        _kernel.patch(process_module, _finder.packages)
