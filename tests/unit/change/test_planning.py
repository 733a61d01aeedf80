"""Every change finds its place, or is a conflict that says why."""

import datetime as dt

import pytest

from crmsheet.change.inverting import invert
from crmsheet.change.planning import plan
from crmsheet.core.cells import Formula
from crmsheet.core.changes import Change, ChangeSet
from tests.unit.change.made import book, changeset, patched, records, table

ROWS = [
    {"customer_id": "K1", "name": "甲", "mobile": "138 0013 8000"},
    {"customer_id": "K2", "name": "乙", "mobile": 13900139000.0},
    {"customer_id": "K3", "name": "丙"},
]
SET = Change(
    "set", "customers", "K1", 4, "C", "mobile", "138 0013 8000", "13800138000", "CRM210", "why", {"a": 1}, "spelling"
)


def planned(made, *changes, base="base"):
    return plan(book(made), changeset(*changes, base=base))


def reasons(made):
    return [conflict.reason.template for conflict in made.conflicts]


def test_a_place_holds_at_its_base():
    made = planned(table(ROWS), SET)
    edit = made.edits["客户"]
    assert dict(edit.cells) == {(4, "C"): "13800138000"}
    assert (edit.header_row, edit.last_row, edit.appended) == (3, 6, ())
    assert list(made.applied) == [SET]
    assert made.conflicts == ()


def test_on_a_newer_book_the_key_and_the_field_are_followed():
    sorted_otherwise = table(list(reversed(ROWS)), ("name", "mobile", "customer_id"))
    made = planned(sorted_otherwise, SET, base="older")
    assert dict(made.edits["客户"].cells) == {(6, "B"): "13800138000"}
    (applied,) = made.applied
    assert (applied.row, applied.column, applied.arguments, applied.effect) == (6, "B", {"a": 1}, "spelling")


@pytest.mark.parametrize(
    ("rows", "change", "base", "template"),
    [
        (ROWS, {"table": "deals"}, "base", "the book has no table {table}"),
        (ROWS, {"row": 99}, "base", "row {row} is not in the table any more"),
        (ROWS, {"key": "K9"}, "older", "no row has the key {key}"),
        (ROWS, {"key": ""}, "older", "the row has no key, and the book has changed since"),
        ([*ROWS, ROWS[0]], {}, "older", "several rows have the key {key}"),
        (ROWS, {"field": "email"}, "older", "the table has no column {field}"),
        (ROWS, {"column": "", "field": ""}, "base", "the table has no column {field}"),
        (ROWS, {"before": "139"}, "base", "the cell holds another value than expected"),
        (ROWS, {"kind": "sheet"}, "base", "a change of the kind {kind} cannot be written into a sheet"),
        (
            ROWS,
            {"kind": "add", "after": {"customer_id": "K2"}, "key": "K2", "row": 0},
            "base",
            "a row with the key {key} is already there",
        ),
        (
            ROWS,
            {"kind": "add", "after": {"email": "x"}, "key": "K7", "row": 0},
            "base",
            "the table has no column {field}",
        ),
    ],
)
def test_what_does_not_fit_is_a_conflict(rows, change, base, template):
    values = {
        name: getattr(SET, name) for name in ("kind", "table", "key", "row", "column", "field", "before", "after")
    }
    made = planned(table(rows), Change(**{**values, **change}), base=base)
    assert reasons(made) == [template]
    assert made.edits == {}
    assert len(made.applied) == 0


def test_a_conflict_tells_place_and_what_is_there():
    (conflict,) = planned(table(ROWS), Change("set", "customers", "K2", 5, "C", "mobile", "139", "x")).conflicts
    assert (conflict.place, conflict.found) == ("客户!C5 (mobile)", 13900139000.0)
    (lost,) = planned(table(ROWS[1:]), SET, base="older").conflicts
    assert (lost.change, lost.place, lost.found) == (SET, "K1", None)


