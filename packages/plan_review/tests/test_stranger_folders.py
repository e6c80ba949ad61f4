"""Folders in the style of public samples, planned offline with no flag: what is said of each, and nothing else."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from plan_review.__main__ import main

from .test_review import _no_network

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Write = Callable[[str, Any], Path]

__all__ = ["_no_network"]

REGION = 'provider "aws" { region = "us-east-1" }\n'
QUEUE = 'resource "aws_sqs_queue" "jobs" { name = "jobs" }\n'


class Folder(NamedTuple):
    """``files`` by name; ``said`` is the rule of each open finding and how it begins; ``made_up`` is what is noted."""

    files: dict[str, str]
    said: tuple[tuple[str, str], ...] = ()
    made_up: tuple[str, ...] = ()
    planned: bool = True


def _asks(version: str) -> str:
    asked = f'aws = {{ source = "hashicorp/aws", version = "{version}" }}'
    return f"terraform {{\n  required_providers {{\n    {asked}\n  }}\n}}\n"


FOLDERS = {
    "a random suffix": Folder(
        {
            "main.tf": REGION
            + 'resource "random_pet" "x" {}\nresource "aws_s3_bucket" "b" { bucket = "b-${random_pet.x.id}" }\n'
        }
    ),
    "a random password with its choices": Folder(
        {
            "main.tf": REGION
            + 'resource "random_password" "x" {\n  length = 16\n  special = false\n}\n'
            + 'resource "aws_secretsmanager_secret" "s" { name = "s" }\n'
            + 'resource "aws_secretsmanager_secret_version" "s" {\n  secret_id = aws_secretsmanager_secret.s.id\n'
            + "  secret_string = random_password.x.result\n}\n"
        }
    ),
    "a null resource with a trigger": Folder(
        {"main.tf": REGION + QUEUE + 'resource "null_resource" "n" { triggers = { q = aws_sqs_queue.jobs.arn } }\n'}
    ),
    "a wait": Folder(
        {
            "main.tf": REGION
            + QUEUE
            + 'resource "time_sleep" "w" {\n  create_duration = "5s"\n  depends_on = [aws_sqs_queue.jobs]\n}\n'
        }
    ),
    "a key made by tls": Folder(
        {
            "main.tf": REGION
            + 'resource "tls_private_key" "k" { algorithm = "ED25519" }\n'
            + 'resource "aws_key_pair" "k" {\n  key_name = "k"\n'
            + "  public_key = tls_private_key.k.public_key_openssh\n}\n"
        }
    ),
    "a file written beside it": Folder(
        {
            "main.tf": REGION
            + QUEUE
            + 'resource "local_file" "f" {\n  filename = "queue.txt"\n  content = aws_sqs_queue.jobs.url\n}\n'
        }
    ),
    "a file read": Folder(
        {
            "main.tf": REGION
            + 'data "local_file" "name" { filename = "${path.module}/name.txt" }\n'
            + 'resource "aws_sqs_queue" "q" { name = trimspace(data.local_file.name.content) }\n',
            "name.txt": "orders\n",
        }
    ),
    "a template": Folder(
        {
            "main.tf": REGION
            + 'data "template_file" "n" {\n  template = "$${stage}-orders"\n  vars = { stage = "dev" }\n}\n'
            + 'resource "aws_sqs_queue" "q" { name = data.template_file.n.rendered }\n'
        }
    ),
    "a program that prints a revision": Folder(
        {
            "main.tf": REGION
            + 'data "external" "git" { program = ["git", "log", "-1"] }\n'
            + 'resource "aws_sqs_queue" "q" {\n  name = "q"\n'
            + '  tags = { revision = data.external.git.result["sha"] }\n}\n'
        },
        made_up=("data external",),
    ),
    "the account and the region": Folder(
        {
            "main.tf": 'data "aws_caller_identity" "me" {}\ndata "aws_region" "here" {}\ndata "aws_partition" "p" {}\n'
            'resource "aws_s3_bucket" "b" {\n'
            '  bucket = "b-${data.aws_caller_identity.me.account_id}-${data.aws_region.here.name}"\n}\n'
        },
        made_up=("the account", "the region"),
    ),
    "zones and a network": Folder(
        {
            "main.tf": REGION
            + 'data "aws_availability_zones" "all" {}\nresource "aws_vpc" "v" { cidr_block = "10.0.0.0/16" }\n'
            + 'resource "aws_subnet" "s" {\n  count = 2\n  vpc_id = aws_vpc.v.id\n'
            + "  cidr_block = cidrsubnet(aws_vpc.v.cidr_block, 8, count.index)\n"
            + "  availability_zone = data.aws_availability_zones.all.names[count.index]\n}\n"
        },
        made_up=("data aws_availability_zones",),
    ),
    "a network that is there": Folder(
        {
            "main.tf": REGION
            + 'data "aws_vpc" "v" { default = true }\n'
            + 'data "aws_subnets" "s" {\n  filter {\n    name = "vpc-id"\n    values = [data.aws_vpc.v.id]\n  }\n}\n'
            + 'resource "aws_security_group" "g" {\n  name = "g"\n  vpc_id = data.aws_vpc.v.id\n}\n'
            + 'output "first" { value = data.aws_subnets.s.ids[0] }\n'
        },
        made_up=("data aws_subnets", "data aws_vpc"),
    ),
    "what rests on a made-up secret": Folder(
        {
            "main.tf": REGION
            + 'data "aws_secretsmanager_secret_version" "db" { secret_id = "db" }\n'
            + "locals { db = jsondecode(data.aws_secretsmanager_secret_version.db.secret_string) }\n"
            + 'resource "aws_ssm_parameter" "u" {\n  name = "/u"\n  type = "String"\n  value = local.db.user\n}\n'
        },
        said=(("terraform-not-planned", "Unsupported attribute (main.tf:7)"),),
        made_up=("data aws_secretsmanager_secret_version",),
        planned=False,
    ),
    "a module tells the provider about itself": Folder(
        {
            "main.tf": 'terraform {\n  required_providers {\n    aws = { source = "hashicorp/aws" }\n  }\n'
            '  provider_meta "aws" {\n    user_agent = ["orders/1.0"]\n  }\n}\n' + QUEUE
        }
    ),
    "an older provider is pinned": Folder(
        {
            "main.tf": _asks("~> 4.67")
            + 'resource "aws_elasticache_replication_group" "r" {\n  replication_group_id = "r"\n'
            + '  replication_group_description = "r"\n}\n'
        },
        said=(
            ("terraform-not-planned", "Missing required argument (main.tf:6)"),
            ("terraform-not-planned", "Unsupported argument (main.tf:8)"),
        ),
        planned=False,
    ),
    "an argument that a newer provider may have": Folder(
        {"main.tf": _asks(">= 6.0") + 'resource "aws_sqs_queue" "q" {\n  name = "q"\n  message_colour = "red"\n}\n'},
        said=(("terraform-not-planned", "Unsupported argument (main.tf:8)"),),
        planned=False,
    ),
    "an argument that is written wrong": Folder(
        {"main.tf": _asks(">= 6.0") + 'resource "aws_sqs_queue" "q" {\n  name = "q"\n  delay_second = 1\n}\n'},
        said=(("terraform-refuses", "Unsupported argument (main.tf:8)"),),
        planned=False,
    ),
    "an argument that the pinned provider has not": Folder(
        {"main.tf": _asks("6.25.0") + 'resource "aws_sqs_queue" "q" {\n  name = "q"\n  message_colour = "red"\n}\n'},
        said=(("terraform-refuses", "Unsupported argument (main.tf:8)"),),
        planned=False,
    ),
    "a lock file with an older provider": Folder(
        {
            "main.tf": _asks(">= 4.0") + 'resource "aws_sqs_queue" "q" {\n  name = "q"\n  message_colour = "red"\n}\n',
            ".terraform.lock.hcl": 'provider "registry.terraform.io/hashicorp/aws" {\n  version     = "5.31.0"\n}\n',
        },
        said=(("terraform-refuses", "Unsupported argument (main.tf:8)"),),
        planned=False,
    ),
    "another Terraform is asked for": Folder(
        {"main.tf": 'terraform { required_version = "~> 1.3.0" }\n' + REGION + QUEUE},
        said=(("terraform-not-planned", "it asks for Terraform ~> 1.3.0; the plan was made by "),),
    ),
    "a provider that is not here": Folder(
        {
            "main.tf": 'terraform {\n  required_providers {\n    dns = { source = "example/dns" }\n  }\n}\n'
            'resource "dns_record" "r" { name = "r" }\n'
            'resource "aws_sqs_queue" "q" {\n  name = "q"\n  visibility_timeout_seconds = 100000\n}\n'
        },
        said=(
            ("number-range", "visibility_timeout_seconds is 100000"),
            ("terraform-not-planned", "no plan was made: the provider example/dns cannot be had"),
        ),
        planned=False,
    ),
    "a module that is not here": Folder(
        {
            "main.tf": 'module "vpc" {\n  source = "terraform-aws-modules/vpc/aws"\n  version = "~> 5.0"\n}\n'
            'resource "aws_sqs_queue" "q" {\n  name = "q"\n  delay_seconds = 1000\n}\n'
            'resource "aws_security_group" "g" {\n  name = "g"\n  vpc_id = module.vpc.vpc_id\n}\n'
        },
        said=(
            ("number-range", "delay_seconds is 1000"),
            ("terraform-not-planned", "no plan was made: the module vpc cannot be had"),
        ),
        planned=False,
    ),
    "a module that an init has brought": Folder(
        {
            "main.tf": 'module "queue" {\n  source = "example/queue/aws"\n  version = "1.2.3"\n}\n',
            ".terraform/modules/queue/main.tf": QUEUE,
            ".terraform/modules/modules.json": json.dumps(
                {
                    "Modules": [
                        {"Key": "", "Source": "", "Dir": "."},
                        {
                            "Key": "queue",
                            "Source": "registry.terraform.io/example/queue/aws",
                            "Version": "1.2.3",
                            "Dir": ".terraform/modules/queue",
                        },
                    ]
                }
            ),
        }
    ),
    "a file that is built elsewhere": Folder(
        {
            "main.tf": REGION
            + 'resource "aws_ssm_parameter" "p" {\n  name = "/p"\n  type = "String"\n'
            + '  value = filebase64sha256("build/site.css")\n}\n'
        },
        said=(("terraform-not-planned", "Error in function call (main.tf:5): the file build/site.css is not on this"),),
        planned=False,
    ),
    "an archive of sources": Folder(
        {
            "main.tf": REGION
            + 'data "archive_file" "code" {\n  type = "zip"\n  source_dir = "${path.module}/src"\n'
            + '  output_path = "${path.module}/build/code.zip"\n}\n'
            + 'resource "aws_ssm_parameter" "p" {\n  name = "/p"\n  type = "String"\n'
            + "  value = data.archive_file.code.output_base64sha256\n}\n",
            "src/app.py": "def handler(event, context): ...\n",
            "build/code.zip": "as it was",
        },
        made_up=("data archive_file",),
    ),
    "a template that is read as it is": Folder(
        {
            "main.tf": REGION
            + 'resource "aws_iam_role" "r" {\n  name = "r"\n  assume_role_policy = jsonencode({ '
            + 'Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", '
            + 'Principal = { Service = "states.amazonaws.com" } }] })\n}\n'
            + 'resource "aws_sfn_state_machine" "m" {\n  name = "m"\n  role_arn = aws_iam_role.r.arn\n'
            + '  definition = file("${path.module}/machine.json")\n}\n',
            "machine.json": json.dumps(
                {
                    "StartAt": "A",
                    "States": {
                        "A": {"Type": "Task", "Resource": "${OrderFunctionArn}", "Next": "B"},
                        "B": {
                            "Type": "Task",
                            "Resource": "arn:aws:states:::sns:publish",
                            "Parameters": {"TopicArn": "${TopicArn}", "Message": "done"},
                            "End": True,
                        },
                    },
                }
            ),
        },
        said=(("state-machine-definition", "its definition is a template that nothing fills in: it holds ${Order"),),
    ),
    "destroyed through nothing": Folder(
        {
            "main.tf": REGION
            + 'resource "aws_sns_topic" "first" { name = "first" }\n'
            + 'resource "aws_sns_topic" "between" {\n  for_each = toset([])\n  name = each.key\n'
            + "  depends_on = [aws_sns_topic.first]\n}\n"
            + 'resource "aws_sns_topic" "last" {\n  name = "last"\n'
            + "  depends_on = [aws_sns_topic.first, aws_sns_topic.between]\n}\n"
        }
    ),
}


@pytest.mark.parametrize("name", FOLDERS)
def test_of_a_folder_is_said(
    name: str, write: Write, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("AWS_REGION", "AWS_DEFAULT_REGION", "TERRAFORM_MIRROR"):
        monkeypatch.delenv(variable, raising=False)
    folder = FOLDERS[name]
    for file, text in folder.files.items():
        write(f"sample/{file}", text)
    before = set((tmp_path / "sample").rglob("*"))
    main([str(tmp_path / "sample"), "--json"])
    document = json.loads(capsys.readouterr().out)
    found = sorted((each["rule"], each["message"]) for each in document["findings"] if each["open"])

    assert len(found) == len(folder.said), found
    for (rule, message), (wanted_rule, wanted) in zip(found, sorted(folder.said), strict=True):
        assert (rule, message[: len(wanted)]) == (wanted_rule, wanted)
    assert document["planned"] is folder.planned
    noted = [note for note in document["notes"] if note.startswith("Made up for this plan")]
    assert bool(noted) is bool(folder.made_up)
    assert all(each in noted[0] for each in folder.made_up)
    assert set((tmp_path / "sample").rglob("*")) == before
    assert all((tmp_path / "sample" / file).read_text() == text for file, text in folder.files.items())
