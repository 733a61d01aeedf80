"""What is entered by hand becomes changes; a column that is lacking comes first."""

from __future__ import annotations

import pytest

from crmsheet.change.entering import appended, entered, key_in_sheet
from crmsheet.change.planning import plan
from crmsheet.core.book import Book, Source
from crmsheet.core.cells import Formula
from crmsheet.core.changes import ChangeSet
from crmsheet.core.errors import CellRefused
from crmsheet.core.messages import Message
from crmsheet.schema.binding import bind
from tests.unit.schema.made import SCHEMA, opened, sheet

CUSTOMERS = SCHEMA.tables["customers"]
WHY = Message("because of {cause}", {"cause": "a test"})
HEAD = ["客户编号", "客户名称", "手机", "展位"]
BOUND = bind(
    opened(sheet("客户", [HEAD, ["C1", "甲", "1", "A"], [None, "乙", None, Formula("1+1", 2.0)]])), SCHEMA
).book
TABLE = BOUND.tables["customers"]


def planned(changes):
    book = Book(Source(BOUND.source.path, "xlsx", "x"), {"customers": TABLE})
    return plan(book, ChangeSet("x", "test", changes))


def test_cells_of_a_row_are_set_in_their_columns_and_new_columns_added():
    changes = list(entered(TABLE, CUSTOMERS, 2, {"mobile": "2", "展位": "B", "city": "长沙"}, WHY))
    assert [(each.kind, each.column, each.field, each.before, each.after) for each in changes] == [
        ("column", "", "city", None, "城市"),
        ("set", "C", "mobile", "1", "2"),
        ("set", "D", "展位", "A", "B"),
        ("set", "", "city", None, "长沙"),
    ]
    made = planned(entered(TABLE, CUSTOMERS, 2, {"mobile": "2", "展位": "B", "city": "长沙"}, WHY))
    assert not made.conflicts
    assert made.edits["客户"].new_columns == {"E": "城市"}
    assert made.edits["客户"].cells == {(2, "C"): "2", (2, "D"): "B", (2, "E"): "长沙"}


def test_a_formula_is_never_overwritten():
    with pytest.raises(CellRefused, match="D3"):
        entered(TABLE, CUSTOMERS, 3, {"展位": "B"}, WHY)


def test_a_record_is_appended_in_the_order_of_the_sheet_without_its_empty_cells():
    changes = appended(TABLE, CUSTOMERS, "C2", {"city": "长沙", "mobile": "3", "phone": None, "customer_id": "C2"}, WHY)
    column, record = changes
    assert (column.kind, column.field) == ("column", "city")
    assert list(record.after.items()) == [("customer_id", "C2"), ("mobile", "3"), ("city", "长沙")]
    made = planned(changes)
    assert made.edits["客户"].appended == ({"A": "C2", "C": "3", "E": "长沙"},)


def test_a_key_that_does_not_stand_in_the_sheet_is_none():
    assert key_in_sheet(TABLE, 3) == ""
