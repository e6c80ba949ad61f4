"""The CDKTF app: context → settings → one stack for each environment → review → synth."""

from __future__ import annotations

import fast_bindings

fast_bindings.enable()

# Imports of the bindings have to come after that.
import os  # noqa: E402
import sys  # noqa: E402
from pathlib import Path  # noqa: E402

from cdktf import App  # noqa: E402

from plan_review import synth  # noqa: E402
from stacks import lambda_package, output_folder  # noqa: E402
from stacks.config import PipelineConfig  # noqa: E402
from stacks.context import read_context, run_by_command_line  # noqa: E402
from stacks.pipeline import PipelineStack  # noqa: E402
from stacks.settings import SettingsError  # noqa: E402

ROOT = Path(__file__).resolve().parent


def main() -> int:
    """Synthesize every stack. Exit code 1, with everything that is wrong named on stderr, where something is."""
    try:
        config = PipelineConfig.from_context(read_context(ROOT / "cdktf.json", os.environ))
        package = lambda_package.build(ROOT / "build" / "lambda.zip")
    except SettingsError as error:
        print(f"Settings in the context of cdktf.json are wrong:\n{error}", file=sys.stderr)
        return 1
    except lambda_package.PackageError as error:
        print(f"The Lambda package cannot be built: {error}", file=sys.stderr)
        return 1
    app = App()
    listed_before = output_folder.listed_stacks(Path(app.outdir))
    for environment in config.environments.values():
        stack = PipelineStack(
            app,
            environment,
            package=package,
            package_hash=lambda_package.package_hash(package),
            aws_provider_version=config.aws_provider_version,
        )
        synth.attach(stack, root=ROOT)
    try:
        synth.synthesize(app)
    except synth.ReviewError as error:
        print(f"This would fail in AWS, so nothing was synthesized:\n{error}", file=sys.stderr)
        return 1
    if not run_by_command_line(os.environ):
        output_folder.remove_gone(Path(app.outdir), listed_before)
    return 0


if __name__ == "__main__":
    sys.exit(main())
