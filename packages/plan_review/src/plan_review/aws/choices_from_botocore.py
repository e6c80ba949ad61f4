"""What ``choices.json`` holds: the values that arguments can have, out of botocore's models."""

from __future__ import annotations

import json

from botocore.session import get_session

from plan_review.aws.choice_tables import BESIDES, SHAPES


def from_botocore() -> dict[str, list[str]]:
    """Return the values of every shape, from the models of the botocore that is installed."""
    session = get_session()
    found = {}
    for shape in sorted({shape for arguments in SHAPES.values() for shape in arguments.values()}):
        service, _, name = shape.partition(":")
        values = getattr(session.get_service_model(service).shape_for(name), "enum", ())
        found[shape] = sorted({*values, *BESIDES.get(shape, ())})
    return found


def generated() -> str:
    """Return the content of ``choices.json``."""
    return json.dumps(from_botocore(), indent=1) + "\n"
