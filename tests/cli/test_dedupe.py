"""`crmsheet dedupe` on books and on any list: what is compared, what is shown, and why."""

from __future__ import annotations

import csv
import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from tests.cli.conftest import BOOKS, TODAY, Cli, crmsheet, tree

HEADER = "row,cluster,entity,band,weight"
PEOPLE = [
    ["id", "fn", "ln", "yr", "mo", "dy", "line"],
    ["1", "Carsten", "Meierhofer", "1949", "7", "22", "030 2345678"],
    ["2", "Gerda", "Baumgartner", "1968", "7", "27", "030 8765432"],
    ["3", "Carsten", "Meierhofer", "1949", "7", "22", "030 2345678"],
    ["4", "Heinz", "Lindenthal", "1951", "1", "3", ""],
    ["5", "Gerda", "Baumgartner", "1968", "7", "27", "030 8765432"],
]
MAPPED = ("--map", "fn=given_name", "--map", "ln=Surname", "--map", "yr=birth year", "--map", "mo=出生月份",
          "--map", "dy=birth_day", "--map", "line=电话")  # fmt: skip
STUDENTS = """学号,学生,出生,家长手机
1,欧阳小明,2010-05-06,13812345679
2,李华,2011-01-02,13900001117
3,欧阳小明,2010/5/6,138 1234 5679
"""


def write(path: str, rows: list[list[Any]], encoding: str = "utf-8") -> str:
    with Path(path).open("w", encoding=encoding, newline="") as stream:
        csv.writer(stream).writerows(rows)
    return path


def workbook(path: str, **sheets: list[list[Any]]) -> str:
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        page = book.create_sheet(name)
        for row in rows:
            page.append(row)
    book.save(path)
    return path


@pytest.fixture
def people() -> str:
    return write("people.csv", PEOPLE)


@pytest.fixture
def desk(tmp_path: Path) -> str:
    """A book of customers, with leads and contacts some of whom are customers."""
    return workbook(
        "book.xlsx",
        客户=[
            ["客户编号", "客户名称", "客户类型", "联系人", "手机", "邮箱", "城市"],
            ["K1", "北京华信恒远科技有限公司", "企业", "王建国", "13812345679", "info@hxhy.cn", "北京"],
            ["K2", "李逍遥", "个人", None, "13987654321", None, "上海"],
            ["K3", "上海大洋彼岸贸易有限公司", "企业", "赵敏慧", "13712344321", None, "上海"],
            ["K4", "北京华信恒远科技", "企业", "王建国", "13812345679", "info@hxhy.cn", "北京"],
        ],
        销售线索=[
            ["线索编号", "线索名称", "公司", "手机", "线索状态", "转化客户编号"],
            ["L1", "赵敏慧", "上海大洋彼岸贸易", "13712344321", "新建", None],
            ["L2", "李逍遥", None, "139 8765 4321", "跟进", None],
            ["L3", "李逍遥", None, "13987654321", "转化", "K2"],
            ["L4", "孙悟空", "花果山旅游公司", "13811114523", "新建", None],
        ],
        联系人=[
            ["联系人编号", "客户编号", "姓名", "手机"],
            ["P1", "K1", "王建国", "13812345679"],
            ["P2", "K3", "李逍遥", "13987654321"],
        ],
    )


# A list without a schema -------------------------------------------------------------------------------------------


def test_a_list_of_cryptic_headers_is_compared_by_what_they_are_said_to_be(people: str):
    ran = crmsheet("dedupe", people, *MAPPED, "-f", "csv")
    assert ran.code == 0
    lines = ran.out.splitlines()
    assert lines[0] == HEADER
    assert [line.split(",")[:4] for line in lines[1:]] == [
        ["2", "1", "1", "sure"], ["4", "1", "1", "sure"], ["3", "2", "2", "sure"], ["6", "2", "2", "sure"],
    ]  # fmt: skip
    assert all(float(line.split(",")[4]) >= 10 for line in lines[1:])


