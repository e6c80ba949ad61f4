"""Requests: jobs around their settings, queues, lists, tags, probes."""

from __future__ import annotations

from local_mediaconvert.settings.supported.states import Accepted, Honoured, Members

_ONE_MACHINE = "there is one kind of machine here"
_BILLING = "nothing is billed"

_QUEUE_SETTINGS: Members = {
    "name": Honoured(),
    "description": Honoured(),
    "status": Honoured(),
    "concurrentJobs": Honoured(),
}
_PAGE: Members = {
    "maxResults": Honoured(),
    "nextToken": Honoured(),
    "order": Honoured(),
}
REQUESTS: dict[str, Members] = {
    "CreateJobRequest": {
        "role": Honoured(),
        "queue": Honoured(),
        "settings": Honoured(),
        "priority": Honoured(),
        "userMetadata": Honoured(),
        "tags": Honoured(),
        "clientRequestToken": Honoured(),
        "statusUpdateInterval": Honoured(),
        "accelerationSettings": Accepted(_ONE_MACHINE),
        "billingTagsSource": Accepted(_BILLING),
        "simulateReservedQueue": Accepted(_ONE_MACHINE, "DISABLED"),
    },
    "AccelerationSettings": {"mode": Accepted(_ONE_MACHINE)},
    "GetJobRequest": {"id": Honoured()},
    "CancelJobRequest": {"id": Honoured()},
    "ListJobsRequest": {**_PAGE, "queue": Honoured(), "status": Honoured()},
    "SearchJobsRequest": {**_PAGE, "queue": Honoured(), "status": Honoured(), "inputFile": Honoured()},
    "CreateQueueRequest": {**_QUEUE_SETTINGS, "tags": Honoured(), "pricingPlan": Honoured("ON_DEMAND")},
    "UpdateQueueRequest": _QUEUE_SETTINGS,
    "GetQueueRequest": {"name": Honoured()},
    "DeleteQueueRequest": {"name": Honoured()},
    "ListQueuesRequest": {**_PAGE, "listBy": Honoured()},
    "TagResourceRequest": {"arn": Honoured(), "tags": Honoured()},
    "UntagResourceRequest": {"arn": Honoured(), "tagKeys": Honoured()},
    "ListTagsForResourceRequest": {"arn": Honoured()},
    "DescribeEndpointsRequest": {
        "mode": Accepted("there is one endpoint"),
        "maxResults": Accepted("there is one endpoint"),
        "nextToken": Accepted("there is one endpoint"),
    },
    "ProbeRequest": {"inputFiles": Honoured()},
    "ProbeInputFile": {"fileUrl": Honoured()},
}
