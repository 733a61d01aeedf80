"""A table on several sheets is the table that it would be on one, and takes changes as it would."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crmsheet.book.opened import Opened
from crmsheet.book.opening import open_book_file
from crmsheet.book.patching import patch
from crmsheet.change.columns import column_names
from crmsheet.change.planning import plan
from crmsheet.clean.columns import clean_table
from crmsheet.core.book import Book, Table
from crmsheet.core.changes import Change, Changes, ChangeSet
from crmsheet.core.context import Context
from crmsheet.schema.binding import bind
from tests.unit.schema.made import SCHEMA, opened, sheet

FIELDS = {
    "name": "客户名称",
    "mobile": "手机",
    "industry": "行业",
    "level": "客户级别",
    "city": "城市",
    "source": "客户来源",
}
SHEETS = ("甲组", "乙组", "丙组", "丁组")
TODAY = Context(dt.date(2024, 6, 1))
WORDS = ("泵", "阀门", "电子", "食品", "物流")


@st.composite
def splits(draw: Any) -> tuple[list[dict[str, str]], list[tuple[int, list[str], int]]]:
    """Records, and for each sheet how many it gets, the order of its columns, and how many lines stand above."""
    count = draw(st.integers(4, 12))
    records = [
        {
            "name": f"客户{at}有限公司",
            "mobile": f"139{at:04}{draw(st.integers(1000, 9999))}",
            **{name: draw(st.sampled_from(WORDS)) for name in ("industry", "city", "source")},
            "level": draw(st.sampled_from("ABC")),
        }
        for at in range(count)
    ]
    cuts = sorted(draw(st.lists(st.integers(1, count - 1), min_size=1, max_size=3, unique=True)))
    sizes = [end - begin for begin, end in zip([0, *cuts], [*cuts, count], strict=True)]
    shapes = [(size, draw(st.permutations(list(FIELDS))), draw(st.integers(0, 2))) for size in sizes]
    return records, shapes


def sheets_of(
    records: Sequence[dict[str, str]], shapes: Sequence[tuple[int, Sequence[str], int]]
) -> dict[str, list[list[Any]]]:
    """The rows of each sheet."""
    made, rest = {}, list(records)
    for name, (size, fields, above) in zip(SHEETS, shapes, strict=False):
        mine, rest = rest[:size], rest[size:]
        made[name] = [
            *([None] for _ in range(above)),
            [FIELDS[each] for each in fields],
            *([row[each] for each in fields] for row in mine),
        ]
    return made


def customers(opened_: Opened) -> Table:
    found = bind(opened_, SCHEMA).book.tables["customers"]
    return clean_table(found, SCHEMA.tables["customers"], TODAY, retype_dates=False).table


def values(table: Table) -> list[dict[str, Any]]:
    return table.values[list(FIELDS)].to_dict("records")


@given(splits())
@settings(max_examples=40)
def test_a_table_that_is_split_reads_as_the_whole(split):
    records, shapes = split
    whole = customers(
        opened(sheet("客户", [list(FIELDS.values()), *([row[each] for each in FIELDS] for row in records)]))
    )
    parts = customers(opened(*(sheet(name, rows) for name, rows in sheets_of(records, shapes).items())))
    assert len(parts.parts) == len(shapes)
    assert values(parts) == values(whole)
    assert parts.cells.index.is_unique
    for row in parts.cells.index:
        place = parts.place(row, parts.columns["name"])
        assert parts.row_at(*place) == row


def written(folder: Path, files: dict[str, list[list[Any]]]) -> None:
    for name, rows in files.items():
        lines = [",".join("" if each is None else str(each) for each in row) for row in rows]
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


@given(splits(), st.data())
@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
def test_what_is_planned_is_what_is_read_back(split, data):
    """Cells, a new column and new records of a joined table, written into its files by the patcher and read again."""
    records, shapes = split
    with TemporaryDirectory() as made:
        folder = Path(made)
        written(folder, sheets_of(records, shapes))
        before = open_book_file(folder)
        table = customers(before)
        rows = table.cells.index.tolist()
        some = st.tuples(st.sampled_from(rows), st.sampled_from(["industry", "city"]))
        chosen = data.draw(st.lists(some, unique=True, max_size=6))
        new = data.draw(st.integers(0, 2))
        changes = [
            *(
                Change(
                    "set",
                    "customers",
                    "",
                    row,
                    table.columns[name],
                    name,
                    table.cells.at[row, table.columns[name]],
                    f"新{at}",
                )
                for at, (row, name) in enumerate(chosen)
            ),
            Change("column", "customers", row=table.header_row, field="tier", after="ABC分级"),
            *(Change("set", "customers", "", row, "", "tier", None, "A") for row in rows),
            *(Change("add", "customers", after={"name": f"新客户{at}", "city": "苏州"}) for at in range(new)),
        ]
        done = plan(
            Book(before.source, {"customers": table}), ChangeSet(before.source.sha256, "test", Changes.of(changes))
        )
        assert not done.conflicts
        assert not done.left_out
        for member, content in patch(before, done.edits).files.items():
            (folder / member).write_bytes(content)
        after = customers(open_book_file(folder))
    wanted = [
        dict(zip(FIELDS, table.cells.loc[row, [table.columns[each] for each in FIELDS]], strict=True)) for row in rows
    ]
    for at, (row, name) in enumerate(chosen):
        wanted[rows.index(row)][name] = f"新{at}"
    wanted = [{**each, "tier": "A"} for each in wanted] + [{"name": f"新客户{at}", "city": "苏州"} for at in range(new)]
    assert held(after) == wanted


def held(table: Table) -> list[dict[str, Any]]:
    """The cells that are not empty, by field, row after row."""
    names = {letters: name for name, letters in column_names(table).items()}
    rows = table.cells.rename(columns=names).to_dict("records")
    return [{name: value for name, value in row.items() if value not in (None, "")} for row in rows]
