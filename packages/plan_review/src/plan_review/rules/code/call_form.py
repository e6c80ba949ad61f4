from __future__ import annotations

from typing import TYPE_CHECKING

from plan_review.evaluate.symbols import has_symbols
from plan_review.findings import Verdict
from plan_review.rules.found import Found
from plan_review.rules.rule import rule
from plan_review.rules.shared.api_calls import prefix_of
from plan_review.rules.shared.function_code import Code, codes, texts
from plan_review.rules.shared.name_forms import Form, is_wrong, wrong_form
from plan_review.rules.shared.provider_docs import PROVIDER_DOCS
from plan_review.rules.shared.transcoding_jobs import object_urls
from plan_review.state_machines import read_definition
from states_language.definition import arguments_of, integration, states_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from plan_review.rules.context import Context


_A, _N, _U = Form.ARN, Form.NAME, Form.URL
# Prefix of a service's actions → argument of its calls → what it takes. Tables and functions go by either.
_CALLS: Mapping[str, Mapping[str, Form]] = {
    "firehose": {"deliverystreamname": _N},
    "kinesis": {"streamname": _N, "streamarn": _A},
    "logs": {"loggroupname": _N},
    "mediaconvert": {"role": _A},
    "s3": {"bucket": _N},
    "sns": {"topicarn": _A, "targetarn": _A},
    "sqs": {"queueurl": _U},
    "states": {"statemachinearn": _A},
    "sts": {"rolearn": _A},
}


@rule(
    "call-form",
    title="A call to AWS names a thing in the form that the API takes: ARN, name or URL",
    why=(
        "A function learns of its queue, topic or bucket from an environment variable, a state machine from its "
        "definition. Which of a resource's attributes stands there, nothing checks before the first call."
    ),
    consequence="InvalidParameter, ValidationException or ParamValidationError at the first such call",
    sources=("https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html", PROVIDER_DOCS),
)
def call_form(context: Context) -> Iterator[Found]:
    """Arguments of calls in code and in tasks, as far as the configuration gives them."""
    for code in codes(context):
        for call in code.analysis.calls:
            wanted = _CALLS.get(prefix_of(call.service), {})
            for name, values in call.arguments:
                form = wanted.get(name.lower())
                given = texts(context, code, values, f"{call.file}:{call.line} {name}") if form else []
                if form and given and all(is_wrong(context, value, form) for value in given):
                    yield from wrong_form(
                        context, code.function, ("environment",), given[0], form, f"{name} at {call.file}:{call.line}"
                    )
        yield from _of_urls(context, code)
        yield from _elsewhere(context, code)
    for machine in context.view.items("aws_sfn_state_machine"):
        body = read_definition(machine).body
        for state in states_of(body) if body is not None else ():
            called = integration(state.body.get("Resource"))
            wanted = _CALLS.get(prefix_of(called.service), {}) if called else {}
            for name, value in arguments_of(state).items():
                if (form := wanted.get(name.lower())) is not None:
                    yield from wrong_form(
                        context, machine, ("definition",), value, form, f'{name} in the state "{state.name}"'
                    )


def _of_urls(context: Context, code: Code) -> Iterator[Found]:
    """Yield the URLs of objects, in the settings of jobs, whose bucket is no name."""
    for call in code.analysis.calls:
        for field, url in object_urls(context, code, call) if call.operation == "create_job" else ():
            bucket = url.removeprefix("s3://").partition("/")[0]
            place = f"{field} at {call.file}:{call.line}"
            yield from wrong_form(context, code.function, ("environment",), bucket, _N, place)


def _elsewhere(context: Context, code: Code) -> Iterator[Found]:
    """Yield the tables that a call names and that are in another region than the function."""
    for call in code.analysis.calls:
        values = dict(call.arguments).get("TableName", frozenset())
        for name in texts(context, code, values, f"{call.file}:{call.line} TableName") if values else ():
            table = context.view.find(name, "aws_dynamodb_table")
            regions = (table.region, code.function.region) if table is not None else ("", "")
            if table is not None and regions[0] != regions[1] and not any(map(has_symbols, regions)):
                yield Found(
                    item=code.function,
                    path=("environment",),
                    subject=f"{call.file}:{call.line}",
                    verdict=Verdict.CANNOT_TELL,
                    message=f"{table.address} is in {regions[0]}, and the function in {regions[1]}",
                    remedy="a client that is made for the region of the table",
                )
