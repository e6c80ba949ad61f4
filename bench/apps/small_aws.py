"""A small real AWS app: uploads start a function, which reports to a topic. Run it in a folder of its own."""

from __future__ import annotations

import json

import fast_bindings

fast_bindings.enable()

from cdktf import App, TerraformOutput, TerraformStack  # noqa: E402  # only fast if imported after enable()
from cdktf_cdktf_provider_aws.cloudwatch_event_rule import CloudwatchEventRule  # noqa: E402
from cdktf_cdktf_provider_aws.cloudwatch_event_target import CloudwatchEventTarget  # noqa: E402
from cdktf_cdktf_provider_aws.cloudwatch_log_group import CloudwatchLogGroup  # noqa: E402
from cdktf_cdktf_provider_aws.cloudwatch_metric_alarm import CloudwatchMetricAlarm  # noqa: E402
from cdktf_cdktf_provider_aws.dynamodb_table import DynamodbTable, DynamodbTableAttribute  # noqa: E402
from cdktf_cdktf_provider_aws.iam_role import IamRole  # noqa: E402
from cdktf_cdktf_provider_aws.iam_role_policy import IamRolePolicy  # noqa: E402
from cdktf_cdktf_provider_aws.lambda_function import LambdaFunction, LambdaFunctionEnvironment  # noqa: E402
from cdktf_cdktf_provider_aws.lambda_permission import LambdaPermission  # noqa: E402
from cdktf_cdktf_provider_aws.provider import AwsProvider  # noqa: E402
from cdktf_cdktf_provider_aws.s3_bucket import S3Bucket  # noqa: E402
from cdktf_cdktf_provider_aws.s3_bucket_notification import S3BucketNotification  # noqa: E402
from cdktf_cdktf_provider_aws.s3_bucket_versioning import (  # noqa: E402
    S3BucketVersioningA,
    S3BucketVersioningVersioningConfiguration,
)
from cdktf_cdktf_provider_aws.sfn_state_machine import (  # noqa: E402
    SfnStateMachine,
    SfnStateMachineLoggingConfiguration,
)
from cdktf_cdktf_provider_aws.sns_topic import SnsTopic  # noqa: E402
from cdktf_cdktf_provider_aws.sqs_queue import SqsQueue  # noqa: E402


class UploadStack(TerraformStack):
    """Seventeen resources that refer to each other, as a real stack's do."""

    def __init__(self, scope: App, id_: str) -> None:
        super().__init__(scope, id_)
        AwsProvider(self, "aws", region="eu-west-1")
        self.bucket = S3Bucket(self, "uploads", bucket_prefix="uploads-")
        S3BucketNotification(self, "events", bucket=self.bucket.id, eventbridge=True)
        S3BucketVersioningA(
            self,
            "versions",
            bucket=self.bucket.id,
            versioning_configuration=S3BucketVersioningVersioningConfiguration(status="Enabled"),
        )
        self.topic = SnsTopic(self, "topic", name="results")
        function = self._function()
        self._route(function)
        self._state_machine(function)
        TerraformOutput(self, "bucket", value=self.bucket.bucket)

    def _role(self, name: str, service: str, action: str, resource: str) -> tuple[IamRole, IamRolePolicy]:
        trust = [{"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}]
        role = IamRole(self, name, assume_role_policy=json.dumps({"Version": "2012-10-17", "Statement": trust}))
        allowed = [{"Effect": "Allow", "Action": action, "Resource": resource}]
        policy = json.dumps({"Version": "2012-10-17", "Statement": allowed})
        return role, IamRolePolicy(self, f"{name}-policy", role=role.id, policy=policy)

    def _function(self) -> LambdaFunction:
        role, _ = self._role("function-role", "lambda.amazonaws.com", "sns:Publish", self.topic.arn)
        table = DynamodbTable(
            self, "table", name="jobs", hash_key="pk", attribute=[DynamodbTableAttribute(name="pk", type="S")]
        )
        function = LambdaFunction(
            self,
            "function",
            function_name="function",
            role=role.arn,
            runtime="python3.13",
            handler="app.handler",
            filename="function.zip",
            environment=LambdaFunctionEnvironment(variables={"TOPIC": self.topic.arn, "TABLE": table.name}),
        )
        CloudwatchMetricAlarm(
            self,
            "alarm",
            alarm_name="errors",
            comparison_operator="GreaterThanThreshold",
            evaluation_periods=1,
            metric_name="Errors",
            namespace="AWS/Lambda",
            period=60,
            statistic="Sum",
            threshold=0,
            dimensions={"FunctionName": function.function_name},
            alarm_actions=[self.topic.arn],
        )
        return function

    def _route(self, function: LambdaFunction) -> None:
        pattern = {"source": ["aws.s3"], "detail": {"bucket": {"name": [self.bucket.bucket]}}}
        rule = CloudwatchEventRule(self, "rule", event_pattern=json.dumps(pattern))
        dead_letters = SqsQueue(self, "dead-letters", name="dead-letters")
        CloudwatchEventTarget(
            self, "target", rule=rule.name, arn=function.arn, dead_letter_config={"arn": dead_letters.arn}
        )
        LambdaPermission(
            self,
            "permission",
            function_name=function.function_name,
            action="lambda:InvokeFunction",
            principal="events.amazonaws.com",
            source_arn=rule.arn,
        )

    def _state_machine(self, function: LambdaFunction) -> None:
        role, policy = self._role("machine-role", "states.amazonaws.com", "lambda:InvokeFunction", function.arn)
        group = CloudwatchLogGroup(self, "log", name="/aws/vendedlogs/states/machine", retention_in_days=7)
        task = {"Type": "Task", "Resource": function.arn, "End": True}
        SfnStateMachine(
            self,
            "machine",
            role_arn=role.arn,
            definition=json.dumps({"StartAt": "Task", "States": {"Task": task}}),
            logging_configuration=SfnStateMachineLoggingConfiguration(level="ALL", log_destination=f"{group.arn}:*"),
            depends_on=[policy],
        )


app = App()
UploadStack(app, "uploads")
app.synth()
