"""The versions of a function are listed with the ARN of each version.

Gap: ListVersionsByFunction gives ``$LATEST``, and a version that the creation of a function published, the bare ARN
of the function. The AWS provider takes ``qualified_arn`` from there, so that what is meant for a version goes to the
function.
Until: MiniStack lists versions with their qualified ARNs.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ministack.services import lambda_svc

from local_cloud.ministack.patches.base import wrap

if TYPE_CHECKING:
    from pathlib import Path

    from local_cloud.ministack.settings import Settings


def apply(settings: Settings, run_dir: Path) -> None:
    """Append each version to its ARN."""
    del settings, run_dir

    @wrap(lambda_svc, "_list_versions", "5fc87b1ce847")
    def list_versions(listed: Any, name: str, query_params: dict[str, Any]) -> Any:
        status, headers, body = listed(name, query_params)
        if status != 200:  # noqa: PLR2004 - it has no name here
            return status, headers, body
        answer = json.loads(body)
        for version in answer["Versions"]:
            ending = f":{version['Version']}"
            if not version["FunctionArn"].endswith(ending):
                version["FunctionArn"] += ending
        return status, headers, json.dumps(answer).encode()