def test_nothing_is_merged_in_a_list(people: str):
    before = tree(Path())
    ran = crmsheet("dedupe", people, *MAPPED, "--lang", "en")
    assert "Groups that are surely one customer: 2" in ran.out
    assert "nothing can be merged in it" in ran.out
    assert "crmsheet adopt people.csv" in ran.out
    refused = crmsheet("dedupe", people, *MAPPED, "--write", "--lang", "en")
    assert refused.code == 2
    assert "leave out --map" in refused.err
    assert tree(Path()) == before


def test_without_a_word_on_cryptic_headers_it_is_told_how(people: str):
    rows = [row[:3] for row in PEOPLE]
    write("few.csv", [["x", "y", "z"], *rows[1:]])
    ran = crmsheet("dedupe", "few.csv", "--lang", "en")
    assert ran.code == 3
    assert "--map x=name" in ran.err
    assert "x, y, z" in ran.err
    assert "First name" in ran.err


def test_common_headers_are_known_in_both_languages():
    english = write("e.csv", [
        ["Given_Name", "SURNAME", "street_number", "Address 1", "Suburb", "Post-Code", "State", "DOB", "E-mail"],
        ["josephine", "kilbourne", "12", "collicott circuit", "success hill", "2795", "wa", "1994-11-16", ""],
        ["josefine", "kilbourne", "12", "collicott circuit", "success hill", "2795", "wa", "1994-11-16", ""],
        ["bob", "ray", "3", "long road", "perth", "6000", "wa", "1980-01-05", "bob@ray.au"],
    ])  # fmt: skip
    ran = crmsheet("dedupe", english, "-f", "json")
    assert ran.document["counts"]["sure_groups"] + ran.document["counts"]["review_groups"] == 1
    (said,) = [each["field"] for each in ran.document["tables"]["pairs"][0]["evidence"] if each["field"] == "city"]
    assert said == "city"
    chinese = crmsheet("dedupe", write("z.csv", [line.split(",") for line in STUDENTS.splitlines()]),
                       "--map", "学生=姓名", "--map", "家长手机=手机", "--lang", "zh")  # fmt: skip
    assert "确定是同一客户的 1 组" in chinese.out
    assert "学生（名称）" in chinese.out


def test_a_list_in_gbk_and_one_in_a_workbook_below_a_title_give_the_same():
    rows = [line.split(",") for line in STUDENTS.splitlines()]
    write("gbk.csv", rows, "gbk")
    day = dt.date(2010, 5, 6)
    cells = [
        rows[0],
        [1, "欧阳小明", day, 13812345679],
        [2, "李华", dt.date(2011, 1, 2), 13900001117],
        [3, "欧阳小明", day, "138 1234 5679"],
    ]
    workbook("title.xlsx", 名单=[["2026年秋季报名"], [], *cells])
    words = ("--map", "学生=姓名", "--map", "家长手机=mobile", "-f", "csv")
    first, second = (crmsheet("dedupe", name, *words).out.splitlines() for name in ("gbk.csv", "title.xlsx"))
    assert [line.split(",")[0] for line in first] == ["row", "2", "4"]
    # Rows as the sheet shows them: its header is in row 3.
    assert [line.split(",")[0] for line in second] == ["row", "4", "6"]
    assert [line.split(",")[1:] for line in first] == [line.split(",")[1:] for line in second]


def test_a_list_without_headers_is_mapped_by_letters():
    write("bare.csv", [["欧阳小明", "13812345679"], ["李华", "13900001117"], ["欧阳小明", "13812345679"]])
    assert crmsheet("dedupe", "bare.csv").code == 3
    ran = crmsheet("dedupe", "bare.csv", "--map", "A=name", "--map", "b=phone", "-f", "csv")
    assert [line.split(",")[0] for line in ran.out.splitlines()] == ["row", "1", "3"]


def test_a_column_that_is_left_out_takes_no_part():
    rows = [
        ["name", "phone", "social security number"],
        ["Ann Leeward", "", "123-45-6789"],
        ["Ann Leeward", "", "987-65-4321"],
    ]
    write("ids.csv", rows)
    compared, left_out = (
        crmsheet("dedupe", "ids.csv", "--explain", "#2", "#3", *words, "-f", "json").document["sections"][0]["rows"]
        for words in ((), ("--map", "social security number=-"))
    )
    assert "identity number" in [row[0] for row in compared]
    assert "identity number" not in [row[0] for row in left_out]


