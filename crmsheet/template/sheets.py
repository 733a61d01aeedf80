"""The sheet of a table: groups in colours, a frozen header, columns that know their form, an Excel table over them.

The form of a column belongs to the column, not to prepared cells: so a hundred thousand prepared rows cost nothing, and
rows below them look alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from openpyxl.styles import Alignment, Border
from openpyxl.worksheet.filters import AutoFilter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.table import Table, TableColumn, TableStyleInfo

from crmsheet.core.cells import column_letters
from crmsheet.core.messages import Speech
from crmsheet.core.schema import Field
from crmsheet.template import styles
from crmsheet.template.blueprint import Group, SheetPlan
from crmsheet.template.choices import Choices
from crmsheet.template.entry import accepts
from crmsheet.template.highlights import highlight
from crmsheet.template.places import BAND_ROW, FIRST_ROW, HEADER_ROW, LAST_ROW, Places

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

_TEXT = "@"
_FORMATS: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("key", "reference", "phone", "uscc", "id_card", "postcode", "email", "url"), _TEXT),
        "date": "yyyy-mm-dd",
        "datetime": "yyyy-mm-dd hh:mm",
        "money": "#,##0.00",
        "number": "#,##0.##",
        "integer": "0",
        "percent": "0%",
    }
)
_TEXT_NAMES = frozenset(
    {"wechat", "wecom", "dingtalk", "qq", "card_last4", "bank_account", "order_no", "sku", "number"}
)
_DAYS = frozenset({"next_contact_at", "last_contact_at", "claimed_at", "recycle_at", "returned_at", "sent_at", "date"})
"""Times whose hour seldom matters: the column shows the day."""

_WIDTHS: Mapping[str, float] = MappingProxyType(
    {
        **dict.fromkeys(("key", "reference"), 13),
        **dict.fromkeys(("date", "integer", "percent", "bool", "currency", "postcode"), 12),
        **dict.fromkeys(("choice", "person", "number"), 12),
        "money": 15,
        "phone": 17,
        "email": 26,
        "url": 24,
        "datetime": 17,
        "company": 26,
        "uscc": 22,
        "id_card": 21,
        "text": 16,
        "choices": 18,
    }
)
_LONG: Mapping[str, float] = MappingProxyType(
    {
        **dict.fromkeys(("notes", "tier_reason", "next_step", "outcome", "resolution", "reply", "comment"), 28),
        **dict.fromkeys(("summary", "content", "need", "answer", "measure", "customer_voice", "market_strategy"), 40),
        **dict.fromkeys(("address", "registered_address", "question", "terms", "strengths", "weaknesses"), 32),
    }
)
_FILTER_BUTTON, _WIDEST_LIST = 4, 30


def write_sheet(
    workbook: Workbook, plan: SheetPlan, places: Places, choices: Choices, speech: Speech, rows: int
) -> None:
    """Adds the sheet of a table, with `rows` prepared rows."""
    lang = places.lang
    sheet = workbook.create_sheet(places.sheet(plan.table.name))
    sheet.sheet_properties.tabColor = f"FF{plan.groups[0].colour}"
    sheet.sheet_format.defaultRowHeight, sheet.sheet_format.customHeight = 21, True
    sheet.row_dimensions[BAND_ROW].height, sheet.row_dimensions[HEADER_ROW].height = 20, 27
    for at, (group, field, is_first) in enumerate(_columns(plan), 1):
        _write_head(sheet, at, group, field, lang, is_first=is_first)
        words = choices.words_of(plan.table.name, field.name)
        _form_column(sheet, column_letters(at), field, lang, words)
        _validate(sheet, column_letters(at), plan, field, places, choices, speech)
    _frame(sheet, plan, lang, rows)
    highlight(sheet, plan, places)
    _print_setup(sheet)


def _columns(plan: SheetPlan) -> Iterator[tuple[Group, Field, bool]]:
    """Every column: its group, its field, and whether it is the first of its group."""
    for group in plan.groups:
        for number, name in enumerate(group.fields):
            yield group, plan.table[name], number == 0


def _write_head(sheet: Worksheet, at: int, group: Group, field: Field, lang: str, *, is_first: bool) -> None:
    """The band of the group, and the header: full colour where a value is required, grey where crmsheet fills it."""
    band, head = sheet.cell(BAND_ROW, at), sheet.cell(HEADER_ROW, at)
    # No merged cells: they would be in the way of sorting and of new columns; the words run over the empty neighbours.
    band.value = group.labels[lang] if is_first else None
    band.font, band.fill = styles.font(lang, 9, styles.PAPER, bold=True), styles.fill(group.colour)
    band.alignment = Alignment(horizontal="left", vertical="center", indent=1)
    band.border = Border(left=styles.WHITE) if is_first and at > 1 else Border()
    head.value = field.labels[lang]
    head.alignment = Alignment(horizontal="left", vertical="center", indent=1)
    head.border = Border(left=styles.WHITE, top=styles.WHITE)
    if field.required:
        head.font, head.fill = styles.font(lang, 10, styles.PAPER, bold=True), styles.fill(group.colour)
    elif field.derived:
        head.font, head.fill = styles.font(lang, 10, styles.MUTED, italic=True), styles.fill(styles.LINE)
    else:
        head.font = styles.font(lang, 10, group.colour, bold=True)
        head.fill = styles.fill(styles.tint(group.colour, 0.16))


def _form_column(sheet: Worksheet, letters: str, field: Field, lang: str, words: Iterable[str]) -> None:
    column = sheet.column_dimensions[letters]
    column.width = _width(field, lang, words)
    column.font = styles.font(lang, 10, styles.MUTED if field.derived else styles.INK)
    column.border = styles.BELOW
    column.number_format = format_of(field)
    if field.kind in {"money", "number", "percent", "integer"}:
        column.alignment = styles.RIGHT
    elif field.kind in {"date", "datetime", "choice", "bool", "currency"}:
        column.alignment = styles.CENTRE
    else:
        column.alignment = styles.WRAPPED if field.name in _LONG else styles.INDENTED


def format_of(field: Field) -> str:
    """The number format of a field; text for whatever must keep its zeros."""
    if field.name in _TEXT_NAMES:
        return _TEXT
    if field.kind == "datetime" and field.name in _DAYS:
        return _FORMATS["date"]
    return _FORMATS.get(field.kind, "General")


def _width(field: Field, lang: str, words: Iterable[str]) -> float:
    """The width of a column: that of its kind, wider for its header and for the words of its list."""
    wide = _LONG.get(field.name) or (_WIDTHS["date"] if field.name in _DAYS else _WIDTHS[field.kind])
    longest = max(map(styles.width_of, words), default=0)
    return max(wide, styles.width_of(field.labels[lang]) * 1.1 + _FILTER_BUTTON, min(longest + 3, _WIDEST_LIST))


def _validate(
    sheet: Worksheet, letters: str, plan: SheetPlan, field: Field, places: Places, choices: Choices, speech: Speech
) -> None:
    drop_down = choices.drop_downs.get(f"{plan.table.name}.{field.name}")
    validation = accepts(field, plan.table.name, places.blueprint.words, speech, drop_down)
    validation.add(f"{letters}{FIRST_ROW}:{letters}{LAST_ROW}")
    sheet.add_data_validation(validation)


def _frame(sheet: Worksheet, plan: SheetPlan, lang: str, rows: int) -> None:
    """The Excel table over the prepared rows, and what stays in sight when one scrolls."""
    ref = f"A{HEADER_ROW}:{column_letters(len(plan.fields))}{HEADER_ROW + rows}"
    table = Table(displayName=f"t_{plan.table.name}", ref=ref, autoFilter=AutoFilter(ref=ref))
    # Left to itself, the library looks the names up by making every cell of the table.
    headers = (plan.table[each].labels[lang] for each in plan.fields)
    table.tableColumns = [TableColumn(id=at, name=header) for at, header in enumerate(headers, 1)]
    table.tableStyleInfo = TableStyleInfo("TableStyleLight1", showRowStripes=True)
    sheet.add_table(table)
    still = 1 + next((at for at, each in enumerate(plan.fields) if each in {"name", "customer_name"} and at < 3), 0)
    sheet.freeze_panes = sheet.cell(FIRST_ROW, still + 1).coordinate
    sheet.sheet_view.showGridLines = False
    for each in sheet.sheet_view.selection:
        each.activeCell = each.sqref = f"A{FIRST_ROW}"


def _print_setup(sheet: Worksheet) -> None:
    sheet.page_setup.orientation, sheet.page_setup.paperSize, sheet.page_setup.fitToHeight = "landscape", 9, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = f"{BAND_ROW}:{HEADER_ROW}"
    footer = sheet.oddFooter
    if footer is not None:
        footer.center.text = "&A  ·  &P / &N"
