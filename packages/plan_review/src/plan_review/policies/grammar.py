"""What a policy document says that IAM's grammar does not know, or that no request ever meets.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html (a list has one or more values, an
object has no key twice), and the checks of
https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html . Where the service may
take what Access Analyzer calls an error, the problem is not ``refused``.
"""

from __future__ import annotations

import difflib
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from plan_review.aws.policy_arguments import PolicyKind
from plan_review.evaluate.policy_documents import UNREADABLE
from plan_review.evaluate.symbols import has_symbols, is_symbol
from plan_review.policies.condition_values import value_problem
from plan_review.policies.statements import VERSION

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_VERSIONS = (VERSION, "2008-10-17")
_TOP = ("Version", "Id", "Statement")
_PAIRS = ("Principal", "Action", "Resource")
_ELEMENTS = ("Sid", "Effect", *_PAIRS, *(f"Not{name}" for name in _PAIRS), "Condition")
_PRINCIPAL_KINDS = ("AWS", "Federated", "Service", "CanonicalUser")
_SID = re.compile(r"[A-Za-z0-9]*")
_VENDOR = re.compile(r"[A-Za-z0-9-]+")
_ACCOUNT = re.compile(r"[0-9]{12}")
_UNIQUE_ID = re.compile(r"A[A-Z0-9]{15,}")
_PRINCIPAL_ARN = re.compile(r"arn:[a-z-]+:(iam|sts)::[^:]*:.+")
_VARIABLE = re.compile(r"\$\{([^{}]*)(\}?)")
_LITERAL_VARIABLES = ("*", "?", "$")
_ARN_COLONS = 5
_PARTITIONS = frozenset(
    {"aws", "aws-cn", "aws-us-gov", "aws-eusc", *(f"aws-iso{end}" for end in ("", "-b", "-e", "-f"))}
)
_ASSUMING = {
    "sts:assumerole": ("AWS", "Service"),
    "sts:assumerolewithsaml": ("Federated",),
    "sts:assumerolewithwebidentity": ("Federated",),
}
_BESIDE_ASSUMING = frozenset({"sts:tagsession", "sts:setsourceidentity", "sts:setcontext"})
# Services that roles are often made for; what is nearly one of them is probably misspelt.
_SERVICES = (
    *(
        "apigateway",
        "application-autoscaling",
        "appsync",
        "autoscaling",
        "backup",
        "batch",
        "bedrock",
        "cloudformation",
    ),
    *("cloudfront", "cloudtrail", "cloudwatch", "codebuild", "codedeploy", "codepipeline", "cognito-idp", "config"),
    *("datapipeline", "dynamodb", "ecs-tasks", "edgelambda", "elasticbeanstalk", "elasticloadbalancing", "events"),
    *("elasticmapreduce", "firehose", "glue", "guardduty", "inspector", "kinesis", "lambda", "mediaconvert"),
    *("medialive", "monitoring", "opensearchservice", "pipes", "redshift", "rekognition", "sagemaker", "scheduler"),
    *("secretsmanager", "states", "transcribe", "transfer", "vpc-flow-logs", "delivery.logs"),
)
_NEARLY = 0.88
_SHORTEST = 4  # in shorter names one letter makes another service
_QUALIFIERS = ("ForAllValues", "ForAnyValue")
OPERATORS = frozenset(
    {
        *(f"String{name}" for name in ("Equals", "NotEquals", "EqualsIgnoreCase", "NotEqualsIgnoreCase")),
        *("StringLike", "StringNotLike", "Bool", "BinaryEquals", "IpAddress", "NotIpAddress", "Null"),
        *(f"Arn{name}" for name in ("Equals", "Like", "NotEquals", "NotLike")),
        *(
            f"{kind}{name}"
            for kind in ("Numeric", "Date")
            for name in ("Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals")
        ),
    }
)
"""IAM's condition operators, without ``IfExists`` and the qualifiers for keys of several values."""


@dataclass(frozen=True, slots=True)
class Problem:
    """``refused`` where AWS does not take the document; else it does, and a part of it says nothing."""

    what: str
    remedy: str
    refused: bool = True


