"""Check the layout of a generated stack: ``python layout_scale.py RESOURCES``, with ten references of each resource.

The references run in every direction, so that there is one large knot of cycles, and pass through locals too.
"""

from __future__ import annotations

import json
import sys
import time

from plan_review.configuration.reading import read
from plan_review.layout.checks import check
from plan_review.layout.declaration import parse

REFERENCES = 10
UNITS = 10


def document(resources: int) -> str:
    """Return the JSON of a stack of so many resources."""
    bodies = {
        f"r{number}": {
            "name": f"n{number}",
            "policy": json.dumps(
                {
                    "Statement": [
                        {
                            "Sid": f"s{jump}",
                            "Resource": f"${{aws_iam_policy.r{(number + 1 + jump * 97) % resources}.arn}}",
                        }
                        for jump in range(REFERENCES - 1)
                    ]
                }
            ),
            "description": f"${{local.l{number % UNITS}}}",
        }
        for number in range(resources)
    }
    names = {f"l{number}": f"${{aws_iam_policy.r{number}.id}}" for number in range(UNITS)}
    return json.dumps({"locals": names, "resource": {"aws_iam_policy": bodies}})


def main(resources: int) -> int:
    """Read and check; print what it took."""
    text = document(resources)
    layout = parse(
        {
            "unit": {f"u{digit}": {"members": [f"r*{digit}"]} for digit in range(UNITS)},
            "forbidden": [{"from": "r*1", "to": "r7", "reason": "for the measurement"}],
            "required": [{"from": "r*2", "to": "r8", "reason": "for the measurement"}],
        }
    )
    started = time.perf_counter()
    configuration = read(json.loads(text))
    findings = check(configuration, layout)
    seconds = time.perf_counter() - started
    print(
        f"{resources} resources, {len(configuration.references)} references, {len(findings)} findings: {seconds:.2f} s"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
