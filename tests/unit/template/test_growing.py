"""crmsheet writes into the prepared rows of a new book: drop-downs, forms and the Excel table go on."""

from __future__ import annotations

import datetime as dt

import openpyxl
import pytest

from crmsheet.book.opening import open_book_file
from crmsheet.book.patching import patch
from crmsheet.change.planning import plan
from crmsheet.core.changes import Change, Changes, ChangeSet
from crmsheet.schema.binding import bind
from tests.unit.template.filled import book_with, records
from tests.unit.template.made import blueprint, content, kept, places, schema


def added(path, count):
    """Adds customers as `crmsheet add` does, through the planner."""
    opened = open_book_file(path)
    book = bind(opened, schema()).book
    changes = [
        Change(
            "add",
            "customers",
            f"K{at:06d}",
            0,
            "",
            "",
            None,
            {"customer_id": f"K{at:06d}", "name": f"华信{at}"},
            "",
            "",
        )
        for at in range(1, count + 1)
    ]
    made = plan(book, ChangeSet(opened.source.sha256, "test", Changes.of(changes)))
    assert not made.conflicts
    patched = patch(opened, made.edits)
    path.write_bytes(patched.files[""])


@pytest.mark.parametrize(("prepared", "count", "last"), [(200, 1, 202), (200, 3, 202), (2, 5, 7)])
def test_records_go_into_the_prepared_rows_and_the_table_grows_beyond_them(tmp_path, prepared, count, last):
    path = tmp_path / "book.xlsx"
    path.write_bytes(content("minimal", "zh", rows=prepared))
    before = openpyxl.load_workbook(path)["客户"]
    added(path, count)
    sheet = openpyxl.load_workbook(path)["客户"]
    assert [sheet.cell(row, 2).value for row in range(3, 4 + count)] == [
        *(f"华信{at}" for at in range(1, count + 1)),
        None,
    ]
    (table,) = sheet.tables.values()
    assert table.ref == f"A2:V{last}"
    assert sheet["A3"].number_format == "@"
    assert sheet["B3"].font.name == "微软雅黑"
    ranges = [
        sorted((str(each.sqref), each.formula1) for each in one.data_validations.dataValidation)
        for one in (before, sheet)
    ]
    assert ranges[0] == ranges[1]
    assert sheet.freeze_panes == before.freeze_panes


def test_every_table_takes_records_and_they_are_read_back(tmp_path):
    path = tmp_path / "book.xlsx"
    rows = records(blueprint("full"), "zh", 3)
    book_with(path, kept("full", "zh"), places("full", "zh"), rows)
    bound = bind(open_book_file(path), schema())
    assert not len(bound.findings)
    for table, found in rows.items():
        cells = bound.book.tables[table].cells
        assert len(cells) == len(found), table
        for field, value in found[0].items():
            shown = cells.iloc[0][bound.book.tables[table].columns[field]]
            if isinstance(value, dt.date):
                shown = shown.date() if isinstance(shown, dt.datetime) else shown
            assert shown == value, (table, field)
