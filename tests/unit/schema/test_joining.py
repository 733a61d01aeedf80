"""Which blocks are one table, which stay out, and what the table made of several holds."""

from __future__ import annotations

import pytest

from crmsheet.book.blocks import Pin
from crmsheet.core.book import PART_ROWS
from crmsheet.core.messages import Speech
from crmsheet.schema.binding import bind
from crmsheet.schema.joining import is_aside
from tests.unit.schema.made import SCHEMA, opened, sheet

ENGLISH = Speech("en", str)
ZHANG = sheet(
    "张三",
    [
        ["客户名称", "手机", "客户级别", "行业"],
        ["北京华星", "13900000001", "A", "制造"],
        ["上海远望", "13900000002", "B", "贸易"],
    ],
)
LI = sheet(
    "李四",
    [
        ["李四的客户", None, None, None],
        ["行业", "手机号码", "客户名称", "爱好"],
        ["电子", "13900000003", "深圳大地", "茶"],
        ["食品", "13900000004", "成都锦江", None],
    ],
)
WANG = sheet("王五", [["客户名称", "手机", "行业", "内部代号"], ["武汉长江", "13900000005", "物流", "w-1"]])


def bound(*sheets, pins=None):
    return bind(opened(*sheets), SCHEMA, pins or {})


def customers(*sheets, pins=None):
    return bound(*sheets, pins=pins).book.tables["customers"]


def left_out(found):
    return {
        each.value: ENGLISH.say(each.arguments["why"]) for each in found.findings if "why" in (each.arguments or {})
    }


def test_a_sheet_for_each_salesperson_is_one_table():
    found = bound(ZHANG, LI, WANG)
    table = found.book.tables["customers"]
    assert [part.sheet for part in table.parts] == ["张三", "李四", "王五"]
    assert table.cells.index.tolist() == [2, 3, PART_ROWS + 3, PART_ROWS + 4, 2 * PART_ROWS + 2]
    assert table.texts("name") == ["北京华星", "上海远望", "深圳大地", "成都锦江", "武汉长江"]
    assert table.texts("mobile")[2] == "13900000003"
    assert table.texts("level") == ["A", "B", "", "", ""]
    assert table.texts("preference") == ["", "", "茶", "", ""]
    assert found.book.untouched == ()
    said = [ENGLISH.say(each.text) for each in found.findings if each.rule == "CRM106"]
    assert said == ["read together from 3 sheets: 张三、李四、王五"]


def test_columns_of_the_first_keep_their_letters_and_what_only_others_have_comes_after_xfd():
    table = customers(ZHANG, LI, WANG)
    assert {name: table.columns[name] for name in ("name", "mobile", "level", "industry")} == {
        "name": "A", "mobile": "B", "level": "C", "industry": "D",
    }  # fmt: skip
    assert table.columns["preference"] == "XFE"
    assert table.headers["XFF"] == "内部代号"
    assert table.place(PART_ROWS + 3, "A") == ("李四", 3, "C")
    assert table.place(2 * PART_ROWS + 2, "XFF") == ("王五", 2, "D")
    assert [part.free for part in table.parts] == ["E", "E", "E"]


def test_headers_that_are_no_field_meet_by_their_words():
    extra = [["客户名称", "手机", "行业", "内部代号"], ["a", "1", "x", "p"]]
    table = customers(sheet("张三", extra), WANG)
    assert [each for each in table.headers.values() if each == "内部代号"] == ["内部代号"]
    assert table.cells["D"].tolist() == ["p", "w-1"]


def test_findings_name_the_part_by_its_row_id():
    found = bound(
        ZHANG,
        sheet("王五", [["客户名称", "手机", "行业", "内部代号"], ["丙", "1", "x", "y"], ["合计", None, None, None]]),
    )
    places = {each.rule: each.row for each in found.findings if each.row}
    assert places == {"CRM101": PART_ROWS + 1, "CRM107": PART_ROWS + 3}


@pytest.mark.parametrize(
    ("other", "why"),
    [
        (sheet("客户(旧)", LI.cells.to_numpy().tolist()), "its name says that it is set aside"),
        (
            sheet(
                "二组",
                [["客户名称", "手机", "客户级别", "行业"], ["北京华星", "1", "A", "制造"], ["上海远望", "2", "C", "x"]],
            ),
            "most of its records stand there too",
        ),
        (
            sheet("二组", [["客户名称", "邮箱", "客户来源"], ["x", "a@b.cn", "展会"]]),
            "too few of its columns are the same",
        ),
    ],
)
def test_what_is_not_certain_stays_out(other, why):
    found = bound(ZHANG, other)
    assert found.book.tables["customers"].title == "张三"
    assert found.book.untouched == (other.name,)
    assert left_out(found) == {other.name: why}