@pytest.mark.parametrize("base", ["base", "older"])
def test_formulas_are_never_overwritten(base):
    formula = Formula("A4&B4", "138 0013 8000")
    made = planned(table([{**ROWS[0], "mobile": formula}]), SET, base=base)
    assert reasons(made) == ["the cell holds a formula"]
    assert made.conflicts[0].found == formula


@pytest.mark.parametrize(
    ("found", "before", "fits"),
    [
        (1, 1.0, True),
        (True, 1, False),
        ("1", 1, False),
        (None, "", True),
        (dt.datetime(2024, 1, 5), dt.date(2024, 1, 5), True),  # midnight is its date
        (dt.datetime(2024, 1, 5, 8), dt.date(2024, 1, 5), False),
    ],
)
def test_before_is_compared_by_type_and_value(found, before, fits):
    made = planned(
        table([{"customer_id": "K1", "mobile": found}]), Change("set", "customers", "K1", 4, "C", "mobile", before, "x")
    )
    assert bool(made.applied) == fits
    assert bool(made.conflicts) != fits


def test_what_is_already_there_is_neither_written_nor_a_conflict():
    done = [{**ROWS[0], "mobile": "13800138000"}, *ROWS[1:]]
    made = planned(table(done), SET, base="older")
    assert (made.edits, len(made.applied), made.conflicts) == ({}, 0, ())


def test_changes_of_one_cell_follow_each_other():
    second = Change("set", "customers", "K1", 4, "C", "mobile", "13800138000", "+86 138")
    third = Change("set", "customers", "K1", 4, "C", "mobile", "138 0013 8000", "other")
    made = planned(table(ROWS), SET, second, third)
    assert dict(made.edits["客户"].cells) == {(4, "C"): "+86 138"}
    assert len(made.applied) == 2
    assert reasons(made) == ["the cell holds another value than expected"]


def test_new_columns_are_added_in_order_and_once_and_later_changes_go_into_them():
    made = planned(
        table(ROWS),
        Change("column", "customers", row=3, field="tier", after="ABC分级"),
        Change("column", "customers", row=3, field="tier_reason", after="分级依据"),
        Change("column", "customers", row=3, field="tier", after="ABC分级"),
        Change("column", "customers", row=3, field="name", after="客户名称"),
        Change("set", "customers", "K2", 5, "", "tier_reason", None, "why"),
        Change("set", "customers", "K2", 5, "", "tier", None, "A"),
    )
    edit = made.edits["客户"]
    assert dict(edit.new_columns) == {"D": "ABC分级", "E": "分级依据"}
    assert dict(edit.cells) == {(5, "E"): "why", (5, "D"): "A"}
    assert [(each.kind, each.row, each.column) for each in made.applied] == [
        ("column", 3, "D"), ("column", 3, "E"), ("set", 5, "E"), ("set", 5, "D"),
    ]  # fmt: skip
    assert made.conflicts == ()


def test_rows_are_appended_below_and_their_rows_predicted():
    made = planned(
        table(ROWS, numbers=[4, 5, 9]),
        Change("add", "customers", "K4", after={"customer_id": "K4", "name": "丁"}),
        Change("add", "customers", "K5", after={"customer_id": "K5", "tier": "A"}),
        Change("column", "customers", row=3, field="tier", after="ABC分级"),
        Change("add", "customers", "K6", after={"customer_id": "K6", "tier": "B"}),
        Change("add", "customers", "K4", after={"customer_id": "K4", "name": "twice"}),
    )
    edit = made.edits["客户"]
    assert [dict(each) for each in edit.appended] == [{"A": "K4", "B": "丁"}, {"A": "K6", "D": "B"}]
    assert edit.last_row == 9
    assert [each.row for each in made.applied if each.kind == "add"] == [10, 11]
    assert reasons(made) == ["the table has no column {field}", "a row with the key {key} is already there"]


