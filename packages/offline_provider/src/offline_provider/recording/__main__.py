"""``python -m offline_provider.recording``: record what the real AWS provider does into the data file."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from offline_provider.errors import OfflineProviderError
from offline_provider.observed import recorded_file
from offline_provider.recording.record import formatted, record
from terraform_runtime.executable import UnavailableError
from terraform_runtime.provider_source import unpack_mirror

_MIRROR_VARIABLE = "TERRAFORM_MIRROR"


def mirrored_provider() -> tuple[Path, str]:
    """Return the executable of the AWS provider in the mirror that ``TERRAFORM_MIRROR`` names, and its version.

    Raises ``UnavailableError`` where none is named or it holds no provider for this machine.
    """
    named = os.environ.get(_MIRROR_VARIABLE)
    if not named:
        raise UnavailableError(
            f"{_MIRROR_VARIABLE} is not set: it names a Terraform filesystem mirror with HashiCorp's AWS provider, "
            "made with `terraform providers mirror DIR`"
        )
    mirror, version = unpack_mirror(Path(named).resolve())
    (binary,) = mirror.rglob(f"terraform-provider-aws_v{version}*")
    return binary, version


def main() -> int:
    """Record and write the file; 0 when done, 2 where the provider cannot be had, 130 after Ctrl-C."""
    parser = argparse.ArgumentParser(
        prog="python -m offline_provider.recording",
        description="Ask HashiCorp's AWS provider how it plans, and write the answers beside the schemas' reader. "
        f"{_MIRROR_VARIABLE} names the Terraform filesystem mirror that holds the provider. Takes 15 minutes or more.",
    )
    parser.add_argument("--output", type=Path, help="the file to write (default: the one in use)")
    parser.add_argument("patterns", nargs="*", default=["*"], help="record these alone, as aws_s3_*, to try it out")
    arguments = parser.parse_args()
    output = arguments.output or recorded_file()
    try:
        binary, version = mirrored_provider()
        content = record(binary, version, arguments.patterns, print)
    except (OfflineProviderError, UnavailableError) as error:
        print(f"recording: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("recording: interrupted; nothing was written", file=sys.stderr)
        return 130
    output.write_text(formatted(content))
    return 0


if __name__ == "__main__":
    sys.exit(main())
