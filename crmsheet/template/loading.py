"""A template file to a Blueprint; a typo is named with its line and the word that was probably meant.

A folder holds one file per template and a `common.yaml` with what they share: groups and their colours, the standard
columns of tables, lists, hints, examples, figures, charts and commands. A template takes these by name; what it gives
itself wins.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from crmsheet.core.messages import N_, Labels
from crmsheet.core.schema import Schema, TableSchema
from crmsheet.schema.nodes import (
    Entries,
    Node,
    entries,
    items,
    mapping,
    read_yaml,
    refuse,
    refuse_unknown,
    text,
    texts,
)
from crmsheet.template.blueprint import Blueprint, Group, Role, SheetPlan, Words
from crmsheet.template.dashboard_reading import read_chart, read_figure
from crmsheet.template.wording import labels

COMMON = "common"
_COMMON_KEYS = ("groups", "tables", "lists", "hints", "examples", "figures", "charts", "steps", "commands")
_KEYS = ("template", "labels", "goal", "audience", "tables", "lists", "hints", "figures", "charts", "roles", "commands")
_NEEDED = ("template", "labels", "goal", "audience", "tables", "figures", "charts", "roles", "commands")
_ROLE_KEYS = ("labels", "looks", "daily", "weekly")
_STANDARD = "standard"
_COLOUR = re.compile(r"[0-9A-F]{6}")


@dataclass(frozen=True, slots=True)
class _Shared:
    """The parts of `common.yaml`, by part and name."""

    at: Node
    parts: Mapping[str, Mapping[str, Node]]
    steps: tuple[Labels, ...]

    def get(self, part: str, node: Node) -> Node:
        """The shared definition that a scalar names."""
        known = self.parts[part]
        name = text(node)
        if name not in known:
            refuse_unknown(node, N_("there is no shared definition `{value}` in common.yaml"), name, known)
        return known[name]


def names(folder: Path) -> tuple[str, ...]:
    """The templates of a folder."""
    return tuple(sorted(each.stem for each in folder.glob("*.yaml") if each.stem != COMMON))


def load_template(folder: Path, name: str, schema: Schema) -> Blueprint:
    """The template `name` of a folder, checked against a schema.

    Raises:
        SchemaError: the file is missing, is no YAML, or says something unknown; with path, line and advice.
    """
    shared = _shared(folder / f"{COMMON}.yaml")
    root = read_yaml(folder / f"{name}.yaml")
    given = mapping(root, _KEYS)
    for each in _NEEDED:
        if each not in given:
            refuse(root, N_("the template says nothing about `{name}`"), N_("Add `{name}: ...`."), name=each)
    sheets = {each: _sheet(each, at, node, schema, shared) for each, at, node in entries(given["tables"])}
    own = {part: _by_name(given[part]) if part in given else {} for part in ("lists", "hints")}
    return Blueprint(
        name=text(given["template"]),
        labels=labels(given["labels"]),
        goal=labels(given["goal"]),
        audience=labels(given["audience"]),
        sheets=sheets,
        figures=tuple(read_figure(shared.get("figures", each), each, sheets) for each in items(given["figures"])),
        charts=tuple(read_chart(shared.get("charts", each), each, sheets) for each in items(given["charts"])),
        roles=tuple(_role(each) for each in items(given["roles"])),
        steps=shared.steps,
        commands={text(each): labels(shared.get("commands", each)) for each in items(given["commands"])},
        words=_words(shared, own, schema),
    )


def _shared(path: Path) -> _Shared:
    root = read_yaml(path)
    given = mapping(root, _COMMON_KEYS)
    for each in _COMMON_KEYS:
        if each not in given:
            refuse(root, N_("the template says nothing about `{name}`"), N_("Add `{name}: ...`."), name=each)
    parts = {part: _by_name(given[part]) for part in _COMMON_KEYS if part != "steps"}
    return _Shared(root, parts, tuple(map(labels, items(given["steps"]))))


def _by_name(node: Node) -> dict[str, Node]:
    return {name: value for name, _, value in entries(node)}


def _sheet(name: str, at: Node, node: Node, schema: Schema, shared: _Shared) -> SheetPlan:
    if name not in schema.tables:
        refuse_unknown(at, N_("there is no table `{value}` in the schema"), name, schema.tables)
    table = schema.tables[name]
    if name not in shared.parts["tables"]:
        refuse(at, N_("common.yaml does not say what the table {table} is for"), N_("Add it there."), table=name)
    standard = mapping(shared.parts["tables"][name], ("about", "columns"))
    columns = node
    if not isinstance(node.value, list):
        if text(node) != _STANDARD:
            refuse_unknown(node, N_("`{value}` is not known here"), text(node), (_STANDARD,))
        columns = standard["columns"]
    groups = tuple(_group(each, group_at, fields, table, shared) for each, group_at, fields in entries(columns))
    _refuse_doubles(columns, groups)
    return SheetPlan(table, labels(standard["about"]), groups)


def _group(name: str, at: Node, node: Node, table: TableSchema, shared: _Shared) -> Group:
    given = mapping(shared.get("groups", at), ("labels", "colour"))
    colour = text(given["colour"])
    if not _COLOUR.fullmatch(colour):
        advice = N_("Write six of 0-9 and A-F, such as 1F3A5F.")
        refuse(given["colour"], N_("`{value}` is no colour"), advice, value=colour)
    for each in items(node):
        if text(each) not in table:
            refuse_unknown(each, N_("`{value}` is no field of this table"), text(each), table.by_name)
    return Group(name, labels(given["labels"]), colour, texts(node))


def _refuse_doubles(node: Node, groups: Iterable[Group]) -> None:
    seen: set[str] = set()
    for group in groups:
        for each in group.fields:
            if each in seen:
                refuse(node, N_("`{name}` stands here twice"), N_("Keep one of the two."), name=each)
            seen.add(each)


def _role(node: Node) -> Role:
    given = mapping(node, _ROLE_KEYS)
    for each in _ROLE_KEYS:
        if each not in given:
            refuse(node, N_("the template says nothing about `{name}`"), N_("Add `{name}: ...`."), name=each)
    daily, weekly = (tuple(map(labels, items(given[each]))) for each in ("daily", "weekly"))
    return Role(labels(given["labels"]), labels(given["looks"]), daily, weekly)


def _words(shared: _Shared, own: Mapping[str, Mapping[str, Node]], schema: Schema) -> Words:
    lists: Entries = {**shared.parts["lists"], **own["lists"]}
    hints: Entries = {**shared.parts["hints"], **own["hints"]}
    for name, node in (*lists.items(), *hints.items()):
        _refuse_unknown_place(name, node, schema)
    return Words(
        lists={name: tuple(map(labels, items(node))) for name, node in lists.items()},
        hints={name: labels(node) for name, node in hints.items()},
        examples={kind: labels(node) for kind, node in shared.parts["examples"].items()},
    )


def _refuse_unknown_place(name: str, node: Node, schema: Schema) -> None:
    """Refuses a list or a hint for a field that no table has: nobody would ever see it."""
    known = {f"{table}.{each}" for table, fields in schema.tables.items() for each in fields.by_name}
    known |= {f"*.{each}" for fields in schema.tables.values() for each in fields.by_name}
    if name not in known:
        refuse_unknown(
            node, N_("`{value}` is no field of any table"), name, (each for each in known if "*" not in each)
        )
