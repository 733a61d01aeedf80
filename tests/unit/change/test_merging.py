"""Every pair of edits that two sides can make, and what becomes of it."""

import datetime as dt

import pytest

from crmsheet.app.merging_books import merged
from crmsheet.app.states import comparable
from crmsheet.change.columns import column_names
from crmsheet.core.cells import Formula
from tests.small_books import CSV, XLSX, content, headers_of, request_of, schema_read_once, state, state_at

HEAD = ["客户编号", "客户名称", "手机", "标签", "备注", "ABC分级", "最后跟进时间", "记录状态", "合并至", "信用额度"]
NAMES = ["customer_id", "name", "mobile", "tags", "notes", "tier", "last_contact_at", "record_status", "merged_into",
         "credit_limit"]  # fmt: skip
FIRST = {"customer_id": "C1", "name": "上海甲公司", "mobile": "13800000001", "tags": "老客户、展会", "notes": "旧"}
SECOND = {"customer_id": "C2", "name": "北京乙公司", "mobile": "13900000002", "credit_limit": 100}


@pytest.fixture(scope="module", autouse=True)
def _quick():
    with schema_read_once():
        yield


def sheet(*records):
    return [HEAD, *([record.get(name) for name in NAMES] for record in records)]


def one(record=None, **more):
    return {"客户": sheet(*([record] if record else []), SECOND), **more}


class Run:
    """A merge of three books, and the result read again."""

    def __init__(self, base, ours, theirs, kind=XLSX):
        three = [state(kind, each) for each in (base, ours, theirs) if each is not None]
        known = comparable(three)
        self.made = merged(
            known[0] if base is not None else None, known[-2], known[-1], request_of(known[-2].loaded.path)
        )
        self.files = {**known[-2].opened.files, **self.made.files}
        self.result = comparable([state_at(known[-2].loaded.path, self.files), known[-1]])[0]
        self.collisions = [(each.table, each.key, each.field) for each in self.made.collisions]

    def rows(self, table="customers"):
        made = self.result.book.tables[table]
        letters = column_names(made)
        rows = [{name: made.cells.at[row, at] for name, at in letters.items()} for row in made.cells.index]
        return [held for row in rows if (held := {name: cell for name, cell in row.items() if cell not in (None, "")})]

    def cell(self, key, name):
        return next(row for row in self.rows() if row.get("customer_id") == key).get(name)


DAY, LATER = dt.date(2026, 3, 1), dt.date(2026, 4, 1)
CELLS = [
    ("set on one side", "mobile", "1", "1", "2", "2", False),
    ("set alike", "mobile", "1", "2", "2", "2", False),
    ("set otherwise", "mobile", "1", "2", "3", "2", True),
    ("emptied against set", "mobile", "1", None, "3", None, True),
    ("filled on both sides", "mobile", None, "2", "3", "2", True),
    ("tags added on both sides", "tags", "老客户", "老客户、展会", "老客户、重点", "老客户、展会、重点", False),
    ("a tag removed, another added", "tags", "老客户、展会", "展会", "老客户、展会、重点", "展会、重点", False),
    ("all tags removed by one", "tags", "老客户", None, "老客户、重点", "重点", False),
    ("notes behind", "notes", "旧", "旧\n我", "旧\n你", "旧\n我\n你", False),
    ("notes before", "notes", "旧", "我\n旧", "你\n旧", "你\n我\n旧", False),
    ("notes where there were none", "notes", None, "我", "你", "我\n你", False),
    ("notes rewritten", "notes", "旧", "新", "旧\n你", "新", True),
    ("computed by both", "tier", "A", "B", "C", "B", False),
    ("the later contact", "last_contact_at", None, DAY, LATER, LATER, False),
    ("the later contact is ours", "last_contact_at", None, LATER, DAY, LATER, False),
    ("two statuses", "record_status", None, "已归档", "已合并", "已归档", True),
    ("numbers", "credit_limit", 1, 2, 3.5, 2, True),
    ("a number as text", "mobile", "1", 2, "2", 2, True),
]


