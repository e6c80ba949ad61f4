from __future__ import annotations

from typing import TYPE_CHECKING

from plan_review.rules.rule import rule_of_needs
from plan_review.rules.shared.function_code import codes
from plan_review.rules.shared.transcoding_jobs import of_job, roles_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.rules.context import Context
    from plan_review.rules.need import Need


_ROLE_PAGE = "https://docs.aws.amazon.com/mediaconvert/latest/ug/iam-role.html"


@rule_of_needs(
    "job-role-permission",
    title="The role of transcoding jobs reads the sources and writes the results",
    why=(
        "A job runs under the role that it is given. Where it reads and writes is in the settings that the code makes; "
        "an input that is known at run time only is taken for one of the bucket whose uploads start the function."
    ),
    consequence="the job ends in ERROR: it cannot read its input (1404 or 3451) or write its output (1401)",
    sources=(_ROLE_PAGE, "https://docs.aws.amazon.com/mediaconvert/latest/ug/mediaconvert_error_codes.html"),
)
def job_role_permission(context: Context) -> Iterator[Need]:
    """GetObject on the source bucket, PutObject on the result bucket."""
    for code in codes(context):
        for call in code.analysis.calls:
            if (call.service, call.operation) == ("mediaconvert", "create_job"):
                for role in roles_of(context, code, call):
                    yield from of_job(context, code, call, role)
