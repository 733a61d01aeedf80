"""Colours that follow the values: what is overdue, who counts most, who must not be called."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from openpyxl.formatting.rule import Rule
from openpyxl.styles import Font
from openpyxl.styles.differential import DifferentialStyle

from crmsheet.template import styles
from crmsheet.template.blueprint import SheetPlan
from crmsheet.template.places import FIRST_ROW, LAST_ROW, Places

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

_LATE = ("next_contact_at", "suggested_next_at", "due", "due_date", "expected_close", "recycle_at")
_DONE_BY: Mapping[str, str] = MappingProxyType({"due": "done_at", "due_date": "paid_at"})
"""Dates that are no longer late once another one is filled in."""

_GRADES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {"A": styles.FINE, "B": (styles.SOFT, styles.BRAND), "C": (styles.PAGE, styles.MUTED)}
)
_ALARMS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"stage": ("lost",), "priority": ("high",), "urgency": ("high",), "coop_status": ("blacklisted",)}
)
_WELL: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"stage": ("won", "retained"), "status": ("resolved", "closed")}
)


def highlight(sheet: Worksheet, plan: SheetPlan, places: Places) -> None:
    """Adds the conditional formats of a table."""
    letters = {field: places.letters(plan.table.name, field) for field in plan.fields}
    for field, formula, look in _rules(plan, letters, places):
        area = f"{letters[field]}{FIRST_ROW}:{letters[field]}{LAST_ROW}"
        ground, ink = look
        dxf = DifferentialStyle(font=Font(color=f"FF{ink}", bold=True), fill=styles.fill(ground))
        sheet.conditional_formatting.add(area, Rule(type="expression", formula=[formula], dxf=dxf))


def _rules(plan: SheetPlan, letters: Mapping[str, str], places: Places) -> Iterator[tuple[str, str, tuple[str, str]]]:
    """Field, formula and look of each rule."""

    def cell(field: str) -> str:
        return f"${letters[field]}{FIRST_ROW}"

    for field in letters:
        if field in _LATE:
            still = f',{cell(_DONE_BY[field])}=""' if _DONE_BY.get(field) in letters else ""
            yield field, f"AND(ISNUMBER({cell(field)}),{cell(field)}<TODAY(){still})", styles.ALARM
            yield field, f"AND(ISNUMBER({cell(field)}),{cell(field)}<TODAY()+3{still})", styles.WARN
        if field == "tier":
            for grade, look in _GRADES.items():
                yield field, f'{cell(field)}="{grade}"', look
        if field in {"do_not_contact", "processing_restricted"}:
            yield field, f'{cell(field)}="{"是" if places.lang == "zh" else "Yes"}"', styles.ALARM
    yield from _by_choice(plan, cell, letters, places.lang)


def _by_choice(
    plan: SheetPlan, cell: Callable[[str], str], letters: Mapping[str, str], lang: str
) -> Iterator[tuple[str, str, tuple[str, str]]]:
    for codes, look in ((_ALARMS, styles.ALARM), (_WELL, styles.FINE)):
        for field in codes:
            for choice in plan.table[field].choices if field in letters else ():
                if choice.code in codes[field]:
                    yield field, f'{cell(field)}="{choice.labels[lang]}"', look
