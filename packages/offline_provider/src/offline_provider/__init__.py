"""A stand-in for the AWS provider with its exact schema: Terraform plans without AWS, and applies to an emulator.

    with offline_provider.serve(configuration=folder) as provider:
        subprocess.run(["terraform", "plan"], cwd=folder, env=provider.environment(), check=True)

or, for any command: ``python -m offline_provider -- terraform plan``.

Where to look: ``bindings`` reads schemas out of the CDKTF bindings, ``schema`` keeps them between runs, ``observed``
holds what was recorded of the real provider's plans (by ``recording``), ``planning`` plans from all that, ``applying``
reads and changes resources on an emulator on this machine, ``data_sources`` answers those that need no AWS,
``protocol`` answers Terraform's calls, and ``wire`` is what goes over the connection. Imports point one way.
"""

from __future__ import annotations

from offline_provider.errors import BindingsError, OfflineProviderError
from offline_provider.serving import Serving, serve

__all__ = ["BindingsError", "OfflineProviderError", "Serving", "serve"]
