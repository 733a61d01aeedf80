"""Figures and charts as `common.yaml` gives them, checked against the sheets of a template."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from crmsheet.core.messages import N_, Labels
from crmsheet.core.schema import Field
from crmsheet.schema.nodes import Entries, Node, entries, items, mapping, refuse, refuse_unknown, text, texts
from crmsheet.template.blueprint import CHART_KINDS, FORMS, PERIODS, Chart, Figure, Measure, SheetPlan
from crmsheet.template.wording import labels

Sheets: TypeAlias = Mapping[str, SheetPlan]

_MEASURES = ("count", "sum", "average")
_MEASURE_KEYS = (*_MEASURES, "where", "when")
_FIGURE_KEYS = ("labels", "form", *_MEASURE_KEYS, "over", "less")
_AXES = ("choice", "words", "month", "due")
_CHART_KEYS = ("labels", "kind", *_AXES, *_MEASURE_KEYS, "series")
_COMPARISONS = ("<", ">", "=")


def read_figure(node: Node, asked: Node, sheets: Sheets) -> Figure:
    """A card of the dashboard; `asked` is where the template names it.

    Raises:
        SchemaError: it says something unknown, or the template lacks a column that it needs.
    """
    given = mapping(node, _FIGURE_KEYS)
    others = {each: mapping(given[each], _MEASURE_KEYS) for each in ("over", "less") if each in given}
    read = {name: _measure(node, parts, asked, sheets) for name, parts in others.items()}
    form = _word(given, "form", FORMS, "number")
    return Figure(_labels(node, given), form, _measure(node, given, asked, sheets), read.get("over"), read.get("less"))


def read_chart(node: Node, asked: Node, sheets: Sheets) -> Chart:
    """A chart of the dashboard; `asked` is where the template names it.

    Raises:
        SchemaError: as `read_figure`.
    """
    given = mapping(node, _CHART_KEYS)
    along = [each for each in _AXES if each in given]
    if len(along) != 1:
        advice = N_("Give one of {known}, such as `choice: customers.stage`.")
        refuse(node, N_("a chart needs one axis"), advice, known=", ".join(_AXES))
    by = along[0]
    place = given[by]
    field = _field(text(place), place, asked, sheets)
    if (by == "choice") != bool(field.choices):
        refuse(place, N_("`{value}` does not fit this axis"), N_("Take a field of the other kind."), value=text(place))
    own = _labels(node, given)
    if "series" not in given:
        series: tuple[tuple[Labels, Measure], ...] = ((own, _measure(node, given, asked, sheets)),)
    else:
        series = tuple(_series(each, asked, sheets) for each in items(given["series"]))
    return Chart(own, _word(given, "kind", CHART_KINDS, "column"), by, text(place), series)


def _series(node: Node, asked: Node, sheets: Sheets) -> tuple[Labels, Measure]:
    given = mapping(node, ("labels", *_MEASURE_KEYS))
    return _labels(node, given), _measure(node, given, asked, sheets)


def _labels(node: Node, given: Entries) -> Labels:
    if "labels" not in given:
        refuse(node, N_("the labels are missing"), N_("Add `labels: {{zh: ..., en: ...}}`."))
    return labels(given["labels"])


def _measure(at: Node, given: Entries, asked: Node, sheets: Sheets) -> Measure:
    kinds = [each for each in _MEASURES if each in given]
    if len(kinds) != 1:
        refuse(at, N_("a number needs one of {known}"), N_("Add one, such as `count: customers`."), known="count, sum")
    kind = kinds[0]
    table, _, field = text(given[kind]).partition(".")
    if kind == "count":
        _sheet(table, given[kind], asked, sheets)
    else:
        _field(f"{table}.{field}", given[kind], asked, sheets)
    where = tuple(
        (name, _values(value, _field(f"{table}.{name}", name_node, asked, sheets)))
        for name, name_node, value in (entries(given["where"]) if "where" in given else ())
    )
    when = []
    for name, name_node, value in entries(given["when"]) if "when" in given else ():
        _field(f"{table}.{name}", name_node, asked, sheets)
        when.append((name, _known(value, PERIODS)))
    return Measure(kind, table, field, where, tuple(when))


def _values(node: Node, field: Field) -> tuple[str, ...]:
    """Codes of choices, `empty`, or a comparison."""
    found = texts(node) if isinstance(node.value, list) else (text(node),)
    codes = {each.code for each in field.choices}
    for each in found:
        if each not in codes and each not in {"empty", "yes", "no"} and not each.startswith(_COMPARISONS):
            refuse_unknown(node, N_("`{value}` is not known here"), each, codes or ("empty", "yes", "no"))
    return found


def _sheet(name: str, node: Node, asked: Node, sheets: Sheets) -> SheetPlan:
    if name not in sheets:
        advice = N_("Add the table to this template, or take {asked} out of it.")
        refuse(asked, N_("{asked} needs the table {table}"), advice, asked=text(asked), table=text(node))
    return sheets[name]


def _field(place: str, node: Node, asked: Node, sheets: Sheets) -> Field:
    table, _, name = place.partition(".")
    sheet = _sheet(table, node, asked, sheets)
    if name not in sheet.table:
        refuse_unknown(node, N_("`{value}` is no field of this table"), name, sheet.table.by_name)
    if name not in sheet.fields:
        advice = N_("Add the column to this template, or take {asked} out of it.")
        refuse(asked, N_("{asked} needs the column {place}"), advice, asked=text(asked), place=place)
    return sheet.table[name]


def _word(given: Entries, name: str, known: tuple[str, ...], default: str) -> str:
    return _known(given[name], known) if name in given else default


def _known(node: Node, known: tuple[str, ...]) -> str:
    if (word := text(node)) not in known:
        refuse_unknown(node, N_("`{value}` is not known here"), word, known)
    return word
