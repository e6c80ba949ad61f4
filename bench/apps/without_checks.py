"""``main.py`` as it would be without the checks of the plan review at synth."""

from __future__ import annotations

import sys

import main
from plan_review import synth

synth.attach = lambda *_, **__: None

if __name__ == "__main__":
    sys.exit(main.main())