@pytest.mark.parametrize(("name", "base", "ours", "theirs", "expected", "collides"), [each[1:] for each in CELLS],
                         ids=[each[0] for each in CELLS])  # fmt: skip
def test_a_cell(name, base, ours, theirs, expected, collides):
    run = Run(*(one({**FIRST, name: each}) for each in (base, ours, theirs)))
    found = run.cell("C1", name)
    assert (found.date() if isinstance(found, dt.datetime) else found) == expected
    assert run.collisions == ([("customers", "C1", name)] if collides else [])
    if collides:
        told = run.made.collisions[0]
        assert [told.base, told.ours, told.theirs] == [base, ours, theirs]
        assert told.place.startswith("客户!")


def test_a_removed_record_against_a_changed_one():
    changed = {**FIRST, "mobile": "新"}
    run = Run(one(FIRST), one(), one(changed))
    (told,) = run.made.collisions
    assert (told.key, told.field, told.ours) == ("C1", "", None)
    assert told.base["mobile"] == FIRST["mobile"]
    assert told.theirs["mobile"] == "新"
    assert len(run.rows()) == 1
    run = Run(one(FIRST), one(changed), one())
    assert run.collisions == [("customers", "C1", "")]
    assert run.made.collisions[0].theirs is None
    assert run.cell("C1", "mobile") == "新"


def test_a_record_removed_by_theirs_or_by_both_is_gone_though_ours_computed_its_tier():
    assert Run(one(FIRST), one({**FIRST, "tier": "B"}), one()).rows() == [SECOND]
    run = Run(one(FIRST), one(), one())
    assert (run.rows(), run.collisions) == ([SECOND], [])


def test_a_removed_record_that_ours_names_anew_stays_and_is_told():
    people = [["联系人编号", "客户编号", "姓名"], ["P1", "C2", "王"]]
    more = [*people, ["P2", "C1", "李"]]
    run = Run(one(FIRST, 联系人=people), one(FIRST, 联系人=more), one(联系人=people))
    assert run.collisions == [("customers", "C1", "")]
    assert run.cell("C1", "name") == FIRST["name"]
    run = Run(one(FIRST, 联系人=people), one(联系人=people), one(FIRST, 联系人=more))
    assert run.collisions == [("customers", "C1", "")]
    assert [row["contact_id"] for row in run.rows("contacts")] == ["P1", "P2"]


NEW = {"customer_id": "C3", "name": "广州丙公司", "mobile": "13500000003"}


def test_a_record_added_alike_goes_in_once():
    both = {"客户": sheet(SECOND, NEW)}
    run = Run(one(), both, both)
    assert (run.rows(), run.collisions, len(run.made.changes)) == ([SECOND, NEW], [], 0)


def test_one_record_entered_twice_is_merged_by_field():
    theirs = {**NEW, "name": "广州丙公司", "notes": "展会上认识", "mobile": "13500000004"}
    run = Run(one(), {"客户": sheet(SECOND, NEW)}, {"客户": sheet(SECOND, theirs)})
    assert run.made.renumbered == {}
    assert run.collisions == [("customers", "C3", "mobile")]
    assert run.cell("C3", "notes") == "展会上认识"


def test_two_records_under_one_number_are_told_apart_and_children_follow():
    people = [["联系人编号", "客户编号", "姓名"], ["P1", "C2", "王"]]
    theirs = {"customer_id": "C3", "name": "深圳丁公司", "mobile": "13700000009"}
    child = {"customer_id": "C4", "name": "深圳丁公司分店"}
    ours_book = {"客户": sheet(SECOND, NEW), "联系人": [*people, ["P2", "C3", "丙的人"]]}
    theirs_book = {
        "客户": sheet(SECOND, theirs, {**child, "merged_into": "C3"}),
        "联系人": [*people, ["P3", "C3", "丁的人"]],
    }
    run = Run(one(联系人=people), ours_book, theirs_book)
    assert run.collisions == []
    assert run.made.renumbered == {"customers": {"C3": "C5"}}
    assert run.cell("C5", "name") == "深圳丁公司"
    assert run.cell("C3", "name") == "广州丙公司"
    assert run.cell("C4", "merged_into") == "C5"
    assert {row["name"]: row["customer_id"] for row in run.rows("contacts")} == {
        "王": "C2",
        "丙的人": "C3",
        "丁的人": "C5",
    }
    again = merged(*comparable([state(XLSX, one(联系人=people)), run.result, state(XLSX, theirs_book)]),
                   request_of(run.result.loaded.path))  # fmt: skip
    assert len(again.changes) == 0


