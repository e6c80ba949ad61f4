"""What an attribute of a resource comes to: an argument, a name or ARN that follows from arguments, or a symbol."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from plan_review.aws.arns import GENERATED_ATTRIBUTES, NAMINGS, Naming
from plan_review.evaluate.conversions import as_text
from plan_review.evaluate.items import Environment, Evaluation
from plan_review.evaluate.policy_documents import policy_document
from plan_review.evaluate.symbols import Kind, Symbol, has_symbols
from plan_review.evaluate.values import RefusedError, UnknownError, typed

if TYPE_CHECKING:
    from collections.abc import Callable

    from plan_review.evaluate.items import Item

_PLACE = re.compile(r"\{([^{}]+)\}")
_DEFAULT_BUS = "default"


class Attributes:
    """The attributes of one configuration's resources."""

    def __init__(self, evaluator: Evaluation) -> None:
        self._evaluator = evaluator
        self._known: dict[tuple[str, Any, str], Any] = {}

    def attribute(self, item: Item, name: str) -> Any:
        """Return an attribute's value; a symbol where only a deployment can tell."""
        place = (item.resource.address, item.key, name)
        if place not in self._known:
            self._known[place] = self._symbol(item, name)  # ends recursion of configurations that refer to themselves
            self._known[place] = self._attribute(item, name)
        return self._known[place]

    def _attribute(self, item: Item, name: str) -> Any:
        if item.resource.mode == "data" and (found := self._of_data(item, name)) is not None:
            return found
        naming = NAMINGS.get(item.type)
        if naming is not None:
            if name == "arn":
                return self._arn(item, naming)
            if name in naming.attributes:
                return self._fill(naming.attributes[name], item, naming)
            if name == (naming.argument or ""):
                return self._name(item, naming)
        if (value := item.get(name)) is not None:
            return value
        return self._symbol(item, name)

    def _symbol(self, item: Item, name: str) -> str:
        made_up = item.resource.mode == "managed" and name in GENERATED_ATTRIBUTES and item.certain
        kind = Kind.GENERATED if made_up else Kind.OPAQUE
        return self._evaluator.symbols.character(Symbol(kind, f"{item.address}.{name}", item.resource.address, name))

    def _arn(self, item: Item, naming: Naming) -> str:
        given = item.get("arn") if item.resource.mode == "data" else None
        return given if isinstance(given, str) else self._fill(naming.arn, item, naming)

    def _name(self, item: Item, naming: Naming) -> str:
        """Return the name; what AWS or Terraform generates is a symbol that no written text equals."""
        given = item.get(naming.argument) if naming.argument else None
        if given is not None:
            try:
                return as_text(typed(given))
            except (UnknownError, RefusedError):
                return self._evaluator.opaque(f"{item.address}.{naming.argument}")
        prefix = item.get(naming.prefix) if naming.prefix else None
        kind = Kind.GENERATED if item.resource.mode == "managed" else Kind.OPAQUE
        attribute = naming.argument or "id"
        symbol = Symbol(kind, f"{item.address}.{attribute}", item.resource.address, attribute)
        return (prefix if isinstance(prefix, str) else "") + self._evaluator.symbols.character(symbol)

    def _fill(self, text: str, item: Item, naming: Naming) -> str:
        return _PLACE.sub(lambda match: self._place(match.group(1), item, naming), text)

    def _place(self, place: str, item: Item, naming: Naming) -> str:
        if place.startswith("+"):
            symbol = Symbol(Kind.GENERATED, f"{item.address}.{place[1:]}", item.resource.address, place[1:])
            return self._evaluator.symbols.character(symbol)
        made: dict[str, Callable[[], str]] = {
            "A": lambda: self.account(item),
            "R": lambda: self.region(item),
            "P": lambda: partition(self.region(item)),
            "arn": lambda: self._arn(item, naming),
            "name": lambda: self._name(item, naming),
            "bare_name": lambda: self._name(item, naming).removeprefix("/"),
            "path": lambda: _path(item),
            "bus": lambda: _bus(item),
            "function_arn": lambda: self._function_arn(item),
        }
        return made[place]()

    def _function_arn(self, item: Item) -> str:
        """Return the ARN of the function that an alias belongs to; it may be given by name or by ARN."""
        function = str(item.get("function_name", ""))
        if function.startswith("arn:"):
            return function
        region = self.region(item)
        return f"arn:{partition(region)}:lambda:{region}:{self.account(item)}:function:{function}"

    def account(self, item: Item) -> str:
        """Return the account that a resource is made in; a symbol where the provider does not state it."""
        provider = self._provider(item)
        allowed = self._setting(provider, "allowed_account_ids")
        if isinstance(allowed, list) and len(allowed) == 1 and isinstance(allowed[0], str):
            return allowed[0]
        return self._context("account", provider)

    def region(self, item: Item) -> str:
        """Return the region that a resource is made in; a symbol where nothing states it."""
        own = item.get("region") if item.type != "aws_region" else None
        if isinstance(own, str) and own:
            return own
        provider = self._provider(item)
        stated = self._setting(provider, "region")
        return stated if isinstance(stated, str) and not has_symbols(stated) else self._context("region", provider)

    def _provider(self, item: Item) -> str:
        given = str(item.resource.arguments.get("provider") or "aws").removeprefix("${").removesuffix("}")
        module = item.resource.module
        return f"{module}: {given}" if module and (given != "aws" or self._is_handed_providers(module)) else given

    def _is_handed_providers(self, module: str) -> bool:
        """Whether a module, or one that it stands in, is called with providers of its own."""
        scopes = self._evaluator.configuration.scopes
        path: str | None = module
        while path and path in scopes:
            parent = scopes[path].parent or ""
            call = scopes[parent].modules.get(path.rpartition("module.")[2], {}) if parent in scopes else {}
            if "providers" in call:
                return True
            path = parent
        return False

    def _setting(self, provider: str, name: str) -> Any:
        settings = self._evaluator.configuration.providers.get(provider, {})
        return self._evaluator.evaluate(settings.get(name), Environment())

    def _context(self, what: str, provider: str) -> str:
        of = "" if provider == "aws" else f" of {provider}"
        return self._evaluator.symbols.character(Symbol(Kind.CONTEXT, f"{what}{of}"))

    def _of_data(self, item: Item, name: str) -> Any:
        if item.type == "aws_iam_policy_document":
            return policy_document(item) if name in ("json", "minified_json") else None
        if (item.type, name) == ("template_file", "rendered"):
            return self._rendered(item)
        known: dict[tuple[str, str], Callable[[], str]] = {
            ("aws_caller_identity", "account_id"): lambda: self.account(item),
            ("aws_caller_identity", "id"): lambda: self.account(item),
            ("aws_region", "name"): lambda: self.region(item),
            ("aws_region", "id"): lambda: self.region(item),
            ("aws_region", "region"): lambda: self.region(item),
            ("aws_partition", "partition"): lambda: partition(self.region(item)),
            ("aws_partition", "id"): lambda: partition(self.region(item)),
            ("aws_partition", "dns_suffix"): lambda: "amazonaws.com",
            ("aws_service_principal", "name"): lambda: f"{item.get('service_name', '')}.amazonaws.com",
        }
        make = known.get((item.type, name))
        return make() if make else None

    def _rendered(self, item: Item) -> str | None:
        try:
            return self._evaluator.rendered(as_text(typed(item.get("template"))), item.get("vars") or {})
        except (UnknownError, RefusedError, ValueError):
            return None


def _path(item: Item) -> str:
    path = item.get("path", "/")
    return path if isinstance(path, str) else "/"


def _bus(item: Item) -> str:
    """Return what stands before a rule's name in its ARN: rules on the default bus are named without it."""
    bus = str(item.get("event_bus_name", _DEFAULT_BUS)).rsplit("/", 1)[-1]
    return "" if bus == _DEFAULT_BUS else f"{bus}/"


def partition(region: str) -> str:
    """Return the partition of a region, as ARNs name it."""
    if region.startswith("cn-"):
        return "aws-cn"
    return "aws-us-gov" if region.startswith("us-gov-") else "aws"