def problems(document: Any, kind: PolicyKind) -> Iterator[Problem]:
    """Yield what is wrong with a policy document, given as JSON text or parsed; nothing for one that is no object."""
    try:
        given = json.loads(document) if isinstance(document, str) else document
    except ValueError:
        return
    if not isinstance(given, dict):
        return
    yield from _unknown_elements(given, _TOP, "the document")
    if "Id" in given and kind is not PolicyKind.RESOURCE:
        yield Problem("it has an Id, which policies on resources have", "take it out", refused=False)
    version = given.get("Version")
    if version not in (None, *_VERSIONS) and not has_symbols(str(version)):
        yield Problem(
            f'the "Version" is {version!r}', f'write "{VERSION}": it is the version of the language, not of your policy'
        )
    statements = given.get("Statement", [])
    statements = statements if isinstance(statements, list) else [statements]
    if given.get("Statement") == []:
        yield Problem("it has no statement", "state something, or take it out", refused=kind is not PolicyKind.RESOURCE)
    sids: list[str] = []
    for index, statement in enumerate(statements):
        if isinstance(statement, dict) and UNREADABLE not in statement:
            sid = statement.get("Sid")
            label = sid if isinstance(sid, str) and sid else f"statement {index + 1}"
            yield from _statement(statement, label, kind, variables=version == VERSION)
            sids += [sid] if isinstance(sid, str) and sid else []
    for sid in dict.fromkeys(sid for sid in sids if sids.count(sid) > 1):
        yield Problem(
            f'two statements have the Sid "{sid}"',
            "make the statement ids (Sid) of a policy unique",
            refused=kind is not PolicyKind.RESOURCE,
        )


def _statement(given: Mapping[str, Any], label: str, kind: PolicyKind, *, variables: bool) -> Iterator[Problem]:
    yield from _unknown_elements(given, _ELEMENTS, label)
    yield from _sid(given.get("Sid", ""), kind)
    yield from _presence(given, label, kind)
    for name in ("Action", "NotAction"):
        for action in _texts(given.get(name)):
            yield from _action(action, label)
    if kind is PolicyKind.TRUST:
        yield from _trust_actions(given, label)
    for name in ("Resource", "NotResource"):
        for resource in _texts(given.get(name)):
            yield from _variables(resource, f"{label}: {name}", variables=variables)
            if kind is PolicyKind.IDENTITY:
                yield from _resource(resource, label)
    for name in ("Principal", "NotPrincipal"):
        if given.get(name) is not None and kind is not PolicyKind.IDENTITY:
            yield from _principal(given[name], f"{label}: {name}")
    if given.get("Condition") is not None:
        yield from _condition(given["Condition"], label, variables=variables)


def _unknown_elements(given: Mapping[str, Any], known: tuple[str, ...], label: str) -> Iterator[Problem]:
    for name in given:
        if name in known or has_symbols(name):
            continue
        near = [each for each in known if each.lower() == name.lower()] or difflib.get_close_matches(name, known, n=1)
        remedy = f"did you mean {near[0]}?" if near else f"take it out: there are {', '.join(known)}"
        yield Problem(f"{label} has the element {name}, which IAM does not know", remedy)


def _sid(sid: Any, kind: PolicyKind) -> Iterator[Problem]:
    if not isinstance(sid, str):
        yield Problem(f"the Sid {_shown(sid)} is no text", "write letters and digits, in quotes")
    elif kind is not PolicyKind.RESOURCE and not has_symbols(sid) and not _SID.fullmatch(sid):
        yield Problem(f'the Sid "{sid}" is not alphanumeric', "use letters and digits only")


def _presence(given: Mapping[str, Any], label: str, kind: PolicyKind) -> Iterator[Problem]:
    """Yield the elements that are missing, that exclude each other, that are empty or of another type."""
    for name in _PAIRS:
        both = [each for each in (name, f"Not{name}") if given.get(each) is not None]
        if len(both) > 1:
            yield Problem(f"{label} has both {name} and Not{name}", f"write {name} or Not{name}, not both")
        for each in both if name != "Principal" else ():
            yield from _list_of_texts(given[each], f"{label}: {each}")
    has_actions, has_resources, has_principals = (
        any(given.get(each) is not None for each in (name, f"Not{name}"))
        for name in ("Action", "Resource", "Principal")
    )
    if not has_actions:
        yield Problem(f"{label} has no Action", "name what it is about: policy statements must contain actions")
    if kind is PolicyKind.IDENTITY and not has_resources:
        yield Problem(f"{label} has no Resource", "name what it is about: policy statements must contain resources")
    if kind is PolicyKind.IDENTITY and has_principals:
        yield Problem(f"{label} has a Principal", "take it out: the role that has the policy is the principal")
    if kind is PolicyKind.TRUST and has_resources:
        yield Problem(f"{label} has a Resource", "take it out: a trust policy is about its own role")
    if kind is PolicyKind.TRUST and given.get("NotPrincipal") is not None:
        # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
        yield Problem(f"{label} has a NotPrincipal, which trust policies do not take", "name who is trusted")
    if kind is not PolicyKind.IDENTITY and not has_principals:
        yield Problem(f"{label} has no Principal", "say who is meant")


