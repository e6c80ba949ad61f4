"""IAM's evaluation of conditions, variables and wildcards, on AWS's published examples and on what follows from them.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
"""

from __future__ import annotations

from typing import Any

import pytest

from plan_review.configuration.reading import read
from plan_review.evaluate.view import View
from plan_review.findings import Verdict
from plan_review.policies.conditions import ABSENT
from plan_review.policies.decide import Request, decide
from plan_review.policies.statements import read_document

HOLDS, MISSING, CANNOT_TELL = Verdict.HOLDS, Verdict.MISSING, Verdict.CANNOT_TELL
VIEW = View(read({}))
UNKNOWN = VIEW.evaluator.opaque("var.x")
NUMBER, DATE, KEY = "s3:max-keys", "aws:CurrentTime", "k:k"
ADDRESS = "aws:SourceIp"
TAGS = "aws:TagKeys"
THREAD = ["PostDateTime", "Message", "Tags"]


def verdict(
    conditions: Any, carried: Any, *, effect: str = "Allow", resource: str = "*", on: str = "arn:aws:s3:::b/x"
) -> Verdict:
    """Whether a statement, beside one that allows all where it denies, allows a request that carries these values."""
    statements = [{"Effect": effect, "Action": "s3:GetObject", "Resource": resource, "Condition": conditions}]
    if effect == "Deny":
        statements.append({"Effect": "Allow", "Action": "*", "Resource": "*"})
    read_ones = read_document({"Version": "2012-10-17", "Statement": statements}, "p", VIEW.evaluator)
    values = {
        key.lower(): value if isinstance(value, tuple) else (value,) if value is not None else ABSENT
        for key, value in carried.items()
    }
    return decide(read_ones, Request(action="s3:GetObject", resource=on, conditions=values), VIEW.symbols).verdict


