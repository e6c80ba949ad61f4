"""Texts with unknown parts match as IAM matches, and say so where that cannot be told."""

from __future__ import annotations

import pytest

from plan_review.evaluate.symbols import Kind, Symbol, SymbolTable, both, either
from plan_review.findings import Verdict

HOLDS, MISSING, CANNOT_TELL = Verdict.HOLDS, Verdict.MISSING, Verdict.CANNOT_TELL
TABLE = SymbolTable()
ACCOUNT = TABLE.character(Symbol(Kind.CONTEXT, "account"))
REGION = TABLE.character(Symbol(Kind.CONTEXT, "region"))
NAME = TABLE.character(Symbol(Kind.GENERATED, "aws_sqs_queue.a.name"))
OTHER = TABLE.character(Symbol(Kind.GENERATED, "aws_sqs_queue.b.name"))
KEY = TABLE.character(Symbol(Kind.OPAQUE, "var.key"))


@pytest.mark.parametrize(
    ("pattern", "text", "verdict"),
    [
        ("*", "anything", HOLDS),
        ("arn:aws:s3:::b/*", "arn:aws:s3:::b/in/x", HOLDS),
        ("arn:aws:s3:::b/?", "arn:aws:s3:::b/xy", MISSING),
        ("arn:aws:s3:::b", "arn:aws:s3:::b/x", MISSING),
        ("S3:Get*", "s3:GetObject", MISSING),
        (f"arn:aws:sqs:{REGION}:{ACCOUNT}:q", f"arn:aws:sqs:{REGION}:{ACCOUNT}:q", HOLDS),
        ("arn:aws:sqs:*:*:q", f"arn:aws:sqs:{REGION}:{ACCOUNT}:q", HOLDS),
        ("arn:aws:sqs:eu-west-1:111122223333:q", f"arn:aws:sqs:{REGION}:{ACCOUNT}:q", CANNOT_TELL),
        ("arn:aws:sqs:eu-west-1:111122223333:p", f"arn:aws:sqs:{REGION}:{ACCOUNT}:q", MISSING),
        (f"arn:aws:sqs:*:*:{NAME}", f"arn:aws:sqs:{REGION}:{ACCOUNT}:{OTHER}", MISSING),
        ("arn:aws:sqs:*:*:prod-*", f"arn:aws:sqs:{REGION}:{ACCOUNT}:{NAME}", MISSING),
        (f"arn:aws:s3:::b/{KEY}", "arn:aws:s3:::b/in/x", CANNOT_TELL),
        (f"arn:aws:s3:::b/{KEY}", "arn:aws:s3:::c/in/x", MISSING),
        ("arn:aws:s3:::b/*/manifest.json", f"arn:aws:s3:::b/{KEY}/manifest.json", HOLDS),
        ("arn:aws:s3:::b/out/*", f"arn:aws:s3:::b/{KEY}", CANNOT_TELL),
        (f"{KEY}-orders", f"{KEY}-orders-dlq", MISSING),
        # The account is one part of an ARN: it cannot reach over a colon.
        ("arn:aws:sqs:eu-west-1:1:x:q", f"arn:aws:sqs:eu-west-1:{ACCOUNT}:q", MISSING),
    ],
)
def test_a_pattern_matches_a_text(pattern: str, text: str, verdict: Verdict) -> None:
    assert TABLE.matches(pattern, text) is verdict


def test_actions_match_whatever_their_case() -> None:
    assert TABLE.matches("S3:get*", "s3:GetObject", ignore_case=True) is HOLDS


def test_a_text_is_shown_as_terraform_writes_it() -> None:
    assert TABLE.show(f"arn:aws:sqs:{REGION}:{ACCOUNT}:{NAME}") == (
        "arn:aws:sqs:${region}:${account}:${aws_sqs_queue.a.name}"
    )


def test_verdicts_join() -> None:
    assert both() is HOLDS
    assert both(HOLDS, CANNOT_TELL) is CANNOT_TELL
    assert both(CANNOT_TELL, MISSING) is MISSING
    assert either() is MISSING
    assert either(MISSING, CANNOT_TELL) is CANNOT_TELL
    assert either(CANNOT_TELL, HOLDS) is HOLDS


def test_a_long_text_of_wildcards_is_matched_at_once() -> None:
    pattern = "arn:aws:s3:::" + "*a" * 200

    assert TABLE.matches(pattern, "arn:aws:s3:::" + "a" * 500 + "b") is MISSING
    assert TABLE.matches(pattern, "arn:aws:s3:::" + "a" * 500 + KEY) is CANNOT_TELL
