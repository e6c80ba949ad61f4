from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from plan_review.configuration.embedded_documents import mentions, structure
from plan_review.configuration.native_syntax import parse
from plan_review.configuration.reading import ConfigurationError, read_folder
from plan_review.language.lexer import ExpressionError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PIPELINE = r"""
# a comment
locals { name = "media" /* and another */ }
variable "zones" {
  type    = list(string)
  default = ["a", "b"]
}
resource "aws_sns_topic" "t" {
  name = "${local.name}-done"
  tags = { Name = "t", "with space" = "q\"uo" }
}
resource "aws_iam_role_policy" "p" {
  role   = aws_iam_role.r.id
  policy = jsonencode({
    Statement = [{
      Action   = "sns:Publish" // what it does
      Resource = aws_sns_topic.t.arn
    }]
  })
}
resource "aws_iam_role" "r" {
  for_each           = toset(var.zones)
  assume_role_policy = <<-EOT
    {"Statement": [{"Principal": {"Service": "lambda.amazonaws.com"}, "Sid": "${each.key}"}]}
  EOT
  lifecycle {
    ignore_changes       = [tags]
    replace_triggered_by = [aws_sns_topic.t]
  }
  depends_on = [
    aws_sqs_queue.q,
  ]
}
resource "aws_sqs_queue" "q" {
  name = var.zones[0]
  dynamic "rule" {
    for_each = { for z in var.zones : z => upper(z) }
    content {
      x = rule.value
    }
  }
  timeouts {}
}
"""


def test_native_syntax_is_read_as_the_json_that_it_stands_for() -> None:
    assert parse(PIPELINE)["resource"][0] == {
        "aws_sns_topic": {"t": {"name": "${local.name}-done", "tags": {"Name": "t", "with space": 'q"uo'}}}
    }


def test_an_expression_keeps_its_text_and_a_literal_its_value() -> None:
    body = parse(
        'a = x.y\nb = 1\nc = true\nd = null\ne = [x.y, "z", -2]\nf = [for i in x : i]\ng = {(k) = 1}\nh = [1][0]\n'
    )
    assert body == {
        "a": "${x.y}",
        "b": 1,
        "c": True,
        "d": None,
        "e": ["${x.y}", "z", -2],
        "f": "${[for i in x : i]}",
        "g": "${{(k) = 1}}",
        "h": "${[1][0]}",
    }


def test_escapes_and_what_looks_like_an_expression_stay_what_they_are() -> None:
    assert parse(r'a = "x\n$${aws:username} ${f("\"")} %%{"') == {"a": 'x\n$${aws:username} ${f("\\"")} %%{'}


def test_a_value_may_go_over_lines_within_brackets_only() -> None:
    assert parse("a = [\n 1,\n\n 2\n]\nb = {\n c = 1\n d = 2 }\n") == {"a": [1, 2], "b": {"c": 1, "d": 2}}
    with pytest.raises(ExpressionError, match="line 1"):
        parse("a = 1 +\n 2\n")


def test_references_of_native_syntax_are_found(write: Callable[[str, Any], Path]) -> None:
    found = read_folder(write("main.tf", PIPELINE).parent)
    assert {(each.source, each.target, each.kind) for each in found.references} == {
        ("aws_iam_role_policy.p", "aws_iam_role.r", "argument"),
        ("aws_iam_role_policy.p", "aws_sns_topic.t", "argument"),
        ("aws_iam_role.r", "aws_sqs_queue.q", "depends_on"),
        ("aws_iam_role.r", "aws_sns_topic.t", "replace_triggered_by"),
    }
    assert found.resources["aws_iam_role.r"].repeated
    assert found.resources["aws_sqs_queue.q"].dynamic == {"rule"}


