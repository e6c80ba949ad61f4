"""The Python half: a provider package whose submodules are imported when they are first asked for."""

from __future__ import annotations

import importlib
import pkgutil
import re
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fast_bindings._notice import notice

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

# What jsii-pacmak writes below the generated docstring and imports of a package that holds submodules only.
_BODY = re.compile(
    r"^from \._jsii import \*\n+"
    r"__all__ = \[\n(?P<names>(?:    \"\w+\",\n)+)\]\n+"
    r"publication\.publish\(\)\n+"
    r"(?:#.*\n)*(?P<imports>(?:from \. import \w+\n)+)\s*\Z",
    re.MULTILINE,
)
_DOCSTRING = re.compile(r"r?(?P<quotes>'''|\"\"\")(?P<text>.*?)(?P=quotes)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Layout:
    """What a package's ``__init__`` would have done: its docstring and the submodules it imports."""

    doc: str
    submodules: tuple[str, ...]


def read_layout(source: str) -> Layout | None:
    """Read the source of a package's ``__init__``; None if it does anything else than import submodules."""
    doc = _DOCSTRING.match(source)
    body = _BODY.search(source, doc.end() if doc else 0)
    if body is None:
        return None
    names = tuple(re.findall(r"\w+", body["names"]))
    imported = re.findall(r"^from \. import (\w+)$", body["imports"], re.MULTILINE)
    header = source[doc.end() if doc else 0 : body.start()]
    if set(imported) != set(names) or re.search(r"^(?:class |@|__version__)", header, re.MULTILINE):
        return None
    return Layout(doc["text"] if doc else "", names)


def execute(module: ModuleType, ordinary: Callable[[ModuleType], None]) -> None:
    """Execute a provider package: lazily if its source is laid out as known, else by ``ordinary``."""
    loader: Any = module.__loader__
    source = loader.get_source(module.__name__) if hasattr(loader, "get_source") else None
    layout = read_layout(source) if source else None
    if layout is None:
        notice(f"{module.__name__} is not laid out as expected, so it is loaded whole")
        ordinary(module)
        return
    _fill(module, layout)
    # The ordinary package loads its assembly too, so a missing Node is reported at the same place.
    assembly = importlib.import_module(f"{module.__name__}._jsii").__jsii_assembly__
    _resolve_types_on_demand(assembly.name, module.__name__, layout.submodules)


def _fill(module: ModuleType, layout: Layout) -> None:
    name = module.__name__
    known = frozenset(layout.submodules)

    def get_attribute(attribute: str) -> ModuleType:
        if attribute in known:
            return importlib.import_module(f"{name}.{attribute}")
        raise AttributeError(f"module {name!r} has no attribute {attribute!r}", name=attribute, obj=module)

    def list_attributes() -> list[str]:
        return sorted(known.union(vars(module)) - {"__dir__", "__getattr__"})

    module.__doc__ = layout.doc
    module.__path__ = pkgutil.extend_path(module.__path__, name)
    vars(module).update(__all__=list(layout.submodules), __getattr__=get_attribute, __dir__=list_attributes)


def _resolve_types_on_demand(assembly: str, package: str, submodules: tuple[str, ...]) -> None:
    """
    Import a submodule when the kernel hands out an object of a type that lives in it.

    The ordinary package has registered every type at import, which jsii relies on. jsii's own lazy lookup
    needs a table that only newer generators write into the package.
    """
    reference_map: Any = sys.modules["jsii._reference_map"]
    # jsii names the submodule `iamRole`, Python `iam_role`.
    modules = {name.replace("_", ""): f"{package}.{name}" for name in submodules}
    resolve = reference_map.resolve_reference

    def resolve_reference(kernel: Any, ref: Any) -> Any:
        for fqn in (ref.ref, *(ref.interfaces or ())):
            owner, _, rest = fqn.partition(".")
            if owner == assembly:
                module = modules.get(rest.partition(".")[0].lower())
                if module is not None and module not in sys.modules:
                    importlib.import_module(module)
        return resolve(kernel, ref)

    reference_map.resolve_reference = resolve_reference
