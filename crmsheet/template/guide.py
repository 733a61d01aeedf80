"""The sheet that teaches the book: what it is for, how to begin, what the colours mean, who does what and when."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from openpyxl.styles import Alignment
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.properties import PageSetupProperties

from crmsheet.core.messages import N_, Labels, Message, Speech
from crmsheet.template import styles
from crmsheet.template.blueprint import Blueprint, Group
from crmsheet.template.choices import TITLE as CHOICES_TITLE
from crmsheet.template.dashboard import TITLE as DASHBOARD_TITLE
from crmsheet.template.places import Places, quoted

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

TITLE: Labels = {"zh": "说明", "en": "How to"}
_COLUMNS = (("A", 3), ("B", 28), ("C", 46), ("D", 46), ("E", 3))
_LINE = 16.0
"""Points that a line of text takes."""

_GOAL, _AUDIENCE = N_("Goal"), N_("For whom")
_START, _SHEETS, _COLOURS = N_("How to begin"), N_("The sheets of this book"), N_("What the colours mean")
_WORK, _COMMANDS = N_("Who does what"), N_("What crmsheet does for you")
_WHO, _DAILY, _WEEKLY = N_("Role"), N_("Every day"), N_("Every week")
_LOOKS = N_("Looks at: {looks}")
_FULL, _TINTED, _GREY = N_("Full colour"), N_("Light colour"), N_("Grey, slanted")
_FULL_MEANS = N_("required: the record is of no use without it")
_TINTED_MEANS = N_("fill it in when you know it")
_GREY_MEANS = N_("crmsheet fills it in; leave it empty")
_DASHBOARD_IS = N_("Figures and charts over all sheets; they follow every entry, nothing is filled in there.")
_CHOICES_IS = N_("The words of all drop-downs; blue lists may be made longer.")
_SAFE = N_("Commands on the whole book write nothing without --write, and crmsheet undo takes every write back.")


@dataclass
class _Page:
    """The sheet as it grows downwards."""

    sheet: Worksheet
    lang: str
    row: int = 1
    parts: list[int] = field(default_factory=list)

    def put(self, letters: str, words: str, size: float = 10, colour: str = styles.INK, *, bold: bool = False) -> Cell:
        """Words into a cell of the current row."""
        cell: Cell = self.sheet[f"{letters}{self.row}"]
        cell.value, cell.font, cell.alignment = words, styles.font(self.lang, size, colour, bold=bold), styles.TOP
        return cell

    def down(self, height: float = 0.0) -> None:
        """To the next row; the current one gets a height, by default that of its longest text."""
        self.sheet.row_dimensions[self.row].height = height or self._height()
        self.row += 1

    def heading(self, words: str) -> None:
        """A heading with a line below it."""
        self.down(14)
        self.put("B", words, 13, styles.BRAND, bold=True).alignment = styles.LEFT
        for letters in "BCD":
            self.sheet[f"{letters}{self.row}"].border = styles.BELOW
        self.down(26)

    def link(self, letters: str, sheet: str) -> None:
        """Makes a cell lead to a sheet."""
        cell = self.sheet[f"{letters}{self.row}"]
        cell.hyperlink = Hyperlink(ref=cell.coordinate, location=f"{quoted(sheet)}!A1")
        cell.font = styles.font(self.lang, 10, "2F6690", bold=True)

    def across(self, first: str = "C", last: str = "D") -> None:
        """Lets the text of a cell use the width up to another one."""
        self.sheet.merge_cells(f"{first}{self.row}:{last}{self.row}")

    def _height(self) -> float:
        """The height of the current row, by the widths of its cells."""
        widths = {letters: float(width) for letters, width in _COLUMNS}
        merged = {str(each).split(":")[0]: str(each).split(":")[1][0] for each in self.sheet.merged_cells.ranges}
        lines = 1
        for letters in "BCD":
            cell = self.sheet[f"{letters}{self.row}"]
            room = widths[letters] + (widths["D"] if merged.get(cell.coordinate) == "D" and letters == "C" else 0)
            said = str(cell.value or "").split("\n")
            lines = max(lines, sum(max(1, -(-styles.width_of(each) // int(room * 1.1))) for each in said))
        return _LINE * lines + 5


def write_guide(workbook: Workbook, blueprint: Blueprint, places: Places, speech: Speech, book: str) -> None:
    """Adds the sheet; `book` is the name of the file, for commands that can be copied."""
    page = _Page(workbook.create_sheet(TITLE[places.lang]), places.lang)
    _set_up(page)
    _banner(page, blueprint, speech)
    page.heading(speech.say(Message(_START)))
    for number, step in enumerate(blueprint.steps, 1):
        page.put("B", f"{number}", 12, styles.BRAND, bold=True).alignment = Alignment(
            horizontal="right", vertical="top", indent=1
        )
        page.put("C", speech.say(step))
        page.across()
        page.down()
    _roles(page, blueprint, speech)
    _sheets(page, blueprint, places, speech)
    _colours(page, _groups(blueprint), speech)
    _commands(page, blueprint, speech, book)
    page.sheet.print_area = f"A1:E{page.row}"


def _set_up(page: _Page) -> None:
    sheet = page.sheet
    sheet.sheet_view.showGridLines = False
    sheet.sheet_properties.tabColor = f"FF{styles.BRAND}"
    sheet.page_setup.orientation, sheet.page_setup.paperSize, sheet.page_setup.fitToHeight = "portrait", 9, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    for letters, width in _COLUMNS:
        sheet.column_dimensions[letters].width = width


def _banner(page: _Page, blueprint: Blueprint, speech: Speech) -> None:
    for letters, _ in _COLUMNS:
        for row in (1, 2):
            page.sheet[f"{letters}{row}"].fill = styles.fill(styles.BRAND)
    page.put("B", speech.say(blueprint.labels), 22, styles.PAPER, bold=True).alignment = styles.LEFT
    page.down(44)
    page.put("B", speech.say(TITLE), 10, styles.tint(styles.BRAND, 0.35)).alignment = styles.LEFT
    page.down(24)
    page.down(10)
    for label, words in ((_GOAL, blueprint.goal), (_AUDIENCE, blueprint.audience)):
        page.put("B", speech.say(Message(label)), 10, styles.MUTED, bold=True)
        page.put("C", speech.say(words), 11)
        page.across()
        page.down()


def _head(page: _Page, words: Sequence[str]) -> None:
    for letters, each in zip("BCD", words, strict=False):
        page.put(letters, each, 9, styles.MUTED, bold=True).alignment = styles.LEFT
        page.sheet[f"{letters}{page.row}"].fill = styles.fill(styles.PAGE)
    page.down(20)


def _roles(page: _Page, blueprint: Blueprint, speech: Speech) -> None:
    page.heading(speech.say(Message(_WORK)))
    _head(page, [speech.say(Message(each)) for each in (_WHO, _DAILY, _WEEKLY)])
    for role in blueprint.roles:
        looks = speech.say(Message(_LOOKS, {"looks": role.looks}))
        page.put("B", f"{speech.say(role.labels)}\n{looks}")
        page.put("C", "\n".join(f"• {speech.say(each)}" for each in role.daily))
        page.put("D", "\n".join(f"• {speech.say(each)}" for each in role.weekly))
        for letters in "BCD":
            page.sheet[f"{letters}{page.row}"].border = styles.BELOW
        page.down()


def _sheets(page: _Page, blueprint: Blueprint, places: Places, speech: Speech) -> None:
    page.heading(speech.say(Message(_SHEETS)))
    lines = [(DASHBOARD_TITLE[places.lang], speech.say(Message(_DASHBOARD_IS)))]
    lines += [(places.sheet(name), speech.say(plan.about)) for name, plan in blueprint.sheets.items()]
    lines += [(CHOICES_TITLE[places.lang], speech.say(Message(_CHOICES_IS)))]
    for name, about in lines:
        page.put("B", name)
        page.link("B", name)
        page.put("C", about)
        page.across()
        page.down()


def _groups(blueprint: Blueprint) -> tuple[Group, ...]:
    """Every group once, in the order of the sheets."""
    return tuple({group.name: group for sheet in blueprint.sheets.values() for group in sheet.groups}.values())


def _colours(page: _Page, groups: Iterable[Group], speech: Speech) -> None:
    page.heading(speech.say(Message(_COLOURS)))
    looks = (
        (_FULL, _FULL_MEANS, styles.BRAND, styles.PAPER),
        (_TINTED, _TINTED_MEANS, styles.tint(styles.BRAND, 0.16), styles.BRAND),
        (_GREY, _GREY_MEANS, styles.LINE, styles.MUTED),
    )
    for label, means, ground, ink in looks:
        cell = page.put("B", speech.say(Message(label)), 10, ink, bold=True)
        cell.fill, cell.border, cell.alignment = styles.fill(ground), styles.BOX, styles.CENTRE
        page.put("C", speech.say(Message(means))).alignment = styles.INDENTED
        page.across()
        page.down(24)
    page.down(8)
    names = " · ".join(speech.say(each.labels) for each in groups)
    page.put("C", names, 9, styles.MUTED)
    page.across()
    page.down()


def _commands(page: _Page, blueprint: Blueprint, speech: Speech, book: str) -> None:
    page.heading(speech.say(Message(_COMMANDS)))
    name = f'"{book}"' if " " in book else book
    for command, means in blueprint.commands.items():
        cell = page.put("C", f"crmsheet {command.format(book=name)}", 10, styles.BRAND)
        cell.font, cell.fill = styles.mono(styles.BRAND), styles.fill(styles.PAGE)
        page.put("B", speech.say(means))
        page.across()
        page.down()
    page.put("C", speech.say(Message(_SAFE)), 9, styles.MUTED)
    page.across()
    page.down()
