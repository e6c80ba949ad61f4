"""Take the values of arguments out of botocore's models: ``python -m plan_review.aws.choices_from_botocore``."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from botocore.session import get_session

from plan_review.aws.choice_tables import BESIDES, DATA, SHAPES

if TYPE_CHECKING:
    from pathlib import Path


def from_botocore() -> dict[str, list[str]]:
    """Return the values of every shape, from the models of the botocore that is installed."""
    session = get_session()
    found = {}
    for shape in sorted({shape for arguments in SHAPES.values() for shape in arguments.values()}):
        service, _, name = shape.partition(":")
        values = getattr(session.get_service_model(service).shape_for(name), "enum", ())
        found[shape] = sorted({*values, *BESIDES.get(shape, ())})
    return found


def main(file: Path = DATA) -> int:
    """Write the data."""
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps(from_botocore(), indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