@pytest.mark.parametrize(
    ("test", "key", "wanted", "value", "said"),
    [
        # Strings
        ("StringEquals", KEY, "a", "a", HOLDS),
        ("StringEquals", KEY, "a", "A", MISSING),
        ("StringEquals", KEY, ["a", "b"], "b", HOLDS),
        ("StringEquals", KEY, "a*", "ab", MISSING),
        ("StringEquals", KEY, "a*", "a*", HOLDS),
        ("StringEquals", KEY, "a?", "ab", MISSING),
        ("StringNotEquals", KEY, "a", "b", HOLDS),
        ("StringNotEquals", KEY, ["a", "b"], "b", MISSING),
        ("StringNotEquals", KEY, ["a", "b"], "c", HOLDS),
        ("StringNotEquals", KEY, "a", None, HOLDS),
        ("StringEqualsIgnoreCase", KEY, "Job-Category", "job-category", HOLDS),
        ("StringEqualsIgnoreCase", KEY, "a*", "A*", HOLDS),
        ("StringNotEqualsIgnoreCase", KEY, "A", "a", MISSING),
        ("StringLike", KEY, "home/*", "home/x/y", HOLDS),
        ("StringLike", KEY, "a?c", "abc", HOLDS),
        ("StringLike", KEY, "a?c", "abbc", MISSING),
        ("StringLike", KEY, "", "", HOLDS),
        ("StringNotLike", KEY, "home/*", "home/x", MISSING),
        ("StringNotLike", KEY, ["a*", "b*"], "c", HOLDS),
        ("StringEquals", KEY, "a", None, MISSING),
        ("StringEqualsIfExists", KEY, "a", None, HOLDS),
        ("StringEqualsIfExists", KEY, "a", "b", MISSING),
        ("StringNotEqualsIfExists", KEY, "a", None, HOLDS),
        ("StringNotEqualsIfExists", KEY, "a", "a", MISSING),
        ("StringLike", KEY, r"${*}", "*", HOLDS),
        ("StringLike", KEY, r"${*}", "a", MISSING),
        ("StringLike", KEY, r"a${?}c", "a?c", HOLDS),
        ("StringLike", KEY, r"a${?}c", "abc", MISSING),
        ("StringLike", KEY, r"a${?}*", "a?xyz", HOLDS),
        ("StringLike", KEY, r"${$}*", "$x", HOLDS),
        ("StringEquals", KEY, r"${$}", "$", HOLDS),
        ("StringEquals", KEY, r"a${*}", "a*", HOLDS),
        # Numbers
        ("NumericEquals", NUMBER, "10", "10.0", HOLDS),
        ("NumericEquals", NUMBER, 10.0, "10", HOLDS),
        ("NumericEquals", NUMBER, "10", "1e1", HOLDS),
        ("NumericEquals", NUMBER, "10", "11", MISSING),
        ("NumericNotEquals", NUMBER, "10", "10.00", MISSING),
        ("NumericNotEquals", NUMBER, "10", "9", HOLDS),
        ("NumericLessThanEquals", NUMBER, "10", "10", HOLDS),
        ("NumericLessThanEquals", NUMBER, "10", "9", HOLDS),
        ("NumericLessThanEquals", NUMBER, "10", "100", MISSING),
        ("NumericLessThan", NUMBER, "10", "9.99", HOLDS),
        ("NumericLessThan", NUMBER, "10", "10", MISSING),
        ("NumericGreaterThan", NUMBER, "9", "10", HOLDS),
        ("NumericGreaterThanEquals", NUMBER, "10", "9", MISSING),
        ("NumericEquals", NUMBER, "10", "ten", MISSING),
        ("NumericEquals", NUMBER, "10", None, MISSING),
        ("NumericLessThanIfExists", NUMBER, "10", None, HOLDS),
        # Dates
        ("DateGreaterThan", "aws:TokenIssueTime", "2020-01-01T00:00:01Z", "2020-06-01T00:00:00Z", HOLDS),
        ("DateGreaterThan", "aws:TokenIssueTime", "2020-01-01T00:00:01Z", "2019-06-01T00:00:00Z", MISSING),
        ("DateGreaterThan", "aws:TokenIssueTime", "2020-01-01T00:00:01Z", None, MISSING),
        ("DateLessThan", DATE, "2020-04-01T00:00:00Z", "2020-03-31T23:59:59Z", HOLDS),
        ("DateEquals", DATE, "2020-04-01", "2020-04-01T00:00:00Z", HOLDS),
        ("DateEquals", DATE, "1585699200", "2020-04-01T00:00:00Z", HOLDS),
        ("DateEquals", DATE, "2020-04-01T02:00:00+02:00", "2020-04-01T00:00Z", HOLDS),
        ("DateNotEquals", DATE, "2020-04-01", "2020-04-02", HOLDS),
        ("DateLessThanEquals", DATE, "2020", "2020-01-01T00:00:01Z", MISSING),
        # Yes and no
        ("Bool", "aws:SecureTransport", "true", "true", HOLDS),
        ("Bool", "aws:SecureTransport", True, "true", HOLDS),
        ("Bool", "aws:SecureTransport", "false", "true", MISSING),
        ("Bool", "aws:SecureTransport", "True", "true", HOLDS),
        ("Bool", "aws:MultiFactorAuthPresent", "true", None, MISSING),
        ("BoolIfExists", "aws:MultiFactorAuthPresent", "false", None, HOLDS),
        ("BinaryEquals", KEY, "QmluYXJ5VmFsdWVJbkJhc2U2NA==", "QmluYXJ5VmFsdWVJbkJhc2U2NA==", HOLDS),
        ("BinaryEquals", KEY, "QmluYXJ5VmFsdWVJbkJhc2U2NA==", "QQ==", MISSING),
        # Addresses
        ("IpAddress", ADDRESS, "203.0.113.0/24", "203.0.113.99", HOLDS),
        ("IpAddress", ADDRESS, "203.0.113.0/24", "203.0.114.1", MISSING),
        ("IpAddress", ADDRESS, "203.0.113.7", "203.0.113.7", HOLDS),
        ("IpAddress", ADDRESS, ["203.0.113.0/24", "2001:DB8:1234:5678::/64"], "2001:db8:1234:5678::9", HOLDS),
        ("IpAddress", ADDRESS, "2001:DB8:1234:5678::/64", "203.0.113.7", MISSING),
        ("NotIpAddress", ADDRESS, ["192.0.2.0/24", "203.0.113.0/24"], "198.51.100.1", HOLDS),
        ("NotIpAddress", ADDRESS, ["192.0.2.0/24", "203.0.113.0/24"], "203.0.113.5", MISSING),
        ("NotIpAddress", ADDRESS, "192.0.2.0/24", None, HOLDS),
        ("IpAddress", ADDRESS, "192.0.2.0/24", None, MISSING),
        # ARNs, part by part
        ("ArnEquals", "aws:SourceArn", "arn:aws:sns:r:111122223333:t", "arn:aws:sns:r:111122223333:t", HOLDS),
        ("ArnEquals", "aws:SourceArn", "arn:aws:sns:*:111122223333:t", "arn:aws:sns:r:111122223333:t", HOLDS),
        ("ArnLike", "aws:SourceArn", "arn:aws:s:*:111122223333:finance/*",
         "arn:aws:s:us-east-2:999999999999:store/abc:111122223333:finance/document.txt", MISSING),
        ("StringLike", "aws:SourceArn", "arn:aws:s:*:111122223333:finance/*",
         "arn:aws:s:us-east-2:999999999999:store/abc:111122223333:finance/document.txt", HOLDS),
        ("ArnLike", "aws:SourceArn", "arn:aws:logs:*:*:log-group:*", "arn:aws:logs:r:1:log-group:a:b", HOLDS),
        ("ArnLike", "aws:SourceArn", "*", "arn:aws:sqs:r:1:q", HOLDS),
        ("ArnNotLike", "aws:SourceArn", "arn:aws:sns:*:1:*", "arn:aws:sns:r:2:t", HOLDS),
        ("ArnNotEquals", "aws:SourceArn", "arn:aws:sns:*:1:*", "arn:aws:sns:r:1:t", MISSING),
        ("ArnLike", "aws:SourceArn", "arn:aws:sns:*:1:*", None, MISSING),
        ("ArnLikeIfExists", "aws:SourceArn", "arn:aws:sns:*:1:*", None, HOLDS),
        # Whether a key is there
        ("Null", "aws:TokenIssueTime", "true", None, HOLDS),
        ("Null", "aws:TokenIssueTime", "true", "2020-01-01T00:00:00Z", MISSING),
        ("Null", "aws:TokenIssueTime", "false", "2020-01-01T00:00:00Z", HOLDS),
        ("Null", "aws:TokenIssueTime", False, None, MISSING),
        # Keys of several values
        ("ForAllValues:StringEquals", TAGS, THREAD, ("PostDateTime", "Message"), HOLDS),
        ("ForAllValues:StringEquals", TAGS, THREAD, ("PostDateTime", "UserName"), MISSING),
        ("ForAllValues:StringEquals", TAGS, THREAD, None, HOLDS),
        ("ForAllValues:StringEquals", TAGS, THREAD, (), HOLDS),
        ("ForAllValues:StringLike", TAGS, ["Post*", "Message"], ("PostDateTime", "Message"), HOLDS),
        ("ForAllValues:StringNotEquals", TAGS, ["a"], ("b", "c"), HOLDS),
        ("ForAllValues:StringNotEquals", TAGS, ["a"], ("a", "c"), MISSING),
        ("ForAllValues:StringNotEquals", TAGS, ["a"], None, HOLDS),
        ("ForAnyValue:StringEquals", TAGS, ["ID", "PostDateTime"], ("UserName", "Message", "PostDateTime"), HOLDS),
        ("ForAnyValue:StringEquals", TAGS, ["ID", "PostDateTime"], ("UserName",), MISSING),
        ("ForAnyValue:StringEquals", TAGS, ["ID"], None, MISSING),
        ("ForAnyValue:StringEquals", TAGS, ["ID"], (), MISSING),
        ("ForAnyValue:StringEqualsIfExists", TAGS, ["ID"], None, HOLDS),
        ("ForAnyValue:StringNotEquals", TAGS, ["a"], ("a", "b"), HOLDS),
        ("ForAnyValue:StringNotEquals", TAGS, ["a"], ("a",), MISSING),
        ("ForAnyValue:StringNotEquals", TAGS, ["a"], None, MISSING),
        ("ForAnyValue:StringLike", TAGS, ["a*"], ("b", "abc"), HOLDS),
        ("ForAnyValue:ArnLike", KEY, ["arn:aws:s3:::b"], ("arn:aws:s3:::a", "arn:aws:s3:::b"), HOLDS),
        ("ForAllValues:NumericLessThan", KEY, ["10"], ("1", "9"), HOLDS),
    ],
)  # fmt: skip
def test_a_condition_holds_as_iam_says(test: str, key: str, wanted: Any, value: Any, said: Verdict) -> None:
    assert verdict({test: {key: wanted}}, {key: value}) is said
    # What an allowing statement does not meet, a denying one does not deny.
    opposite = {HOLDS: MISSING, MISSING: HOLDS}[said]
    assert verdict({test: {key: wanted}}, {key: value}, effect="Deny") is opposite


