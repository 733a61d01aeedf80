"""The golden record, the children that move, the rows that retire."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from crmsheet.core.book import Table
from crmsheet.core.cells import Formula
from crmsheet.core.changes import Change
from crmsheet.match.merging import merges, unmergeable
from tests.unit.match.books import CONTEXT, found_in, schema, table

ONE = {"name": "北京华信科技有限公司", "kind": "company", "email": "li@huaxin.cn"}


def merged(customers: Table, **others: Table) -> list[Change]:
    return list(merges(found_in(customers), {"customers": customers, **others}, schema(), CONTEXT))


def sets(changes: list[Change]) -> dict[tuple[str, int, str], Any]:
    return {(each.table, each.row, each.field): each.after for each in changes if each.kind == "set"}


def two(left: dict[str, Any], right: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"customer_id": "K1", **ONE, **left}, {"customer_id": "K2", **ONE, **right}]


def test_the_most_complete_row_is_kept_and_the_other_retires() -> None:
    changes = merged(table(two({}, {"mobile": "+8613911112222"})))
    assert [
        (each.kind, each.field, each.column, each.row, each.after) for each in changes if each.kind == "column"
    ] == [
        ("column", "record_status", "F", 1, "记录状态"),
        ("column", "merged_into", "G", 1, "合并至"),
    ]
    retired = changes[-1]
    assert (retired.kind, retired.key, retired.row) == ("retire", "K1", 2)
    assert retired.after == {"record_status": "已合并", "merged_into": "K2"}
    assert retired.before == {"record_status": None, "merged_into": None}
    assert (retired.rule, retired.effect) == ("CRM310", "meaning")


def test_of_equals_the_oldest_then_the_smallest_key_is_kept() -> None:
    by_age = merged(table(two({"created_at": dt.date(2024, 2, 1)}, {"created_at": dt.date(2020, 1, 1)})))
    assert by_age[-1].key == "K1"
    assert merged(table(two({}, {})))[-1].key == "K2"


@pytest.mark.parametrize(
    ("field", "kept", "lost", "after"),
    [
        ("name", "北京华信科技有限公司", "北京华信科技有限责任公司", "北京华信科技有限责任公司"),
        ("mobile", "+8613911112222", "+8613822223333", "+8613911112222；+8613822223333"),
        ("mobile", "+8613911112222", "+8613911112222", None),
        ("total_amount", 100.5, 20.0, 120.5),
        ("total_amount", 100.0, 100.0, None),
        ("deal_count", 2.0, 5.0, 5.0),
        ("deal_count", 5.0, 2.0, None),
        ("do_not_contact", False, True, True),
        ("do_not_contact", True, False, None),
        ("address", "中山路1号", "解放路2号", None),
        ("address", None, "解放路2号", "解放路2号"),
    ],
)
def test_survivorship(field: str, kept: object, lost: object, after: object) -> None:
    filler = {"website": "huaxin.cn", "qq": "1234567"}
    changes = merged(table(two({field: kept, **filler}, {field: lost})))
    assert sets(changes).get(("customers", 2, field)) == after


def test_the_newer_row_wins_where_the_newest_survives() -> None:
    filler = {"website": "huaxin.cn", "updated_at": dt.date(2023, 1, 1), "address": "中山路1号"}
    newer = {"updated_at": dt.date(2024, 1, 1), "address": "解放路2号"}
    assert sets(merged(table(two(filler, newer))))[("customers", 2, "address")] == "解放路2号"


def test_values_survive_as_their_owner_spelt_them() -> None:
    rows = two({"mobile": "+8613911112222", "qq": "1234567"}, {"mobile": "+8613911112222|+8613822223333"})
    book = table(rows, cells={(2, "mobile"): "139 1111 2222", (3, "mobile"): "13911112222 / 138-2222-3333"})
    change = next(each for each in merged(book) if each.field == "mobile")
    assert (change.before, change.after) == ("139 1111 2222", "139 1111 2222；138-2222-3333")


@pytest.mark.parametrize("cell", [Formula("A1", "x"), "见备注"])
def test_formulas_and_unread_text_are_never_overwritten(cell: object) -> None:
    rows = two({"address": None, "qq": "1234567", "website": "huaxin.cn"}, {"address": "解放路2号"})
    assert ("customers", 2, "address") not in sets(merged(table(rows, cells={(2, "address"): cell})))


def test_children_move_and_nobody_refers_to_themselves() -> None:
    rows = [
        *two({"qq": "1234567", "parent_id": "K2"}, {}),
        {"customer_id": "K3", "name": "天津远大食品有限公司", "parent_id": "K2"},
    ]
    sales = table(
        [{"transaction_id": "T1", "customer_id": "K2"}, {"transaction_id": "T2", "customer_id": "K1"},
         {"transaction_id": "T3", "customer_id": "K2"}],
        name="transactions", key="transaction_id", cells={(4, "customer_id"): Formula("B2", "K2")},
    )  # fmt: skip
    changes = merged(table(rows), transactions=sales)
    assert sets(changes) == {
        ("customers", 2, "parent_id"): None,
        ("customers", 4, "parent_id"): "K1",
        ("transactions", 2, "customer_id"): "K1",
    }
    moved = next(each for each in changes if each.table == "transactions")
    assert (moved.key, moved.before) == ("T1", "K2")


def test_a_number_key_stays_a_number() -> None:
    book = table(two({"qq": "1234567"}, {}), cells={(2, "customer_id"): 1001.0})
    assert merged(book)[-1].after["merged_into"] == 1001.0


def test_columns_that_are_there_are_used() -> None:
    rows = two({"qq": "1234567", "record_status": None, "merged_into": None}, {})
    assert [each.kind for each in merged(table(rows))] == ["retire"]


def test_english_books_get_english_labels() -> None:
    changes = merged(table(two({"qq": "1234567"}, {}), lang="en"))
    assert [each.after for each in changes if each.kind == "column"] == ["Record status", "Merged into"]
    assert changes[-1].after["record_status"] == "Merged"


@pytest.mark.parametrize("keys", [("K1", ""), ("K1", "K1")])
def test_rows_without_a_key_of_their_own_wait(keys: tuple[str, str]) -> None:
    rows = [{"customer_id": key or None, **ONE, "mobile": "+8613911112222"} for key in keys]
    book = table(rows)
    assert merged(book) == []
    notes = unmergeable(found_in(book), book)
    assert [note.arguments["rows"] for note in notes] == ["2, 3"]


def test_nothing_sure_changes_nothing() -> None:
    assert merged(table([{"customer_id": "K1", "name": "王小明"}, {"customer_id": "K2", "name": "李大伟"}])) == []