def test_phones_that_nobody_can_read_are_compared_as_they_stand():
    write("food.csv", [
        ["id", "name", "addr", "phone", "city", "type"],
        ["0", "arnie mortons of chicago", "435 s. la cienega blv.", "310/246-1501", "los angeles", "american"],
        ["1", "granita", "23725 w. malibu rd.", "310/456-0488", "malibu", "californian"],
        ["2", "arnie mortons of chicago", "435 s. la cienega blvd.", "310-246-1501", "los angeles", "steakhouses"],
    ])  # fmt: skip
    document = crmsheet("dedupe", "food.csv", "-f", "json", "--reveal").document
    (pair,) = document["tables"]["pairs"]
    assert (pair["left_key"], pair["right_key"], pair["band"]) == ("0", "2", "sure")
    fields = {each["field"]: each for each in pair["evidence"]}
    assert fields["landline"]["left"] == fields["landline"]["right"] == "3102461501"
    assert fields["address"]["bits"] > 0, "the header addr is no field of the schema and is compared all the same"
    assert document["changes"], "it has keys: it goes on being a book"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--map", "ful name=name"), "No column of people.csv is called ful name. Its columns are: id, fn, ln"),
        (("--map", "lin=phone"), "Did you mean line?"),
        (("--map", "fn=adress"), "Did you mean address?"),
        (("--map", "fn=fish"), "not compared by fish"),
        (("--map", "fn"), "write it like --map fn=mobile"),
        (("--map", "=name"), "write it like --map name=mobile"),
        (("--explain", "1", "1"), "are one record"),
        (("--explain", "1", "99"), "No record of people.csv has the key 99"),
        (("--explain", "1", "2", "-f", "csv"), "leave out -f csv"),
        (("--explain", "1", "2", "--against", "people.csv"), "--explain, --against exclude each other"),
        (("--review", "--write"), "--write, --review exclude each other"),
        (("-f", "xlsx"), "add -o FILE"),
    ],
)
def test_wrong_options_are_told_with_what_there_is(people: str, words: tuple[str, ...], said: str):
    mapped = MAPPED if "--explain" in words else ()
    ran = crmsheet("dedupe", people, *mapped, *words, "--lang", "en")
    assert ran.code == 2
    assert said in ran.err


def test_the_csv_is_the_same_in_both_languages_and_in_a_file(people: str):
    english, chinese = (crmsheet("dedupe", people, *MAPPED, "-f", "csv", "--lang", lang).out for lang in ("en", "zh"))
    assert english == chinese
    assert crmsheet("dedupe", people, *MAPPED, "-f", "csv", "-o", "out.csv").out == ""
    assert Path("out.csv").read_text("utf-8") == english


def test_the_numbers_of_groups_do_not_depend_on_the_order_of_rows(people: str):
    write("turned.csv", [PEOPLE[0], *reversed(PEOPLE[1:])])
    numbers = []
    for name in (people, "turned.csv"):
        with Path(name).open(encoding="utf-8") as stream:
            keys = [row[0] for row in csv.reader(stream)]
        rows = csv.DictReader(crmsheet("dedupe", name, *MAPPED, "-f", "csv").out.splitlines())
        numbers.append({keys[int(row["row"]) - 1]: (row["cluster"], row["entity"]) for row in rows})
    assert numbers[0] == numbers[1]
    assert len(numbers[0]) == 4


# A book ------------------------------------------------------------------------------------------------------------


def test_a_book_has_groups_with_the_evidence_of_each_record(desk: str):
    document = crmsheet("dedupe", desk, "-f", "json", "--today", TODAY).document
    (section,) = [each for each in document["sections"] if each["name"] == "duplicates_sure"]
    assert [row[1] for row in section["rows"]] == ["K1", "K4"]
    assert section["rows"][0][4] is None
    assert "same mobile number" in section["rows"][1][4]
    assert document["counts"]["sure_groups"] == 1
    rows = document["tables"]["rows"]
    told = [(each["row"], each["cluster"], each["entity"], each["band"]) for each in rows]
    assert told == [(2, 1, 1, "sure"), (5, 1, 1, "sure")]
    (pair,) = document["tables"]["pairs"]
    mobile = next(each for each in pair["evidence"] if each["field"] == "mobile")
    assert mobile["left"] == "138****5679", "masked like everything"
    revealed = crmsheet("dedupe", desk, "-f", "json", "--reveal").document["tables"]["pairs"][0]["evidence"]
    assert next(each for each in revealed if each["field"] == "mobile")["left"].endswith("13812345679")


