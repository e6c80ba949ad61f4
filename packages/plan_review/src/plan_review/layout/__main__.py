"""Print the diagram of a declared layout: ``python -m plan_review.layout FILE``."""

from __future__ import annotations

import sys

from plan_review.layout.declaration import main

sys.exit(main(sys.argv[1:]))
