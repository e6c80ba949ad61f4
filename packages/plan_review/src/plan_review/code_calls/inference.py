"""What expressions may be at run time: values flow through names, parameters, attributes and returns.

An expression that nothing is known of has no values. Parameters without a telling annotation have the values of the
arguments at the calls that were seen so far, so that the analysis repeats until it sees no new call.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from plan_review.code_calls import boto
from plan_review.code_calls.frames import CallSites, Frame, own_nodes
from plan_review.code_calls.program import Class, Element, Function, Import, Module, Program
from plan_review.code_calls.values import (
    NOTHING,
    UNKNOWN_TEXT,
    ClassValue,
    Client,
    Environ,
    External,
    FunctionValue,
    Instance,
    Items,
    ModuleValue,
    Service,
    Session,
    Table,
    Text,
    Values,
    Variable,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from plan_review.code_calls.program import Binding
    from plan_review.code_calls.values import Value

_DEEPEST = 12  # calls followed into each other
_MOST_TEXTS = 24  # values of one text that are kept apart
_KEY_AND_VALUE = 2
_WRAPPERS = ("partial", "cache", "lru_cache", "wraps")
_SAME_TEXT = ("strip", "rstrip", "lstrip", "removeprefix", "removesuffix", "lower", "upper", "encode", "decode")


class Inference:
    """Evaluates expressions of one program."""

    def __init__(self, program: Program, sites: CallSites) -> None:
        self.program = program
        self.sites = sites
        self._known: dict[tuple[int, Frame], Values] = {}
        self._under_way: set[tuple[int, Frame]] = set()

    def of(self, node: ast.expr, frame: Frame) -> Values:
        """Return what an expression may be; nothing where that is not known."""
        key = (id(node), frame)
        if key in self._known:
            return self._known[key]
        if key in self._under_way:
            return NOTHING
        self._under_way.add(key)
        try:
            found = self._infer(node, frame)
        finally:
            self._under_way.discard(key)
        self._known[key] = found
        return found

    def _infer(self, node: ast.expr, frame: Frame) -> Values:
        handler = getattr(self, f"_{type(node).__name__.lower()}", None)
        return handler(node, frame) if handler is not None else NOTHING

    # Texts and collections

    def _constant(self, node: ast.Constant, _frame: Frame) -> Values:
        return frozenset({Text((node.value,))}) if isinstance(node.value, str) else NOTHING

    def _joinedstr(self, node: ast.JoinedStr, frame: Frame) -> Values:
        texts: list[tuple[str | Variable | None, ...]] = [()]
        for part in node.values:
            values = self.of(part.value if isinstance(part, ast.FormattedValue) else part, frame)
            texts = [(*text, *more) for text in texts for more in self._parts(values)][:_MOST_TEXTS]
        return frozenset(Text(text) for text in texts)

    def _parts(self, values: Values) -> list[tuple[str | Variable | None, ...]]:
        found = [value.parts for value in values if isinstance(value, Text)]
        return sorted(found, key=repr) or [(None,)]

    def _binop(self, node: ast.BinOp, frame: Frame) -> Values:
        left, right = self.of(node.left, frame), self.of(node.right, frame)
        if isinstance(node.op, ast.Add) and any(isinstance(value, Text) for value in left | right):
            pairs = [(*first, *second) for first in self._parts(left) for second in self._parts(right)]
            return frozenset(Text(parts) for parts in pairs[:_MOST_TEXTS])
        return frozenset({UNKNOWN_TEXT}) if isinstance(node.op, ast.Mod) else NOTHING

    def _dict(self, node: ast.Dict, frame: Frame) -> Values:
        entries: list[tuple[str, Values]] = []
        is_open = False
        for key, value in zip(node.keys, node.values, strict=True):
            if key is None:
                for table in self.of(value, frame) or frozenset({Table((), open=True)}):
                    entries += table.entries if isinstance(table, Table) else ()
                    is_open = is_open or not isinstance(table, Table) or table.open
                continue
            names = [text.literal for text in self.of(key, frame) if isinstance(text, Text)]
            if len(names) == 1 and names[0] is not None:
                entries.append((names[0], self.of(value, frame)))
            else:
                is_open = True
        return frozenset({Table(tuple(entries), open=is_open)})

    def _list(self, node: ast.List, frame: Frame) -> Values:
        return frozenset({Items(tuple(self.of(item, frame) for item in node.elts))})

    def _tuple(self, node: ast.Tuple, frame: Frame) -> Values:
        return frozenset({Items(tuple(self.of(item, frame) for item in node.elts))})

    # What has one of several values

    def _ifexp(self, node: ast.IfExp, frame: Frame) -> Values:
        return self.of(node.body, frame) | self.of(node.orelse, frame)

    def _boolop(self, node: ast.BoolOp, frame: Frame) -> Values:
        return frozenset().union(*(self.of(value, frame) for value in node.values))

    def _namedexpr(self, node: ast.NamedExpr, frame: Frame) -> Values:
        return self.of(node.value, frame)

    def _await(self, node: ast.Await, frame: Frame) -> Values:
        return self.of(node.value, frame)

    def _starred(self, node: ast.Starred, frame: Frame) -> Values:
        return self.of(node.value, frame)

    # Names

    def _name(self, node: ast.Name, frame: Frame) -> Values:
        function: Function | None = frame.function
        inner = frame
        while function is not None:
            if any(parameter.arg == node.id for parameter in _all_parameters(function)):
                return self.parameter(function, node.id, inner)
            if node.id in function.names:
                return self._bound(function.names[node.id], inner)
            function = function.outer
            inner = Frame(frame.module, function, function.cls if function else None)
        if frame.function is None and frame.cls is not None and node.id in frame.cls.names:
            return self._bound(frame.cls.names[node.id], frame)
        return self.global_name(frame.module, node.id)

    def global_name(self, module: Module, name: str) -> Values:
        """Return what a name at a module's top may be."""
        if name in module.names:
            return self._bound(module.names[name], Frame(module))
        inner = self.program.module(f"{module.name}.{name}") if module.is_package else None
        return frozenset({ModuleValue(inner)}) if inner is not None else NOTHING

    def _bound(self, bindings: list[Binding], frame: Frame) -> Values:
        found: Values = NOTHING
        for binding in bindings:
            if isinstance(binding, Function):
                found |= {FunctionValue(binding)}
            elif isinstance(binding, Class):
                found |= {ClassValue(binding)}
            elif isinstance(binding, Import):
                found |= self._imported(binding)
            elif isinstance(binding, Element):
                items = self.of(binding.source, frame)
                found |= frozenset().union(
                    *(entry for item in items if isinstance(item, Items) for entry in item.entries)
                )
            else:
                found |= self.of(binding, frame)
        return found

    def _imported(self, binding: Import) -> Values:
        module = self.program.module(binding.module)
        if binding.name is None:
            return frozenset({ModuleValue(module)}) if module else frozenset({External(binding.module)})
        if module is not None:
            return self.global_name(module, binding.name)
        inner = self.program.module(f"{binding.module}.{binding.name}")
        if inner is not None:
            return frozenset({ModuleValue(inner)})
        return boto.external(f"{binding.module}.{binding.name}")

    def parameter(self, function: Function, name: str, frame: Frame) -> Values:
        """Return what a parameter may be: this call's argument, what its annotation says, or the calls' arguments."""
        position = next((at for at, each in enumerate(function.parameters) if each.arg == name), None)
        if position == 0 and function.takes_self and function.cls is not None:
            of_class = "classmethod" in function.decorators
            return frozenset({ClassValue(function.cls) if of_class else Instance(function.cls)})
        if frame.function is function and frame.arguments is not None:
            given = dict(frame.arguments)
            if name in given:
                return given[name]
        parameter = next(each for each in _all_parameters(function) if each.arg == name)
        if parameter.annotation is not None and (said := self.annotation(parameter.annotation, function.module)):
            return said
        found = self._default(function, name)
        for call, caller in self.sites.of.get(function, ()):
            found |= self.arguments(function, call, caller).get(name, NOTHING)
        return found

    def _default(self, function: Function, name: str) -> Values:
        arguments = function.node.args
        pairs = list(zip(reversed(function.parameters), reversed(arguments.defaults), strict=False))
        pairs += [
            (each, default)
            for each, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
            if default is not None
        ]
        frame = Frame(function.module, function.outer, function.cls)
        return frozenset().union(*(self.of(default, frame) for each, default in pairs if each.arg == name))

    def arguments(self, function: Function, call: ast.Call, frame: Frame) -> dict[str, Values]:
        """Return the arguments of a call by the names of the parameters."""
        names = [parameter.arg for parameter in function.parameters]
        if function.takes_self:
            names = names[1:]
        found = {
            name: self.of(value, frame)
            for name, value in zip(names, call.args, strict=False)
            if not isinstance(value, ast.Starred)
        }
        for keyword in call.keywords:
            if keyword.arg is not None:
                found[keyword.arg] = self.of(keyword.value, frame)
        return found

    # Attributes

    def _attribute(self, node: ast.Attribute, frame: Frame) -> Values:
        return frozenset().union(*(self.attribute(value, node.attr, frame) for value in self.of(node.value, frame)))

    def attribute(self, value: Value, name: str, frame: Frame) -> Values:
        """Return what an attribute of a value may be."""
        if isinstance(value, ModuleValue):
            return self.global_name(value.module, name)
        if isinstance(value, External):
            return boto.external(f"{value.name}.{name}")
        if isinstance(value, (Client, Service, Session)):
            return boto.attribute(value, name)
        if isinstance(value, (ClassValue, Instance)):
            found: Values = NOTHING
            for cls in self.implementations(value.cls):
                found |= self._member(cls, name, frame)
            return found
        return NOTHING

    def implementations(self, cls: Class) -> list[Class]:
        """Return the classes whose instances an annotation of this class means: for a protocol those that meet it."""
        if not cls.is_protocol:
            return [cls]
        wanted = set(cls.methods)
        return [
            other
            for module in self.program.loaded()
            for other in module.classes
            if other is not cls and wanted and wanted <= set(other.methods) and not other.is_protocol
        ] or [cls]

    def _member(self, cls: Class, name: str, frame: Frame) -> Values:
        if (method := self.method(cls, name)) is not None:
            value = FunctionValue(method, bound=True)
            return self.returned(method, (), frame.depth) if method.is_property else frozenset({value})
        found: Values = NOTHING
        for owner in self.lineage(cls):
            for expression, function in owner.attributes.get(name, ()):
                found |= self.of(expression, Frame(function.module, function, function.cls))
            if name in owner.fields:
                found |= self.annotation(owner.fields[name], owner.module) or self._field(cls, owner, name)
            if name in owner.names:
                found |= self._bound(owner.names[name], Frame(owner.module, None, owner))
        return found

    def _field(self, cls: Class, owner: Class, name: str) -> Values:
        """Return what the calls of a class without a constructor of its own give for a field."""
        order = [field_ for each in reversed(self.lineage(cls)) for field_ in each.fields]
        found: Values = NOTHING
        for call, frame in self.sites.of.get(cls, ()):
            given: Mapping[str, ast.expr] = dict(zip(order, call.args, strict=False))
            keywords = {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}
            expression = keywords.get(name) or given.get(name)
            if expression is not None:
                found |= self.of(expression, frame)
        del owner
        return found

    def lineage(self, cls: Class) -> list[Class]:
        """Return a class and those it inherits from within the package."""
        found = [cls]
        for base in cls.node.bases:
            for value in self.of(base, Frame(cls.module)):
                if isinstance(value, ClassValue) and value.cls not in found:
                    found += [each for each in self.lineage(value.cls) if each not in found]
        return found

    def method(self, cls: Class, name: str) -> Function | None:
        """Return a method, its own or inherited."""
        return next((each.methods[name] for each in self.lineage(cls) if name in each.methods), None)

    # Calls and subscripts

    def _call(self, node: ast.Call, frame: Frame) -> Values:
        special = boto.called(self.of, node, frame)
        if special is not None:
            return special
        found: Values = NOTHING
        for callee in self.of(node.func, frame):
            if isinstance(callee, ClassValue):
                found |= {Instance(callee.cls)}
            elif isinstance(callee, FunctionValue):
                given = self.arguments(callee.function, node, frame)
                found |= self.returned(callee.function, tuple(sorted(given.items())), frame.depth + 1)
        if not found and isinstance(node.func, ast.Attribute) and node.func.attr in _SAME_TEXT:
            return frozenset(value for value in self.of(node.func.value, frame) if isinstance(value, Text))
        if not found and isinstance(node.func, ast.Name) and node.func.id in ("str", "cast", "dict") and node.args:
            return self.of(node.args[-1], frame)
        if not found and len(node.args) == _KEY_AND_VALUE and getattr(node.func, "attr", "") == "setdefault":
            return self.of(node.args[1], frame)
        if not found and node.args and getattr(node.func, "attr", getattr(node.func, "id", "")) in _WRAPPERS:
            return self.of(node.args[0], frame)
        return found

    def returned(self, function: Function, arguments: tuple[tuple[str, Values], ...], depth: int) -> Values:
        """Return what a function may return, for the arguments of one call where those are given."""
        if depth > _DEEPEST:
            return NOTHING
        frame = Frame(function.module, function, function.cls, arguments or None, depth)
        found: Values = NOTHING
        for node in own_nodes(function.node):
            if isinstance(node, (ast.Return, ast.Yield)) and node.value is not None:
                found |= self.of(node.value, frame)
        if not found and function.node.returns is not None:
            found = self.annotation(function.node.returns, function.module)
        return found

    def _subscript(self, node: ast.Subscript, frame: Frame) -> Values:
        keys = [value for value in self.of(node.slice, frame) if isinstance(value, Text)]
        found: Values = NOTHING
        for value in self.of(node.value, frame):
            if isinstance(value, Environ):
                found |= {variable(key) for key in keys}
            elif isinstance(value, Table):
                entries = dict(value.entries)
                found |= frozenset().union(*(entries.get(key.literal or "", NOTHING) for key in keys))
            elif isinstance(value, Items):
                found |= frozenset().union(*value.entries)
        return found or self._stored(node.value, frame)

    def _stored(self, mapping: ast.expr, frame: Frame) -> Values:
        """Return what the module puts into a mapping: this very call's where the same function does so."""
        name = mapping.attr if isinstance(mapping, ast.Attribute) else getattr(mapping, "id", "")
        found: Values = NOTHING
        for value, function in frame.module.stores.get(name, ()):
            cls = function.cls if function is not None else None
            own = frame if function is frame.function else Frame(frame.module, function, cls)
            found |= frozenset(each for each in self.of(value, own) if not isinstance(each, Text))
        return found

    # Annotations

    def annotation(self, node: ast.expr, module: Module) -> Values:
        """Return what an annotation says: instances of classes of the package, clients, sessions."""
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            try:
                node = ast.parse(node.value, mode="eval").body
            except SyntaxError:
                return NOTHING
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
            return self.annotation(node.left, module) | self.annotation(node.right, module)
        if isinstance(node, ast.Subscript):
            outer = node.value.attr if isinstance(node.value, ast.Attribute) else getattr(node.value, "id", "")
            return (
                self.annotation(node.slice, module)
                if outer in ("Optional", "Iterator", "Generator", "ClassVar")
                else NOTHING
            )
        found: Values = NOTHING
        for value in self.of(node, Frame(module)) if isinstance(node, (ast.Name, ast.Attribute)) else ():
            if isinstance(value, ClassValue):
                found |= {Instance(cls) for cls in self.implementations(value.cls)}
            elif isinstance(value, External):
                found |= boto.annotated(value.name)
        return found


def variable(key: Text) -> Text:
    """Return the text of the environment variable of that name."""
    return Text((Variable(key.literal),)) if key.literal is not None else UNKNOWN_TEXT


def _all_parameters(function: Function) -> list[ast.arg]:
    arguments = function.node.args
    extra = [each for each in (arguments.vararg, arguments.kwarg) if each is not None]
    return [*function.parameters, *arguments.kwonlyargs, *extra]