def test_a_mapped_book_is_read_as_a_list(desk: str):
    ran = crmsheet("dedupe", desk, "--map", "城市=-", "-f", "json")
    assert ran.document["changes"] == []
    assert "city" not in [each["field"] for each in ran.document["tables"]["pairs"][0]["evidence"]]
    assert ran.document["tables"]["pairs"][0]["left_key"] == "K1"


def test_merged_rows_take_no_part_in_a_mapped_book(desk: str):
    assert crmsheet("dedupe", desk, "--write", "--today", TODAY).code == 0
    assert load_workbook(desk)["客户"].max_column > 7
    assert crmsheet("dedupe", desk, "--map", "城市=-", "-f", "csv").out.strip() == HEADER


def test_leads_and_contacts_that_are_customers_already(desk: str):
    document = crmsheet("dedupe", desk, "-f", "json", "--today", TODAY).document
    met = [each for each in document["findings"] if each["rule"] == "CRM312"]
    assert [(each["table"], each["key"], each["value"]) for each in sorted(met, key=lambda each: each["key"])] == [
        ("leads", "L1", "赵**"), ("leads", "L2", "李**"), ("contacts", "P2", "李**"),
    ]  # fmt: skip
    first = next(each["message"] for each in met if each["key"] == "L1")
    assert "K3" in first
    assert "write K3 into 转化客户编号" in first
    assert "赵敏慧" not in json.dumps(document, ensure_ascii=False)
    nightly = crmsheet("nightly", desk, "-f", "json", "--today", TODAY).document
    assert sorted(each["key"] for each in nightly["findings"] if each["rule"] == "CRM312") == ["L1", "L2", "P2"]
    assert "线索或联系人已经是客户" in crmsheet("explain", "CRM312", "--lang", "zh").out


# The evidence card -------------------------------------------------------------------------------------------------


def test_the_card_adds_up(desk: str):
    document = crmsheet("dedupe", desk, "--explain", "K1", "k4", "-f", "json").document
    (section,) = document["sections"]
    bits = [float(row[4]) for row in section["rows"]]
    assert section["rows"][-1][0] == "sum"
    assert bits[-1] == pytest.approx(sum(bits[:-1]), abs=0.05 * len(bits))
    assert document["counts"]["band"] == "sure"
    assert "surely the same" in document["notes"][0]
    assert "K1 北京华信恒远科技有限公司 and K4 北京华信恒远科技" in document["notes"][0]
    assert section["columns"][1:3] == ["K1", "K4"]
    assert next(row[1:3] for row in section["rows"] if row[0] == "mobile number") == ["138****5679"] * 2


def test_any_two_records_have_a_card_in_the_order_in_which_they_are_named(desk: str):
    for lang, verdict in (("en", "not taken for the same"), ("zh", "不视为同一客户")):
        ran = crmsheet("dedupe", desk, "--explain", "#4", "K2", "--lang", lang)
        assert ran.code == 0
        assert verdict in ran.out
        assert ran.out.index("K3 上海大洋彼岸") < ran.out.index("K2 李逍遥")
    for page in ("md", "html"):
        assert "K3 上海大洋彼岸贸易有限公司" in crmsheet("dedupe", desk, "--explain", "K3", "K2", "-f", page).out


def test_a_contradiction_is_named():
    one = ["欧阳小明", "个人", "13812345679"]
    rows = [
        ["客户编号", "客户名称", "客户类型", "手机", "生日"],
        ["A1", *one, "1980-03-04"],
        ["A2", *one, "1991-12-25"],
    ]
    workbook("two.xlsx", 客户=rows)
    ran = crmsheet("dedupe", "two.xlsx", "--explain", "A1", "A2", "--lang", "en")
    assert "It contradicts: different birthday." in " ".join(ran.out.split())


