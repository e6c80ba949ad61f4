"""Calls to AWS, recorded with what is known of their arguments."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from plan_review.code_calls.boto import BATCH, COLLECTIONS, METHODS, POSITIONAL
from plan_review.code_calls.models import misuse
from plan_review.code_calls.results import BotoCall, Unresolved
from plan_review.code_calls.values import NOTHING, Client, Operation, Service, Table, Text, Values
from plan_review.policies import iam_actions

if TYPE_CHECKING:
    from plan_review.code_calls.frames import Frame
    from plan_review.code_calls.inference import Inference

_CONSTRUCTORS = ("Table", "Bucket", "Object", "Queue", "Topic", "PlatformEndpoint")
_SILENT = ("get_paginator", "get_waiter")
# Services among whose operations the name of a call on something unknown is looked up.
_COMMON_SERVICES = (
    "dynamodb",
    "s3",
    "sqs",
    "sns",
    "lambda",
    "states",
    "events",
    "mediaconvert",
    "secretsmanager",
    "ssm",
)
_Known = tuple[tuple[str, Values], ...]


def place(frame: Frame) -> str:
    """Return the file of a module, relative to the folder that its package stands in."""
    parts = frame.module.name.replace(".", "/")
    return f"{parts}/__init__.py" if frame.module.is_package else f"{parts}.py"


class Recorder:
    """What one walk through the code finds of calls to AWS."""

    def __init__(self, inference: Inference) -> None:
        self.inference = inference
        self.calls: dict[tuple[int, str], BotoCall] = {}
        self.unresolved: dict[int, Unresolved] = {}

    def operation(self, node: ast.Call, frame: Frame, operation: Operation, *, certain: bool) -> None:
        """Record the call of a client's or resource's method."""
        service, name = operation.service, operation.name
        if service is None or name is None:
            self.unresolve(node, frame, "the service or operation of this call is computed")
        elif operation.kind == "paginator":
            self._repeated(node, frame, operation, certain=certain)
        elif name == "generate_presigned_url":
            self._presigned(node, frame, service, certain=certain)
        elif name == "get_queue_by_name":
            self._record(node, frame, (service, "get_queue_url"), (), certain=certain)
        elif not (name in _SILENT or operation.kind == BATCH or _only_makes(operation)):
            own = METHODS.get((service, operation.kind), {}).get(name, name)
            self._record(node, frame, (service, own), operation.known, certain=certain)

    def _repeated(self, node: ast.Call, frame: Frame, operation: Operation, *, certain: bool) -> None:
        names = [text.literal for _, values in operation.known for text in values if isinstance(text, Text)]
        if names and names[0] is None:
            self.unresolve(node, frame, "which operation is paginated or waited for is computed")
        elif names:
            self._record(node, frame, (str(operation.service), str(names[0])), (), certain=certain)

    def _presigned(self, node: ast.Call, frame: Frame, service: str, *, certain: bool) -> None:
        keywords = {keyword.arg: keyword.value for keyword in node.keywords}
        method = node.args[0] if node.args else keywords.get("ClientMethod")
        parameters = node.args[1] if len(node.args) > 1 else keywords.get("Params")
        names = [text.literal for text in self._values(method, frame) if isinstance(text, Text)]
        if not names or names[0] is None:
            self.unresolve(node, frame, "which operation is presigned is computed")
            return
        tables = [table.entries for table in self._values(parameters, frame) if isinstance(table, Table)]
        known = tables[0] if tables else ()
        self._record(node, frame, (service, names[0]), known, certain=certain, own_arguments=False)

    def _values(self, node: ast.expr | None, frame: Frame) -> Values:
        return NOTHING if node is None else self.inference.of(node, frame)

    def collection(self, node: ast.Attribute, frame: Frame, owner: Service, *, certain: bool) -> None:
        """Record the reading of a resource's collection, such as a bucket's objects."""
        operation = COLLECTIONS.get((str(owner.service), owner.kind), {}).get(node.attr)
        if operation is not None:
            self._record(node, frame, (str(owner.service), operation), owner.known, certain=certain)

    def _record(
        self,
        node: ast.Call | ast.Attribute,
        frame: Frame,
        called: tuple[str, str],
        known: _Known,
        *,
        certain: bool,
        own_arguments: bool = True,
    ) -> None:
        service, operation = called
        arguments = dict(known)
        if isinstance(node, ast.Call) and own_arguments:
            arguments |= self._arguments(node, frame, operation, on_bucket="Bucket" in arguments)
        whole = isinstance(node, ast.Call) and own_arguments and not known and "*" not in arguments
        own = [name for name in arguments if name not in dict(known)]
        # A method of another name than its operation takes arguments of its own.
        by_name = operation != "batch_write_item" or not known
        whole = whole and not self._of_resource(node, frame)
        wrong, surely = misuse(service, operation, own, whole=whole) if by_name else ("", True)
        self.calls[id(node), f"{service}:{operation}"] = BotoCall(
            service=service,
            operation=operation,
            arguments=tuple(sorted(arguments.items())),
            file=place(frame),
            line=node.lineno,
            certain=certain,
            misuse=wrong,
            surely=surely,
        )

    def _of_resource(self, node: ast.AST, frame: Frame) -> bool:
        """Whether a call is one of a resource, which adds arguments of its own, or of a paginator or waiter."""
        func = node.func if isinstance(node, ast.Call) else None
        values = self.inference.of(func.value, frame) if isinstance(func, ast.Attribute) else NOTHING
        return any(not isinstance(value, Client) for value in values) or not values

    def _arguments(self, node: ast.Call, frame: Frame, operation: str, *, on_bucket: bool) -> dict[str, Values]:
        positional = POSITIONAL.get(("Bucket" if on_bucket else "", operation), ())
        found = {name: self.inference.of(value, frame) for name, value in zip(positional, node.args, strict=False)}
        for keyword in node.keywords:
            values = self.inference.of(keyword.value, frame)
            if keyword.arg is not None:
                found[keyword.arg] = values
                continue
            tables = [table for table in values if isinstance(table, Table)]
            for name, inner in (entry for table in tables for entry in table.entries):
                found[name] = found.get(name, NOTHING) | inner
            if len(tables) < len(values) or not tables or any(table.open for table in tables):
                found["*"] = NOTHING
        return found

    def unresolve(self, node: ast.expr, frame: Frame, what: str) -> None:
        """Note a call that cannot be told."""
        self.unresolved[id(node)] = Unresolved(what=what, file=place(frame), line=node.lineno)

    def client(self, node: ast.Call, frame: Frame) -> None:
        """Note a client whose service is computed."""
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        for value in self.inference.of(node, frame) if name in ("client", "resource") else ():
            if isinstance(value, (Client, Service)) and value.service is None:
                self.unresolve(node, frame, "the service of this client is computed")

    def computed(self, node: ast.Call, frame: Frame) -> None:
        """Record ``getattr(client, name)``, or note that the name is computed."""
        for value in self.inference.of(node.args[0], frame):
            if not isinstance(value, (Client, Service)):
                continue
            names = self._values(node.args[1] if len(node.args) > 1 else None, frame)
            literal = [text.literal for text in names if isinstance(text, Text) and text.literal]
            if not literal:
                self.unresolve(node, frame, f"the operation of {value.service} is computed by getattr")
            for name in literal:
                self._record(node, frame, (str(value.service), name), (), certain=False, own_arguments=False)

    def maybe_operation(self, node: ast.Call, func: ast.Attribute, frame: Frame) -> None:
        """Note a call on something unknown whose name is that of an operation."""
        name = func.attr.replace("_", "")
        known = "_" in func.attr and any(iam_actions.proper_name(f"{each}:{name}") for each in _COMMON_SERVICES)
        if known:
            self.unresolve(node, frame, f"what {ast.unparse(func)} is called on is not known")


def _only_makes(operation: Operation) -> bool:
    """Whether a method makes a resource and asks AWS nothing."""
    return operation.kind in ("", "Bucket") and operation.name in _CONSTRUCTORS