def _list_of_texts(value: Any, place: str) -> Iterator[Problem]:
    values = value if isinstance(value, list) else [value]
    if not values:
        yield Problem(f"{place} is an empty list", "name at least one, or take the statement out")
    for each in values:
        if not isinstance(each, str):
            yield Problem(f"{place} holds {_shown(each)}, which is no text", "write a text, or a list of texts")


def _texts(value: Any) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [each for each in values if isinstance(each, str) and not is_symbol(each)]


def _action(action: str, label: str) -> Iterator[Problem]:
    vendor, colon, name = action.partition(":")
    if action == "*" or has_symbols(vendor) or "${" in action:
        return
    if not colon:
        yield Problem(f'the action "{action}" names no service', "write service:Action")
    elif "*" in vendor or "?" in vendor:
        # Action vendors (e.g., aws, ec2, etc.) must not contain wildcards
        yield Problem(f'{label}: the service of "{action}" has a wildcard', 'name the service, or write "*" alone')
    elif not _VENDOR.fullmatch(vendor) or not name or any(one.isspace() for one in action):
        yield Problem(f'{label}: "{action}" is no action', "write service:Action")
    elif ":" in name:
        yield Problem(f'{label}: "{action}" has more than one colon', "write service:Action")


def _resource(resource: str, label: str) -> Iterator[Problem]:
    """Yield what IAM refuses with 'Resource … must be in ARN format or "*"'."""
    begins = resource[:4]
    may_be_arn = resource.startswith(("arn:", "*")) or has_symbols(begins) or "*" in begins
    if not may_be_arn:
        yield Problem(f'{label} names the resource "{resource}", which is no ARN', 'write an ARN, or "*"')
        return
    parts = resource.split(":", _ARN_COLONS)
    if parts[0] != "arn" or has_symbols(resource[:4]):
        return
    if len(parts) > 1 and parts[1] not in _PARTITIONS and not _is_open(parts[1]):
        yield Problem(f'{label} names "{resource}", and there is no partition "{parts[1]}"', "write arn:aws:…")
    elif len(parts) <= _ARN_COLONS and not has_symbols(resource):
        full = ":".join([*parts, *["*"] * (_ARN_COLONS + 1 - len(parts))])
        if full.rstrip(":*") != resource.rstrip(":*") or any(part not in ("", "*") for part in parts[3:]):
            yield Problem(
                f'{label} names "{resource}", which IAM completes to {full}',
                "write arn:partition:service:region:account:resource; a part may be empty",
                refused=False,
            )
    elif len(parts) > _ARN_COLONS and parts[4].isdecimal() and not _ACCOUNT.fullmatch(parts[4]):
        yield Problem(
            f'{label} names "{resource}", whose account has {len(parts[4])} digits', "write all twelve", refused=False
        )


def _is_open(text: str) -> bool:
    return has_symbols(text) or "*" in text or "?" in text or "${" in text


def _trust_actions(given: Mapping[str, Any], label: str) -> Iterator[Problem]:
    """Yield the actions that a role's trust cannot be about, and those that the principals do not call."""
    principal = given.get("Principal")
    kinds = set(principal) & set(_PRINCIPAL_KINDS) if isinstance(principal, dict) else set()
    for action in _texts(given.get("Action")):
        name = action.lower()
        if has_symbols(action) or name in _BESIDE_ASSUMING:
            continue
        if name == "*" or (name.startswith("sts:") and _is_open(name)):
            yield Problem(
                f'{label} has the action "{action}"; a trust policy names what assumes the role',
                "write sts:AssumeRole",
                refused=False,
            )
        elif ":" in action and name not in _ASSUMING:
            # AssumeRole policy may only specify STS AssumeRole actions.
            yield Problem(f'{label} has the action "{action}", which assumes no role', "write sts:AssumeRole")
        elif name in _ASSUMING and kinds and not kinds & set(_ASSUMING[name]):
            other = "sts:AssumeRole" if kinds & {"AWS", "Service"} else "sts:AssumeRoleWithWebIdentity"
            yield Problem(
                f"{label}: {', '.join(sorted(kinds))} principals do not call {action}", f"write {other}", refused=False
            )