@pytest.mark.parametrize(
    ("conditions", "carried", "said"),
    [
        ({"StringEquals": {"a:a": "1", "b:b": "2"}}, {"a:a": "1", "b:b": "2"}, HOLDS),
        ({"StringEquals": {"a:a": "1", "b:b": "2"}}, {"a:a": "1", "b:b": "3"}, MISSING),
        ({"StringEquals": {"a:a": "1"}, "Bool": {"b:b": "true"}}, {"a:a": "1", "b:b": "false"}, MISSING),
        ({"StringEquals": {"A:A": "1"}}, {"a:a": "1"}, HOLDS),
        ({"StringEquals": {"a:a": "1"}}, {}, CANNOT_TELL),
        ({"StringEqualsIfExists": {"a:a": "1"}}, {}, CANNOT_TELL),
        ({"Null": {"a:a": "true"}}, {}, CANNOT_TELL),
        ({"StringEquals": {"a:a": UNKNOWN}}, {"a:a": "1"}, CANNOT_TELL),
        ({"NumericLessThan": {"a:a": UNKNOWN}}, {"a:a": "1"}, CANNOT_TELL),
        ({"IpAddress": {"a:a": UNKNOWN}}, {"a:a": "10.0.0.1"}, CANNOT_TELL),
        ({"ArnLike": {"a:a": f"arn:aws:sns:{UNKNOWN}:1:t"}}, {"a:a": "arn:aws:sns:r:1:t"}, CANNOT_TELL),
        ({"ArnLike": {"a:a": "arn:aws:sqs:*:q"}}, {"a:a": "arn:aws:sqs:r:1:q"}, CANNOT_TELL),
        ({"ForAllValues:StringEquals": {"a:a": ["1"]}}, {"a:a": ("1", UNKNOWN)}, CANNOT_TELL),
        ({"ForAllValues:StringEquals": {"a:a": ["1"]}}, {"a:a": ("2", UNKNOWN)}, MISSING),
        ({"ForAnyValue:StringEquals": {"a:a": ["1"]}}, {"a:a": ("1", UNKNOWN)}, HOLDS),
        ({"StringMatches": {"a:a": "1"}}, {"a:a": "1"}, CANNOT_TELL),
    ],
)
def test_conditions_are_joined_and_what_is_not_known_stays_open(conditions: Any, carried: Any, said: Verdict) -> None:
    assert verdict(conditions, carried) is said


