from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING

from plan_review.evaluate.symbols import has_symbols
from plan_review.findings import Verdict
from plan_review.rules.found import Found
from plan_review.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.rules.context import Context

_API = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html"
_STATES = ("ALARM", "OK", "INSUFFICIENT_DATA")
_CALL = re.compile(r"\b([A-Za-z_]+)\s*\(\s*\"?([^\"()\s][^\"()]*?)\"?\s*\)")
_OTHERS = ("NOT", "AND", "OR", "AT_LEAST")


@rule(
    "composite-alarm",
    title="A composite alarm is made of alarms that there are",
    why="Its rule is a text that names alarms and the states that they are to be in.",
    consequence="ValidationError: AlarmRule must not contain unknown names, or an alarm that never goes off",
    sources=(_API,),
)
def composite_alarm(context: Context) -> Iterator[Found]:
    """Names in the rules of composite alarms are nearly, and not quite, those of alarms here; states are known."""
    kinds = ("aws_cloudwatch_metric_alarm", "aws_cloudwatch_composite_alarm")
    names = {str(item.get("alarm_name")) for item in context.view.items(*kinds)}
    known = [name for name in names if not has_symbols(name)]
    for item in context.view.items("aws_cloudwatch_composite_alarm"):
        for state, given in _CALL.findall(str(item.get("alarm_rule", ""))):
            name = given.rpartition(":alarm:")[2].strip()
            if state.upper() not in (*_STATES, *_OTHERS):
                near = difflib.get_close_matches(state.upper(), _STATES, n=1, cutoff=0)
                message = f"its rule asks for the state {state}, which no alarm has"
                yield Found(item=item, path=("alarm_rule",), subject=state, message=message, remedy=f"use {near[0]}")
            elif name not in names and not has_symbols(name):
                near = difflib.get_close_matches(name, known, n=1, cutoff=0.8)
                if near:
                    yield Found(
                        item=item,
                        path=("alarm_rule",),
                        subject=name,
                        verdict=Verdict.CANNOT_TELL,
                        message=f'there is no alarm "{name}" here, and there is "{near[0]}"',
                        remedy="a reference in the place of the name",
                    )
