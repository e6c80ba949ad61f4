"""Changes made behind Terraform's back, as a person makes them in the console."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.offline_provider.conformance.read_back import Emulator

FUNCTION = "media-pipeline-whole-orchestrator"
BUCKET = "media-pipeline-whole-uploads-123456789012"
ROLE = "media-pipeline-whole-orchestrator"
ALARM = "media-pipeline-whole-processing-errors"
LOG_GROUP = "/aws/lambda/media-pipeline-whole-job-events"

DISTURBED = (
    "aws_lambda_function.TranscodingOrchestratorFunction",
    "aws_s3_bucket.UploadBucket",
    "aws_iam_role_policy.TranscodingLambdaRolePolicy",
    "aws_cloudwatch_metric_alarm.ProcessingErrorAlarm",
    "aws_cloudwatch_log_group.JobEventsFunctionLogGroup",
)


def disturb(emulator: Emulator) -> None:
    """Change, add to and remove some of what the last round of edits left."""
    emulator.client("lambda").update_function_configuration(FunctionName=FUNCTION, MemorySize=128, Timeout=7)
    emulator.client("s3").put_bucket_tagging(Bucket=BUCKET, Tagging={"TagSet": [{"Key": "Hand", "Value": "made"}]})
    emulator.client("iam").delete_role_policy(RoleName=ROLE, PolicyName="access")
    emulator.client("cloudwatch").delete_alarms(AlarmNames=[ALARM])
    emulator.client("logs").delete_retention_policy(logGroupName=LOG_GROUP)
