"""The table of settings that the local MediaConvert knows, by shape and JSON name.

``Honoured()`` does what AWS does, for all values or for those listed. ``Accepted(why)`` changes nothing here.
Whatever is missing from this table is refused by name (see ``settings.unsupported``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from local_mediaconvert.settings.supported.codecs import CODECS
from local_mediaconvert.settings.supported.inputs import INPUTS
from local_mediaconvert.settings.supported.output_groups import OUTPUT_GROUPS
from local_mediaconvert.settings.supported.requests import REQUESTS

if TYPE_CHECKING:
    from local_mediaconvert.settings.supported.states import Members

SUPPORTED_SETTINGS: dict[str, Members] = {**REQUESTS, **INPUTS, **OUTPUT_GROUPS, **CODECS}
"""Shape name → JSON member name → what happens with it."""
