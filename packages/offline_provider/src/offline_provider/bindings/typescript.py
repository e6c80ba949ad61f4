"""The little of TypeScript that the bindings' generator writes, as far as it tells the schema.

For each structure (a block, or an object inside an attribute) the generator writes a class whose fields carry a
comment with their Terraform name and flags, and a function ``…ToHclTerraform`` that says of every settable field
whether it is a block and of which kind:

    // hash_key - computed: false, optional: true, required: false
    private _hashKey?: string;
    public get hashKey() {
      return this.getStringAttribute('hash_key');

    hash_key: {
      value: cdktf.stringToHclTerraform(struct!.hashKey),
      isBlock: false,
      type: "simple",
      storageClassType: "string",
    },
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_ROOTS = {"TerraformResource": "resource", "TerraformDataSource": "data source", "TerraformProvider": "provider"}
_REFERENCE = "OutputReference"

_CLASS_OR_FIELD = re.compile(
    r"\nexport class (?P<cls>\w+) extends cdktf\.(?P<base>\w+)"
    r"|  // (?P<name>\w+) - computed: (?P<computed>\w+), optional: (?P<optional>\w+), required: (?P<required>\w+)\n"
    r"  (?:private _\w+ = new (?P<new>[\w.]+)\((?P<arguments>[^)\n]*)\)"
    r"|(?:private [^\n]*\n  )?public get \w+\(\) \{\n    return (?P<getter>[^\n]*);)"
)
_HCL_FUNCTION = re.compile(r"\nexport function (\w+)ToHclTerraform\(|\n  protected synthesizeHclAttributes\(\)")
_INPUT = re.compile(
    r'^ +"?(\w+)"?: \{\n +value: ([^\n]*),\n +isBlock: (\w+),\n +type: "(\w+)",\n +storageClassType: "(\w+)",\n',
    re.MULTILINE,
)
_INTERFACE = re.compile(r"\nexport interface (\w+)[^\n]*\{(.*?)\n\}", re.DOTALL)
_PROPERTY = re.compile(r"#(\w+) \w+#\1\}\n  \*/\n  readonly \w+(\??):")
_RESOURCE_TYPE = re.compile(r'public static readonly tfResourceType = "(\w+)"')


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a structure: flags from its comment, and what its declaration or getter returns."""

    name: str
    computed: bool
    optional: bool
    required: bool
    new: str | None
    """The class of a nested structure or map (``FooList``, ``cdktf.StringMap``), where the field holds one."""
    wraps_set: bool
    getter: str


@dataclass(frozen=True, slots=True)
class Input:
    """How a settable field is written to HCL."""

    mapper: str
    is_block: bool
    kind: str
    """``simple``, ``list``, ``set``, ``map`` or ``struct``."""
    storage: str
    """``string``, ``numberList``, ``stringMapMap``, or the name of a structure with a suffix."""


@dataclass(slots=True)
class Module:
    """Everything that the sources of one type say: its kind, its structures, and how each is written to HCL.

    Structures are keyed by their name (``SnsTopicTimeouts``); the root's inputs are under the root's name too.
    """

    kind: str = ""
    root: str = ""
    type_name: str = ""
    structures: dict[str, list[Field]] = field(default_factory=dict)
    inputs: dict[str, dict[str, Input]] = field(default_factory=dict)


def parse(texts: Iterable[str]) -> Module:
    """Parse the sources of one type. A text that holds no type gives a module whose ``kind`` is empty."""
    module = Module()
    for text in texts:
        _read_classes(text, module)
        _read_inputs(text, module)
        if match := _RESOURCE_TYPE.search(text):
            module.type_name = match.group(1)
        if module.kind == "provider":
            _read_interfaces(text, module)
    return module


def _read_classes(text: str, module: Module) -> None:
    current: list[Field] = []
    for match in _CLASS_OR_FIELD.finditer(text):
        found = match.groupdict()
        if found["cls"] is None:
            current.append(_field(found))
            continue
        name = found["cls"]
        if found["base"] in _ROOTS:
            module.kind, module.root = _ROOTS[found["base"]], name
        elif found["base"] != "ComplexObject":
            current = []  # a list or map of structures has no fields of its own
            continue
        current = module.structures.setdefault(name.removesuffix(_REFERENCE), [])


def _field(found: dict[str, str | None]) -> Field:
    return Field(
        name=found["name"] or "",
        computed=found["computed"] == "true",
        optional=found["optional"] == "true",
        required=found["required"] == "true",
        new=found["new"],
        wraps_set=(found["arguments"] or "").endswith(" true"),
        getter=found["getter"] or "",
    )


def _read_inputs(text: str, module: Module) -> None:
    marks = [(match.start(), match.group(1)) for match in _HCL_FUNCTION.finditer(text)]
    ends = [start for start, _ in marks[1:]] + [len(text)]
    for (start, function), end in zip(marks, ends, strict=True):
        structure = function[0].upper() + function[1:] if function else module.root
        module.inputs[structure] = {
            name: Input(mapper, is_block == "true", kind, storage)
            for name, mapper, is_block, kind, storage in _INPUT.findall(text, start, end)
        }


def _read_interfaces(text: str, module: Module) -> None:
    """Read the provider's structures, which have an interface and an HCL function but no class."""
    for structure, body in _INTERFACE.findall(text):
        if structure in module.structures or structure not in module.inputs:
            continue
        module.structures[structure] = [
            Field(name, computed=False, optional=bool(mark), required=not mark, new=None, wraps_set=False, getter="")
            for name, mark in _PROPERTY.findall(body)
        ]
