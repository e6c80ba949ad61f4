"""MediaConvert: the queue that jobs run in and the role that they run under."""

from __future__ import annotations

from cdktf_cdktf_provider_aws.iam_role import IamRole
from cdktf_cdktf_provider_aws.iam_role_policy import IamRolePolicy
from cdktf_cdktf_provider_aws.media_convert_queue import MediaConvertQueue
from constructs import Construct

from stacks.naming import Names, fixed
from stacks.policy import Statement, document, trust


class Transcoder(Construct):
    """An on-demand queue and a service role for its jobs.

    ``concurrent_jobs`` is left alone: above the account's quota Terraform finds out only after an hour.
    """

    def __init__(self, scope: Construct, id_: str, *, names: Names, region: str) -> None:
        super().__init__(scope, id_)
        self.queue = fixed(
            MediaConvertQueue(
                self,
                "TranscodingQueue",
                name=names.of("transcoding"),
                description="Jobs of the video transcoding pipeline",
                pricing_plan="ON_DEMAND",
                status="ACTIVE",
            )
        )
        # A job is no Terraform resource, so there is no attribute to take this pattern from.
        self.job_arns = f"arn:aws:mediaconvert:{region}:{names.account_id}:jobs/*"
        # The source is the queue: MediaConvert User Guide, "Cross-service confused deputy prevention".
        from_queue = {"StringEquals": {"aws:SourceArn": self.queue.arn}}
        self.role = fixed(
            IamRole(
                self,
                "MediaConvertRole",
                name=names.of("mediaconvert"),
                description="MediaConvert reads uploads and writes streams",
                assume_role_policy=trust("mediaconvert.amazonaws.com", from_queue),
            )
        )

    def grant(self, *statements: Statement) -> None:
        """Give the service role its permissions, once."""
        policy = document(*statements)
        fixed(IamRolePolicy(self, "MediaConvertRolePolicy", name="access", role=self.role.name, policy=policy))
