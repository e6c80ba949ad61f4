"""Data sources that need no AWS: policy documents, and what the configuration itself tells.

Everything else is refused, or answered by a stand-in that the person has given and that is called one.
"""

from __future__ import annotations

from offline_provider.data_sources.answers import Answer, StandIns, answer
from offline_provider.errors import DataSourceError

__all__ = ["Answer", "DataSourceError", "StandIns", "answer"]
