"""Make the state that would be there after a plan is applied, so that Terraform tells how it would be destroyed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from plan_review.configuration.addresses import without_keys
from plan_review.terraform.comparison import restrict, terraform_graph

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_VERSION = 4  # of the state file since Terraform 0.12


def after(plan: Mapping[str, Any], graph: str) -> dict[str, Any]:
    """Return a state that holds every managed resource of a plan, with the dependencies that Terraform's graph tells.

    A resource without instances is in no state: what depends on it depends on what it depends on, as Terraform
    records it. Attributes that are known only after the apply are left out. Dependencies are the direct ones:
    Terraform writes down all that follow from them too, which for a large configuration is more than it can draw.
    """
    whole = terraform_graph(graph)
    planned = [
        (module, resource, without_keys(f"{module}.{_own(resource)}" if module else _own(resource)))
        for module, resource in _planned(plan.get("planned_values", {}).get("root_module", {}))
        if resource.get("mode") == "managed"
    ]
    needs = restrict(whole, {plain for _, _, plain in planned if plain in whole})
    resources: dict[str, dict[str, Any]] = {}
    for module, resource, plain in planned:
        entry = resources.setdefault(
            f"{module} {_own(resource)}",
            {
                **({"module": module} if module else {}),
                "mode": "managed",
                "type": resource["type"],
                "name": resource["name"],
                "provider": f'provider["{resource["provider_name"]}"]',
                "instances": [],
            },
        )
        entry["instances"].append(
            {
                **({"index_key": resource["index"]} if "index" in resource else {}),
                "schema_version": resource.get("schema_version", 0),
                "attributes": resource.get("values", {}),
                "dependencies": sorted(needs.get(plain, ())),
            }
        )
    return {
        "version": _VERSION,
        "terraform_version": plan.get("terraform_version", "1.11.0"),
        "serial": 1,
        "lineage": "plan-review",
        "resources": [resources[key] for key in sorted(resources)],
    }


def _own(resource: Mapping[str, Any]) -> str:
    return f"{resource['type']}.{resource['name']}"


def _planned(module: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for resource in module.get("resources", []):
        yield module.get("address", ""), resource
    for child in module.get("child_modules", []):
        yield from _planned(child)
