"""The form of a type's table: which calls create, read, change and remove it, and what goes in and comes out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from offline_provider.applying.fields import Fields
    from offline_provider.applying.resource import Request, Resource

_EVERY_TYPE = frozenset({"id", "region", "tags", "tags_all", "timeouts"})


def _title(operation: str) -> str:
    return "".join(word.capitalize() for word in operation.split("_"))


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a service's API (``operation`` is boto3's name of it).

    In a list of updates the call is made where one of the arguments that it writes has changed.
    """

    operation: str
    request: Fields | Request = field(default_factory=dict)
    writes: tuple[str, ...] = ()
    """Arguments that the call writes, where ``request`` is a function and does not tell."""
    returns: Mapping[str, str] = field(default_factory=dict)
    """Attribute → member of the response that later calls need."""
    when: Callable[[Resource], bool] = lambda _resource: True
    check: Callable[[Any], str | None] = lambda _response: None
    """What a response that is no error says went wrong all the same."""
    heavy: bool = False
    """Whether the request may hold megabytes, of which the SDK makes copies: one such call is made at a time."""
    gone_is_fine: bool = False
    """Whether it is no failure that the service knows no such thing (any more)."""

    @property
    def calls(self) -> tuple[str]:
        """What the service calls it: ``CreateTopic``."""
        return (_title(self.operation),)

    @property
    def arguments(self) -> frozenset[str]:
        """The arguments that the call writes."""
        named = () if callable(self.request) else self.request.keys()
        return frozenset((*self.writes, *named))


@dataclass(frozen=True, slots=True)
class Step:
    """Several calls at once, where it depends on the resource how many."""

    run: Callable[[Resource], None]
    calls: tuple[str, ...]
    """What the service calls them."""
    writes: tuple[str, ...] = ()
    when: Callable[[Resource], bool] = lambda _resource: True

    @property
    def arguments(self) -> frozenset[str]:
        """The arguments that the calls write."""
        return frozenset(self.writes)


@dataclass(frozen=True, slots=True)
class Read:
    """One call that reads, where in its response the resource is, and what it tells."""

    operation: str
    request: Fields | Request
    fields: Fields = field(default_factory=dict)
    pick: str | Callable[[Any, Resource], Any] = ""
    """The member that holds the resource, or a function that finds it among others; ``None`` from it means gone."""
    absent: frozenset[str] = frozenset()
    """Codes of errors that mean "nothing there" for this call beside the type's own."""
    when: Callable[[Resource], bool] = lambda _resource: True

    @property
    def calls(self) -> tuple[str]:
        """What the service calls it: ``DescribeTable``."""
        return (_title(self.operation),)


@dataclass(frozen=True, slots=True)
class Tags:
    """How a service keeps tags; ``key`` maps the member that identifies the resource to the attribute with it."""

    key: tuple[str, str]
    read: str = "list_tags_for_resource"
    write: str = "tag_resource"
    erase: str = "untag_resource"
    member: str = "Tags"
    keys: str = "TagKeys"
    found: str = "Tags"
    form: tuple[str, str] | None = ("Key", "Value")
    """The members of one tag, where tags are a list; ``None`` where they are a map."""
    on_create: str | None = "Tags"
    """The member of the creating request that takes tags; ``None`` where they are written afterwards."""
    whole: bool = False
    """Whether writing replaces all tags, and erasing takes no keys."""
    absent: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceType:
    """One type's table. The first call of ``create`` is the one that makes the resource exist."""

    service: str
    what: str
    """What a person calls it: ``SNS topic``."""
    called: str
    """The attribute that names it in messages."""
    identity: Callable[[Resource], str]
    """The ``id``; asked once the resource exists."""
    create: tuple[Call | Step, ...]
    reads: tuple[Read, ...]
    delete: tuple[Call | Step, ...]
    before: Callable[[Resource], None] = lambda _resource: None
    """Refuses to create, by an ``ApplyError``, what is there already and would be taken over without a word."""
    importing: Callable[[str], dict[str, Any]]
    """The attributes that an import id tells: those that reading needs."""
    update: tuple[Call | Step, ...] = ()
    """Made one after the other in a change, each once the one before has settled."""
    after_create: tuple[Call | Step, ...] = ()
    """Made once the new resource has settled."""
    derive: Callable[[Resource, dict[str, Any]], dict[str, Any]] = lambda _resource, _found: {}
    """Attributes that follow from what was read."""
    kept: frozenset[str] = frozenset()
    """Arguments that no call writes or reads: they steer the provider."""
    generated: Callable[[Resource], dict[str, Any]] = lambda _resource: {}
    """Arguments that the provider makes up where the configuration leaves them out."""
    tags: Tags | None = None
    gone: frozenset[str] = frozenset()
    exists: frozenset[str] = frozenset()
    nullable: frozenset[str] = frozenset()
    """Attributes that are null where the service does not tell them; all others are then zero."""
    verbatim: frozenset[str] = frozenset()
    """Documents that a state holds as the service has them; others are kept as they were while they mean the same."""
    private: frozenset[str] = frozenset()
    """Paths of values that no message may hold, beside those that the schema calls sensitive."""
    settled: Callable[[Resource, dict[str, Any]], bool] = lambda _resource, _found: True
    """Whether what was read is the end of a change, or must be waited for."""
    vanished: Callable[[Resource], bool] | None = None
    """Whether a deleted resource is gone, where the service takes its time."""
    busy: frozenset[str] = frozenset()
    """Codes of errors that pass by themselves, because an earlier change is still being made."""

    @property
    def written(self) -> frozenset[str]:
        """The arguments that may be configured: some call writes them, or they steer the provider."""
        calls = (*self.create, *self.after_create, *self.update)
        return self.kept.union(_EVERY_TYPE, *(call.arguments for call in calls))
