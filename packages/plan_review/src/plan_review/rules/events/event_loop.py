from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from plan_review.evaluate.symbols import both
from plan_review.findings import Severity, Verdict
from plan_review.policies.decide import covers_action, covers_resource
from plan_review.rules.found import Found
from plan_review.rules.rule import rule
from plan_review.rules.shared.event_matching import value_matches
from plan_review.rules.shared.function_code import codes
from plan_review.rules.shared.listeners import Listener, listeners

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.evaluate.items import Item
    from plan_review.policies.statements import Statement
    from plan_review.rules.context import Context
    from plan_review.rules.need import Need


_WRITE = "s3:PutObject"


_PASS = "iam:PassRole"  # noqa: S105 - an action's name


_JOBS = "mediaconvert:CreateJob"


_STARTS = ("states:StartExecution", "lambda:InvokeFunction")


# What MediaConvert writes: https://docs.aws.amazon.com/mediaconvert/latest/ug/reference-codecs-containers.html
_MEDIA = (".ts", ".mp4", ".m2ts", ".mov", ".mxf", ".webm", ".m3u8", ".jpg")


@dataclass(frozen=True, slots=True)
class _Write:
    """``who`` writes to ``bucket`` the object ``key``; ``certain`` as far as this is known."""

    who: str
    bucket: Item
    key: str
    certain: Verdict = Verdict.HOLDS
    severity: Severity | None = None
    media: bool = False


@rule(
    "event-loop",
    title="What an upload starts does not write where uploads are listened for",
    why=(
        "A rule that matches the output of what it starts runs without end, and every round is paid for. Who writes "
        "where is read from the code; where it is not here, a role that may write to this bucket alone is a warning."
    ),
    consequence="one upload starts an endless chain of invocations and jobs",
    sources=("https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html",),
)
def event_loop(context: Context) -> Iterator[Found]:
    """No rule or notification matches the objects that its target writes."""
    for listener in listeners(context):
        told: dict[Item, tuple[Verdict, _Write]] = {}
        for write in _writes(context, listener):
            heard = both(listener.hears(context, write.bucket), _takes(context, listener, write), write.certain)
            worst = told.get(write.bucket)
            if heard is not Verdict.MISSING and (
                worst is None or (heard is Verdict.HOLDS) > (worst[0] is Verdict.HOLDS)
            ):
                told[write.bucket] = (heard, write)
        for bucket, (heard, write) in told.items():
            verb = "writes to" if heard is Verdict.HOLDS else "may write to"
            yield Found(
                item=listener.source,
                path=("event_pattern",) if listener.source.type == "aws_cloudwatch_event_rule" else None,
                subject=f"{listener.target.address}: {bucket.address}",
                verdict=Verdict.MISSING if heard is Verdict.HOLDS else Verdict.CANNOT_TELL,
                severity=write.severity,
                message=f"it starts {listener.target.address}, for which {write.who} {verb} {bucket.address}",
                remedy="listen to another bucket than the one that is written, or to keys that are never written",
            )


def _takes(context: Context, listener: Listener, write: _Write) -> Verdict:
    found = listener.takes(context, write.key)
    if found is Verdict.CANNOT_TELL and write.media and listener.certain:
        endings = [f"x{ending}" for ending in _MEDIA]
        known = all(any(value_matches(each, end) for each in keys for end in endings) for keys in listener.keys)
        return Verdict.HOLDS if known else found
    return found


def _actors(context: Context, item: Item) -> list[Item]:
    """Return what starts, with what it starts itself: functions invoked, executions started."""
    found = [item]
    for actor in found:
        for need in context.needs:
            if need.item is actor and need.action in _STARTS and need.owner is not None and need.owner not in found:
                found.append(need.owner)
    return [actor for actor in found if actor.type in ("aws_lambda_function", "aws_sfn_state_machine")]


def _writes(context: Context, listener: Listener) -> Iterator[_Write]:
    known = {code.function: code.analysis for code in codes(context)}
    for actor in _actors(context, listener.target):
        yield from _told(context, actor)
        analysis = known.get(actor)
        role = context.access.roles.find(actor.get("role") or actor.get("role_arn"))
        if role is None:
            continue
        if actor.type == "aws_lambda_function" and (analysis is None or not analysis.found or analysis.problem):
            yield from _allowed(context, role, media=False)
        elif analysis is not None and analysis.unresolved:
            yield from _allowed(context, role, media=False, sole=Verdict.CANNOT_TELL)
        if not any(need.subject.startswith(f"{actor.address}: ") for need in _needs(context, "job-role-permission")):
            yield from _passed(context, actor, role, sure=analysis is not None and analysis.found)


def _needs(context: Context, rule_id: str) -> list[Need]:
    return [need for need in context.needs if need.rule == rule_id and need.action == _WRITE]


def _told(context: Context, actor: Item) -> Iterator[_Write]:
    """Yield what the code of a function, the tasks of a machine, and the jobs that they make are known to write."""
    own = [need for name in ("code-permission", "task-permission") for need in _needs(context, name)]
    jobs = _needs(context, "job-role-permission")
    for need in own + jobs:
        media = need in jobs
        if not (need.subject.startswith(f"{actor.address}: ") if media else need.item is actor):
            continue
        for bucket in context.view.items("aws_s3_bucket"):
            found = context.view.symbols.matches(f"{bucket.arn}/*", need.resource)
            if found is Verdict.HOLDS:
                key = need.resource.removeprefix(f"{bucket.arn}/")
                who = need.item.address if media else actor.address
                yield _Write(who, bucket, key, Verdict.HOLDS if need.certain else Verdict.CANNOT_TELL, media=media)


def _passed(context: Context, actor: Item, role: Item, *, sure: bool) -> Iterator[_Write]:
    """Yield what the jobs may write that run under a role which this one passes on, where code does not tell."""
    creates = any(need.item is actor and need.action == _JOBS for need in context.needs)
    if sure and not creates:
        return
    for statement in context.access.roles.statements(role):
        if not statement.allows or covers_action(statement, _PASS, context.view.symbols) is not Verdict.HOLDS:
            continue
        for other in context.view.items("aws_iam_role"):
            if other is not role and covers_resource(statement, other.arn, context.view.symbols) is Verdict.HOLDS:
                yield from _allowed(context, other, media=_media(statement))


def _media(statement: Statement) -> bool:
    values = [value for keys in statement.conditions.values() for wanted in keys.values() for value in wanted]
    return "mediaconvert.amazonaws.com" in values


def _allowed(context: Context, role: Item, *, media: bool, sole: Verdict = Verdict.HOLDS) -> Iterator[_Write]:
    """Yield what a role may write by name. That it does is taken for certain where it may write nowhere else."""
    buckets = [bucket for bucket in context.view.items("aws_s3_bucket") if _may_write(context, role, bucket)]
    for bucket in buckets:
        key = context.view.evaluator.opaque(f"what {role.address} writes")
        certain = sole if len(buckets) == 1 else Verdict.CANNOT_TELL
        yield _Write(role.address, bucket, key, certain, None if media else Severity.WARNING, media)


def _may_write(context: Context, role: Item, bucket: Item) -> bool:
    """Whether a statement of the role names this bucket's objects for writing; one on everything names none."""
    anything = f"{bucket.arn}/{context.view.evaluator.opaque('a key')}"
    return any(
        statement.allows
        and "*" not in (statement.resources or ("*",))
        and covers_action(statement, _WRITE, context.view.symbols) is Verdict.HOLDS
        and covers_resource(statement, anything, context.view.symbols) is not Verdict.MISSING
        for statement in context.access.roles.statements(role)
    )
