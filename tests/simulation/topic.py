"""SNS: a topic that keeps what was published."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from tests.simulation.cloud import Cloud, exceptions


@dataclass
class Topic:
    """The state of the topic, and a client for it; ``notices`` are the bodies in the order of publication."""

    cloud: Cloud
    notices: list[dict[str, Any]] = field(default_factory=list)
    requests: list[dict[str, Any]] = field(default_factory=list)
    exceptions: Any = field(default_factory=lambda: exceptions("sns"))

    def publish(self, **request: Any) -> Any:
        """Answer Publish."""

        def effect() -> Any:
            self.requests.append(request)
            self.notices.append(json.loads(request["Message"]))
            return {"MessageId": str(len(self.notices))}

        return self.cloud.call("sns", "Publish", request, effect)
