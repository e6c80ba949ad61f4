"""Names: what resources are called in AWS and in Terraform."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from cdktf import TerraformElement, TerraformResource

from stacks.config import PROJECT

Element = TypeVar("Element", bound=TerraformElement)


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What the resources of one environment are called in AWS."""

    environment: str
    account_id: str

    def of(self, thing: str) -> str:
        """Return the name of a resource, unique in its account and region."""
        return f"{PROJECT}-{self.environment}-{thing}"

    def bucket(self, thing: str) -> str:
        """Return the name of a bucket; those are unique in the whole partition, hence the account."""
        return f"{self.of(thing)}-{self.account_id}"


def fixed(element: Element) -> Element:
    """Give an element its construct id as its Terraform name, without path and hash, and return it.

    A plan then reads ``aws_s3_bucket.UploadBucket``, and moving a construct to another unit replaces nothing.
    """
    element.override_logical_id(element.node.id)
    return element


def address(resource: TerraformResource) -> str:
    """Return a resource's address in Terraform, for arguments that take no reference."""
    return f"{resource.terraform_resource_type}.{resource.friendly_unique_id}"