def test_a_record_that_got_another_key_keeps_what_the_other_side_wrote():
    full = {**FIRST, "credit_limit": 5}
    run = Run(one(full), one({**full, "mobile": "新"}), one({**full, "customer_id": "C9"}))
    assert run.collisions == []
    assert run.cell("C9", "mobile") == "新"
    run = Run(one(full), one({**full, "customer_id": "C9"}), one({**full, "mobile": "新"}))
    assert run.collisions == []
    assert run.cell("C9", "mobile") == "新"


def test_retired_by_one_and_changed_by_the_other_is_told():
    retired = {**FIRST, "record_status": "已归档"}
    changed = {**FIRST, "mobile": "新"}
    run = Run(one(FIRST), one(changed), one(retired))
    assert run.collisions == [("customers", "C1", "record_status")]
    assert run.cell("C1", "record_status") is None
    run = Run(one(FIRST), one(retired), one(changed))
    assert run.collisions == [("customers", "C1", "record_status")]
    assert run.cell("C1", "mobile") == "新"
    assert Run(one(FIRST), one(FIRST), one(retired)).cell("C1", "record_status") == "已归档"


def with_column(header, *cells, of=(FIRST, SECOND)):
    rows = sheet(*of)
    return {"客户": [[*rows[0], header], *([*row, cell] for row, cell in zip(rows[1:], cells, strict=True))]}


def test_the_same_new_column_of_both_is_one():
    run = Run({"客户": sheet(FIRST, SECOND)}, with_column("颜色", "红", None), with_column("颜色", None, "蓝"))
    assert run.collisions == []
    assert (run.cell("C1", "颜色"), run.cell("C2", "颜色")) == ("红", "蓝")
    run = Run({"客户": sheet(FIRST, SECOND)}, with_column("颜色", "红", None), with_column("颜色", "绿", None))
    assert run.collisions == [("customers", "C1", "颜色")]


def test_a_renamed_header_is_the_same_column():
    base = with_column("颜色", "红", "蓝")
    run = Run(base, with_column("颜色", "红", "黑"), with_column("色调", "红", "蓝"))
    assert run.collisions == []
    assert "色调" in headers_of(run.result)["customers"]
    assert [row.get("色调") for row in run.rows()] == ["红", "黑"]
    run = Run(base, with_column("色彩", "红", "蓝"), with_column("色调", "红", "蓝"))
    assert [each[2] for each in run.collisions] != []


def test_a_removed_column_goes_unless_ours_wrote_into_it():
    base, without = with_column("颜色", "红", "蓝"), {"客户": sheet(FIRST, SECOND)}
    run = Run(base, base, without)
    assert (run.collisions, "颜色" in headers_of(run.result)["customers"]) == ([], False)
    run = Run(base, with_column("颜色", "红", "黑"), without)
    assert run.collisions == [("customers", "", "颜色")]
    assert [row.get("颜色") for row in run.rows()] == ["红", "黑"]
    run = Run(base, without, with_column("颜色", "红", "黑"))
    assert run.collisions == [("customers", "C2", "颜色")]


def test_formulas_of_ours_stand():
    def made(first, second=None):
        return {"客户": sheet({**FIRST, "credit_limit": first}, {**SECOND, "credit_limit": second or 1})}

    run = Run(made(Formula("1+1")), made(Formula("1+1")), made(2))
    assert run.collisions == [("customers", "C1", "credit_limit")]
    assert run.cell("C1", "credit_limit").text == "1+1"
    run = Run(made(Formula("1+1")), made(Formula("1+1")), made(Formula("1+2")))
    assert run.collisions == []
    assert run.cell("C1", "credit_limit").text == "1+2"
    run = Run(made(Formula("1+1")), made(Formula("1+3")), made(Formula("1+2")))
    assert run.collisions == [("customers", "C1", "credit_limit")]
    run = Run(made(Formula("1+1")), made(Formula("1+1")), {"客户": sheet(SECOND)})
    assert run.rows() == [SECOND]


