"""Two plans compared: what Terraform would do to each resource, with which values, and what it cannot know yet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from packages.offline_provider.tests.comparison import Difference, differences

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Plan = dict[str, Any]

_PARTS = ("actions", "before", "after", "after_unknown", "before_sensitive", "after_sensitive", "importing")


def plan_differences(real: Plan, offline: Plan, subject: str = "") -> Iterator[Difference]:
    """Yield where two plans differ: ``aws_x.after.argument``, or ``output.after`` and the like."""
    for section, prefix in (("resource_changes", ""), ("resource_drift", "drift of ")):
        theirs, ours = (_changes(plan.get(section, [])) for plan in (real, offline))
        for address in sorted(theirs.keys() | ours.keys()):
            kind = prefix + address.rpartition(".")[0].rpartition(".")[2]
            yield from differences(theirs.get(address, {}), ours.get(address, {}), kind, f"{subject}{prefix}{address}")
    yield from differences(
        real.get("output_changes", {}), offline.get("output_changes", {}), "output", f"{subject}output"
    )
    yield from differences(_relevant(real), _relevant(offline), "relevant attributes", f"{subject}relevant attributes")


def _changes(changes: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {
        change["address"]: {part: change["change"].get(part) for part in _PARTS}
        | {
            "replace_paths": sorted(change["change"].get("replace_paths", []), key=repr),
            "reason": change.get("action_reason"),
        }
        for change in changes
    }


def _relevant(plan: Plan) -> list[str]:
    """Return the attributes outside the plan that it depends on; Terraform lists them in random order."""
    return sorted(f"{item['resource']} {item['attribute']}" for item in plan.get("relevant_attributes", []))


def actions(plan: Plan) -> dict[str, list[str]]:
    """Return what a plan would do, by address, without what it would leave alone or only read."""
    planned = {change["address"]: change["change"]["actions"] for change in plan["resource_changes"]}
    return {address: done for address, done in planned.items() if done not in (["no-op"], ["read"])}


def made_up_state(plan: Plan, schemas: Mapping[str, Any], before: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return a state as if a plan had been applied; what it does not know is as ``before``, else made up.

    A first state has made-up values in arguments that refer to other resources; planning again from there, once for
    each resource that one refers to through another, leads to a state from which nothing would be changed.
    """
    kept = {
        (item["type"], item["name"]): item["instances"][0]["attributes"] for item in (before or {}).get("resources", [])
    }
    resources = []
    for change in plan["resource_changes"]:
        if change["change"]["after"] is None:
            continue
        schema = schemas["resource_schemas"][change["type"]]
        values = _known(
            change["change"]["after"],
            change["change"]["after_unknown"],
            schema["block"],
            change["name"],
            kept.get((change["type"], change["name"]), {}),
        )
        instance = {"schema_version": schema["version"], "attributes": values, "sensitive_attributes": []}
        resources.append(
            {
                "mode": "managed",
                "type": change["type"],
                "name": change["name"],
                "provider": 'provider["registry.terraform.io/hashicorp/aws"]',
                "instances": [instance],
            }
        )
    return {
        "version": 4,
        "terraform_version": plan["terraform_version"],
        "serial": 1,
        "lineage": "made-up",
        "outputs": {},
        "resources": resources,
        "check_results": None,
    }


def _known(
    value: dict[str, Any], unknown: Any, block: dict[str, Any], name: str, before: Mapping[str, Any]
) -> dict[str, Any]:
    marks = unknown if isinstance(unknown, dict) else {}
    attributes, blocks = block.get("attributes", {}), block.get("block_types", {})
    result = {label: item for label, item in value.items() if label in attributes or label in blocks}
    for label, schema in attributes.items():
        if marks.get(label) is True:
            result[label] = before[label] if label in before else _made_up(schema["type"], label, name)
    for label, nested in blocks.items():
        mark = marks.get(label)
        if mark is True:
            result[label] = before.get(label, [])
        elif isinstance(value.get(label), list) and isinstance(mark, list):
            count = len(value[label])
            rows = zip(value[label], [*mark, *[{}] * count], [*before.get(label, []), *[{}] * count], strict=False)
            result[label] = [_known(item, inner, nested["block"], name, prior) for item, inner, prior in rows]
    return result


def _made_up(type_: Any, attribute: str, name: str) -> Any:
    if type_ == "string":
        named = f"made-up-{name}" if attribute.endswith(("id", "url", "name")) else ""
        return f"arn:aws:made-up:ap-southeast-1:123456789012:{name}" if "arn" in attribute else named
    return {"number": 0, "bool": False}.get(type_) if isinstance(type_, str) else {} if type_[0] == "map" else []
