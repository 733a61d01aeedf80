"""Changes to a table of several blocks: each finds its sheet, what is new finds room, merged cells stay whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from crmsheet.change.inverting import invert
from crmsheet.change.planning import plan
from crmsheet.core.book import PART_ROWS, Part, Table
from crmsheet.core.changes import Change, Changes, ChangeSet
from crmsheet.core.errors import ColumnRefused, RowRefused
from tests.unit.change.made import KEY, book, changeset, of_cells

ROW = PART_ROWS + 5
ZHANG = Part("张三", 1, {"A": "A", "B": "B"}, last_row=3, free="C", owner="张三")
LI = Part("李四", 4, {"A": "C", "B": "A", "XFE": "B"}, last_row=5, free="D", owner="李四")
HEADERS = {"A": "客户编号", "B": "客户名称", "XFE": "手机"}


def table(*parts: Part, hidden: frozenset[int] = frozenset(), **more: Any) -> Table:
    """K1 and K2 in the first part, K3 in the second, which alone has a column of mobiles."""
    cells = pd.DataFrame(
        {"A": ["K1", "K2", "K3"], "B": ["甲", "乙", "丙"], "XFE": [None, None, "13"]}, index=[2, 3, ROW], dtype=object
    )
    made = of_cells(cells, {KEY: "A", "name": "B", "mobile": "XFE"}, HEADERS, 1, hidden)
    return replace(made, sheet="张三", parts=parts or (ZHANG, LI), **more)


def planned(made: Table, *changes: Change):
    return plan(book(made), changeset(*changes))


def cells(made: Any) -> dict[str, Mapping[Any, Any]]:
    return {sheet: dict(edits.cells) for sheet, edits in made.edits.items()}


def places(made: Any) -> list[tuple[Any, ...]]:
    return [(each.kind, each.sheet, each.row, each.column, each.field) for each in made.applied]


def test_each_cell_goes_to_its_sheet():
    made = planned(
        table(),
        Change("set", "customers", "K1", 2, "B", "name", "甲", "甲一"),
        Change("set", "customers", "K3", ROW, "B", "name", "丙", "丙一"),
        Change("set", "customers", "K3", ROW, "XFE", "mobile", "13", None),
    )
    assert cells(made) == {"张三": {(2, "B"): "甲一"}, "李四": {(5, "A"): "丙一", (5, "B"): None}}
    assert {sheet: edits.header_row for sheet, edits in made.edits.items()} == {"张三": 1, "李四": 4}
    assert places(made) == [
        ("set", "张三", 2, "B", "name"), ("set", "李四", 5, "A", "name"), ("set", "李四", 5, "B", "mobile"),
    ]  # fmt: skip


def test_a_new_column_is_written_into_every_part_with_records():
    empty = Part("王五", 1, {"A": "A", "B": "B"}, last_row=1, free="C")
    made = planned(
        table(ZHANG, LI, empty),
        Change("column", "customers", row=1, field="tier", after="ABC分级", effect="derived"),
        Change("set", "customers", "K3", ROW, "", "tier", None, "A", effect="derived"),
    )
    assert {sheet: edits.new_columns for sheet, edits in made.edits.items()} == {
        "张三": {"C": "ABC分级"}, "李四": {"D": "ABC分级"},
    }  # fmt: skip
    assert cells(made) == {"张三": {}, "李四": {(5, "D"): "A"}}
    assert sorted(places(made)) == [
        ("column", "张三", 1, "C", "tier"), ("column", "李四", 4, "D", "tier"), ("set", "李四", 5, "D", "tier"),
    ]  # fmt: skip


def test_a_part_gets_a_column_that_another_one_has():
    made = planned(table(), Change("set", "customers", "K1", 2, "XFE", "mobile", None, "18"))
    assert made.edits["张三"].new_columns == {"C": "手机"}
    assert cells(made) == {"张三": {(2, "C"): "18"}}
    assert places(made) == [("column", "张三", 1, "C", "mobile"), ("set", "张三", 2, "C", "mobile")]


@pytest.mark.parametrize(("owner", "sheet", "row"), [("张三", "张三", 4), ("李四", "李四", 6), ("赵六", "李四", 6)])
def test_a_new_record_goes_to_the_sheet_of_its_owner_else_to_the_last(owner, sheet, row):
    made = table()
    made = replace(made, columns={**made.columns, "owner": "B"})
    found = planned(made, Change("add", "customers", "K9", after={KEY: "K9", "owner": owner}))
    assert [(name, len(edits.appended)) for name, edits in found.edits.items()] == [(sheet, 1)]
    assert places(found) == [("add", sheet, row, "", "")]


def test_an_owner_that_the_sheet_tells_is_not_written():
    made = planned(
        table(told_by_sheet="owner"), Change("add", "customers", "K9", after={KEY: "K9", "name": "丁", "owner": "李四"})
    )
    assert made.edits["李四"].appended == ({"C": "K9", "A": "丁"},)
    assert "张三" not in made.edits


def test_several_new_records_get_rows_of_their_own():
    made = planned(
        table(),
        Change("add", "customers", "K8", after={KEY: "K8"}),
        Change("add", "customers", "K9", after={KEY: "K9"}),
    )
    assert [row for _, _, row, _, _ in places(made)] == [6, 7]
    assert len(made.edits["李四"].appended) == 2


def test_taking_back_finds_the_places_again():
    """What is recorded names sheets; planned against a table, it is the same cells."""
    made = planned(table(), Change("set", "customers", "K3", ROW, "B", "name", "丙", "丁"))
    (recorded,) = made.applied
    assert (recorded.sheet, recorded.row, recorded.column) == ("李四", 5, "A")
    after = table()
    after.cells.loc[ROW, "B"] = "丁"
    back = plan(book(after, "new"), ChangeSet("new", "undo", invert(made.applied)))
    assert cells(back) == {"李四": {(5, "A"): "丙"}}
    assert not back.conflicts
    elsewhere = plan(book(after, "newer"), ChangeSet("new", "undo", invert(made.applied)))
    assert cells(elsewhere) == {"李四": {(5, "A"): "丙"}}


def test_a_plan_can_be_planned_again():
    """A proposal is shown with its real places, and applied later."""
    change = Change("set", "customers", "", 2, "XFE", "mobile", None, "18")
    grade = Change("column", "customers", row=1, field="tier", after="ABC分级", effect="derived")
    value = Change("set", "customers", "", ROW, "", "tier", None, "A", effect="derived")
    first = planned(table(), change, grade, value)
    again = planned(table(), *first.applied)
    assert again.edits == first.edits
    assert sorted(places(again)) == sorted(places(first))
    assert not again.conflicts


def test_a_column_that_is_taken_back_is_that_of_its_sheet():
    made = table()
    made = replace(made, cells=made.cells.assign(XFE=None))
    change = Change("column", "customers", row=4, column="B", field="mobile", before="手机", sheet="李四")
    found = plan(book(made), changeset(change))
    assert cells(found) == {"李四": {(4, "B"): None}}


def test_an_upper_table_grows_only_as_far_as_there_is_room():
    upper = replace(LI, room=1)
    first, second = (Change("add", "customers", key, after={KEY: key}) for key in ("K8", "K9"))
    assert places(planned(table(ZHANG, upper), first)) == [("add", "李四", 6, "", "")]
    with pytest.raises(RowRefused) as caught:
        planned(table(ZHANG, upper), first, second)
    assert caught.value.facts["place"] == "李四!7"


def test_a_column_without_room_is_refused_and_one_that_is_computed_is_left_out():
    narrow = replace(LI, free="")
    column = Change("column", "customers", row=1, field="tier", after="ABC分级", effect="derived")
    value = Change("set", "customers", "K1", 2, "", "tier", None, "A", effect="derived")
    name = Change("set", "customers", "K1", 2, "B", "name", "甲", "甲一")
    made = planned(table(ZHANG, narrow), column, value, name)
    assert cells(made) == {"张三": {(2, "B"): "甲一"}}
    assert [each.change for each in made.left_out] == [value]
    assert not made.conflicts
    with pytest.raises(ColumnRefused) as caught:
        planned(table(ZHANG, narrow), replace(column, effect="meaning"))
    assert caught.value.facts == {"place": "李四!4", "label": "ABC分级"}


def test_rows_beside_another_table_are_not_hidden():
    beside = replace(LI, alone=False)
    made = table(ZHANG, beside)
    made = replace(made, columns={**made.columns, "record_status": "B"})
    retire = Change("retire", "customers", "K3", ROW, before={"record_status": "丙"}, after={"record_status": "已合并"})
    assert planned(made, retire).edits["李四"].hide == frozenset()
    made = replace(made, parts=(ZHANG, LI))
    assert planned(made, retire).edits["李四"].hide == {5}


def test_blocks_of_one_sheet_are_edited_one_after_the_other_the_lowest_first():
    upper, lower = replace(ZHANG, sheet="客户"), replace(LI, sheet="客户", letters={"A": "A", "B": "B"})
    made = planned(
        table(upper, lower),
        Change("set", "customers", "K1", 2, "B", "name", "甲", "甲一"),
        Change("set", "customers", "K3", ROW, "B", "name", "丙", "丙一"),
    )
    (edits,) = made.edits.values()
    assert (edits.header_row, dict(edits.cells)) == (4, {(5, "B"): "丙一"})
    assert [(each.header_row, dict(each.cells)) for each in edits.more] == [(1, {(2, "B"): "甲一"})]


MERGED = {(3, "B"): (2, "B")}


def merged(**more: Any) -> Table:
    rows = pd.DataFrame({"A": ["K1", "K2", "K3"], "B": ["甲", "甲", "乙"]}, index=[2, 3, 4], dtype=object)
    made = of_cells(rows, {KEY: "A", "name": "B"}, HEADERS, 1, frozenset())
    return replace(made, parts=(Part("客户", 1, None, 4, covered=MERGED),), **more)


def name(row: int, after: Any) -> Change:
    return Change("set", "customers", f"K{row - 1}", row, "B", "name", "甲" if row < 4 else "乙", after)


def test_what_all_rows_of_merged_cells_get_is_written_once():
    made = planned(merged(), name(2, "丁"), name(3, "丁"), name(4, "戊"))
    assert cells(made) == {"客户": {(2, "B"): "丁", (4, "B"): "戊"}}
    assert [each.row for each in made.applied] == [2, 3, 4]
    assert not made.left_out


@pytest.mark.parametrize("changes", [[name(2, "丁")], [name(3, "丁")], [name(2, "丁"), name(3, "戊")]])
def test_what_only_some_rows_of_merged_cells_get_is_left_out(changes):
    made = planned(merged(), *changes, name(4, "戊"))
    assert cells(made) == {"客户": {(4, "B"): "戊"}}
    assert [each.change for each in made.left_out] == changes
    assert [each.row for each in made.applied] == [4]


def test_a_retired_row_does_not_write_into_merged_cells():
    made = merged()
    made = replace(made, columns={KEY: "A", "record_status": "B"})
    retire = Change("retire", "customers", "K1", 2, before={"record_status": "甲"}, after={"record_status": "已合并"})
    found = planned(made, retire)
    assert found.edits == {}
    assert len(found.conflicts) == 1


def test_history_written_before_there_were_sheets_is_read():
    from crmsheet.change.by_column import dump_columns
    from crmsheet.change.proposal import load

    kept = ChangeSet("base", "clean", Changes.of([name(2, "丁")]))
    lines = [line for line in dump_columns(kept).splitlines() if b'"field":"sheet"' not in line]
    assert len(lines) == len(dump_columns(kept).splitlines()) - 1
    assert load(b"\n".join(lines)) == kept
