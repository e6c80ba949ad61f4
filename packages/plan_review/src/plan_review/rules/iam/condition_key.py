from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from plan_review.aws.condition_keys import GLOBAL_KEYS, MULTIVALUED_KEYS, SESSION_KEYS
from plan_review.evaluate.symbols import has_symbols
from plan_review.findings import Severity
from plan_review.policies import iam_actions
from plan_review.rules.found import Found
from plan_review.rules.iam.policy_documents import documents, statements_of
from plan_review.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.policies.statements import Statement
    from plan_review.rules.context import Context

_KEYS = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html"
_CLOSE = 0.8
_QUALIFIERS = ("ForAllValues:", "ForAnyValue:")
_ONLY_OF_OIDC = (".", "/")


@rule(
    "condition-key",
    title="A statement's conditions are on keys that its actions have",
    why=(
        "A request carries the global keys and those of its action. A key that is neither is never there: an allowing "
        "statement that asks for it allows nothing, a denying one denies nothing, or all, where the test is negated."
    ),
    consequence=(
        "the statement does not do what it says; in a bucket's policy S3 refuses it (Conditions do not apply "
        "to combination of actions and resources in statement)"
    ),
    sources=(_KEYS, "https://docs.aws.amazon.com/service-authorization/latest/reference/"),
    severity=Severity.WARNING,
)
def condition_key(context: Context) -> Iterator[Found]:
    """Keys exist, are of the statement's actions, and those of several values are asked for as such."""
    for document in documents(context):
        for statement in statements_of(context, document):
            for test, keys in statement.conditions.items():
                for key in keys:
                    found = _problem(statement, test, key) if not has_symbols(f"{test}{key}") else None
                    if found is not None:
                        yield Found(
                            item=document.item,
                            path=(document.argument,),
                            subject=f"{statement.label}: {key}",
                            message=f"{statement.label}: {found[0]}",
                            remedy=found[1],
                        )


def _problem(statement: Statement, test: str, key: str) -> tuple[str, str] | None:
    service = key.partition(":")[0].lower()
    if ":" not in key or any(mark in service for mark in _ONLY_OF_OIDC):
        return None
    if service == "aws":
        return _misspelt_global(key) or _unqualified(test, key)
    if not iam_actions.service_keys(service):
        return None if iam_actions.knows_service(service) else _of_no_service(key, service)
    if key.lower() in SESSION_KEYS or service == "sts":
        return None
    if not iam_actions.is_service_key(key.lower()):
        near = difflib.get_close_matches(key, iam_actions.service_keys(service), n=1)
        remedy = f"did you mean {near[0]}?" if near else "look the key up in the service authorization reference"
        return f"{service} has no condition key {key} ({iam_actions.data_version()})", remedy
    return _not_of_the_actions(statement, test, key)


def _misspelt_global(key: str) -> tuple[str, str] | None:
    name, _, _ = key.partition("/")
    known = {each.lower(): each for each in GLOBAL_KEYS}
    if name.lower() in known:
        return None
    near = difflib.get_close_matches(name.lower(), known, n=1, cutoff=_CLOSE)
    # New global keys come; what is near to none is not called wrong.
    return (f"there is no global condition key {name}", f"did you mean {known[near[0]]}?") if near else None


def _unqualified(test: str, key: str) -> tuple[str, str] | None:
    if key.lower() not in MULTIVALUED_KEYS or test.startswith(_QUALIFIERS) or test.startswith("Null"):
        return None
    return (
        f"{key} has several values, and {test} does not say whether all of them are meant, or one",
        f"write ForAllValues:{test}, beside a Null test for requests without the key, or ForAnyValue:{test}",
    )


def _of_no_service(key: str, service: str) -> tuple[str, str] | None:
    likely = iam_actions.likely_service(service)
    return (f"{key} is a condition key of no service", f"did you mean {likely}?") if likely else None


def _not_of_the_actions(statement: Statement, test: str, key: str) -> tuple[str, str] | None:
    actions = [action for action in statement.actions or () if action != "*" and not has_symbols(action)]
    if not actions or len(actions) < len(statement.actions or ()):
        return None
    without = [action for action in actions if _lacks(action, key.lower())]
    if without == actions:
        what = without[0] if len(without) == 1 else "none of its actions"
        has = f"{what} has no condition key {key}" if len(without) == 1 else f"{what} has the condition key {key}"
        return has, "take the condition out, or name the actions that have the key in a statement of their own"
    # AWS's own examples have patterns such as kms:Describe* beside actions that have the key.
    named = [action for action in without if "*" not in action and "?" not in action]
    if named and statement.allows and _demands(test):
        shown = ", ".join(named)
        return (
            f"{key} is no condition key of {shown}, so that the statement never allows this",
            f"allow {shown} in a statement without {key}",
        )
    return None


def _lacks(action: str, key: str) -> bool:
    """Whether an action is known, and so is that it has no such key; a pattern lacks it where all that it names do."""
    patterns = [iam_actions.condition_keys(name) for name in iam_actions.matching(action)]
    return bool(patterns) and all(each is not None and not each.fullmatch(key) for each in patterns)


def _demands(test: str) -> bool:
    """Whether a test fails where the key is not there."""
    operator = test.rpartition(":")[2]
    return not (
        test.startswith("ForAllValues:") or operator.endswith("IfExists") or "Not" in operator or "Null" in operator
    )
