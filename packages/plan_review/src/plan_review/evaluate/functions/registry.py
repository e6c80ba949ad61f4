"""How a function of Terraform's language is declared and called."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from plan_review.evaluate.conversions import convert
from plan_review.evaluate.values import Many, Null, RefusedError, Type, UnknownError, is_known

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Implementation = Callable[..., Any]

_CORE = "core::"


@dataclass(frozen=True, kw_only=True)
class Function:
    """A function with the types of its parameters; ``rest`` is that of any more arguments.

    ``nulls`` says that it takes null, ``unknowns`` that it sees to unknown parts of its arguments itself.
    """

    run: Implementation
    parameters: tuple[Type, ...]
    rest: Type | None
    nulls: bool
    unknowns: bool


_FUNCTIONS: dict[str, Function] = {}


def function(
    name: str, *parameters: Type, rest: Type | None = None, nulls: bool = False, unknowns: bool = False
) -> Callable[[Implementation], Implementation]:
    """Declare the function of that name; what it decorates gets the arguments converted to ``parameters``."""

    def declare(run: Implementation) -> Implementation:
        _FUNCTIONS[name] = Function(run=run, parameters=parameters, rest=rest, nulls=nulls, unknowns=unknowns)
        return run

    return declare


def call(name: str, arguments: Sequence[Any]) -> Any:
    """Call a function. Raises ``RefusedError`` where Terraform refuses it, ``UnknownError`` where that is not known."""
    found = _FUNCTIONS.get(name.removeprefix(_CORE))
    if found is None:
        raise UnknownError
    missing = len(found.parameters) - len(arguments)
    if missing > 0 or (missing < 0 and found.rest is None):
        raise RefusedError
    if not found.nulls and any(isinstance(argument, Null) for argument in arguments):
        raise RefusedError
    if not found.unknowns and not all(map(is_known, arguments)):
        raise UnknownError
    kinds = [*found.parameters, *[found.rest or found.parameters[-1]] * -missing] if missing < 0 else found.parameters
    return found.run(*(convert(argument, kind) for argument, kind in zip(arguments, kinds, strict=True)))


def sequence(value: Any, *kinds: str) -> Many:
    """Return a list, set or tuple, of one of ``kinds`` where given. Raises ``RefusedError`` or ``UnknownError``."""
    if isinstance(value, Many) and (not kinds or value.kind in kinds):
        return value
    if isinstance(value, Many) and value.kind == "either" and "list" in kinds:
        return replace(value, kind="tuple")  # of a set Terraform refuses it
    raise RefusedError if is_known(value) else UnknownError
