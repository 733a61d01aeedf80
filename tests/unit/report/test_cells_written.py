"""The cells of one record that were written, one by one."""

from __future__ import annotations

from pathlib import Path

from crmsheet.core.book import Book, Source
from crmsheet.core.changes import Change, Changes
from crmsheet.core.messages import Message
from crmsheet.report.edits import cell_sections
from tests.unit.engine.made import ENGLISH, table
from tests.unit.schema.made import SCHEMA

TABLE = table("customers", [{"customer_id": "C1", "name": "甲"}])
BOOK = Book(Source(Path("b.xlsx"), "xlsx", "0"), {"customers": TABLE})


def rows(*changes):
    return [
        tuple(map(ENGLISH.say, row)) for each in cell_sections(Changes.of(changes), BOOK, SCHEMA) for row in each.rows
    ]


def test_a_cell_is_named_by_its_place_and_header():
    change = Change("set", "customers", "C1", 2, "B", "name", "甲", "乙")
    header = TABLE.headers.get("B") or SCHEMA.tables["customers"]["name"].labels
    assert rows(change) == [(f"{TABLE.sheet}!B2", ENGLISH.say(header), "甲", "乙")]


def test_a_new_row_is_told_cell_by_cell_and_a_new_column_by_its_header():
    column = Change("column", "customers", "", 1, "C", "city", None, "城市")
    record = Change("add", "customers", "C2", 3, "", "", None, {"customer_id": "C2", "city": "长沙"})
    first, second = rows(column, record)
    assert first[0] == f"{TABLE.sheet}!A3"
    assert first[2:] == ("", "C2")
    assert second == (ENGLISH.say(Message("{sheet}, row {row}", {"sheet": TABLE.sheet, "row": 3})), "城市", "", "长沙")


def test_without_a_cell_there_is_no_section():
    assert rows() == []
