from __future__ import annotations

from typing import TYPE_CHECKING, Any

from plan_review.findings import Verdict
from plan_review.policies.conditions import ABSENT
from plan_review.rules.found import Found
from plan_review.rules.rule import rule
from plan_review.rules.shared.keys_used import WRITE_ACTIONS, find_key, key_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.evaluate.items import Item
    from plan_review.rules.context import Context
    from plan_review.rules.need import Need


_AWS_OWN = "alias/aws/"


@rule(
    "key-for-services",
    title="A key lets in the services that deliver to what it encrypts",
    why=(
        "EventBridge, SNS, S3 and CloudWatch use the key under its own policy. The policy of AWS's own keys, "
        "alias/aws/sqs and alias/aws/sns, lets none of them in and cannot be changed; and for EventBridge it must not "
        "have a condition on aws:SourceArn or aws:SourceAccount, which the request does not carry."
    ),
    consequence="messages are not delivered, and nothing but a metric of the sending service tells",
    sources=(
        "https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services",
        "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-troubleshooting.html",
        "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html",
    ),
)
def key_for_services(context: Context) -> Iterator[Found]:
    """The key's policy names each service that writes to an encrypted queue or topic."""
    done: set[tuple[str, str]] = set()
    for need in context.needs:
        owner = need.owner
        if not isinstance(need.principal, str) or owner is None or owner.type not in ("aws_sqs_queue", "aws_sns_topic"):
            continue
        text = key_text(context, owner)
        if text in (None, "") or (need.item.address, owner.address) in done:
            continue
        done.add((need.item.address, owner.address))
        yield from _for_service(context, need, owner, text)


def _for_service(context: Context, need: Need, owner: Item, text: Any) -> Iterator[Found]:
    service = str(need.principal)
    if isinstance(text, str) and _AWS_OWN in text:
        yield Found(
            item=owner,
            path=("kms_master_key_id",),
            subject=need.item.address,
            message=f"{service} delivers to it for {need.item.address}, and cannot use AWS's own key {text}",
            remedy="use a key of your own whose policy lets the service in, or the service's managed encryption",
        )
        return
    key = find_key(context, text)
    if key is None:
        yield Found(
            item=owner,
            path=("kms_master_key_id",),
            subject=need.item.address,
            verdict=Verdict.CANNOT_TELL,
            message=f"whether {service} may use the key {context.view.show(text)} cannot be told",
            remedy="a key that is in this configuration",
        )
        return
    conditions = dict(need.conditions)
    if service == "events.amazonaws.com":
        conditions |= {"aws:sourcearn": ABSENT, "aws:sourceaccount": ABSENT}
    verdicts = {
        action: context.access.service_may(service, action, key, key.arn, conditions=conditions)
        for action in WRITE_ACTIONS
    }
    for verdict in (Verdict.MISSING, Verdict.CANNOT_TELL):
        lacking = [action for action, decision in verdicts.items() if decision.verdict is verdict]
        if lacking:
            reason = verdicts[lacking[0]].reason
            yield Found(
                item=key,
                path=("policy",),
                subject=need.item.address,
                verdict=verdict,
                message=f"{service} delivers to {owner.address} and may not {', '.join(lacking)}: {reason}",
                remedy=f'let its policy allow {" and ".join(WRITE_ACTIONS)} to {{"Service": "{service}"}}',
            )
