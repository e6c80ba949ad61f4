"""What a data source answers instead of a state."""

from __future__ import annotations


class DataSourceError(Exception):
    """The data source cannot be read; ``summary`` says what is wrong, ``detail`` what would be right."""

    def __init__(self, summary: str, detail: str) -> None:
        super().__init__(f"{summary}: {detail}")
        self.summary, self.detail = summary, detail
