"""
Synthesizes a sample app into a folder; run as a program, with FAST_BINDINGS at will.

Usage: CDKTF_OUTDIR=OUTPUT_FOLDER python aws_sample.py
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import fast_bindings

fast_bindings.enable()

from cdktf import (  # noqa: E402  # only fast if imported after enable()
    App,
    Aspects,
    Fn,
    IAspect,
    S3Backend,
    TerraformAsset,
    TerraformCount,
    TerraformIterator,
    TerraformOutput,
    TerraformStack,
    TerraformVariable,
    Token,
)
from cdktf_cdktf_provider_aws import sns_topic, sqs_queue  # noqa: E402
from cdktf_cdktf_provider_aws.cloudfront_distribution import (  # noqa: E402
    CloudfrontDistribution,
    CloudfrontDistributionOrigin,
)
from cdktf_cdktf_provider_aws.cloudwatch_event_rule import CloudwatchEventRule  # noqa: E402
from cdktf_cdktf_provider_aws.data_aws_caller_identity import DataAwsCallerIdentity  # noqa: E402
from cdktf_cdktf_provider_aws.data_aws_iam_policy_document import (  # noqa: E402
    DataAwsIamPolicyDocument,
    DataAwsIamPolicyDocumentStatement,
)
from cdktf_cdktf_provider_aws.dynamodb_table import DynamodbTable, DynamodbTableAttribute  # noqa: E402
from cdktf_cdktf_provider_aws.iam_role import IamRole  # noqa: E402
from cdktf_cdktf_provider_aws.instance import Instance  # noqa: E402
from cdktf_cdktf_provider_aws.lambda_function import LambdaFunction, LambdaFunctionEnvironment  # noqa: E402
from cdktf_cdktf_provider_aws.provider import AwsProvider, AwsProviderAssumeRole  # noqa: E402
from cdktf_cdktf_provider_aws.s3_bucket import S3Bucket, S3BucketLifecycleRule  # noqa: E402
from cdktf_cdktf_provider_aws.security_group import SecurityGroup, SecurityGroupIngress  # noqa: E402
from cdktf_cdktf_provider_aws.sfn_state_machine import SfnStateMachine  # noqa: E402
from cdktf_cdktf_provider_aws.subnet import Subnet  # noqa: E402
from cdktf_cdktf_provider_aws.vpc import Vpc  # noqa: E402
from cdktf_cdktf_provider_aws.wafv2_web_acl import Wafv2WebAcl  # noqa: E402
from jsii import implements  # noqa: E402

if TYPE_CHECKING:
    from constructs import Construct, IConstruct


@implements(IAspect)
class Tagged:
    def visit(self, node: IConstruct) -> None:
        if isinstance(node, S3Bucket):
            node.tags = {"kind": "bucket"}


class SampleStack(TerraformStack):
    def __init__(self, scope: Construct, id_: str) -> None:
        super().__init__(scope, id_)
        AwsProvider(self, "aws", region="eu-west-1")
        other = AwsProvider(
            self,
            "other",
            region="us-east-1",
            alias="us",
            assume_role=[AwsProviderAssumeRole(role_arn="arn:aws:iam::1:role/r")],
        )
        S3Backend(self, bucket="state", key="sample", region="eu-west-1")
        size = TerraformVariable(self, "size", type="number", default=2)
        bucket = self.storage()
        self.functions(bucket)
        self.network(other, size.number_value)
        Aspects.of(self).add(Tagged())

    def storage(self) -> S3Bucket:
        bucket = S3Bucket(
            self, "bucket", bucket_prefix="ünïcode-", lifecycle_rule=[S3BucketLifecycleRule(enabled=True, id="all")]
        )
        DynamodbTable(
            self,
            "table",
            name="table",
            hash_key="pk",
            attribute=[DynamodbTableAttribute(name="pk", type="S")],
            ttl={"attribute_name": "expires", "enabled": True},
        )
        topics = TerraformIterator.from_list(["one", "two"])
        sns_topic.SnsTopic(self, "topic", for_each=topics, name=Token.as_string(topics.value))
        queue = sqs_queue.SqsQueue(self, "queue", name=Fn.join("-", ["a", bucket.bucket]))
        queue.add_override("lifecycle.prevent_destroy", True)  # noqa: FBT003  # cdktf's own signature
        queue.override_logical_id("ExactName")
        TerraformOutput(self, "queue-url", value=queue.url, sensitive=True)
        return bucket

    def functions(self, bucket: S3Bucket) -> None:
        caller = DataAwsCallerIdentity(self, "caller")
        statement = DataAwsIamPolicyDocumentStatement(actions=["sts:AssumeRole"])
        document = DataAwsIamPolicyDocument(self, "trust", statement=[statement])
        role = IamRole(self, "role", name_prefix=f"r-{caller.account_id}-", assume_role_policy=document.json)
        code = TerraformAsset(self, "code", path=__file__)
        function = LambdaFunction(
            self,
            "function",
            function_name="function",
            role=role.arn,
            filename=code.path,
            source_code_hash=code.asset_hash,
            environment=LambdaFunctionEnvironment(variables={"BUCKET": bucket.id}),
            depends_on=[bucket],
        )
        CloudwatchEventRule(self, "rule", event_pattern=json.dumps({"source": ["aws.s3"]}))
        SfnStateMachine(self, "machine", role_arn=role.arn, definition=Fn.jsonencode({"Resource": function.arn}))

    def network(self, other: AwsProvider, size: float) -> None:
        vpc = Vpc(self, "vpc", cidr_block="10.0.0.0/16", provider=other)
        subnet = Subnet(self, "subnet", vpc_id=vpc.id, cidr_block="10.0.1.0/24", provider=other)
        group = SecurityGroup(
            self, "group", vpc_id=vpc.id, provider=other, ingress=[SecurityGroupIngress(from_port=443, to_port=443)]
        )
        instance = Instance(
            self,
            "instance",
            ami="ami-1",
            instance_type="t3.micro",
            subnet_id=subnet.id,
            vpc_security_group_ids=[group.id],
            count=TerraformCount.of(size),
            lifecycle={"create_before_destroy": True, "ignore_changes": ["ami"]},
            provider=other,
        )
        TerraformOutput(self, "address", value=instance.private_ip)
        Wafv2WebAcl(
            self,
            "acl",
            scope="CLOUDFRONT",
            default_action={"allow": {}},
            visibility_config={
                "cloudwatch_metrics_enabled": True,
                "metric_name": "m",
                "sampled_requests_enabled": False,
            },
        )
        CloudfrontDistribution(
            self,
            "cdn",
            enabled=True,
            origin=[CloudfrontDistributionOrigin(domain_name="example.org", origin_id="o")],
            default_cache_behavior={
                "allowed_methods": ["GET", "HEAD"],
                "cached_methods": ["GET"],
                "target_origin_id": "o",
                "viewer_protocol_policy": "https-only",
                "forwarded_values": {"query_string": True, "cookies": {"forward": "none"}},
            },
            restrictions={"geo_restriction": {"restriction_type": "none", "locations": []}},
            viewer_certificate={"cloudfront_default_certificate": True},
        )


def main(output: Path) -> None:
    app = App(outdir=str(output))
    for id_ in ("first", "second"):
        SampleStack(app, id_)
    app.synth()


if __name__ == "__main__":
    main(Path(os.environ["CDKTF_OUTDIR"]).resolve())
