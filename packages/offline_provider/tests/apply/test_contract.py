"""What Terraform expects of a provider: drift, failures midway, replacing, and what a person must not see."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from dataclasses import replace
from typing import TYPE_CHECKING

from offline_provider import serve
from offline_provider.applying.types import TYPES
from terraform_runtime.executable import find_terraform

from .conftest import environment
from .emulator import emulator
from .families import FAMILIES
from .workspace import EMULATED, Outcome, Workspace

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from .conftest import MakeWorkspace
    from .emulator import Endpoints

_QUEUE = 'resource "aws_sqs_queue" "queue" { name = "NAME" }\n'
_GROUP = 'resource "aws_cloudwatch_log_group" "group" {\n  name = "/NAME"\n  retention_in_days = 7\n}\n'
_TRUST = """jsonencode({
    Version = "2012-10-17"
    Statement = [{ Action = "sts:AssumeRole", Effect = "Allow", Principal = { Service = "lambda.amazonaws.com" } }]
  })"""
_ROLE = f"""
resource "aws_iam_role" "role" {{
  name = "NAME"
  assume_role_policy = {_TRUST}
}}
"""


def test_what_was_changed_or_deleted_behind_its_back_is_seen_and_repaired(make_workspace: MakeWorkspace) -> None:
    work = make_workspace(_QUEUE + _GROUP)
    work.apply()
    logs, sqs = work.client("logs"), work.client("sqs")
    logs.put_retention_policy(logGroupName=f"/{work.name}", retentionInDays=30)
    logs.tag_log_group(logGroupName=f"/{work.name}", tags={"Stray": "yes"})
    sqs.delete_queue(QueueUrl=work.state()["aws_sqs_queue.queue"]["url"])
    assert work.actions() == {"aws_cloudwatch_log_group.group": "update", "aws_sqs_queue.queue": "create"}
    work.apply_plan()
    assert work.actions() == {}
    group = logs.describe_log_groups(logGroupNamePrefix=f"/{work.name}")["logGroups"][0]
    assert group["retentionInDays"] == 7
    assert logs.list_tags_log_group(logGroupName=f"/{work.name}")["tags"] == {"Project": "test"}


def test_refreshing_alone_takes_over_what_is_there(make_workspace: MakeWorkspace) -> None:
    work = make_workspace(_GROUP)
    work.apply()
    work.client("logs").put_retention_policy(logGroupName=f"/{work.name}", retentionInDays=30)
    work.apply("-refresh-only")
    assert work.state()["aws_cloudwatch_log_group.group"]["retention_in_days"] == 30


def test_a_resource_that_fails_after_it_was_made_is_kept_tainted_and_replaced(make_workspace: MakeWorkspace) -> None:
    work = make_workspace(_QUEUE + _GROUP.replace("= 7", "= 8"))  # eight days are none that the service knows
    failed = work.apply(check=False)
    assert failed.code == 1
    assert f"cannot create log group /{work.name}" in failed.words
    assert "PutRetentionPolicy: InvalidParameterException" in failed.words
    assert work.state()["aws_cloudwatch_log_group.group"]["id"] == f"/{work.name}"
    assert "aws_sqs_queue.queue" in work.state()
    work.change("= 8", "= 7")
    assert work.actions() == {"aws_cloudwatch_log_group.group": "replace"}
    work.apply_plan()
    assert work.actions() == {}


def test_a_change_that_fails_midway_keeps_what_was_done(make_workspace: MakeWorkspace) -> None:
    work = make_workspace(_GROUP)
    work.apply()
    # The retention is written first; the emulator does not know protection from deletion.
    work.change("= 7", "= 30\n  deletion_protection_enabled = true")
    failed = work.apply(check=False)
    assert failed.code == 1
    assert f"cannot change log group /{work.name}" in failed.words
    assert work.state()["aws_cloudwatch_log_group.group"]["retention_in_days"] == 30
    work.change("\n  deletion_protection_enabled = true", "")
    assert work.actions() == {}


def test_what_is_there_already_is_named(make_workspace: MakeWorkspace) -> None:
    # In us-east-1 S3 answers the owner as if it had made the bucket anew.
    bucket = 'resource "aws_s3_bucket" "b" {\n  bucket = "NAME"\n  region = "us-east-1"\n}\n'
    first = make_workspace(_ROLE + bucket, name="first")
    first.apply()
    second = make_workspace("", name="second")
    second.name = first.name
    second.write(_ROLE + bucket)
    failed = second.apply(check=False)
    assert failed.code == 1
    assert f"IAM role {first.name} exists already" in failed.words
    assert f"S3 bucket {first.name} exists already" in failed.words
    assert second.state() == {}


def test_a_bucket_is_emptied_of_versions_and_odd_keys(make_workspace: MakeWorkspace) -> None:
    work = make_workspace("""
