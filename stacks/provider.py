"""Where a stack is deployed to and where its state is kept."""

from __future__ import annotations

from cdktf import LocalBackend, S3Backend, TerraformStack
from cdktf_cdktf_provider_aws.provider import AwsProvider, AwsProviderDefaultTags

from stacks.config import PROJECT, EnvironmentConfig

# From a stack's folder below the output folder (cdktf.out/stacks/NAME) to the folder that holds the output folder. A
# relative path keeps the path of this machine out of the synthesized configuration.
PROJECT_FROM_STACK = "../../.."


def use_aws(stack: TerraformStack, environment: EnvironmentConfig, *, version: str | None) -> None:
    """Configure the AWS provider: region, tags on everything, and refusal of any other account.

    An emulated environment skips what an emulator does not answer. Its endpoint is no part of the configuration: the
    provider reads ``AWS_ENDPOINT_URL``. ``version`` replaces the exact version that the bindings demand.
    """
    tags = {"Project": PROJECT, "Environment": environment.name, "ManagedBy": "cdktf", **environment.tags}
    emulated = environment.emulated or None
    AwsProvider(
        stack,
        "aws",
        region=environment.region,
        allowed_account_ids=[environment.account_id],
        default_tags=[AwsProviderDefaultTags(tags=tags)],
        skip_credentials_validation=emulated,
        skip_metadata_api_check="true" if emulated else None,
        s3_use_path_style=emulated,
    )
    if version:
        stack.add_override("terraform.required_providers.aws.version", version)


def keep_state(stack: TerraformStack, environment: EnvironmentConfig) -> None:
    """Keep the state in S3 where the settings name a bucket, else in a file beside the output folder."""
    remote = environment.state
    if remote is None:
        LocalBackend(stack, path=f"{PROJECT_FROM_STACK}/terraform.{environment.stack_id}.tfstate")
        return
    S3Backend(
        stack,
        bucket=remote.bucket,
        key=remote.key,
        region=remote.region,
        encrypt=True,
        kms_key_id=remote.kms_key_id,
    )
    # The bindings know only the older lock in a DynamoDB table.
    stack.add_override("terraform.backend.s3.use_lockfile", remote.use_lockfile)
