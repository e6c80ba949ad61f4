import pytest

from plan_review.language.expressions import Constant, parse
from plan_review.language.lexer import ExpressionError
from plan_review.language.templates import Part, TemplateError, split
from plan_review.language.traversals import in_expression, in_string


def names(text: str) -> list[str]:
    return [name.text for name in in_string(text).found]


def test_a_string_is_split_into_what_is_literal_and_what_is_not() -> None:
    assert split("a-${b.c}-%{if d}e%{endif}") == [
        Part("literal", "a-"),
        Part("expression", "b.c"),
        Part("literal", "-"),
        Part("directive", "if d"),
        Part("literal", "e"),
        Part("directive", "endif"),
    ]


def test_an_escaped_opening_is_literal() -> None:
    assert split("arn:$${aws:username}/%%{x}") == [Part("literal", "arn:${aws:username}/%{x}")]
    assert names("$${aws_a.b.c} $$${aws_d.e.f}") == []


def test_braces_and_quotes_inside_an_expression_do_not_end_it() -> None:
    assert split('${f({a = "}"}, "${g("}")}")}!') == [
        Part("expression", 'f({a = "}"}, "${g("}")}")'),
        Part("literal", "!"),
    ]


def test_a_backslash_keeps_a_quote_inside_its_string() -> None:
    assert split('${f("a\\"}")}') == [Part("expression", 'f("a\\"}")')]


def test_an_expression_that_is_never_closed_is_an_error() -> None:
    with pytest.raises(TemplateError, match="not closed"):
        split("${aws_a.b")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("${aws_a.b.arn}", ["aws_a.b.arn"]),
        ("x-${aws_a.b.arn}-${aws_c.d.id}", ["aws_a.b.arn", "aws_c.d.id"]),
        ("${aws_a.b[0].arn}", ["aws_a.b[0].arn"]),
        ('${aws_a.b["key"].arn}', ['aws_a.b["key"].arn']),
        ("${aws_a.b[*].arn}", ["aws_a.b[*].arn"]),
        ("${aws_a.b.*.arn}", ["aws_a.b[*].arn"]),
        ("${aws_a.b[local.i].arn}", ["aws_a.b[…].arn", "local.i"]),
        ('${join(",", [aws_a.b.arn, aws_c.d.arn])}', ["aws_a.b.arn", "aws_c.d.arn"]),
        ("${[for x in aws_a.b : x.arn if x.id != aws_c.d.id]}", ["aws_a.b", "aws_c.d.id"]),
        ("${{for k, v in local.m : k => v...}}", ["local.m"]),
        ("${var.on ? aws_a.b.arn : null}", ["var.on", "aws_a.b.arn"]),
        ('${jsonencode({"k" = aws_a.b.arn, (local.k) = 1})}', ["aws_a.b.arn", "local.k"]),
        ('${replace("${aws_a.b.arn}/x", "/", "")}', ["aws_a.b.arn"]),
        ("${data.aws_region.current.name}", ["data.aws_region.current.name"]),
        ("${module.m.out}", ["module.m.out"]),
        ('${module.m["a"].out}', ['module.m["a"].out']),
        ("${each.value}", ["each.value"]),
        ("${-aws_a.b.n + 2 * 3}", ["aws_a.b.n"]),
        ("%{ if aws_a.b.on }x%{ else }y%{ endif }", ["aws_a.b.on"]),
        ("%{ for x in aws_a.b.list }${x}%{ endfor }", ["aws_a.b.list"]),
        ("${f(/* aws_no.no.no */ aws_a.b.c)}", ["aws_a.b.c"]),
        ("${resource.aws_a.b.c}", ["resource.aws_a.b.c"]),
        ("${path.module}/x", []),
        ("${a}", []),
        ("no expression {aws_a.b.c}", []),
    ],
)
def test_the_names_in_a_string_are_found(text: str, found: list[str]) -> None:
    assert sorted(names(text)) == sorted(found)


def test_a_name_bound_by_for_hides_none_outside_of_it() -> None:
    assert names("${[for aws_a in local.l : aws_a.b.c]}${aws_a.b.c}") == ["local.l", "aws_a.b.c"]
    assert names('${[for aws_a in local.l : "${aws_a.b.c}/*"]}') == ["local.l"]


def test_the_attribute_is_the_first_one_after_an_index() -> None:
    assert [(name.name, name.attribute) for name in in_string("${aws_a.b[0].block[1].arn}").found] == [
        ("aws_a.b", "block")
    ]


def test_what_cannot_be_read_is_said_and_what_looks_like_a_name_is_kept() -> None:
    names = in_expression("aws_a.b.c ~~ 1")
    assert names.problem is not None
    assert "cannot be read" in names.problem
    assert [name.text for name in names.found] == ["aws_a.b.c"]


@pytest.mark.parametrize("text", ["", "a.", "a b", "[1", '"x', "f(", "{a}", "a ? b", "1 +", "a[", "(" * 5000])
def test_what_is_no_expression_is_refused(text: str) -> None:
    with pytest.raises(ExpressionError):
        parse(text)


def test_escapes_in_a_quoted_string_are_undone() -> None:
    assert parse(r'"a\"\n\u00e9\\"') == Constant('a"\né\\')


def test_an_indented_heredoc_loses_its_indentation() -> None:
    assert parse("<<-EOT\n    a\n      b\n    EOT") == Constant("a\n  b\n")