resource "aws_s3_bucket" "b" {
  bucket        = "NAME"
  force_destroy = true
}
resource "aws_s3_bucket_versioning" "v" {
  bucket = aws_s3_bucket.b.id
  versioning_configuration { status = "Enabled" }
}
""")
    work.apply()
    s3 = work.client("s3")
    for key in ("a b+c", "100%", "%41", "x/ä 🎬.mp4", "a&b<c>", "a\nb"):
        for _ in range(2):
            s3.put_object(Bucket=work.name, Key=key, Body=b"x")
    s3.delete_object(Bucket=work.name, Key="100%")
    s3.create_multipart_upload(Bucket=work.name, Key="never finished")
    work.destroy()
    assert work.name not in [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]


def test_a_bucket_with_objects_stays_unless_it_may_be_emptied(make_workspace: MakeWorkspace) -> None:
    work = make_workspace('resource "aws_s3_bucket" "b" { bucket = "NAME" }\n')
    work.apply()
    work.client("s3").put_object(Bucket=work.name, Key="k", Body=b"x")
    failed = work.run("destroy", "-auto-approve", check=False)
    assert failed.code == 1
    assert f"cannot remove S3 bucket {work.name} DeleteBucket: BucketNotEmpty" in failed.words
    assert "aws_s3_bucket.b" in work.state()


def test_lifecycle_arguments_of_terraform_hold(make_workspace: MakeWorkspace) -> None:
    work = make_workspace("""
resource "aws_sqs_queue" "queue" {
  name = "NAME"
  lifecycle { prevent_destroy = true }
}
resource "aws_sqs_queue" "other" {
  name_prefix = "NAME-"
  lifecycle { create_before_destroy = true }
}
""")
    work.apply()
    before = work.state()["aws_sqs_queue.other"]["name"]
    work.run("plan", "-replace=aws_sqs_queue.other", "-out", "plan.bin")
    work.apply_plan()
    assert work.state()["aws_sqs_queue.other"]["name"] != before
    refused = work.run("destroy", "-auto-approve", check=False)
    assert refused.code == 1
    assert "prevent_destroy" in refused.words


def test_the_account_is_the_one_that_the_emulator_says(make_workspace: MakeWorkspace) -> None:
    work = make_workspace('data "aws_caller_identity" "me" {}\noutput "me" { value = data.aws_caller_identity.me }\n')
    work.apply()
    assert '"123456789012"' in work.run("output", "me").text
    assert "a stand-in" not in work.run("plan").text


def test_an_import_of_what_is_not_there_fails_by_name(make_workspace: MakeWorkspace) -> None:
    work = make_workspace(_ROLE)
    failed = work.run("import", "aws_iam_role.role", "nobody", check=False)
    assert failed.code == 1
    assert "Cannot import non-existent remote object" in failed.words
    work = make_workspace('resource "aws_iam_role_policy" "p" {\n  role = "r"\n  policy = "{}"\n}\n', name="other")
    failed = work.run("import", "aws_iam_role_policy.p", "no-colon", check=False)
    assert "must be of the form role:policy" in failed.words


def test_secrets_stay_out_of_messages_and_logs(make_workspace: MakeWorkspace) -> None:
    secret = "correct-horse-battery"  # noqa: S105 - the word that is looked for
    lambda_ = next(family for family in FAMILIES if family.name == "lambda").hcl
    declared = f'variable "secret" {{\n  sensitive = true\n  default = "{secret}"\n}}\n'
    work = make_workspace(declared + lambda_.replace('MODE = "one"', "MODE = var.secret"))
    applied = _command(work, "terraform", "apply", "-auto-approve", "-no-color", TF_LOG_PROVIDER="TRACE")
    assert applied.code == 0, applied.text
    # The SDK's and the emulator's messages quote what they do not like.
    work.change('runtime          = "python3.12"', "runtime = var.secret")
    refused = _command(work, "terraform", "apply", "-auto-approve", "-no-color", TF_LOG_PROVIDER="TRACE")
    assert secret not in applied.text + refused.text
    assert refused.code == 0 or "(sensitive value)" in refused.text


def _command(work: Workspace, *command: str, folder: Path | None = None, **environ: str) -> Outcome:
    """Run a command with the offline provider served by its own process."""
    own = {name: value for name, value in work.environ.items() if name != "TF_REATTACH_PROVIDERS"}
    done = subprocess.run(
        [sys.executable, "-m", "offline_provider", "--", *command], cwd=folder or work.folder, text=True, check=False,
        env=own | environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    return Outcome(done.returncode, done.stdout)


def test_files_are_taken_from_where_terraform_runs(make_workspace: MakeWorkspace, tmp_path: Path) -> None:
    work = make_workspace(next(family for family in FAMILIES if family.name == "lambda").hcl)
    applied = _command(work, "terraform", f"-chdir={work.folder}", "apply", "-auto-approve", folder=tmp_path)
    assert applied.code == 0, applied.text
    again = f"'{find_terraform().binary}' apply -auto-approve -no-color -replace=aws_lambda_function.function"
    replaced = _command(work, "sh", "-c", f'cd "{work.folder}" && {again}', folder=tmp_path)
    assert replaced.code == 0, replaced.text
    assert "applies to http://127.0.0.1" in replaced.words
    work.destroy()


def test_two_applies_at_once_do_not_mix(make_workspace: MakeWorkspace, endpoints: Endpoints, tmp_path: Path) -> None:
    folder = tmp_path / "second"
    folder.mkdir()
    with emulator(folder) as other, serve(environ=environment(other)) as provider:
        own = EMULATED.rstrip().removesuffix("}")
        first = make_workspace(_GROUP + _QUEUE, name="first")
        # One serving, two emulators: the second provider block names its own.
        services = "\n".join(f'    {service} = "{other.aws}"' for service in ("logs", "sqs", "sts"))
        second = make_workspace(
            _GROUP + _QUEUE, name="second-work", provider=f"{own}  endpoints {{\n{services}\n  }}\n}}\n"
        )
        third = Workspace(tmp_path / "third", provider.environment(environment(other)), other)
        third.folder.mkdir()
        third.write(_GROUP + _QUEUE)
        outcomes: list[Outcome] = []
        threads = [
            threading.Thread(target=lambda work=work: outcomes.append(work.apply(check=False)))
            for work in (first, second, third)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [outcome.code for outcome in outcomes] == [0, 0, 0], outcomes
        here, there = (
            {group["logGroupName"] for group in client.describe_log_groups()["logGroups"]}
            for client in (first.client("logs"), third.client("logs"))
        )
        assert f"/{first.name}" in here - there
        assert {f"/{second.name}", f"/{third.name}"} <= there - here
        assert endpoints.aws in first.state()["aws_sqs_queue.queue"]["url"]
        assert other.aws in second.state()["aws_sqs_queue.queue"]["url"]
        for work in (first, second, third):
            assert work.actions() == {}
            work.destroy()


def test_each_provider_block_has_its_own_region_and_a_resource_may_have_another(make_workspace: MakeWorkspace) -> None:
    second = EMULATED.replace('"ap-southeast-1"', '"eu-west-1"\n  alias = "second"').replace('"test"', '"second"')
    work = make_workspace(
        second
        + """
