"""Condition keys that every service's requests may carry.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html (read 2026-11-29)
"""

from __future__ import annotations

GLOBAL_KEYS = (
    *("aws:AssumedRoot", "aws:CalledVia", "aws:CalledViaFirst", "aws:CalledViaLast", "aws:ChatbotSourceArn"),
    *("aws:CurrentTime", "aws:Ec2InstanceSourcePrivateIPv4", "aws:Ec2InstanceSourceVpc", "aws:EpochTime"),
    *("aws:FederatedProvider", "aws:MultiFactorAuthAge", "aws:MultiFactorAuthPresent", "aws:PrincipalAccount"),
    *("aws:PrincipalArn", "aws:PrincipalIsAWSService", "aws:PrincipalOrgID", "aws:PrincipalOrgPaths"),
    *("aws:PrincipalServiceName", "aws:PrincipalServiceNamesList", "aws:PrincipalTag", "aws:PrincipalType"),
    *("aws:Referer", "aws:RequestTag", "aws:RequestedRegion", "aws:ResourceAccount", "aws:ResourceOrgID"),
    *("aws:ResourceOrgPaths", "aws:ResourceTag", "aws:SecureTransport", "aws:SourceAccount", "aws:SourceArn"),
    *("aws:SourceIdentity", "aws:SourceIp", "aws:SourceOrgID", "aws:SourceOrgPaths", "aws:SourceOwner"),
    *("aws:SourceVpc", "aws:SourceVpcArn", "aws:SourceVpce", "aws:TagKeys", "aws:TokenIssueTime", "aws:UserAgent"),
    *("aws:ViaAWSService", "aws:VpcSourceIp", "aws:VpceAccount", "aws:VpceOrgID", "aws:VpceOrgPaths"),
    *("aws:userid", "aws:username"),
)
"""Keys for tags are followed by a slash and the tag's name."""

MULTIVALUED_KEYS = frozenset(
    {
        *("aws:calledvia", "aws:principalorgpaths", "aws:principalservicenameslist", "aws:resourceorgpaths"),
        *("aws:sourceorgpaths", "aws:tagkeys", "aws:vpceorgpaths"),
    }
)
"""Global keys, in lower case, that carry several values at once."""

SESSION_KEYS = frozenset(
    {
        *("ec2:roledelivery", "ec2:sourceinstancearn", "lambda:sourcefunctionarn", "ssm:sourceinstancearn"),
        *("glue:credentialissuingservice", "glue:roleassumedby", "identitystore:userid"),
    }
)
"""Keys of a service, in lower case, that its credentials carry to every other service."""
