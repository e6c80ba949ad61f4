"""A message that a state machine publishes carries its attributes, so that filter policies see them.

Gap: MiniStack reads the MessageAttributes of arn:aws:states:::sns:publish in the Query protocol's form only and loses
them: a subscription with a filter policy gets nothing.
Until: MiniStack takes the attributes as https://docs.aws.amazon.com/step-functions/latest/dg/connect-sns.html shows.
"""

# ruff: noqa: SLF001 - a patch reaches where MiniStack has no public way

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ministack.services import stepfunctions

from local_cloud.ministack.patches.base import expect

if TYPE_CHECKING:
    from pathlib import Path

    from local_cloud.ministack.settings import Settings

_RESOURCE = "arn:aws:states:::sns:publish"


def flattened(attributes: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Return message attributes in the form of the Query protocol."""
    flat: dict[str, Any] = {}
    for number, (name, value) in enumerate(attributes.items(), start=1):
        prefix = f"MessageAttributes.entry.{number}"
        flat[f"{prefix}.Name"] = name
        flat |= {f"{prefix}.Value.{field}": content for field, content in value.items()}
    return flat


def apply(settings: Settings, run_dir: Path) -> None:
    """Flatten the attributes before the message is published."""
    del settings, run_dir
    publish = expect(stepfunctions, "_invoke_sns_publish", "81ac6228bc14")

    def publish_with_attributes(resource: str, parameters: dict[str, Any]) -> Any:
        attributes = parameters.get("MessageAttributes")
        return publish(resource, parameters | (flattened(attributes) if attributes else {}))

    stepfunctions._SERVICE_DISPATCH[_RESOURCE] = publish_with_attributes
