# ruff: noqa: E501, Q000, Q003  # tables of texts in a language that quotes as Python does
"""Expressions of Terraform's language, made at random from every function, operator and form that it has."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

T = TypeVar("T")
SEED = 20261129
PER_FUNCTION = 22
PER_FORM = 130

TEXTS = [
    '"abc"', '"Hello World"', '""', '" pad\\t"', '"a,b,,c"', '"\\u00e9cole"', '"e\\u0301t"', '"straße"', '"日本語"',
    '"👨\u200d👩\u200d👧x"', '"a\\nb\\r\\nc\\n"', '"<a&b>"', '"5"', '"-3.50"', '"true"', '"1e3"', '"$${x} %%{y}"',
    '"${local.s}-${1 + 1}"', "local.s", "var.str", "var.accents", "var.escaped", "local.text", '"aBC dEF_g-h"',
    '"10.0.0.0/16"', '"2020-01-02T03:04:05Z"', '"q\\"uo\\\\te"', '"İstanbul"', '"ﬁn"', '"a.b.c"', '"/path/to/file.txt"',
]  # fmt: skip
NUMBERS = [
    "0", "1", "2", "3", "-1", "5", "10", "1.5", "-2.5", "0.1", "1e3", "1e-7", "var.num", "var.big", "255", "100000",
    "1000000", "2.50", "-5 % 3", "1 / 3", "7 / 2", 'length("abc")', "local.m.b", "local.nums[1]", "0.5 + 0.25",
    "12345678.9", "-0", "3.0", "64",
]  # fmt: skip
TRUTHS = ["true", "false", "var.flag", "!false", "1 == 1", '"a" == "b"', "2 > 1"]
SEQUENCES = [
    "local.l", "[]", "[1, 2, 3]", '["a"]', 'tolist(["b", "a", "b"])', "var.list_str", "var.list_num", "local.mixed",
    "local.objs", "var.empty_list", '[["a", "b"], ["c"], []]', "var.list_any", "local.nums", "var.tup", "[null]",
    '["", "x", null]', "[true, false]", "var.list_obj", 'split(",", "x,y,x")', "var.list_list", '[1, "1"]', "[[]]",
]  # fmt: skip
SETS = [
    "var.names", 'toset(["b", "a"])', "toset([3, 1, 2])", "var.set_num", "toset([])", "local.set", "var.set_obj",
    "var.set_bool",
]  # fmt: skip
MAPPINGS = [
    "local.m", "{}", '{ a = 1, b = "x" }', "var.tags", "var.obj", "var.map_obj", "local.users", "tomap({ k = 1 })",
    "var.map_any", "var.empty_map", "local.nested", "local.by", 'tomap({ b = "1", a = "2" })', "var.obj_given",
    '{ "x y" = [1], z = { q = null } }', "var.deep",
]  # fmt: skip
NOTHING = ["null", "var.nul"]
TIMES = [
    '"2020-01-02T03:04:05Z"', '"2017-11-22T00:00:00+05:30"', '"1999-12-31T23:59:59-08:00"', '"2024-02-29T12:00:00Z"',
    '"not a time"', '"2023-13-01T00:00:00Z"',
]  # fmt: skip
PATTERNS = [
    '"[a-z]+"', '"(\\\\w+) (\\\\w+)"', '"^a"', '"b*"', '"(?P<first>[a-z])(?P<rest>.*)"', '"\\\\d+"', '"x|l+"', '"."',
    '"[[:upper:]]"', '"(?i)HELLO"', '"l{2}"', '"(a)?b"', '"^$"', '"\\\\s"', '"[^a-c]+$"', '"(?:ab)c"', '"o\\\\b"',
]  # fmt: skip
FORMATS = [
    '"%s"', '"%d"', '"%s-%s"', '"%v"', '"%05d"', '"%-6s|"', '"%6s|"', '"%+d"', '"%x"', '"%X"', '"%o"', '"%b"',
    '"%.2f"', '"%e"', '"%g"', '"%q"', '"%#v"', '"%t"', '"%%%s"', '"%8.3f|"', '"%[2]s %[1]s"', '"% d"', '"%.1s"',
    '"plain"', '"%v%v"', '"%f"', '"%08.2f"', '"%-5d|"', '"%G"', '"%E"',
]  # fmt: skip
PREFIXES = ['"10.0.0.0/16"', '"192.168.1.7/24"', '"fd00:fd12:3456:7890::/56"', '"10.0.0.0/30"', '"10.0.0.0"', '"::/0"']
DATE_FORMATS = [
    '"DD MMM YYYY hh:mm ZZZ"', '"EEEE, DD-MMM-YY hh:mm:ss ZZZ"', '"EEE, D MMMM YYYY, h:mmaa"', '"H:mmAA"', '"M/D/YY"',
    "\"YYYY-MM-DD'T'hh:mm:ssZ\"", '"HH:mm:ss ZZZZZ"', '"ZZZZ"', '"QQ"', "\"'o''clock' hh\"",
]  # fmt: skip
DURATIONS = ['"1h"', '"10m"', '"-90m"', '"1h30m"', '"36h15m10s"', '"0s"', '"1.5h"', '"bad"']
POOLS = {
    "s": TEXTS, "n": NUMBERS, "b": TRUTHS, "l": SEQUENCES, "S": SETS, "m": MAPPINGS, "0": NOTHING, "t": TIMES,
    "r": PATTERNS, "f": FORMATS, "p": PREFIXES, "D": DATE_FORMATS, "d": DURATIONS,
    "L": SEQUENCES + SETS, "a": TEXTS + NUMBERS + TRUTHS + SEQUENCES + SETS + MAPPINGS + NOTHING,
    "c": SEQUENCES + SETS + MAPPINGS, "v": TEXTS + NUMBERS + TRUTHS, "i": ["0", "1", "2", "3", "-1", "4"],
}  # fmt: skip
EVERYTHING = POOLS["a"]
# Functions with the kinds of their arguments; more than one way to call them stands beside each other.
FUNCTIONS = {
    "abs": ["n"], "ceil": ["n"], "floor": ["n"], "log": ["nn"], "max": ["nn", "nnn"], "min": ["nn", "n"],
    "parseint": ["sn", "ii"], "pow": ["ni"], "signum": ["n"],
    "chomp": ["s"], "endswith": ["ss"], "format": ["fv", "fvv", "fa"], "formatlist": ["fl", "fL", "fls", "f", "fv"],
    "indent": ["is"], "join": ["sl", "sL", "sS"], "lower": ["s"], "regex": ["rs"], "regexall": ["rs"],
    "replace": ["sss"], "split": ["ss"], "startswith": ["ss"], "strcontains": ["ss"], "strrev": ["s"],
    "substr": ["sii"], "title": ["s"], "trim": ["ss"], "trimprefix": ["ss"], "trimspace": ["s"], "trimsuffix": ["ss"],
    "upper": ["s"],
    "alltrue": ["l"], "anytrue": ["l"], "chunklist": ["Li"], "coalesce": ["vv", "0v", "vvv", "aa"],
    "coalescelist": ["ll"], "compact": ["L"], "concat": ["ll", "lll", "lS"], "contains": ["Lv", "La"],
    "distinct": ["L"], "element": ["li", "Li"], "flatten": ["L"], "index": ["lv"], "keys": ["m"], "length": ["c", "s"],
    "lookup": ["ms", "msv", "msa"], "matchkeys": ["lll"], "merge": ["mm", "mmm", "m0"], "one": ["L"],
    "range": ["n", "ii", "nnn"], "reverse": ["L"], "setintersection": ["LL"], "setproduct": ["LL", "lll"],
    "setsubtract": ["LL"], "setunion": ["LL", "LLL"], "slice": ["lii"], "sort": ["L"], "sum": ["L"],
    "transpose": ["m"], "values": ["m"], "zipmap": ["ll"],
    "base64decode": ["s"], "base64encode": ["s"], "csvdecode": ["s"], "jsondecode": ["s"], "jsonencode": ["a"],
    "textdecodebase64": ["ss"], "textencodebase64": ["ss"], "urlencode": ["s"], "yamlencode": ["a"],
    "abspath": ["s"], "basename": ["s"], "dirname": ["s"],
    "formatdate": ["Dt"], "timeadd": ["td"], "timecmp": ["tt"],
    "base64sha256": ["s"], "base64sha512": ["s"], "md5": ["s"], "sha1": ["s"], "sha256": ["s"], "sha512": ["s"],
    "uuidv5": ["ss"],
    "cidrhost": ["pi", "pn"], "cidrnetmask": ["p"], "cidrsubnet": ["pii"], "cidrsubnets": ["pii", "piii"],
    "can": ["a"], "nonsensitive": ["a"], "sensitive": ["a"], "tobool": ["a", "s"], "tolist": ["a", "L"],
    "tomap": ["a", "m"], "tonumber": ["a", "s"], "toset": ["a", "L"], "tostring": ["a", "v"], "try": ["aa"],
}  # fmt: skip
HANDMADE = [
    'file("a.txt")', 'fileexists("a.txt")', 'filebase64("a.txt")', 'filemd5("a.txt")', 'filesha256("a.txt")',
    'filebase64sha256("a.txt")', 'filesha1("a.txt")', 'filesha512("a.txt")', 'filebase64sha512("a.txt")',
    'fileset(".", "*.txt")', 'fileset(".", "**/*.tmpl")', 'fileset("sub", "*")', 'file("none.txt")',
    'templatefile("sub/b.tmpl", { name = "x", list = ["a", "b"], on = true })',
    'templatefile("sub/b.tmpl", { name = 5, list = toset(["z", "y"]), on = "false" })',
    'templatefile("sub/b.tmpl", { name = "x" })', 'templatefile("a.txt", {})', 'templatefile("a.txt", [])',
    '"${path.module}/x"', "path.root", "core::upper(\"x\")", 'jsondecode("{\\"a\\":[1,2.50,null,\\"\\\\u00e9\\"]}")',
    'jsondecode("nonsense")', 'jsondecode("1e2")', 'csvdecode("a,b\\n1,2\\n3,4\\n")', 'csvdecode("a,a\\n1,2")',
    'base64decode("aGVsbG8=")', 'base64decode("aGVsbG8")', 'base64decode("/w==")',
    'textdecodebase64("aABpAA==", "UTF-16LE")', 'uuidv5("dns", "example.com")', 'uuidv5("url", "https://x.org/")',
    'transpose({ a = ["1", "2"], b = ["2", "3"] })', 'zipmap(["a", "b"], [1, "x"])', 'zipmap(["b", "a"], tolist([1, 2]))',
    'range(3)', 'range(1, 4)', 'range(4, 1)', 'range(0, 1, 0.25)', 'range(5, 0, -2)', 'range(1, 5, -1)', 'range(0)',
    'matchkeys(["a", "b", "c"], ["1", "2", "3"], ["3", "1"])', 'setproduct(["a", "b"], ["x", "y"], [1])',
    'lookup({ a = "b" }, "z", 5)', 'lookup(tomap({ a = "b" }), "z", 5)', 'lookup({ a = "b" }, "z")',
    'element(["a", "b", "c"], 4)', 'element([], 0)', 'chunklist(["a", "b", "c"], 2)', 'one([])', 'one(toset(["x"]))',
    'merge({ a = 1 }, { a = "2", b = null })', 'merge(tomap({ a = 1 }), tomap({ b = 2 }))', 'merge([{ a = 1 }, { b = 2 }]...)',
    'max(local.by["a"]...)', 'min([3, 1]...)', 'concat([["a"], ["b"]]...)', 'format("%s/%s", ["a", "b"]...)',
    'merge([for n in ["o", "m"] : { (n) = n }]...)', 'coalesce([null, "", "x"]...)', 'max(toset([1, 5])...)',
    'formatdate("DD MMM YYYY hh:mm ZZZ", "2018-01-02T23:12:01Z")', 'timeadd("2017-11-22T00:00:00Z", "10m")',
    'timecmp("2017-11-22T01:00:00Z", "2017-11-22T00:00:00-01:00")', 'cidrsubnet("10.1.2.0/24", 4, 15)',
    'cidrhost("10.12.112.0/20", -1)', 'cidrsubnets("10.1.0.0/16", 4, 4, 8, 4)', 'cidrhost("fd00:fd12:3456:7890::/72", 34)',
    'cidrnetmask("172.16.0.0/12")', 'replace("hello world", "/w.*d/", "everybody")', 'replace("1 + 2", "/\\\\d/", "<$0>")',
    'replace("ab", "/(a)(b)/", "$2${1}x$$")', 'regex("(\\\\d\\\\d\\\\d\\\\d)-(\\\\d\\\\d)", "2019-02")',
    'regex("^(?:(?P<scheme>[^:/?#]+):)?(?://(?P<authority>[^/?#]*))?", "https://terraform.io/docs/")',
    'regexall("a*", "baac")', 'replace("baac", "/a*/", "-")', 'regex("(?=x)", "x")', 'regexall("[", "x")',
    'substr("hello world", 1, 4)', 'substr("hello", -3, -1)', 'substr("hello", 10, 2)', 'title("hello world")',
    'trim("?!hello?!", "!?")', 'trimprefix("helloworld", "hello")', 'indent(2, "[\\n  foo,\\n]")', 'strrev("日本")',
    'parseint("FF", 16)', 'parseint("-0", 10)', 'parseint("12", 2)', 'signum(-13)', 'pow(2, 10)', 'log(16, 16)',
    'abs(-12.4)', 'sum([10, 13, 6, 4.5])', 'sum(["1", 2])', 'sum([])', 'sort(["e", "d", "a"])', 'distinct(["a", "b", "a"])',
    'flatten([["a", "b"], [], ["c", [toset(["z", "y"])]]])', 'index(["a", "b"], "b")', 'index(["a"], "z")',
    'keys({ b = 1, a = 2 })', 'values({ b = 1, a = "x" })', 'alltrue(["true", true])', 'anytrue([])', 'reverse([1, "a"])',
    'slice(["a", "b", "c"], 1, 3)', 'compact(["a", "", null, "b"])', 'contains(["a", 1], 1)', 'contains([1], "1")',
    'setsubtract(["a", "b"], ["b"])', 'tobool("yes")', 'tonumber("0x1")', 'tostring([])', 'tolist("a")', 'tomap([])',
    'tolist([])', 'jsonencode(tolist([]))', 'jsonencode(toset([{ a = 2 }, { a = 1 }]))', 'jsonencode("\\u2028\\u0001/")',
    'jsonencode({ "é" = 1e30, z = 1.10 })', 'yamlencode({ a = [1, { b = "x" }], c = {} })', 'urlencode("a b&c=é/~*")',
    '1 / 0', '5 % 0', '5.5 % 2', '-5 % 3', '0.1 + 0.2', '0.1 + 0.2 == 0.3', '1.1 * 1.1', '1 / 3 * 3 == 1', '2 / 3',
    'length("abc") / length("abcdefg")', 'floor(7.9) / 7', '1e20 + 1', '100000000000000000000 * 100000000000000000000',
    '1e400', '0.1 - 0.3', '1e-30', '-1.50', '1 == true', '"1" == 1', 'null == null', '[1] == [1]', '[1] == tolist([1])',
    '{ a = 1 } == { a = 1 }', '{ a = 1 } == tomap({ a = 1 })', 'var.nul == null', '"a" != null', '"a" < "b"', 'true && "true"',
    'true || 1', '!"true"', '!1', '-"5"', '-true', 'true + 1', '"1" + 1', '[] == []', 'null + 1', '!null', 'null && true',
    'true ? 1 : "a"', 'false ? 1 : "a"', 'true ? [1] : ["a", "b"]', 'true ? { a = 1 } : { b = "x" }', 'true ? null : 1',
    'false ? null : [1]', '"true" ? 1 : 2', '"x" ? 1 : 2', 'null ? 1 : 2', 'true ? [] : {}', 'true ? "a" : 1 / 0',
    'false ? "a" : 1 / 0', 'true ? tolist([1]) : ["a"]', 'true ? toset(["b", "a"]) : ["c"]', 'true ? {} : { a = 1 }',
    'true ? tomap({ a = 1 }) : { b = "x" }', '1 > 0 ? true : "no"', 'true ? [1, "a"] : [true, false]', 'true ? [] : [1]',
    'true ? [{ a = 1 }] : [{ a = "x" }, { a = true }]', 'true ? [[1]] : [["a"], []]', 'true ? { a = [1] } : { a = ["x", "y"] }',
    '{ a = 1 }["a"]', '{ a = 1 }.b', '[1, 2]["0"]', '[1, 2][1.5]', '[1, 2][-1]', '{ "1" = 1 }[1]', 'toset(["a"])[0]',
    '[{ a = [1] }, { a = [2] }].*.a[0]', '[{ a = [1] }, { a = [2] }][*].a[0]', '([{ a = [1] }, { a = [2] }][*].a)[1]',
    'local.objs.*.v.0', 'local.objs[0].v[1]', 'local.objs.0.v.1', 'local.s[*]', 'null[*]', 'var.nul[*]', 'var.nul_list[*]',
    'var.names[*]', 'local.m[*].a', 'local.users[*].bob.role', 'tolist(["a"])[*]', '[][*].x', 'var.empty_list[*]',
    '"a"[0]', 'local.nested["with space"][1].k', 'local.nested.hello', '{ (local.s) = 1 }', '{ "${local.s}x" = 1 }',
    '{ local.s = 1 }', '{ s = 1, true = 2, null = 3, 5 = 4 }', '{ a = 1, a = 2 }', '{ (null) = 1 }', '{ ([1]) = 1 }',
    '{ for u, d in local.users : d.role => u... }', '{ for u, d in local.users : d.role => u }', '[for k, v in local.m : v]',
    '[for i, v in local.l : "${i}${v}"]', '[for k, v in var.names : "${k}${v}"]', '[for v in null : v]', '[for v in "a" : v]',
    '[for v in [1, 2] : v if v > 1]', '[for v in [1] : v if null]', '[for v in [1] : v if "true"]', '{ for v in [] : v => v }',
    '{ for i, v in [1, 2] : v => i }', '{ for v in ["a"] : v => upper(v) if v != "b" }', '[for a in [[1, 2], [3]] : [for b in a : b * 2]]',
    '{ for k, v in { b = "1", a = "2" } : k => v }', '[for k, v in { b = "1", a = "2" } : "${k}${v}"][0]', '{ for v in [null] : v => 1 }',
    '"x  ${~ 1 }  y"', '"x  ${ 1 ~}  y"', '"x\\n ${~ 1 ~} \\n y"', '"%{ if true }a%{ else }b%{ endif }"', '"%{ if false }a%{ endif }"',
    '"%{ for x in [1, 2] }<${x}>%{ endfor }"', '"%{ for k, v in { b = 1, a = 2 } }${k}=${v};%{ endfor }"', '"a %{~ if true ~} b %{~ endif ~} c"',
    '"%{ if 1 }a%{ endif }"', '"%{ for x in [1, [2]] }${x}%{ endfor }"', '"${[1]}"', '"${[1]}x"', '"${null}"', '"${null}x"', '"${true}"',
    '"${1.50}x"', '"${"${"a"}"}"', '"$${a}%%{b}$$x%%"', '"\\u00e9\\U0001F600\\\\\\"\\t"', '"e\\u0301"', '"$"', '"a$b%c"', '"${1e3}0"',
    "<<EOT\n  a\\nb ${1}\nEOT\n", "<<-EOT\n    a\n      b ${local.s}\n\n    c\n  EOT\n", "<<-EOT\n  %{ for x in [1, 2] ~}\n  x${x}\n  %{ endfor ~}\n  end\n  EOT\n",
    "<<EOT\n%{ if true }\nyes\n%{ else }\nno\n%{ endif }\nEOT\n", "<<-EOT\n    ${local.s}\n      deep\n    EOT\n", "<<EOT\nq\"u\"o $${x}\nEOT\n",
    "<<-EOT\n   \n    a\n\n  b\n  EOT\n", "<<EOT\n\n  ${~ \"x\" ~}  \n\n y\nEOT\n", "<<EOT\nEOT\n",
    'try(regex("[a-z]+", "ab"), "d")', 'try(sort(["b", "a"])[0], "d")', 'try("1" + 1, 0)', 'try(nosuch(1), "d")', 'try(local.m.z, "d")',
    'try(tonumber("x"), null, 3)', 'try(1 / 0)', 'can(1 / 0)', 'can(local.m.a)', 'can(regex("z", "a"))', 'can(tonumber("5"))', 'try(null, 1)',
    'try(var.obj.a, "other")', 'try(var.map_obj["k"].size, 99)', 'try(local.nested.a.b.c, "x")', 'try(local.nested.a.z.c, "x")', 'can(null)',
    'var.num == 5', 'var.str == "5"', 'var.flag == true', 'var.flag_untyped == true', 'tolist(var.names)[0]', 'join(",", var.names)',
    'var.list_str[0] == "1"', '[for n in var.names : upper(n)]', 'var.obj.n.x', 'var.obj.b == null', 'var.obj_given', 'var.not_nul',
    'var.tup[0]', 'var.tup[1] + 1', 'var.deep.z[0].k', 'var.anyv.x[2].y', 'var.list_any[0]', 'var.map_any["a"]', 'keys(var.tags)',
    'var.tags.a == "true"', 'var.set_obj', 'length(var.set_num)', 'var.escaped', 'length(var.accents)', 'var.big + 1', 'var.fraction * 3',
    'var.old_list', 'var.list_list[0][1]', 'max(var.list_num...)', 'nonsensitive(sensitive("x"))', 'length("\\r\\n")', 'upper("straße")',
    'title("école x1y")', 'lower("ÀÉ")', 'split("", "abc")', 'split(",", "")', 'join("-", [])', 'join(",", ["a", null])', 'chomp("a\\n\\r\\n\\n")',
    'formatlist("x")', 'formatlist("%s-%s", ["a", "b"], "z")', 'formatlist("%s", [])', 'formatlist("%s%s", ["a"], ["b", "c"])', 'format("%s")',
    'format("%d", 1.5)', 'format("%d", "12")', 'format("%s", null)', 'format("%v", null)', 'format("%v", [1, { a = "b" }])', 'format("%z", 1)',
    'format("%5.1f|%-8s|%08d|%+.3e", 3.14159, "ab", -42, 12345.678)', 'format("%v %v %v", 1000000, 0.00001, 123456.75)', 'format("a", 1)',
]  # fmt: skip
OPERATORS = ["+", "-", "*", "/", "%", "==", "!=", "<", "<=", ">", ">=", "&&", "||"]


class _Maker:
    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 - the same expressions in every run

    def pick(self, given: Sequence[T]) -> T:
        return self._random.choice(given)

    def of(self, kind: str) -> str:
        """An expression that is most often of this kind, and sometimes of any."""
        return self.pick(EVERYTHING if self._random.random() < 0.12 else POOLS[kind])

    def deep(self, kind: str) -> str:
        """An expression of this kind that may itself be a call or a conditional."""
        draw = self._random.random()
        if draw < 0.6:
            return self.of(kind)
        if draw < 0.8:
            return f"({self.of('b')} ? {self.of(kind)} : {self.of(kind)})"
        return self.call(self.pick(sorted(FUNCTIONS)))

    def call(self, name: str) -> str:
        return f"{name}({', '.join(map(self.of, self.pick(FUNCTIONS[name])))})"

    def operation(self) -> str:
        sign = self.pick(OPERATORS)
        kinds = "nnnv" if sign in "+-*/%<=>=" and sign != "==" else "bbba" if sign in ("&&", "||") else "aavv"
        return f"{self.deep(self.pick(kinds))} {sign} {self.deep(self.pick(kinds))}"

    def mixed(self) -> str:
        return (
            f"{self.of('n')} {self.pick('+-*')} {self.of('n')} {self.pick('*/%')} {self.pick(['2', '3', '-7', '0.3'])}"
        )

    def conditional(self) -> str:
        kind = self.pick("vLmaanl")
        return f"{self.of('b')} ? {self.deep(kind)} : {self.deep(kind)}"

    def loop(self) -> str:
        source = self.pick(POOLS["c"])
        names = self.pick(["v", "k, v"])
        key = self.pick(["v", "k" if "k" in names else "v", '"${v}x"', "tostring(v)"])
        value = self.pick(
            ["v", "[v]", '"${v}"', "upper(v)", "v.n", "{ x = v }", "try(v.name, v[0], v)", "length(v)", key]
        )
        condition = self.pick(["", "", " if v != null", ' if v != "a"', " if can(length(v))", " if v"])
        if self._random.random() < 0.5:
            return f"[for {names} in {source} : {value}{condition}]"
        return f"{{for {names} in {source} : {key} => {value}{self.pick(['', '', '...'])}{condition}}}"

    def splat(self) -> str:
        steps = self.pick(
            ["[*]", "[*].n", ".*.n", "[*].v[0]", ".*.v[0]", "[*][0]", "[*].name", "[*].v", ".*.p", "[*].q[0]"]
        )
        return self.pick([*POOLS["c"], *NOTHING, "local.s"]) + steps

    def index(self) -> str:
        source = self.pick(POOLS["c"])
        first = self.pick(["[0]", "[1]", '["a"]', ".a", '["k"]', "[local.s]", "[5]", '["b"]', ".x"])
        return (
            source + first + self.pick(["", "", "[0]", ".role", ".size", '["x"]'])
            if source[0] not in "[{"
            else f"({source}){first}"
        )

    def template(self) -> str:
        left, right = self.pick(["", "~"]), self.pick(["", "~"])
        text = self.pick(["a ", " b\\n", "", "é", "$$ ", "\\t"])
        form = self.pick(
            [
                "{t}${{{l} {e} {r}}}{t}",
                "${{{l}{e}{r}}}",
                "%{{{l} if {b} {r}}} x {t}%{{ else }}{e2} %{{{l} endif {r}}} z",
                "%{{{l} for i in {L} {r}}} ${{i}},%{{{l} endfor {r}}}",
                "{t}${{{e}}}${{{e2}}}",
            ]
        )
        made = form.format(
            l=left, r=right, t=text, e=self.of("v"), e2=self.pick(["7", "1.5"]), b=self.of("b"), L=self.of("L")
        )
        return f'"{made}"'

    def heredoc(self) -> str:
        flush = self.pick(["", "-"])
        lines = [
            self.pick(["", "  ", "    ", "\\t"])
            + self.pick(["text", "${local.s}", "a ${~ 1 ~} b", "%{ if true }", "", "$${x}", '"q"', "\\n"])
            for _ in range(self.pick([1, 2, 3, 4]))
        ]
        opened = sum("%{ if" in line for line in lines)
        lines += ["  " + "%{ endif }" * opened] if opened else []
        return f"<<{flush}EOT\n" + "\n".join(lines) + f"\n{self.pick(['', '  ']) if flush else ''}EOT\n"

    def attempt(self) -> str:
        inner = self.pick([self.loop, self.index, self.operation, self.splat])()
        return self.pick(
            [f"can({inner})", f'try({inner}, "d")', f"try({inner}, {self.of('a')}, 1)", f"try([{inner}][0], {{}})"]
        )

    def nested(self) -> str:
        forms: list[Callable[[], str]] = [
            lambda: (
                f"{self.pick(['jsonencode', 'tostring', 'length', 'tolist', 'toset', 'flatten', 'keys', 'sort'])}({self.loop()})"
            ),
            lambda: f"{self.pick(['upper', 'jsonencode', 'md5', 'title'])}({self.template()})",
            lambda: f"merge({self.of('m')}, {self.loop()})",
            lambda: f"[{self.deep('v')}, {self.deep('a')}, {self.operation()}]",
            lambda: f'{{ a = {self.deep("a")}, "{self.pick(["b", "x-y", "é"])}" = {self.conditional()} }}',
            lambda: f"distinct([{self.of('v')}, {self.of('v')}, {self.of('v')}])",
            lambda: f"toset([{self.of('v')}, {self.of('v')}, {self.of('v')}])",
            lambda: f"tolist([{self.of('a')}, {self.of('a')}])",
            lambda: f"tomap({{ a = {self.of('a')}, b = {self.of('a')} }})",
        ]
        return self.pick(forms)()


def expressions(seed: int = SEED) -> Iterator[str]:
    """Yield expressions, each once: those made by hand, and so many of every function and form."""
    maker = _Maker(seed)
    seen = set()

    def every() -> Iterator[str]:
        yield from HANDMADE
        for name in FUNCTIONS:
            yield from (maker.call(name) for _ in range(PER_FUNCTION))
        forms = [
            maker.operation,
            maker.mixed,
            maker.conditional,
            maker.loop,
            maker.splat,
            maker.index,
            maker.template,
            maker.heredoc,
            maker.attempt,
            maker.nested,
        ]
        for form in forms:
            yield from (form() for _ in range(PER_FORM))

    for expression in every():
        if expression not in seen:
            seen.add(expression)
            yield expression
