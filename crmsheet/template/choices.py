"""The lists behind the drop-downs.

Each has a name, because a list of more than 255 characters inside a validation makes a file that Excel repairs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from openpyxl.styles import Alignment
from openpyxl.workbook.defined_name import DefinedName

from crmsheet.core.cells import column_letters
from crmsheet.core.messages import N_, Labels, Message, Speech
from crmsheet.template import styles
from crmsheet.template.blueprint import Blueprint, SheetPlan
from crmsheet.template.places import Places, growing, quoted

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

TITLE: Labels = {"zh": "选项", "en": "Choices"}
ROOM = 200
"""Rows of a list that people may add to."""

_YES_NO: tuple[Labels, ...] = ({"zh": "是", "en": "Yes"}, {"zh": "否", "en": "No"})
_FIRST, _HEAD = 5, 4
_NOTE = N_("The drop-downs of the other sheets come from here.")
_OPEN = N_("Blue lists are yours: add words below, and they are in the drop-down at once.")
_FIXED = N_("Grey lists belong to the rules that check the book; keep them as they are.")
_BOOL = N_("Yes or no")
_NAMES = {
    "customer_name": "customers.name",
    "owner": "staff.name",
    "assignee": "staff.name",
    "handled_by": "staff.name",
}
"""Fields that name a record of another sheet."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A list: its name in the workbook, what stands above it, its words, and whether people may add to it."""

    name: str
    heading: str
    words: tuple[str, ...]
    is_open: bool


@dataclass(frozen=True, slots=True)
class DropDown:
    """Where the words of a column come from: a name in the workbook, the sheet, whether they are its records."""

    name: str
    sheet: str
    of_records: bool = False


@dataclass(frozen=True, slots=True)
class Choices:
    """All lists of a book, the drop-down of each column (by `table.field`), and the ranges of records by name."""

    lists: tuple[Listed, ...]
    drop_downs: Mapping[str, DropDown]
    ranges: Mapping[str, str]

    def words_of(self, table: str, field: str) -> tuple[str, ...]:
        """The words of a column's list; none where it shows records of another sheet."""
        drop_down = self.drop_downs.get(f"{table}.{field}")
        return next((each.words for each in self.lists if drop_down and each.name == drop_down.name), ())


def choices_of(places: Places, speech: Speech) -> Choices:
    """The lists that the columns of a book need; equal lists are one."""
    lists: dict[tuple[str, ...], Listed] = {}
    drop_downs: dict[str, DropDown] = {}
    ranges: dict[str, str] = {}
    for sheet, field in places.blueprint.columns():
        place = f"{sheet.table.name}.{field}"
        if source := _source(places, sheet, field):
            table, _, column = source.partition(".")
            name = f"of_{table}_{column}"
            drop_downs[place] = DropDown(name, places.sheet(table), of_records=True)
            ranges[name] = growing(places.column(source))
            continue
        found = _words(places.blueprint, sheet, field)
        if not found:
            continue
        words = tuple(each[places.lang] for each in found)
        is_bool = sheet.table[field].kind == "bool"
        name = "list_yes_no" if is_bool else f"list_{sheet.table.name}_{field}"
        heading = f"{places.sheet(sheet.table.name)} · {sheet.table[field].labels[places.lang]}"
        heading = speech.say(Message(_BOOL)) if is_bool else heading
        is_open = not (is_bool or sheet.table[field].choices)
        kept = lists.setdefault(words, Listed(name, heading, words, is_open))
        drop_downs[place] = DropDown(kept.name, TITLE[places.lang])
    return Choices(tuple(lists.values()), drop_downs, ranges)


def _source(places: Places, sheet: SheetPlan, field: str) -> str:
    """The column whose records a field names, where the book has it."""
    definition = sheet.table[field]
    if definition.references in places.blueprint.sheets:
        key = places.plan(definition.references).table.key
        source = f"{definition.references}.{key}"
    else:
        source = _NAMES.get(field, "")
    table, _, column = source.partition(".")
    return source if table and table != sheet.table.name and places.has(table, column) else ""


def _words(blueprint: Blueprint, sheet: SheetPlan, field: str) -> tuple[Labels, ...]:
    definition = sheet.table[field]
    if definition.derived and not definition.choices:
        return ()
    if definition.choices:
        return tuple(each.labels for each in definition.choices)
    if definition.kind == "bool":
        return _YES_NO
    return blueprint.words.suggestions(sheet.table.name, field)


def write_choices(workbook: Workbook, choices: Choices, places: Places, speech: Speech) -> None:
    """The sheet of the lists, and the names of all of them."""
    lang = places.lang
    sheet = workbook.create_sheet(TITLE[lang])
    sheet.sheet_view.showGridLines = False
    sheet.sheet_properties.tabColor = f"FF{styles.MUTED}"
    sheet.column_dimensions["A"].width = 3
    sheet["B1"] = TITLE[lang]
    sheet["B1"].font = styles.font(lang, 18, styles.BRAND, bold=True)
    sheet.row_dimensions[1].height = 34
    kinds = (_NOTE, *([_OPEN] if any(each.is_open for each in choices.lists) else ()), _FIXED)
    sheet["B2"] = ("" if lang == "zh" else " ").join(speech.say(Message(each)) for each in kinds)
    sheet["B2"].font = styles.font(lang, 10, styles.MUTED)
    sheet.row_dimensions[_HEAD].height = 34
    for at, each in enumerate(choices.lists, 2):
        letters = column_letters(at)
        _write_list(sheet, letters, each, lang)
        bottom = _FIRST + (ROOM if each.is_open else len(each.words)) - 1
        place = f"{quoted(sheet.title)}!${letters}${_FIRST}:${letters}${bottom}"
        _define(workbook, each.name, growing(place) if each.is_open else place)
    for name, place in choices.ranges.items():
        _define(workbook, name, place)
    sheet.freeze_panes = f"B{_FIRST}"


def _write_list(sheet: Worksheet, letters: str, each: Listed, lang: str) -> None:
    ground, ink = (styles.SOFT, styles.BRAND) if each.is_open else (styles.LINE, styles.INK)
    head = sheet[f"{letters}{_HEAD}"]
    head.value, head.font, head.fill = each.heading, styles.font(lang, 10, ink, bold=True), styles.fill(ground)
    head.alignment, head.border = Alignment(vertical="center", wrap_text=True, indent=1), styles.BOX
    longest = max(map(styles.width_of, each.words), default=0)
    sheet.column_dimensions[letters].width = min(max(longest + 4, 16), 30)
    for row, word in enumerate(each.words, _FIRST):
        cell = sheet[f"{letters}{row}"]
        cell.value, cell.font, cell.border = word, styles.font(lang), styles.BOX
        cell.alignment, cell.number_format = Alignment(vertical="center", indent=1), "@"


def _define(workbook: Workbook, name: str, place: str) -> None:
    workbook.defined_names[name] = DefinedName(name, attr_text=place)