def test_a_formula_of_a_new_record_refers_to_its_own_row():
    new = {**NEW, "credit_limit": Formula("LEN(B4)")}
    other = {"customer_id": "C8", "name": "成都戊公司"}
    run = Run(
        {"客户": sheet(FIRST, SECOND)}, {"客户": sheet(FIRST, SECOND, other)}, {"客户": sheet(FIRST, SECOND, new)}
    )
    assert run.cell("C3", "credit_limit").text == "LEN(B5)"


def test_doubled_keys_are_never_guessed():
    twin = {**FIRST, "name": "另一家", "mobile": "13100000009", "tags": None, "notes": None}
    base = {"客户": sheet(FIRST, twin, SECOND)}
    theirs = {"客户": sheet(FIRST, {**twin, "mobile": "新"}, SECOND)}
    run = Run(base, base, theirs)
    assert (run.collisions, [row["mobile"] for row in run.rows()][1]) == ([], "新")
    ours = {"客户": sheet({**FIRST, "name": "丁"}, {**twin, "name": "戊", "mobile": "7"}, SECOND)}
    run = Run(base, ours, theirs)
    assert "新" in str([each.theirs for each in run.made.collisions])


def test_rows_without_any_key_are_told_by_what_they_hold():
    base = [
        ["备注", "客户名称", "手机", "城市"],
        ["1", "甲公司", "11", "x"],
        ["2", "乙公司", "22", "y"],
        ["3", "丙公司", "33", "z"],
    ]
    ours = [base[0], base[3], ["1", "甲公司", "11", "我"], base[2]]
    theirs = [base[0], base[1], ["2", "乙公司", "新", "y"], base[3], ["4", "丁公司", "44", "w"]]
    run = Run(*({"客户": each} for each in (base, ours, theirs)))
    assert run.collisions == []
    found = {row["name"]: (row["mobile"], row["city"]) for row in run.rows()}
    assert found == {"甲公司": ("11", "我"), "乙公司": ("新", "y"), "丙公司": ("33", "z"), "丁公司": ("44", "w")}


@pytest.mark.parametrize("kind", [XLSX, CSV])
def test_without_a_base_only_what_one_side_lacks_goes_in(kind):
    ours = {"客户": sheet(FIRST, {"customer_id": "C7", "name": "只有我方"})}
    theirs = {"客户": sheet({**FIRST, "mobile": "13811112222", "credit_limit": "5"}, SECOND)}
    run = Run(None, ours, theirs, kind)
    assert run.collisions == [("customers", "C1", "mobile")]
    assert run.cell("C1", "credit_limit") == "5"
    assert {row["customer_id"] for row in run.rows()} == {"C1", "C2", "C7"}


def test_a_title_above_the_table_and_a_sheet_of_nobody_go_by_address():
    def book(title, left, right):
        return {
            "客户": [[title], [], *sheet(FIRST, SECOND)],
            "看板": [[1, None, 2], [left, None, None], [None, None, right]],
        }

    run = Run(book("一", 1, 2), book("一", 5, 2), book("二", 1, 9))
    assert run.collisions == []
    cells = {each.name: each.cells for each in run.result.opened.sheets}
    assert cells["客户"].at[1, "A"] == "二"
    assert (cells["看板"].at[2, "A"], cells["看板"].at[3, "C"]) == (5, 9)
    run = Run(book("一", 1, 2), book("三", 5, 2), book("二", 7, 2))
    assert [each[0] for each in run.collisions] == ["客户", "看板"]


def test_edits_of_different_cells_commute():
    base = one(FIRST)
    left, right = one({**FIRST, "mobile": "1"}), {"客户": sheet({**FIRST, "notes": "旧\n新"}, {**SECOND, "tags": "x"})}
    assert content(Run(base, left, right).result) == content(Run(base, right, left).result)