def test_a_table_without_rows_takes_rows_below_its_header():
    made = planned(table([]), Change("add", "customers", "K1", after={"customer_id": "K1"}))
    assert made.edits["客户"].last_row == 3
    assert made.applied.column("row") == [4]


RETIRE = Change(
    "retire", "customers", "K2", 5, before={"record_status": None, "merged_into": None},
    after={"record_status": "已合并", "merged_into": "K1"},
)  # fmt: skip
FIELDS = ("customer_id", "name", "mobile", "record_status", "merged_into")


@pytest.mark.parametrize("base", ["base", "older"])
def test_retiring_marks_and_hides_and_reviving_takes_it_back(base):
    made = table(ROWS, FIELDS)
    first = planned(made, RETIRE, base=base)
    edit = first.edits["客户"]
    assert dict(edit.cells) == {(5, "D"): "已合并", (5, "E"): "K1"}
    assert (edit.hide, edit.show) == ({5}, set())
    retired = patched(made, first.edits)
    again = plan(book(retired), ChangeSet(base, "again", first.applied))
    assert (again.edits, again.conflicts) == ({}, ())
    back = plan(book(retired), ChangeSet(base, "undo", invert(first.applied)))
    assert back.applied.column("kind") == ["revive"]
    assert back.edits["客户"].show == {5}
    assert records(patched(retired, back.edits)) == records(made)
    assert patched(retired, back.edits).hidden == frozenset()


def test_a_retired_row_that_a_sort_made_visible_is_hidden_again():
    rows = [ROWS[0], {**ROWS[1], "record_status": "已合并", "merged_into": "K1"}]
    made = planned(table(rows, FIELDS), RETIRE)
    assert (dict(made.edits["客户"].cells), made.edits["客户"].hide) == ({}, {5})


def test_retiring_is_all_or_nothing():
    rows = [ROWS[0], {**ROWS[1], "merged_into": "K9"}]
    made = planned(table(rows, FIELDS), RETIRE)
    assert (made.edits, reasons(made)) == ({}, ["the cell holds another value than expected"])


def test_undo_of_an_added_row_empties_it_unless_somebody_wrote_into_it():
    made = table(ROWS)
    first = planned(made, Change("add", "customers", "K4", after={"customer_id": "K4", "name": "丁"}))
    after = patched(made, first.edits)
    back = plan(book(after), ChangeSet("base", "undo", invert(first.applied)))
    assert dict(back.edits["客户"].cells) == {(7, "A"): None, (7, "B"): None}
    emptied = patched(after, back.edits)
    assert records(emptied) == records(made)
    redo = plan(book(emptied), ChangeSet("base", "redo", invert(back.applied)))
    assert records(patched(emptied, redo.edits)) == records(after)
    after.cells.loc[7, "B"] = "by hand"
    refused = plan(book(after), ChangeSet("older", "undo", invert(first.applied)))
    assert (refused.edits, reasons(refused)) == ({}, ["the cell holds another value than expected"])


def test_undo_of_a_new_column_empties_its_header_unless_it_is_in_use():
    made = table(ROWS)
    first = planned(
        made,
        Change("column", "customers", row=3, field="record_status", after="记录状态"),
        Change("set", "customers", "K1", 4, "", "record_status", None, "有效"),
    )
    after = patched(made, first.edits)
    assert after.columns["record_status"] == "D"
    back = plan(book(after), ChangeSet("base", "undo", invert(first.applied)))
    assert dict(back.edits["客户"].cells) == {(4, "D"): None, (3, "D"): None}
    assert records(patched(after, back.edits)) == records(made)
    after.cells.loc[6, "D"] = "by hand"
    refused = plan(book(after), ChangeSet("older", "undo", invert(first.applied)))
    assert dict(refused.edits["客户"].cells) == {(4, "D"): None}
    assert reasons(refused) == ["somebody has written into the column {field}"]
