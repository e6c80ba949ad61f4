"""Put a review together: the configuration, what Terraform says of it, what is wrong with it, what would change."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plan_review import project
from plan_review.configuration.files import ConfigurationError
from plan_review.configuration.reading import read_folder, with_planned_variables
from plan_review.findings import Finding
from plan_review.report import changes, diagram, permissions
from plan_review.report.contents import Review
from plan_review.report.masking import Masker
from plan_review.report.places import places
from plan_review.terraform import comparison, diagnostics, graph_layout, planned_state, providers, requirements
from plan_review.terraform.plan_references import PlanReferences
from plan_review.terraform.workspace import TerraformError, UnpreparedError, Workspace, read_plan

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from plan_review.configuration.given_variables import Given
    from plan_review.configuration.model import Configuration
    from plan_review.layout.declaration import Layout
    from plan_review.project import Project
    from plan_review.terraform.comparison import Disagreement
    from plan_review.terraform.workspace import Diagnostic, Setting


@dataclass(frozen=True, kw_only=True)
class _Said:
    """What Terraform says of a folder; ``version`` is the one that a stand-in has for the AWS provider.

    ``unprepared`` says why it could not look at the folder at all.
    """

    plan: Mapping[str, Any] | None = None
    graph: str | None = None
    destroy: str | None = None
    diagnostics: tuple[Diagnostic, ...] = ()
    version: str = ""
    notes: tuple[str, ...] = ()
    unprepared: str = ""


def review(
    folder: Path,
    setting: Setting,
    *,
    plan_file: Path | None = None,
    state_file: Path | None = None,
    layout_file: Path | None = None,
    project_folder: Path | None = None,
    variables: Sequence[Given] = (),
) -> Review:
    """Review a folder that Terraform can plan, with what the project says that it belongs to.

    That is the one in ``project_folder``, else the one that a synthesized stack stands in. ``variables`` are values of
    the command line, which count more than those that lie in the folder.

    Raises ``ConfigurationError``, ``TerraformError``, ``DotError``, ``LayoutError`` or ``SuppressionError`` where that
    cannot be done.
    """
    configuration = read_folder(folder, variables)
    setting = replace(setting, plan_arguments=tuple(each.argument for each in variables))
    known = _project(configuration, folder, layout_file, project_folder)
    wanted = requirements.core(configuration)
    setting = providers.with_terraform(setting, wanted)
    said = _from_plan(folder, setting, plan_file) if plan_file else _ask(folder, setting, state_file)
    if said.plan is not None and configuration.resources:
        planned = PlanReferences(said.plan, configuration).graph
        if planned and not set(planned) & set(configuration.resources):
            raise TerraformError(f"the plan is of another configuration: none of its resources is in {folder}")
    if said.plan is not None:
        configuration = with_planned_variables(configuration, said.plan)
    disagreements = comparison.compare(configuration, said.plan, said.graph)
    masker = Masker()
    masker.learn_from(configuration)
    plan = said.plan or {}
    changed = changes.read(plan.get("resource_changes"), masker)
    drifted = [each for each in changes.read(plan.get("resource_drift"), masker) if each.happens]
    for output in plan.get("output_changes", {}).values():
        masker.learn(output)
    found = [
        *known.review(configuration, plan=said.plan, made_up=bool(said.version)),
        *comparison.findings(disagreements, said.graph),
        *(comparison.destroy_findings(configuration, said.destroy) if said.destroy is not None else ()),
        *_against_declared(configuration, known.declared, said),
    ]
    circular = any(each.rule_id == "layout-cycle" for each in found)
    made_with = diagnostics.Planned(
        limits=setting.limits,
        version=said.version,
        asked=requirements.aws_provider(configuration),
        made_up=diagnostics.made_up(said.diagnostics, setting.limits),
    )
    told = diagnostics.findings(said.diagnostics, made_with)
    found += [each for each in told if not (circular and each.message.startswith("Cycle:"))]
    if said.unprepared:
        # What is not read for want of a module is said once, with how the module is brought.
        found = [each for each in found if each.rule_id != "unread-configuration" or "module" not in said.unprepared]
        found.append(diagnostics.unprepared(said.unprepared))
    if said.plan is not None and plan_file is None:
        found += [*diagnostics.other_version(made_with), *diagnostics.other_terraform(wanted, setting.terraform)]
    return Review(
        name=configuration.stack or folder.resolve().name,
        findings=tuple(sorted(dict.fromkeys(found), key=Finding.sort_key)),
        changes=tuple(changed),
        drift=tuple(drifted),
        policies=tuple(permissions.read(plan, configuration)),
        diagram=diagram.draw(configuration, known.declared, changed),
        planned=said.plan is not None,
        compared=_compared(plan_file, state_file),
        limits=tuple(_not_looked_at(configuration, known)),
        places=places(configuration),
        folder=_from_here(folder),
        first_file=next((file.name for file in sorted(folder.glob("*.tf*")) if file.is_file()), ""),
        notes=(*said.notes, *_made_up(made_with), *_agreement(configuration, said, disagreements)),
        masker=masker,
    )


def _from_here(folder: Path) -> str:
    """Return a folder as it is named from where the review is started; whole where it lies elsewhere."""
    here, there = Path.cwd(), folder.resolve()
    return there.relative_to(here).as_posix() if there.is_relative_to(here) else there.as_posix()


def _not_looked_at(configuration: Configuration, known: Project) -> list[str]:
    """Say which checks could not be made, and how to give what they need."""
    missing = []
    if known.declared is None:
        missing.append("the declared layout (--layout FILE)")
    if not known.code and configuration.of_type("aws_lambda_function"):
        missing.append("the code of functions, but for what lies in the folder (--project DIR)")
    if not known.events and configuration.of_type("aws_cloudwatch_event_rule"):
        missing.append("sample events (--project DIR)")
    return [f"Not checked, as it was not given: {', '.join(missing)}."] if missing else []


def _project(configuration: Configuration, folder: Path, layout_file: Path | None, given: Path | None) -> Project:
    if given and not given.is_dir():
        raise ConfigurationError(f"{given} is not a folder")
    if given:
        return project.at(given, layout_file=layout_file)
    if layout_file:
        return replace(project.at(folder, layout_file=layout_file), memory=None)  # nothing is written into the folder
    return project.of(configuration)


def _ask(folder: Path, setting: Setting, state_file: Path | None) -> _Said:
    """Let Terraform look at a folder: what does not build on each other runs side by side."""
    with Workspace(folder, setting, state=state_file) as workspace, ThreadPoolExecutor(3) as pool:
        try:
            return _asked(workspace, pool, setting)
        except BaseException:
            workspace.stop()  # else the pool waits for them
            raise


def _asked(workspace: Workspace, pool: ThreadPoolExecutor, setting: Setting) -> _Said:
    version = workspace.served.version
    try:
        broken = workspace.init()
    except UnpreparedError as error:
        return _Said(unprepared=str(error), version=version, notes=(_how(setting),))
    if broken:
        return _Said(diagnostics=tuple(broken), version=version, notes=(_how(setting),))
    validating = pool.submit(workspace.validate)
    planning = pool.submit(workspace.plan)
    drawing = pool.submit(workspace.graph)
    said = validating.result()
    if any(each.severity == "error" for each in said):
        for other in (planning, drawing):
            other.exception()
        return _Said(diagnostics=tuple(said), version=version, notes=(_how(setting),))
    plan, of_plan = planning.result()
    graph = drawing.result()
    destroy = workspace.destroy_graph(planned_state.after(plan, graph)) if plan else None
    diagnostics = tuple(dict.fromkeys([*said, *of_plan]))
    return _Said(
        plan=plan, graph=graph, destroy=destroy, diagnostics=diagnostics, version=version, notes=(_how(setting, plan),)
    )


def _from_plan(folder: Path, setting: Setting, plan_file: Path) -> _Said:
    """Take a plan that was made elsewhere; Terraform draws its graph where the folder can be prepared."""
    try:
        content = plan_file.read_bytes()
    except OSError as error:
        raise TerraformError(f"{plan_file} cannot be read: {error.strerror}") from error
    with Workspace(folder, setting, plans=[plan_file]) as workspace:
        graph, note = None, ""
        try:
            if not workspace.init():
                graph = workspace.graph()
        except TerraformError as error:
            note = f"Terraform's graph was not looked at: {str(error).splitlines()[-1]}"
        if content.lstrip()[:1] in {b"{", b"["}:
            plan = read_plan(content.decode(errors="replace"), plan_file.name)
        else:
            plan = _shown(folder, workspace, plan_file)
    notes = (
        _how(setting, plan),
        f"The plan is {plan_file.name}, made by Terraform {plan.get('terraform_version')}.",
        note,
    )
    return _Said(plan=plan, graph=graph, notes=tuple(each for each in notes if each))


def _shown(folder: Path, workspace: Workspace, plan_file: Path) -> Mapping[str, Any]:
    """Show a binary plan where its providers are known: where it was made, else where this review prepared them."""
    if (folder / ".terraform").is_dir():
        try:
            return workspace.show(plan_file, where_made=True)
        except TerraformError:
            pass  # the providers are not there any more; the other place says what is wrong
    return workspace.show(plan_file)


def _compared(plan_file: Path | None, state_file: Path | None) -> str:
    if plan_file:
        return "Compared with what was deployed when the given plan was made."
    if state_file:
        return "Compared with the given state; what is deployed was not asked."
    return "Compared with nothing: no plan and no state was given, so that everything counts as new."


def _made_up(made_with: diagnostics.Planned) -> list[str]:
    if not made_with.made_up:
        return []
    return [f"Made up for this plan, as nothing was asked: {', '.join(made_with.made_up)}."]


def _how(setting: Setting, plan: Mapping[str, Any] | None = None) -> str:
    version = plan.get("terraform_version") if plan else None
    return f"Terraform{f' {version}' if version else ''}, {setting.provider or 'with its own providers'}."


def _against_declared(configuration: Configuration, declared: Layout | None, said: _Said) -> Iterator[Finding]:
    """Hold what Terraform tells against the declared layout too, each of its two tellings by itself."""
    if declared is None:
        return
    if said.plan is not None:
        graph = PlanReferences(said.plan, configuration).graph
        yield from graph_layout.findings(configuration, declared, graph, comparison.PLAN, whole=False)
    if said.graph is not None:
        graph_told = comparison.terraform_graph(said.graph)
        yield from graph_layout.findings(configuration, declared, graph_told, comparison.GRAPH, whole=True)


def _agreement(configuration: Configuration, said: _Said, disagreements: Sequence[Disagreement]) -> list[str]:
    """Say how the readers agree on what needs what, and where they are known to differ."""
    if said.plan is None and said.graph is None:
        return ["Terraform did not get as far as a graph to hold the configuration against."]
    readers = [comparison.OURS]
    readers += [comparison.PLAN] if said.plan is not None else []
    readers += [comparison.GRAPH] if said.graph is not None else []
    named = f"{', '.join(readers[:-1])} and {readers[-1]}"
    counted = f"Resources: {len(configuration.resources)}, references: {len(configuration.references)}"
    open_ones = sum(each.known is None for each in disagreements)
    verdict = f"disagree in {open_ones} points" if open_ones else "agree on what needs what"
    destroying = ", and Terraform's order of destroying was checked" if said.destroy is not None else ""
    known = {f"{each.source} → {each.target}": each.known for each in disagreements if each.known and each.target}
    reasons = sorted({reason for reason in known.values() if reason})
    notes = [f"{counted}. {named[0].upper()}{named[1:]} {verdict}{destroying}."]
    return notes + [
        f"Not told by every reader, as {reason}: {', '.join(sorted(edge for edge in known if known[edge] == reason))}."
        for reason in reasons
    ]
