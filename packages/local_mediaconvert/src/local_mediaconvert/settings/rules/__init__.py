"""AWS's rules across settings, which its service model cannot state.

Most come from the service model's own field descriptions and the MediaConvert user guide; where AWS documents
no default for something that an encoder needs, the job is refused rather than a default invented.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from local_mediaconvert.settings.rules import inputs, output_groups, request

if TYPE_CHECKING:
    from collections.abc import Iterator

    from local_mediaconvert.service_model import Json
    from local_mediaconvert.settings.validation import Problem


def job_problems(params: Json) -> Iterator[Problem]:
    """What is wrong with a CreateJob request that is valid by its shape."""
    settings = params["settings"]
    yield from request.problems(params)
    yield from inputs.problems(settings)
    yield from output_groups.problems(settings)
