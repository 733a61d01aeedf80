"""Records laid out as sheets: which columns a layout shows, and where each cell comes to lie."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from crmsheet.core.cells import Formula, column_letters
from crmsheet.sample import labels
from crmsheet.sample.language import Language
from crmsheet.sample.truth import TablePlace
from crmsheet.sample.world import World

LAYOUTS = ("standard", "one_sheet", "peer")


@dataclass(frozen=True, slots=True)
class Grid:
    """One sheet to be written: `title` above the header (or ''), rows below it, `footer` rows that are no records."""

    table: str
    name: str
    fields: tuple[str, ...]
    headers: tuple[str, ...]
    rows: list[list[Any]]
    title: str = ""
    footer: list[list[Any]] = field(default_factory=list)

    @property
    def header_row(self) -> int:
        """The number of the header's row."""
        return 2 if self.title else 1

    def row_number(self, position: int) -> int:
        """The sheet row of a record."""
        return self.header_row + 1 + position

    def column(self, name: str) -> str:
        """The letters of a field's column."""
        return column_letters(self.fields.index(name) + 1)

    def place(self) -> TablePlace:
        """Where the table lies."""
        last = self.header_row + len(self.rows)
        columns = {name: column_letters(n) for n, name in enumerate(self.fields, 1)}
        return TablePlace(self.name, self.header_row, self.header_row + 1, last, columns)


def lay_out(world: World, language: Language, layout: str, *, titled: bool, link: str) -> list[Grid]:
    """The sheets of a layout, customers first; with `link` = "name" children name their customer, not its key."""
    chosen: Mapping[str, tuple[str, ...]]
    if layout == "one_sheet":
        chosen = {"customers": labels.ONE_SHEET}
    else:
        chosen = labels.PEER if layout == "peer" else labels.FIELDS
    grids = []
    for table, shown in chosen.items():
        if table not in world.tables:
            continue
        fields = tuple(each for each in shown if language.code == "zh" or each not in {"uscc", "wechat"})
        if link == "name" and table != "customers":
            fields = tuple("name_of" if each == "customer_id" else each for each in fields)
        grids.append(_grid(world, language, layout, table, fields, titled=titled and table == "customers"))
    return grids


def _grid(world: World, language: Language, layout: str, table: str, fields: tuple[str, ...], *, titled: bool) -> Grid:
    name = labels.PEER_SHEETS.get(table) if layout == "peer" and language.code == "zh" else None
    headers = tuple(
        labels.header(
            "customers" if each == "name_of" else table, "name" if each == "name_of" else each, language.code, layout
        )
        for each in fields
    )
    records = world.tables[table]
    if "name_of" in fields:
        for record in records:
            if "_buyer" in record:
                record["name_of"] = record["_buyer"]["name"]
    if "tier" in fields:
        for record in records:
            record["tier"] = record["level"]
    rows = [[record.get(each) for each in fields] for record in records]
    sheet = name or labels.sheet_name(table, language.code)
    return Grid(table, sheet, fields, headers, rows, language.sheet_words["title"] if titled else "")


def add_formulas(grid: Grid, language: Language) -> None:
    """Fills the formula column of customers: the credit band follows the credit limit. To be called after spoiling."""
    if "credit_band" not in grid.fields:
        return
    limit, band = grid.fields.index("credit_limit"), grid.fields.index("credit_band")
    letters = grid.column("credit_limit")
    high, normal = language.sheet_words["high"], language.sheet_words["normal"]
    for position, row in enumerate(grid.rows):
        cell = f"{letters}{grid.row_number(position)}"
        value = row[limit]
        # A spreadsheet holds any text to be greater than any number.
        cached = "" if value is None else high if isinstance(value, str) or value >= 100000 else normal
        row[band] = Formula(f'IF({cell}="","",IF({cell}>=100000,"{high}","{normal}"))', cached)


def add_footer(grid: Grid, language: Language) -> None:
    """A total row and a signature below the customers, as one-sheet books have them."""
    total: list[Any] = [None] * len(grid.fields)
    last = grid.header_row + len(grid.rows)
    for name in ("total_amount", "deal_count"):
        at, letters = grid.fields.index(name), grid.column(name)
        numbers = [row[at] for row in grid.rows if isinstance(row[at], int | float)]
        total[at] = Formula(f"SUM({letters}{grid.header_row + 1}:{letters}{last})", round(sum(numbers), 2))
    total[0] = language.sheet_words["total"]
    grid.footer.append(total)
    grid.footer.append([language.sheet_words["made_by"]] + [None] * (len(grid.fields) - 1))
