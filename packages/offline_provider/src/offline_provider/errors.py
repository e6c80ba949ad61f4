"""What can go wrong before Terraform is even asked: one tree, each message written for the person who sees it."""

from __future__ import annotations


class OfflineProviderError(Exception):
    """The offline provider cannot start; the message names the cause and the remedy."""


class BindingsError(OfflineProviderError):
    """The installed AWS bindings are missing, or are not laid out as the schema reader knows them."""


class UnknownTypeError(OfflineProviderError):
    """A resource or data source type is in neither the bindings nor the schema made from them."""


class DataSourceError(Exception):
    """The data source cannot be read; ``summary`` says what is wrong, ``detail`` what would be right."""

    def __init__(self, summary: str, detail: str) -> None:
        super().__init__(f"{summary}: {detail}")
        self.summary, self.detail = summary, detail
