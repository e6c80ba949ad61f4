"""How long an event that cannot be handled is tried again before it goes to the dead letters.

``event_route`` and ``function`` configure these; ``config`` holds the retention of records against them.
"""

from __future__ import annotations

# EventBridge's own bounds (PutTargets, RetryPolicy): after a day or 185 attempts an event goes to the dead letters.
DELIVERY_AGE_SECONDS = 24 * 3600
DELIVERY_RETRIES = 185
# Lambda's own bounds for asynchronous events (PutFunctionEventInvokeConfig): two retries, six hours.
INVOCATION_AGE_SECONDS = 6 * 3600
INVOCATION_RETRIES = 2