def test_policies_of_native_syntax_are_seen_into(write: Callable[[str, Any], Path]) -> None:
    found = read_folder(write("main.tf", PIPELINE).parent)
    document = structure(found.resources["aws_iam_role_policy.p"].arguments["policy"])
    assert mentions(document["Statement"][0]["Resource"], "aws_sns_topic.t.arn")
    assert document["Statement"][0]["Action"] == "sns:Publish"
    trust = structure(found.resources["aws_iam_role.r"].arguments["assume_role_policy"])
    assert trust["Statement"][0]["Principal"] == {"Service": "lambda.amazonaws.com"}


@pytest.mark.parametrize(
    "text",
    [
        '{"Sid": "x", "Resource": ["${aws_t.t.arn}/*"]}',
        '{"Sid": "x", "Resource": ${jsonencode(aws_t.t.arn)}}',
        '{"Sid": "${replace("y", "y", "x")}", "Resource": ${jsonencode([aws_t.t.arn])}}',
        '${jsonencode({Sid = "x", Resource = [for x in [aws_t.t.arn] : "${x}/*"]})}',
        '${jsonencode({"Sid" = "x", "Resource" = ["${aws_t.t.arn}/*", "y"]})}',
    ],
)
def test_what_a_document_refers_to_is_found_however_it_is_written(text: str) -> None:
    document = structure(text)
    assert mentions(document["Resource"], "aws_t.t.arn")
    assert not mentions(document["Sid"], "aws_t.t.arn")


@pytest.mark.parametrize("text", ["{", "${local.policy}", "plain", '{"a": ${', "${jsonencode(}"])
def test_what_is_no_document_has_no_structure(text: str) -> None:
    assert structure(text) is None


@pytest.mark.parametrize("text", ['resource "a" {', "a = ", "a 1", "= 1", 'a = "x', "a { b = 1 c = 2 }", "a = 1\na {}"])
def test_what_is_not_the_language_is_refused_with_file_and_line(text: str, write: Callable[[str, Any], Path]) -> None:
    with pytest.raises(ConfigurationError, match=r"main.tf: "):
        read_folder(write("main.tf", text).parent)


def test_both_syntaxes_stand_beside_each_other(write: Callable[[str, Any], Path]) -> None:
    write("a.tf", 'resource "aws_a" "a" {\n x = aws_b.b.id\n}\n')
    folder = write("b.tf.json", {"resource": {"aws_b": {"b": {}}}}).parent
    assert [each.target for each in read_folder(folder).references] == ["aws_b.b"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('resource "a" "b" {\n  x = 1\n', 'the end of the text .*; the block resource "a" "b" is open since line 1'),
        ('resource "a" "b" {\n  y {\n    x = 1\n\n}\n', 'the block resource "a" "b" is open since line 1'),
        ("x = [\n  1,\n  2\ny = 3\n", r"line 4: 'y' where '\]' should stand; \[ is open since line 1"),
        ('x = upper(\n  "a"\n', r"line 3: the end of the text where '\)' should stand; \( is open since line 1"),
        ("a = 1\nx = { b = 1\n  c 2\n}\n", "line 3: .*; { is open since line 2"),
        ('a = 1\nx = "abc\ny = 2\n', "line 2: the quoted string that begins here is not closed in its line"),
        ('a = 1\nx = "abc ${f(1)\n', r"line 2: the \${ that begins here is not closed"),
        ("a = 1\nx = <<EOT\nabc\n  EOT2\n", "line 2: the heredoc EOT that begins here is not closed"),
        ("a = 1\nx = 2 3\n", "line 2: '3' after the value of x"),
        ("a = 1\nx = 1 +\n", "line 2: the end of the line where a value should stand"),
        ("a = 1\nx = a[1\n", r"line 3: .*; \[ is open since line 2"),
        ("a = 1\nx = ?\n", r"line 2: '\?' where a value should stand"),
        ("a = 1\nx = @\n", "line 2: unexpected '@"),
        ('a = 1\nx = "\\y"\n', r"line 2: the escape \\y is unknown"),
    ],
)
def test_what_is_wrong_is_said_with_its_line_and_what_is_open_there(text: str, said: str) -> None:
    with pytest.raises(ExpressionError, match=said):
        parse(text)