resource "aws_sqs_queue" "first" { name = "NAME" }
resource "aws_sqs_queue" "second" {
  provider = aws.second
  name     = "NAME"
}
resource "aws_sqs_queue" "third" {
  region = "us-west-2"
  name   = "NAME"
}
"""
    )
    work.apply()
    assert work.actions() == {}
    found = {address: (queue["arn"].split(":")[3], queue["tags_all"]) for address, queue in work.state().items()}
    assert found == {
        "aws_sqs_queue.first": ("ap-southeast-1", {"Project": "test"}),
        "aws_sqs_queue.second": ("eu-west-1", {"Project": "second"}),
        "aws_sqs_queue.third": ("us-west-2", {"Project": "test"}),
    }
    work.destroy()


def test_a_functions_code_is_taken_from_a_bucket(make_workspace: MakeWorkspace) -> None:
    code = '  s3_bucket = "NAME-code"\n  s3_key = "code.zip"\n'
    work = make_workspace(
        _ROLE
        + f"""
resource "aws_lambda_function" "f" {{
  function_name = "NAME"
  role = aws_iam_role.role.arn
  runtime = "python3.12"
  handler = "code.handler"
{code}
}}
"""
    )
    s3 = work.client("s3")
    location = {"LocationConstraint": work.endpoints.region}
    s3.create_bucket(Bucket=f"{work.name}-code", CreateBucketConfiguration=location)
    content = (work.folder / "code.zip").read_bytes()
    s3.put_object(Bucket=f"{work.name}-code", Key="code.zip", Body=content)
    work.apply()
    assert work.actions() == {}
    assert work.state()["aws_lambda_function.f"]["source_code_size"] == len(content)
    work.change('"code.zip"', '"missing.zip"')
    failed = work.apply(check=False)
    assert failed.code == 1
    assert f"cannot change Lambda function {work.name}" in failed.words
    work.destroy()


def test_an_interrupted_apply_ends_at_once_and_keeps_what_it_made(
    make_workspace: MakeWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    never = replace(TYPES["aws_sqs_queue"], settled=lambda _queue, _found: False)
    monkeypatch.setitem(TYPES, "aws_sqs_queue", never)
    work = make_workspace(_QUEUE)
    command = [str(find_terraform().binary), "apply", "-auto-approve", "-no-color"]
    with subprocess.Popen(command, cwd=work.folder, env=work.environ, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        sqs = work.client("sqs")
        for line in running.stdout:
            if "Creating..." in line:
                break
        while not sqs.list_queues(QueueNamePrefix=work.name).get("QueueUrls"):
            pass
        running.send_signal(signal.SIGINT)
        running.communicate(timeout=30)
    assert running.returncode == 1
    assert work.state()["aws_sqs_queue.queue"]["name"] == work.name
