"""What an expression may be at run time, as far as calls to AWS depend on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from plan_review.code_calls.program import Class, Function, Module


@dataclass(frozen=True, slots=True)
class Variable:
    """The value of an environment variable."""

    name: str


@dataclass(frozen=True, slots=True)
class Text:
    """A text: literal parts, environment variables, and None for what is known at run time only."""

    parts: tuple[str | Variable | None, ...]

    @property
    def literal(self) -> str | None:
        """The text where all of it is written in the code."""
        return "".join(map(str, self.parts)) if all(isinstance(part, str) for part in self.parts) else None


@dataclass(frozen=True, slots=True)
class Table:
    """A mapping with literal keys; ``open`` where it has more than is known."""

    entries: tuple[tuple[str, Values], ...]
    open: bool = False


@dataclass(frozen=True, slots=True)
class Items:
    """A list or tuple."""

    entries: tuple[Values, ...]


@dataclass(frozen=True, slots=True)
class Environ:
    """``os.environ``."""


@dataclass(frozen=True, slots=True)
class External:
    """Something of a module outside of the package, by its dotted name."""

    name: str


@dataclass(frozen=True, slots=True)
class Session:
    """A boto3 session."""


@dataclass(frozen=True, slots=True)
class Client:
    """A boto3 client; ``service`` is None where the code computes it."""

    service: str | None


@dataclass(frozen=True, slots=True)
class Service:
    """A boto3 service resource, or one of its resources; ``known`` are the arguments that come with it."""

    service: str | None
    kind: str = ""
    known: tuple[tuple[str, Values], ...] = ()


@dataclass(frozen=True, slots=True)
class Operation:
    """A method of a client or resource; ``name`` is None where the code computes it."""

    service: str | None
    name: str | None
    kind: str = ""
    known: tuple[tuple[str, Values], ...] = ()


@dataclass(frozen=True, slots=True)
class ModuleValue:
    """A module of the package."""

    module: Module


@dataclass(frozen=True, slots=True)
class ClassValue:
    """A class of the package."""

    cls: Class


@dataclass(frozen=True, slots=True)
class Instance:
    """An instance of a class of the package."""

    cls: Class


@dataclass(frozen=True, slots=True)
class FunctionValue:
    """A function of the package; ``bound`` where it is a method taken from an instance or class."""

    function: Function
    bound: bool = False


Value = (
    Text
    | Table
    | Items
    | Environ
    | External
    | Session
    | Client
    | Service
    | Operation
    | ModuleValue
    | ClassValue
    | Instance
    | FunctionValue
)
Values = frozenset[Value]
NOTHING: Values = frozenset()
UNKNOWN_TEXT = Text((None,))
