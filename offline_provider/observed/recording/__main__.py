"""``python -m offline_provider.observed.recording``: record what the real AWS provider does into the data file."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from offline_provider.errors import OfflineProviderError
from offline_provider.observed import recorded_file
from offline_provider.observed.recording.mirror import MIRROR_VARIABLE, unpacked_provider
from offline_provider.observed.recording.record import formatted, record


def main() -> int:
    """Record and write the file; 0 when done, 2 where the provider cannot be had, 130 after Ctrl-C."""
    parser = argparse.ArgumentParser(
        prog="python -m offline_provider.observed.recording",
        description="Ask HashiCorp's AWS provider how it plans, and write the answers beside the schemas' reader. "
        f"{MIRROR_VARIABLE} names the Terraform filesystem mirror that holds the provider. Takes about half an hour.",
    )
    parser.add_argument("--output", type=Path, help="the file to write (default: the one in use)")
    parser.add_argument("--cache", type=Path, help="where to unpack the provider (default: a temporary folder)")
    parser.add_argument("patterns", nargs="*", default=["*"], help="record these alone, as aws_s3_*, to try it out")
    arguments = parser.parse_args()
    output = arguments.output or recorded_file()
    try:
        with tempfile.TemporaryDirectory(prefix="recording-") as scratch:
            provider = unpacked_provider(arguments.cache or Path(scratch))
            content = record(provider.binary, provider.archive, provider.version, arguments.patterns, print)
    except OfflineProviderError as error:
        print(f"recording: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("recording: interrupted; nothing was written", file=sys.stderr)
        return 130
    output.write_text(formatted(content))
    return 0


if __name__ == "__main__":
    sys.exit(main())