def test_amounts_in_another_unit_stay_out():
    head = ["客户", "日期", "产品"]
    one = sheet("一月", [[*head, "金额"], ["a", "2024-01-05", "x", 5.0], ["b", "2024-01-06", "y", 6.0]])
    other = sheet("二月", [[*head, "金额(万元)"], ["c", "2024-02-05", "x", 5.0]])
    assert left_out(bound(one, other)) == {"二月": "its amounts are in another unit"}


def test_a_list_with_many_rows_for_a_number_is_no_list_of_customers():
    one = [["客户编号", "客户名称", "手机"], *([f"C{at}", f"客户{at}", f"1390000{at:04}"] for at in range(6))]
    other = [["客户编号", "客户名称", "手机"], *([f"C{at % 2}", f"人{at}", f"1380000{at:04}"] for at in range(6))]
    assert left_out(bound(sheet("客户", one), sheet("更多", other))) == {"更多": "its numbers name something else"}


def test_numbers_that_start_anew_on_each_sheet_do_not_keep_them_apart():
    def numbered(name, *names):
        return sheet(
            name, [["客户编号", "客户名称", "手机"], *([str(at), each, f"1{at}"] for at, each in enumerate(names, 1))]
        )

    table = customers(numbered("张三", "甲", "乙"), numbered("李四", "丙", "丁"))
    assert table.texts("customer_id") == ["1", "2", "1", "2"]


def test_the_user_has_the_last_word():
    old = sheet("客户(旧)", LI.cells.to_numpy().tolist())
    assert customers(ZHANG, old, pins={"客户(旧)": Pin(table="customers")}).title == "张三、客户(旧)"
    kept = bound(ZHANG, WANG, pins={"王五": Pin(header=(0,))})
    assert kept.book.tables["customers"].title == "张三"
    assert left_out(kept) == {}


def test_an_old_copy_is_no_first_choice():
    rows = [
        ["客户编号", *ZHANG.cells.loc[1].tolist()],
        *([f"C{row}", *ZHANG.cells.loc[row].tolist()] for row in (2, 3)),
    ]
    found = bound(sheet("客户备份", rows), ZHANG)
    assert found.book.tables["customers"].title == "张三"


@pytest.mark.parametrize(
    "name", ["客户(旧)", "客户备份", "副本", "Copy of customers", "customers_old", "黑名单", "模板", "Backup 2"]
)
def test_names_that_set_a_sheet_aside(name):
    assert is_aside(name)


@pytest.mark.parametrize(
    "name", ["旧客户", "老客户", "一月", "张三", "客户", "Gold customers", "Sheet2", "Copywriters"]
)
def test_names_that_do_not(name):
    assert not is_aside(name)


def beside():
    head = ["客户编号", "客户名称", "手机"]
    rows = [
        [*head, None, *head],
        ["C1", "甲", "11", None, "C3", "丙", "13"],
        ["C2", "乙", "12", None, "C4", "丁", "14"],
    ]
    return sheet("客户", [*rows, [None, None, None, None, "C5", "戊", "15"]])


def test_blocks_beside_each_other_are_one_table():
    table = customers(beside())
    assert table.texts("customer_id") == ["C1", "C2", "C3", "C4", "C5"]
    assert table.cells.index.tolist() == [2, 3, PART_ROWS + 2, PART_ROWS + 3, PART_ROWS + 4]
    assert [(part.free, part.alone) for part in table.parts] == [("", False), ("H", False)]


def test_tables_below_each_other_know_their_room():
    rows = [
        ["客户编号", "客户名称", "手机", "行业"], ["C1", "甲", "11", "x"], ["C2", "乙", "12", "y"],
        [None], [None], [None],
        ["交易记录"], ["客户编号", "日期", "产品", "金额"],
        ["C1", "2024-01-05", "泵", 5.0], ["C2", "2024-01-06", "阀", 7.0],
    ]  # fmt: skip
    tables = bound(sheet("客户", rows)).book.tables
    above, below = tables["customers"].parts[0], tables["transactions"].parts[0]
    assert (above.header_row, above.last_row, above.room, above.alone) == (1, 3, 2, True)
    assert (below.header_row, below.last_row, below.room) == (8, 10, None)


def test_covered_cells_of_merged_ones_have_their_value():
    rows = [["客户名称", "联系人", "手机"], ["华星", "王芳", "11"], [None, "李雷", "12"], ["远望", "赵敏", "13"]]
    table = customers(sheet("客户", rows, merged=("A2:A3",)))
    assert table.texts("name") == ["华星", "华星", "远望"]
    assert dict(table.parts[0].covered) == {(3, "A"): (2, "A")}
