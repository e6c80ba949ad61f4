"""Review a stack of this project: ``python review.py PROVIDER FOLDER``. Findings are no failure here."""

from __future__ import annotations

import sys
from pathlib import Path

from plan_review.__main__ import FINDINGS, main

if __name__ == "__main__":
    provider, folder = sys.argv[1:]
    code = main([folder, "--provider", provider, "--project", str(Path(__file__).resolve().parents[2])])
    sys.exit(0 if code == FINDINGS else code)
