"""Start a rule: ``python -m plan_review.rules.new SERVICE/RULE-ID`` writes its module and its example.

Both are complete but for what only a person knows, and what is to be filled in says so; the tests fail until it is.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

FOLDER = Path(__file__).resolve().parent
_ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)+")
_MODULE = '''from __future__ import annotations

from typing import TYPE_CHECKING

from plan_review.rules.found import Found
from plan_review.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.rules.context import Context


@rule(
    "{rule_id}",
    title="FILL IN: what holds where all is well",
    why="FILL IN: what AWS does, and why Terraform does not see it.",
    consequence="FILL IN: the error in AWS's own words, or what does not happen",
    sources=("https://docs.aws.amazon.com/FILL-IN",),
)
def {name}(context: Context) -> Iterator[Found]:
    """FILL IN: what is looked at."""
    for item in context.view.items("aws_fill_in"):
        if item.get("fill_in") == "wrong":
            yield Found(item=item, path=("fill_in",), message="fill_in is wrong", remedy="set fill_in to right")
'''
_EXAMPLE = """{
  "passing": {
    "resource": {
      "aws_fill_in": {
        "right": {
          "fill_in": "right"
        }
      }
    }
  },
  "failing_change": {
    "resource": {
      "aws_fill_in": {
        "right": {
          "fill_in": "wrong"
        }
      }
    }
  }
}
"""


def services(folder: Path = FOLDER) -> list[str]:
    """Return the services that have rules."""
    return sorted(each.parent.name for each in folder.glob("*/__init__.py") if each.parent.name != "shared")


def start(service: str, rule_id: str, folder: Path = FOLDER) -> list[Path]:
    """Write the module and the example of a rule; return both. Raises ``FileExistsError`` where there is one."""
    name = rule_id.replace("-", "_")
    files = {
        folder / service / f"{name}.py": _MODULE.format(rule_id=rule_id, name=name),
        folder / service / f"{rule_id}.json": _EXAMPLE,
    }
    for file, text in files.items():
        with file.open("x", encoding="utf-8") as handle:
            handle.write(text)
    return list(files)


def main(arguments: Sequence[str] | None = None) -> int:
    """Start the rule that is named; 2 where the name is none, or there is such a rule."""
    parser = argparse.ArgumentParser(prog="python -m plan_review.rules.new", description=__doc__)
    parser.add_argument("rule", nargs="?", default="", metavar="SERVICE/RULE-ID")
    service, _, rule_id = str(parser.parse_args(arguments).rule).partition("/")
    if service not in services() or not _ID.fullmatch(rule_id):
        print(
            f"new rule: {service}/{rule_id} is no name for one; write SERVICE/RULE-ID, such as sqs/queue-too-short, "
            f"with a service of {', '.join(services())}",
            file=sys.stderr,
        )
        return 2
    try:
        written = start(service, rule_id)
    except FileExistsError as error:
        print(f"new rule: {error.filename} is there already; choose another id, or change that rule", file=sys.stderr)
        return 2
    print("\n".join(map(str, written)))
    print("Fill in what says so, then run `make docs` and `make test PART=packages/plan_review/tests/rules`.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