def _principal(given: Any, place: str) -> Iterator[Problem]:
    if given == "*" or is_symbol(given):
        return
    if not isinstance(given, dict):
        yield Problem(
            f"{place} is {_shown(given)}", 'write "*", or an object such as {"Service": "lambda.amazonaws.com"}'
        )
        return
    if not given:
        yield Problem(f"{place} is empty", "say who is meant")
    for name, value in given.items():
        if name not in _PRINCIPAL_KINDS and not has_symbols(name):
            near = [each for each in _PRINCIPAL_KINDS if each.lower() == name.lower()]
            near = near or difflib.get_close_matches(name, _PRINCIPAL_KINDS, n=1)
            remedy = f"did you mean {near[0]}?" if near else f"write one of {', '.join(_PRINCIPAL_KINDS)}"
            yield Problem(f"{place} has the key {name}, which IAM does not know", remedy)
            continue
        yield from _list_of_texts(value, f"{place}.{name}")
        for each in _texts(value):
            yield from _principal_name(name, each, place)


def _principal_name(kind: str, name: str, place: str) -> Iterator[Problem]:
    if has_symbols(name):
        return
    if kind != "CanonicalUser" and name != "*" and ("*" in name or "?" in name):
        yield Problem(
            f'{place} names "{name}"; a wildcard stands for everyone, never for a part of a name',
            'write the name in full, or "*" with a condition on aws:PrincipalArn',
        )
    elif kind == "Service":
        yield from _service_name(name, place)
    elif kind == "AWS" and name != "*":
        known = _ACCOUNT.fullmatch(name) or _UNIQUE_ID.fullmatch(name) or _PRINCIPAL_ARN.fullmatch(name)
        if name.endswith((".amazonaws.com", ".amazonaws.com.cn")):
            yield Problem(f'{place} names the service {name} under "AWS"', f'write {{"Service": "{name}"}}')
        elif ":group/" in name:
            yield Problem(f'{place} names the group "{name}"; a group is no principal', "name roles or users")
        elif not known and "${" not in name and not name.startswith("arn:aws:cloudfront:"):
            yield Problem(
                f'{place} names "{name}", which is no account and no ARN of IAM or STS',
                "write an account's twelve digits, or the ARN of a role, a user or an account's root",
            )


def _service_name(name: str, place: str) -> Iterator[Problem]:
    if name == "*" or "." not in name or name.startswith("arn:"):
        remedy = f'write "{name}.amazonaws.com"' if _VENDOR.fullmatch(name) else "write service.amazonaws.com"
        yield Problem(f'{place} names the service "{name}", which is no service principal', remedy)
        return
    ending = name.partition(".")[2]
    near = difflib.get_close_matches(ending, ("amazonaws.com", "amazonaws.com.cn", "amazon.com"), n=1, cutoff=0.8)
    if near and near[0] != ending and not ending.endswith(near[0]):
        yield Problem(
            f'{place} names the service "{name}", which is no service principal',
            f'did you mean "{name.partition(".")[0]}.{near[0]}"?',
        )
        return
    service = name.removesuffix(".amazonaws.com")
    nearly = difflib.get_close_matches(service, _SERVICES, n=1, cutoff=_NEARLY)
    if nearly and nearly[0] != service and len(service) > _SHORTEST:
        yield Problem(
            f'{place} names the service "{name}"', f'did you mean "{nearly[0]}.amazonaws.com"?', refused=False
        )


