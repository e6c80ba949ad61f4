"""``python -m offline_provider``; see ``offline_provider.command``."""

from __future__ import annotations

import sys

from offline_provider.command import main

try:
    sys.exit(main())
except KeyboardInterrupt:
    sys.exit(130)
