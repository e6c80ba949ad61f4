"""MediaConvert: queues."""

from __future__ import annotations

from offline_provider.applying.fields import always, nonzero, structure
from offline_provider.applying.resource_type import Call, Read, ResourceType, Tags

_PLAN = {"commitment": "Commitment", "renewal_type": "RenewalType", "reserved_slots": "ReservedSlots"}

QUEUE = ResourceType(
    service="mediaconvert",
    what="MediaConvert queue",
    called="name",
    identity=lambda queue: str(queue["name"]),
    create=(
        Call(
            "create_queue",
            {
                "name": "Name",
                "description": "Description",
                "pricing_plan": "PricingPlan",
                "status": "Status",
                "concurrent_jobs": nonzero("ConcurrentJobs"),
                "reservation_plan_settings": structure("ReservationPlanSettings", _PLAN),
            },
        ),
    ),
    reads=(
        Read(
            "get_queue",
            lambda queue: {"Name": queue["name"] or queue["id"]},
            {
                "name": "Name",
                "arn": "Arn",
                "description": "Description",
                "pricing_plan": "PricingPlan",
                "status": "Status",
                "concurrent_jobs": "ConcurrentJobs",
                "reservation_plan_settings": structure("ReservationPlan", _PLAN),
            },
            pick="Queue",
        ),
    ),
    update=(
        Call(
            "update_queue",
            {
                "name": "Name",
                "description": always("Description"),
                "status": "Status",
                "concurrent_jobs": nonzero("ConcurrentJobs"),
                "reservation_plan_settings": structure("ReservationPlanSettings", _PLAN),
            },
        ),
    ),
    delete=(Call("delete_queue", lambda queue: {"Name": queue["name"]}),),
    importing=lambda identifier: {"name": identifier},
    tags=Tags(key=("Arn", "arn"), found="ResourceTags.Tags", form=None),
    gone=frozenset({"NotFoundException"}),
    exists=frozenset({"ConflictException"}),
)

TYPES = {"aws_media_convert_queue": QUEUE}