def _condition(given: Any, label: str, *, variables: bool) -> Iterator[Problem]:
    example = 'write {"StringEquals": {"aws:SourceAccount": "…"}}'
    if is_symbol(given):
        return
    if not isinstance(given, dict):
        yield Problem(f"{label} has the Condition {_shown(given)}, which is no object", example)
        return
    for test, keys in given.items():
        wrong = list(_operator(test, label))
        yield from wrong
        if wrong or is_symbol(keys):
            continue
        if not isinstance(keys, dict):
            yield Problem(f"{label}: {test} has {_shown(keys)} in the place of condition keys", example)
            continue
        yield from _keys(test, keys, label, variables=variables)


def _operator(test: str, label: str) -> Iterator[Problem]:
    if has_symbols(test):
        return
    qualifier, colon, rest = test.rpartition(":")
    operator = rest.removesuffix("IfExists")
    if colon and qualifier not in _QUALIFIERS:
        near = difflib.get_close_matches(qualifier, _QUALIFIERS, n=1)
        remedy = f"did you mean {near[0]}:{rest}?" if near else "write ForAllValues: or ForAnyValue:"
        yield Problem(f"{label} has the condition operator {test}, which IAM does not know", remedy)
    elif operator not in OPERATORS:
        near = [each for each in OPERATORS if each.lower() == operator.lower()]
        near = near or difflib.get_close_matches(operator, OPERATORS, n=1)
        remedy = f"did you mean {near[0]}?" if near else "use one of IAM's condition operators"
        yield Problem(f"{label} has the condition operator {test}, which IAM does not know", remedy)
    elif operator == "Null" and rest.endswith("IfExists"):
        yield Problem(f"{label} has the condition operator {test}, which IAM does not know", "write Null")


def _keys(test: str, keys: Mapping[str, Any], label: str, *, variables: bool) -> Iterator[Problem]:
    operator = test.rpartition(":")[2].removesuffix("IfExists")
    if not keys:
        yield Problem(f"{label}: {test} has no condition key", "name a key, or take the operator out", refused=False)
    lower = [key.lower() for key in keys]
    for key, value in keys.items():
        place = f"{label}: {test} {key}"
        if lower.count(key.lower()) > 1:
            yield Problem(f"{place} stands twice, with different capital letters", "join the values in one list")
        if ":" not in key and not has_symbols(key):
            yield Problem(f"{place}: the condition key names no service", "write service:key, such as aws:SourceArn")
        values = value if isinstance(value, list) else [value]
        if not values:
            yield Problem(
                f"{place} has an empty list, which no request meets", "give at least one value", refused=False
            )
        if operator == "Bool" and len(values) > 1:
            yield Problem(f"{place} lists several values for one yes or no", "write one of them", refused=False)
        for each in values:
            if isinstance(each, (dict, list)) or each is None:
                yield Problem(f"{place} has the value {_shown(each)}", "write a text, a number, true or false")
            elif not has_symbols(str(each)):
                yield from _value(operator, each, place, variables=variables)


def _value(operator: str, value: Any, place: str, *, variables: bool) -> Iterator[Problem]:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    if operator.startswith("String") and "Like" not in operator and "*" in text and "${*}" not in text:
        like = "StringNotLike" if "Not" in operator else "StringLike"
        yield Problem(
            f'{place} has the value "{text}", whose * is a star', f"write {like} for a pattern", refused=False
        )
    if "${" in text and operator.startswith(("String", "Arn")):
        yield from _variables(text, place, variables=variables)
    elif "${" in text:
        yield Problem(
            f"{place} has the variable {text}, which {operator} does not fill in", "write a value", refused=False
        )
    elif wanted := value_problem(operator, text):
        yield Problem(f'{place} has the value "{text}", which is {wanted[0]}', wanted[1], refused=False)


def _variables(text: str, place: str, *, variables: bool) -> Iterator[Problem]:
    """Yield the policy variables that IAM does not fill in.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
    """
    for name, closed in _VARIABLE.findall(text):
        key = name.partition(",")[0].strip()
        if not closed:
            yield Problem(f'{place}: the variable in "{text}" is not closed', "write }} after its name", refused=False)
        elif not variables and key not in _LITERAL_VARIABLES:
            yield Problem(
                f"{place}: ${{{name}}} is plain text in a document of another version than {VERSION}",
                f'write "Version": "{VERSION}"',
                refused=False,
            )
        elif not key or " " in key or (":" not in key and key not in _LITERAL_VARIABLES):
            yield Problem(f"{place}: ${{{name}}} is no variable of IAM", "write ${service:key}", refused=False)


def _shown(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
