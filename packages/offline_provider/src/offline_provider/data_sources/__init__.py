"""Data sources that need no AWS: policy documents, and what the configuration itself tells.

Everything else is refused, or answered by a stand-in that is called one: given by the person, or made up for a review.
"""

from __future__ import annotations

from offline_provider.data_sources.answers import Answer, StandIns, answer, answer_or_make_up
from offline_provider.errors import DataSourceError

__all__ = ["Answer", "DataSourceError", "StandIns", "answer", "answer_or_make_up"]
