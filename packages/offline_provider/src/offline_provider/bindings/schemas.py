"""From parsed bindings to Terraform schemas: what is an attribute, what a block, and of which type."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from offline_provider.bindings.package import BindingsPackage, typescript
from offline_provider.bindings.typescript import Field, Input, Module, parse
from offline_provider.errors import BindingsError
from offline_provider.schema_model import Attribute, Block, CtyType, NestedBlock, Nesting

if TYPE_CHECKING:
    from collections.abc import Iterator

_PRIMITIVES = {"string": "string", "number": "number", "boolean": "bool", "any": "dynamic"}
_STORAGE = re.compile(r"(string|number|boolean|any)((?:List|Map|Set)*)$")
_MAPS = {"cdktf.StringMap": "string", "cdktf.BooleanMap": "bool", "cdktf.NumberMap": "number"}
_GETTER = re.compile(r"this\.(\w+)\('")
_GETTERS: dict[str, CtyType] = {
    "getStringAttribute": "string",
    "getNumberAttribute": "number",
    "getBooleanAttribute": "bool",
    "getListAttribute": ["list", "string"],
    "getNumberListAttribute": ["list", "number"],
    "getStringMapAttribute": ["map", "string"],
    "getNumberMapAttribute": ["map", "number"],
    "getBooleanMapAttribute": ["map", "bool"],
    "interpolationForAttribute": "dynamic",
}
_NESTINGS = {"list": Nesting.LIST, "set": Nesting.SET, "struct": Nesting.SINGLE}
_PROVIDER_VERSION = re.compile(r"providerVersion: '([\d.]+)'")

# cdktf adds it to every provider's class: it names a configuration and is no argument of it.
_META_ARGUMENT = "alias"


@dataclass(frozen=True, slots=True)
class Definition:
    """One type of the bindings: its kind (``resource``, ``data source``, ``provider``), name and block."""

    kind: str
    name: str
    block: Block


def provider_version(texts: list[str]) -> str | None:
    """Return the version of the real provider that the bindings were generated from, where the text names it."""
    match = _PROVIDER_VERSION.search(texts[-1])
    return match.group(1) if match else None


def definitions(package: BindingsPackage) -> Iterator[tuple[Definition, str | None]]:
    """Yield every provider, resource and data source of the bindings with the provider version that it states.

    Raises ``BindingsError``, naming the type, where the sources are not laid out as expected.
    """
    for folder, texts in typescript(package):
        module = parse(texts)
        if not module.kind:
            continue
        try:
            block = _Reader(module).block(module.root)
        except (KeyError, ValueError) as error:
            raise BindingsError(
                f"{package.tarball.name}: the schema of {folder} cannot be read ({error!r}); this version of the "
                "bindings is laid out in another way than the reader knows"
            ) from error
        yield Definition(module.kind, module.type_name, block), provider_version(texts)


class _Reader:
    def __init__(self, module: Module) -> None:
        self._module = module

    def block(self, structure: str) -> Block:
        attributes, blocks = {}, {}
        inputs = self._module.inputs.get(structure, {})
        for item in self._module.structures[structure]:
            if self._module.kind == "provider" and item.name == _META_ARGUMENT:
                continue
            given = inputs.get(item.name)
            nested = self._nested_structure(item, given)
            if nested and given and _is_block(item, given):
                blocks[item.name] = self._nested_block(item, given, nested)
            else:
                attributes[item.name] = self._attribute(item, given, nested)
        return Block(attributes, blocks)

    def _nested_structure(self, item: Field, given: Input | None) -> str | None:
        """Return the structure that the field holds, once or several times, if it holds one."""
        if item.new in _MAPS:
            return None
        holder = item.new
        if holder is None and given is not None and not _STORAGE.match(given.storage):
            holder = given.storage  # the provider's blocks are plain properties
        if holder is None:
            return None
        for suffix in ("OutputReference", "List", "Map", ""):
            name = holder.removesuffix(suffix) if suffix else holder
            if holder.endswith(suffix) and name in self._module.structures:
                return name
        raise ValueError(f"{item.name} holds {holder}, which is not in the sources")

    def _nested_block(self, item: Field, given: Input, nested: str) -> NestedBlock:
        nesting = _NESTINGS[given.kind]
        single = nesting is not Nesting.SINGLE and "listMapper" not in given.mapper
        return NestedBlock(
            item.name,
            self.block(nested),
            nesting,
            min_items=1 if item.required and nesting is not Nesting.SINGLE else 0,
            max_items=1 if single else 0,
        )

    def _attribute(self, item: Field, given: Input | None, nested: str | None) -> Attribute:
        return Attribute(
            item.name,
            self._type(item, given, nested),
            required=item.required,
            optional=item.optional,
            computed=item.computed,
        )

    def _type(self, item: Field, given: Input | None, nested: str | None) -> CtyType:
        if nested:
            return self._collection(item, given, self._object(nested))
        if item.new is not None:
            return ["map", _MAPS[item.new]]
        if given is not None:
            return _stored_type(given)
        match = _GETTER.search(item.getter)
        if match is None:
            raise ValueError(f"{item.name} has a getter of an unknown form: {item.getter}")
        type_ = _GETTERS[match.group(1)]
        return ["set", type_[1]] if "Fn.tolist(" in item.getter and type_ != "dynamic" else type_

    def _collection(self, item: Field, given: Input | None, element: CtyType) -> CtyType:
        if given is not None:
            return element if given.kind == "struct" else [given.kind, element]
        if (item.new or "").endswith("Map"):
            return ["map", element]
        if (item.new or "").endswith("OutputReference"):
            return element
        return ["set" if item.wraps_set else "list", element]

    def _object(self, structure: str) -> CtyType:
        inputs = self._module.inputs.get(structure, {})
        members = {}
        for item in self._module.structures[structure]:
            given = inputs.get(item.name)
            members[item.name] = self._type(item, given, self._nested_structure(item, given))
        return ["object", members]


def _is_block(item: Field, given: Input) -> bool:
    """Tell a nested block from an attribute that holds objects.

    The generator calls both blocks; but it maps a list of objects that is an attribute with ``false`` as the second
    argument, only attributes are computed, and no AWS type has a block that nests by key.
    """
    attribute = given.kind == "map" or item.computed or ", false)(" in given.mapper
    return given.is_block and not attribute


def _stored_type(given: Input) -> CtyType:
    match = _STORAGE.match(given.storage)
    if match is None:
        raise ValueError(f"a storage class of an unknown form: {given.storage}")
    type_: CtyType = _PRIMITIVES[match.group(1)]
    wrappers = re.findall("List|Map|Set", match.group(2))
    # The outermost wrapper is written "List" for a set too; the kind tells them apart.
    for depth, wrapper in enumerate(wrappers, 1):
        outermost = depth == len(wrappers)
        type_ = [given.kind if outermost else wrapper.lower(), type_]
    return type_