@pytest.mark.parametrize(
    ("resource", "on", "carried", "said"),
    [
        ("arn:aws:s3:::b/${aws:username}/*", "arn:aws:s3:::b/ann/x", {"aws:username": "ann"}, HOLDS),
        ("arn:aws:s3:::b/${AWS:UserName}/*", "arn:aws:s3:::b/ann/x", {"aws:username": "ann"}, HOLDS),
        ("arn:aws:s3:::b/${aws:username}/*", "arn:aws:s3:::b/bob/x", {"aws:username": "ann"}, MISSING),
        ("arn:aws:s3:::b/${aws:username}/*", "arn:aws:s3:::b/bob/x", {"aws:username": "*"}, MISSING),
        ("arn:aws:s3:::b/${aws:username}/*", "arn:aws:s3:::b/bob/x", {"aws:username": None}, MISSING),
        ("arn:aws:s3:::b/${aws:username}/*", "arn:aws:s3:::b/bob/x", {}, CANNOT_TELL),
        ("arn:aws:s3:::b/${aws:PrincipalTag/t, 'open'}", "arn:aws:s3:::b/open", {"aws:PrincipalTag/t": None}, HOLDS),
        ("arn:aws:s3:::b/${aws:PrincipalTag/t, 'open'}", "arn:aws:s3:::b/red", {"aws:PrincipalTag/t": "red"}, HOLDS),
        ("arn:aws:s3:::b/${aws:TagKeys}/*", "arn:aws:s3:::b/a/x", {"aws:TagKeys": ("a", "b")}, CANNOT_TELL),
        ("arn:aws:s3:::b/${*}", "arn:aws:s3:::b/*", {}, HOLDS),
        ("arn:aws:s3:::b/${*}", "arn:aws:s3:::b/x", {}, MISSING),
        ("arn:aws:s3:::b/a${?}", "arn:aws:s3:::b/ab", {}, MISSING),
        ("arn:aws:s3:::b/${$}{x}", "arn:aws:s3:::b/${x}", {}, HOLDS),
        # Parts that are missing stand for any.
        ("arn:aws:s3", "arn:aws:s3:::b/x", {}, HOLDS),
        ("arn:aws:sqs", "arn:aws:s3:::b/x", {}, MISSING),
        ("arn:aws:sqs:eu-west-1", "arn:aws:sqs:eu-west-1:111122223333:q", {}, HOLDS),
    ],
)  # fmt: skip
def test_variables_of_a_resource_are_those_of_the_request(resource: str, on: str, carried: Any, said: Verdict) -> None:
    assert verdict({}, carried, resource=resource, on=on) is said


def test_a_variable_compares_one_key_with_another() -> None:
    conditions = {"StringEquals": {"s3:ExistingObjectTag/team": "${aws:PrincipalTag/team}"}}

    same = {"s3:ExistingObjectTag/team": "red", "aws:PrincipalTag/team": "red"}
    assert verdict(conditions, same) is HOLDS
    assert verdict(conditions, {**same, "aws:PrincipalTag/team": "blue"}) is MISSING
    assert verdict(conditions, {**same, "aws:PrincipalTag/team": None}) is MISSING


def test_a_variable_is_plain_text_in_a_document_of_the_older_version() -> None:
    statement = {"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::b/${aws:username}"}
    statements = read_document({"Version": "2008-10-17", "Statement": statement}, "p", VIEW.evaluator)

    def asked(key: str) -> Verdict:
        carried = {"aws:username": ("ann",)}
        request = Request(action="s3:GetObject", resource=f"arn:aws:s3:::b/{key}", conditions=carried)
        return decide(statements, request, VIEW.symbols).verdict

    assert asked("ann") is MISSING
    assert asked("${aws:username}") is HOLDS
