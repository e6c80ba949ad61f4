"""A rule that is put again is the rule as put: what the request leaves out is gone.

Gap: MiniStack keeps the description, role and state of a rule that PutRule is called for again without them, so that
what a configuration takes out stays, in every plan.
Until: MiniStack replaces the whole rule.

https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ministack.services import eventbridge

from local_cloud.ministack.patches.base import wrap

if TYPE_CHECKING:
    from pathlib import Path

    from local_cloud.ministack.settings import Settings

_LEFT_OUT = {"Description": "", "RoleArn": "", "State": "ENABLED"}


def apply(settings: Settings, run_dir: Path) -> None:
    """Say of what is left out that it is empty."""
    del settings, run_dir

    @wrap(eventbridge, "_put_rule", "829a0feae103")
    def put_rule(put: Any, data: dict[str, Any]) -> Any:
        return put(_LEFT_OUT | data)
