"""A status that changed together with the hiding of its row is one retiring, or one reviving."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from crmsheet.change.comparing import diff
from crmsheet.change.standing import with_standing
from crmsheet.core.book import Book, Source, Table


def book(status: tuple[str, str | None], *, hidden: bool, row: int = 3) -> Book:
    rows = {2: ("K1", "甲", "有效", None), row: ("K2", "乙", *status)}
    cells = pd.DataFrame(list(rows.values()), index=list(rows), columns=list("ABCD"), dtype="object")
    columns = dict(zip(("customer_id", "name", "record_status", "merged_into"), "ABCD", strict=True))
    values = pd.DataFrame({"customer_id": cells["A"].astype("str")}, index=cells.index)
    headers = {"A": "编号", "B": "名称", "C": "状态", "D": "并入"}
    gone = frozenset({row} if hidden else ())
    table = Table("customers", "客户", 1, cells, columns, headers, "customer_id", values, hidden=gone)
    return Book(Source(Path("b.xlsx"), "xlsx", "x"), {"customers": table})


TODAY, MERGED = ("有效", None), ("已合并", "K1")


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        (book(MERGED, hidden=True), book(TODAY, hidden=False), "revive"),
        (book(TODAY, hidden=False), book(MERGED, hidden=True), "retire"),
        (book(MERGED, hidden=True), book(TODAY, hidden=False, row=9), "revive"),
    ],
)
def test_status_and_hiding_go_together(old, new, kind):
    (change,) = with_standing(diff(old, new), old, new)
    assert (change.kind, change.key, change.row) == (kind, "K2", 3)
    assert change.before["record_status"] == old.tables["customers"].cells.at[3, "C"]
    assert change.after["record_status"] == new.tables["customers"].cells["C"].iloc[1]


def test_a_status_alone_is_an_ordinary_change():
    old, new = book(MERGED, hidden=False), book(TODAY, hidden=False)
    assert sorted(each.field for each in with_standing(diff(old, new), old, new)) == ["merged_into", "record_status"]


def test_hiding_alone_is_no_change():
    old, new = book(TODAY, hidden=False), book(TODAY, hidden=True)
    assert len(with_standing(diff(old, new), old, new)) == 0
