from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from plan_review.evaluate.symbols import has_symbols
from plan_review.findings import Severity
from plan_review.rules.found import Found
from plan_review.rules.rule import rule
from plan_review.rules.shared.packages import layer_of, package_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.evaluate.items import Item
    from plan_review.rules.context import Context

_LAYERS = "https://docs.aws.amazon.com/lambda/latest/dg"
_PARTS = 8  # of the ARN of a layer's version
# What is at the top of a layer for its files to be found.
_PATHS = {
    "python": ("python/",),
    "nodejs": ("nodejs/",),
    "java": ("java/lib/",),
    "ruby": ("ruby/",),
}
_ANY = ("bin/", "lib/", "extensions/")
_ARCHITECTURE = ["x86_64"]  # where a function says nothing


@rule(
    "function-layers",
    title="A function's layers are of its region, runtime and processor",
    why=(
        "A layer is named by the ARN of one of its versions, and belongs to one region. For which runtimes and "
        "processors it is made, Lambda notes and does not check; and files that are not in the folder of the language "
        "are not found."
    ),
    consequence="InvalidParameterValueException: Layers consist of ARNs of versions of layers in the function's region",
    sources=(
        f"{_LAYERS}/chapter-layers.html",
        f"{_LAYERS}/packaging-layers.html",
        "https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html",
    ),
)
def function_layers(context: Context) -> Iterator[Found]:
    """ARNs of versions, each layer once, of this region; runtimes, processors and folders of the layers here."""
    for function in context.view.items("aws_lambda_function"):
        given = function.get("layers")
        if not isinstance(given, list):
            continue
        yield from _arns(context, function, [str(each) for each in given])
        for text in given:
            if (layer := layer_of(context, text)) is not None:
                yield from _fit(function, layer)
                yield from _folders(context, function, layer)


def _arns(context: Context, function: Item, given: list[str]) -> Iterator[Found]:
    names = []
    for arn in given:
        parts = arn.split(":")
        if parts[0] != "arn" or parts[2:3] != ["lambda"] or has_symbols(parts[3]):
            continue
        region = parts[3]
        names.append(":".join(parts[:7]))
        if len(parts) < _PARTS and not has_symbols(parts[-1]):
            yield Found(
                item=function,
                path=("layers",),
                subject=arn,
                message=f"the layer {context.view.show(arn)} is named without its version",
                remedy="put the number of a version to its end; of a layer in this configuration, use arn",
                consequence="InvalidParameterValueException: Invalid Layer arn",
            )
        if region and not has_symbols(function.region) and region != function.region:
            yield Found(
                item=function,
                path=("layers",),
                subject=arn,
                message=f"its layer {context.view.show(arn)} is in {region}, and the function in {function.region}",
                remedy=f"use the layer's version of {function.region}",
            )
    for name, count in Counter(names).items():
        if count > 1:
            yield Found(
                item=function,
                path=("layers",),
                subject=name,
                message=f"its layers name {context.view.show(name)} {count} times",
                remedy="keep one version of it",
                consequence="InvalidParameterValueException: Two different versions of the same layer are not allowed "
                "to be referenced in the same function",
            )


def _fit(function: Item, layer: Item) -> Iterator[Found]:
    runtimes, runtime = layer.get("compatible_runtimes"), function.get("runtime")
    if _are_known(runtimes, [runtime]) and runtimes and runtime not in runtimes:
        yield Found(
            item=function,
            path=("layers",),
            subject=f"{layer.address} runtime",
            severity=Severity.WARNING,
            message=f"its runtime is {runtime}, and {layer.address} is for {', '.join(map(str, runtimes))}",
            remedy="use a layer that is made for the runtime, or add the runtime to compatible_runtimes where it is",
            consequence="Lambda takes the layer all the same; compiled modules of another version are not loaded",
        )
    wanted, made = function.get("architectures", _ARCHITECTURE), layer.get("compatible_architectures")
    if _are_known(made, wanted) and made and not set(map(str, wanted)) <= set(map(str, made)):
        yield Found(
            item=function,
            path=("layers",),
            subject=f"{layer.address} architecture",
            severity=Severity.WARNING,
            message=f"it runs on {', '.join(map(str, wanted))}, and {layer.address} is for {', '.join(map(str, made))}",
            remedy="build the layer for this processor, or add it to compatible_architectures where it is",
            consequence="Lambda takes the layer all the same; compiled modules of another processor are not loaded",
        )


def _are_known(*lists: Any) -> bool:
    """Whether these are lists, and each entry is a text that is known."""
    return all(
        isinstance(entries, list) and all(isinstance(each, str) and not has_symbols(each) for each in entries)
        for entries in lists
    )


def _folders(context: Context, function: Item, layer: Item) -> Iterator[Found]:
    package = package_of(context, layer)
    runtime = str(function.get("runtime", ""))
    language = next((each for each in _PATHS if runtime.startswith(each)), None)
    if package is None or not package.known or language is None:
        return
    if not any(name.startswith((*_PATHS[language], *_ANY)) for name in package.entries):
        yield Found(
            item=layer,
            path=("filename",),
            subject=function.address,
            severity=Severity.WARNING,
            message=f"{package.name} has no folder {_PATHS[language][0]} at its top, where {runtime} looks for modules",
            remedy=f"put what it holds into {_PATHS[language][0]}",
            consequence="the layer is unpacked to /opt, and nothing in it is found by an import",
        )
