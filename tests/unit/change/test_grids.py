"""Changes of bare places become changes of records where a key tells the row, else of the sheet's grid."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from crmsheet.change.grids import by_key, grids, is_grid, on_grids
from crmsheet.change.planning import plan
from crmsheet.core.book import Book, Sheet, Source, Table
from crmsheet.core.changes import Change, Changes, ChangeSet


def cells(rows: dict[int, tuple]) -> pd.DataFrame:
    return pd.DataFrame(list(rows.values()), index=list(rows), columns=list("ABC"), dtype="object")


def table(rows: dict[int, tuple]) -> Table:
    held = cells(rows)
    values = pd.DataFrame({"code": held["A"].astype("str")}, index=held.index)
    return Table("stock", "库存", 1, held, {"code": "A", "amount": "B"}, {"A": "货号", "B": "数量"}, "code", values)


def book(rows: dict[int, tuple]) -> Book:
    return Book(Source(Path("b.xlsx"), "xlsx", "now"), {"stock": table(rows)})


ROWS = {2: ("A-1", 5, None), 3: ("A-2", 6, None), 4: ("A-2", 7, None)}
SET = Change("set", "库存", row=2, column="B", before=4, after=5)
ADD = Change("add", "库存", row=2, after={"A": "A-1", "B": 5})


def test_a_cell_of_a_record_is_told_by_its_key():
    (told,) = by_key(on_grids(Changes.of([SET])), book(ROWS))
    assert (told.table, told.key, told.field, told.before, told.after) == ("stock", "A-1", "amount", 4, 5)


def test_a_row_is_told_by_its_key_with_its_cells_by_field():
    (told,) = by_key(on_grids(Changes.of([ADD])), book(ROWS))
    assert (told.table, told.key, told.after) == ("stock", "A-1", {"code": "A-1", "amount": 5})


@pytest.mark.parametrize(
    "change",
    [
        Change("set", "库存", row=3, column="B", before=4, after=6),  # its key is doubled
        Change("set", "库存", row=9, column="B", after=6),  # below the table
        Change("set", "别的", row=2, column="B", after=6),  # in another sheet
    ],
)
def test_what_no_key_tells_stays_a_place_of_the_grid(change):
    (told,) = by_key(on_grids(Changes.of([change])), book(ROWS))
    assert is_grid(told.table)
    assert (told.row, told.field) == (change.row, "B")


def test_a_grid_takes_a_place_back_that_is_empty_by_now_and_refuses_one_that_is_not():
    sheet = Sheet("库存", cells({1: ("货号", "数量", None), 2: ("A-1", 5, None)}))
    cleared = Change("set", "库存!", row=7, column="E", field="E", before=None, after="草稿")
    changed = Change("set", "库存!", row=2, column="B", field="B", before=4, after=9)
    wanted = Changes.of([cleared, changed])
    found = grids(wanted, [sheet, Sheet("别的", sheet.cells)])
    assert list(found) == ["库存!"]
    whole = Book(Source(Path("b.xlsx"), "xlsx", "now"), found)
    steady = {"库存!": frozenset(found["库存!"].cells.index)}
    made = plan(whole, ChangeSet("then", "undo", wanted), steady)
    assert made.edits["库存"].cells == {(7, "E"): "草稿"}
    assert [(each.place, each.found) for each in made.conflicts] == [("库存!B2 (B)", 5)]