def test_a_decision_is_named_with_who_made_it(desk: str):
    Path("book.xlsx.decisions.txt").write_text("different\tK1\tK4\tLi\t2026-11-20T09:00:00\t\n", "utf-8")
    said = " ".join(crmsheet("dedupe", desk, "--explain", "K1", "K4", "--lang", "en").out.split())
    assert "Li decided that they are different (2026-11-20T09:00:00)" in said
    assert crmsheet("dedupe", desk, "-f", "csv").out.strip() == HEADER


def test_a_merged_record_is_compared_all_the_same(desk: str):
    assert crmsheet("dedupe", desk, "--write", "--today", TODAY).code == 0
    said = " ".join(crmsheet("dedupe", desk, "--explain", "K1", "K4", "--lang", "en").out.split())
    assert "is merged or archived already" in said
    assert "surely the same" in said


def test_every_book_of_the_shelf_can_be_explained(looked: Cli):
    for book in BOOKS:
        document = looked("dedupe", book, "-f", "json").document
        why = next((each for each in document["notes"] if "--explain" in each), "")
        assert why, book
        left, right = why.rstrip("`.").split()[-2:]
        assert looked("dedupe", book, "--explain", left, right).code == 0


# Against another list ----------------------------------------------------------------------------------------------


def test_rows_of_ours_that_are_in_another_list(desk: str):
    write(
        "bought.csv",
        [
            ["who", "ring"],
            ["上海大洋彼岸贸易公司", "137-1234-4321"],
            ["某某公司", "13511112345"],
            ["李逍遥", "13987654321"],
        ],
    )
    before = tree(Path())
    mapped = ("--map", "who=客户名称", "--map", "ring=手机")
    ran = crmsheet("dedupe", desk, "--against", "bought.csv", *mapped, "-f", "csv")
    lines = ran.out.splitlines()
    assert lines[0] == "row,other_row,band,weight"
    assert [line.split(",")[:3] for line in lines[1:]] == [["3", "4", "sure"], ["4", "2", "sure"]]
    document = crmsheet("dedupe", desk, "--against", "bought.csv", *mapped, "-f", "json").document
    assert document["counts"] == {"rows": 4, "other_rows": 3, "sure_rows": 2, "review_rows": 0}
    assert [each["key"] for each in document["tables"]["pairs"]] == ["K2", "K3"]
    page = crmsheet("dedupe", desk, "--against", "bought.csv", *mapped, "--lang", "zh").out
    assert "确定在 bought.csv 里也有：2" in page
    assert tree(Path()) == before


def test_a_book_against_itself_meets_every_row_once(desk: str):
    lines = crmsheet("dedupe", desk, "--against", desk, "-f", "csv").out.splitlines()[1:]
    pairs = {tuple(line.split(",")[:2]) for line in lines}
    assert {("2", "2"), ("3", "3"), ("4", "4"), ("5", "5"), ("2", "5"), ("5", "2")} <= pairs


def test_what_is_wrong_with_the_other_list_is_told(desk: str):
    write("odd.csv", [["x", "y"], ["1", "2"]])
    assert crmsheet("dedupe", desk, "--against", "odd.csv").code == 3
    assert crmsheet("dedupe", desk, "--against", "gone.csv").code == 3
    ran = crmsheet("dedupe", desk, "--against", "odd.csv", "--map", "z=name", "--lang", "en")
    assert ran.code == 2
    assert "No column of odd.csv is called z" in ran.err


def test_records_that_say_the_same_after_a_merge_are_told():
    person = ["北京华信科技有限公司", "13911112222", "li@huaxin.cn"]
    names = "甲乙丙丁戊己庚"
    people = [[f"P{at}", f"K{1 + at % 2}", f"王芳{names[at // 2]}", f"139222200{at // 2:02}"] for at in range(14)]
    customers = [["客户编号", "客户名称", "手机", "邮箱"], ["K1", *person], ["K2", *person]]
    book = workbook("b.xlsx", 客户=customers, 联系人=[["联系人编号", "客户编号", "姓名", "手机"], *people])
    ran = crmsheet("dedupe", book, "--lang", "zh")
    assert ran.code == 0, ran.err
    told = ran.out.replace("\n", "")
    assert told.count("说的是同一回事") == 5, ran.out
    assert "合并后内容相同的记录还有 2 条。" in told
