"""IAM: roles and their inline policies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from offline_provider.applying.errors import CALL_FAILURES, code_of
from offline_provider.applying.fields import Field, always
from offline_provider.applying.generated_names import name_of, named
from offline_provider.applying.resource_type import Call, Read, ResourceType, Step, Tags
from offline_provider.planning.behaviour import Document
from offline_provider.planning.json_documents import go_json, normalized

if TYPE_CHECKING:
    from offline_provider.applying.resource import Resource

_GONE = frozenset({"NoSuchEntity"})

_NAME = {"name": "RoleName"}
_POLICY_KEY = {"role": "RoleName", "name": "PolicyName"}
_PUT_POLICY = Call("put_role_policy", {**_POLICY_KEY, "policy": "PolicyDocument"})


def _document(found: Any) -> str:
    """Return a policy as text; botocore hands those of IAM over parsed."""
    return found if isinstance(found, str) else go_json(found)


def _moment(found: Any) -> str:
    return f"{found:%Y-%m-%dT%H:%M:%SZ}"


def _inline(role: Resource) -> dict[str, str]:
    """Return the policies in the role, by name."""
    names = [name for page in role.pages("list_role_policies", RoleName=role["name"]) for name in page["PolicyNames"]]
    found = {}
    for name in names:
        try:
            policy = role.send("get_role_policy", {"RoleName": role["name"], "PolicyName": name})
        except CALL_FAILURES as error:
            if code_of(error) not in _GONE:
                raise
            continue  # removed since it was listed, by another resource of the same run
        found[name] = normalized(_document(policy["PolicyDocument"]), Document.LEGACY_POLICY)
    return found


def _attached(role: Resource) -> list[str]:
    pages = role.pages("list_attached_role_policies", RoleName=role["name"])
    return sorted(policy["PolicyArn"] for page in pages for policy in page["AttachedPolicies"])


def _role_policies(role: Resource, found: dict[str, Any]) -> dict[str, Any]:
    inline = [{"name": name, "policy": policy} for name, policy in sorted(_inline(role).items())]
    return {"inline_policy": inline, "managed_policy_arns": _attached(role), **name_of("name")(role, found)}


def _wanted_inline(role: Resource) -> dict[str, str]:
    return {item["name"]: item["policy"] for item in role["inline_policy"] or [] if item.get("name")}


def _write_inline(role: Resource) -> None:
    wanted = _wanted_inline(role)
    before = set() if role.prior is None else {item["name"] for item in role.prior["inline_policy"] or []}
    for name in sorted(before - wanted.keys()):
        role.send("delete_role_policy", {"RoleName": role["name"], "PolicyName": name})
    for name, policy in wanted.items():
        role.send("put_role_policy", {"RoleName": role["name"], "PolicyName": name, "PolicyDocument": policy})


def _write_attached(role: Resource) -> None:
    wanted = set(role["managed_policy_arns"] or [])
    before = set() if role.prior is None else set(role.prior["managed_policy_arns"] or [])
    for operation, arns in (("detach_role_policy", before - wanted), ("attach_role_policy", wanted - before)):
        for arn in sorted(arns):
            role.send(operation, {"RoleName": role["name"], "PolicyArn": arn})


def _empty(role: Resource) -> None:
    """Take from the role what it was given with it, and with ``force_detach_policies`` everything."""
    everything = bool(role["force_detach_policies"])
    if everything or role["managed_policy_arns"]:
        for arn in _attached(role):
            role.send("detach_role_policy", {"RoleName": role["name"], "PolicyArn": arn})
    if everything or role["inline_policy"]:
        for name in _inline(role):
            role.send("delete_role_policy", {"RoleName": role["name"], "PolicyName": name})


_INLINE = Step(_write_inline, ("DeleteRolePolicy", "PutRolePolicy"), writes=("inline_policy",))
_ATTACHED = Step(_write_attached, ("DetachRolePolicy", "AttachRolePolicy"), writes=("managed_policy_arns",))

ROLE = ResourceType(
    service="iam",
    what="IAM role",
    called="name",
    identity=lambda role: str(role["name"]),
    generated=named("name"),
    create=(
        Call(
            "create_role",
            {
                **_NAME,
                "assume_role_policy": "AssumeRolePolicyDocument",
                "description": "Description",
                "max_session_duration": "MaxSessionDuration",
                "path": "Path",
                "permissions_boundary": "PermissionsBoundary",
            },
        ),
        _INLINE,
        _ATTACHED,
    ),
    reads=(
        Read(
            "get_role",
            _NAME,
            {
                **_NAME,
                "arn": "Arn",
                "assume_role_policy": Field("AssumeRolePolicyDocument", read=_document),
                "create_date": Field("CreateDate", read=_moment),
                "description": "Description",
                "max_session_duration": "MaxSessionDuration",
                "path": "Path",
                "permissions_boundary": "PermissionsBoundary.PermissionsBoundaryArn",
                "unique_id": "RoleId",
            },
            pick="Role",
        ),
    ),
    derive=_role_policies,
    update=(
        Call("update_assume_role_policy", {**_NAME, "assume_role_policy": "PolicyDocument"}),
        Call("update_role_description", {**_NAME, "description": always("Description")}),
        Call("update_role", {**_NAME, "max_session_duration": "MaxSessionDuration"}),
        Call(
            "put_role_permissions_boundary",
            {**_NAME, "permissions_boundary": "PermissionsBoundary"},
            when=lambda role: bool(role["permissions_boundary"]),
        ),
        Call(
            "delete_role_permissions_boundary",
            lambda role: role.request(_NAME),
            writes=("permissions_boundary",),
            when=lambda role: not role["permissions_boundary"],
        ),
        _INLINE,
        _ATTACHED,
    ),
    delete=(
        Step(_empty, ("DetachRolePolicy", "DeleteRolePolicy")),
        Call("delete_role", lambda role: role.request(_NAME)),
    ),
    importing=lambda identifier: {"name": identifier, "force_detach_policies": False},
    kept=frozenset({"name_prefix", "force_detach_policies"}),
    tags=Tags(key=("RoleName", "name"), read="list_role_tags", write="tag_role", erase="untag_role"),
    gone=_GONE,
    exists=frozenset({"EntityAlreadyExists"}),
    busy=frozenset({"ConcurrentModification"}),
)


def _role_and_policy(identifier: str) -> dict[str, Any]:
    role, _, name = identifier.partition(":")
    if not role or not name:
        raise ValueError("must be of the form role:policy")
    return {"role": role, "name": name}


ROLE_POLICY = ResourceType(
    service="iam",
    what="policy of an IAM role",
    called="name",
    identity=lambda policy: f"{policy['role']}:{policy['name']}",
    generated=named("name"),
    create=(_PUT_POLICY,),
    reads=(Read("get_role_policy", _POLICY_KEY, {**_POLICY_KEY, "policy": Field("PolicyDocument", read=_document)}),),
    derive=name_of("name"),
    update=(_PUT_POLICY,),
    delete=(Call("delete_role_policy", lambda policy: policy.request(_POLICY_KEY)),),
    importing=_role_and_policy,
    kept=frozenset({"name_prefix"}),
    gone=_GONE,
)

TYPES = {"aws_iam_role": ROLE, "aws_iam_role_policy": ROLE_POLICY}
