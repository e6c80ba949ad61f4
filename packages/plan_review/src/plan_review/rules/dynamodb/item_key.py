from __future__ import annotations

from typing import TYPE_CHECKING, Any

from plan_review.code_calls.values import Table
from plan_review.evaluate.symbols import has_symbols
from plan_review.rules.found import Found
from plan_review.rules.rule import rule
from plan_review.rules.shared.api_calls import prefix_of
from plan_review.rules.shared.function_code import codes, texts
from plan_review.state_machines import read_definition
from states_language.definition import JSONATA, integration, states_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.evaluate.items import Item
    from plan_review.rules.context import Context


_BY_KEY = frozenset({"getitem", "updateitem", "deleteitem"})


_WHOLE = "putitem"


_TYPES = frozenset({"S", "N", "B"})


@rule(
    "item-key",
    title="What reads or writes an item names the key of the table",
    why="The table's key is stated in one place and used in others: in code, and in the tasks of state machines.",
    consequence="ValidationException: The provided key element does not match the schema",
    sources=("https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_GetItem.html",),
)
def item_key(context: Context) -> Iterator[Found]:
    """Keys that are written out have the names and types of the table's."""
    for item, table, operation, given, place in [*_of_tasks(context), *_of_code(context)]:
        keys = [table.get(name) for name in ("hash_key", "range_key")]
        wanted = {key for key in keys if isinstance(key, str)}
        if not wanted or any(map(has_symbols, wanted)) or any(map(has_symbols, given)):
            continue
        names = set(given)
        if (operation in _BY_KEY and names != wanted) or (operation == _WHOLE and not wanted <= names):
            yield Found(
                item=item,
                path=("definition",) if item.type == "aws_sfn_state_machine" else ("environment",),
                subject=place,
                message=f"{place} gives {_list(names)}, and the key of {table.address} is {_list(wanted)}",
                remedy=f"give {_list(wanted)}, or change the key of the table",
            )
            continue
        types = {str(block.get("name")): str(block.get("type")) for block in table.blocks("attribute")}
        for name in sorted(wanted & names):
            value = given[name]
            kinds = set(value) & _TYPES if isinstance(value, dict) and len(value) == 1 else set()
            if kinds and types.get(name) in _TYPES and types[name] not in kinds:
                yield Found(
                    item=item,
                    subject=f"{place}: {name}",
                    message=f"{place} gives {name} as {_list(kinds)}, and {table.address} has it as {types[name]}",
                    remedy=f"give it as {types[name]}",
                )


def _list(names: set[str]) -> str:
    return ", ".join(sorted(names)) or "nothing"


_Use = tuple["Item", "Item", str, dict[str, Any], str]


def _of_tasks(context: Context) -> Iterator[_Use]:
    for machine in context.view.items("aws_sfn_state_machine"):
        body = read_definition(machine).body
        for state in states_of(body) if body is not None else ():
            called = integration(state.body.get("Resource"))
            if called is None or called.service != "dynamodb":
                continue
            arguments = state.body.get("Arguments" if state.language == JSONATA else "Parameters")
            arguments = arguments if isinstance(arguments, dict) else {}
            operation = called.operation.lower()
            given = arguments.get("Item" if operation == _WHOLE else "Key")
            table = context.view.find(arguments.get("TableName"), "aws_dynamodb_table")
            if table is not None and isinstance(given, dict) and not any(name.endswith(".$") for name in given):
                values = {
                    name: {kind.removesuffix(".$"): None for kind in value} if isinstance(value, dict) else value
                    for name, value in given.items()
                }
                yield machine, table, operation, values, f'the state "{state.name}"'


def _of_code(context: Context) -> Iterator[_Use]:
    for code in codes(context):
        for call in code.analysis.calls:
            operation = call.operation.replace("_", "").lower()
            if prefix_of(call.service) != "dynamodb" or operation not in (*_BY_KEY, _WHOLE):
                continue
            arguments = dict(call.arguments)
            values = arguments.get("Item" if operation == _WHOLE else "Key", frozenset())
            place = f"{call.file}:{call.line}"
            names = texts(context, code, arguments.get("TableName", frozenset()), f"{place} TableName")
            table = context.view.find(names[0], "aws_dynamodb_table") if len(names) == 1 else None
            for value in values:
                if table is not None and len(values) == 1 and isinstance(value, Table) and not value.open:
                    entries = {
                        name: next(iter(texts(context, code, entry, place)), None) for name, entry in value.entries
                    }
                    yield code.function, table, operation, entries, place
