"""`merge`, and the decisions on its conflicts: preview, write, sheet, file beside a CSV book, history, undo."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path

import openpyxl
import pytest

from crmsheet.app import states
from crmsheet.app.decisions import decided
from crmsheet.app.merge import merge_states
from tests.cli.conftest import crmsheet, tree
from tests.small_books import CSV, FOLDER, XLSX, files_of, request_of

HEAD = ["客户编号", "客户名称", "手机", "备注", "信用额度"]
ONE, TWO = ["C1", "上海甲公司", "13800000001", "旧", 100], ["C2", "北京乙公司", "13900000002", None, 200]
PEOPLE = [["联系人编号", "客户编号", "姓名"], ["P1", "C1", "王"]]
NAMES = {XLSX: "{}.xlsx", CSV: "{}.csv", FOLDER: "{}"}


def book(folder: Path, name: str, kind: str, *records: list, people: list = PEOPLE) -> Path:
    path = folder / NAMES[kind].format(name)
    for member, content in files_of(kind, {"客户": [HEAD, *records], "联系人": people}).items():
        target = path / member if member else path
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(content)
    return path


@pytest.fixture(params=[XLSX, CSV, FOLDER])
def three(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, Path, Path]:
    """Base, ours and theirs: disjoint edits, one cell that both changed, one record that theirs removed."""
    kind = request.param
    third = ["C3", "广州丙公司", "13500000003", None, 300]
    base = book(tmp_path, "base", kind, ONE, TWO, third)
    ours = book(tmp_path, "ours", kind, [*ONE[:2], "13811110000", *ONE[3:]], [*TWO[:4], 250], [*third[:3], "我方", 300])
    theirs = book(tmp_path, "theirs", kind, [*ONE[:2], "13822220000", *ONE[3:]], [*TWO[:3], "=危险", 200])
    return base, ours, theirs


def cells(path: Path) -> list[list]:
    kind = XLSX if path.suffix == ".xlsx" else CSV
    if kind == XLSX:
        rows = openpyxl.load_workbook(path)["客户"].iter_rows(values_only=True)
        return [list(row) for row in rows]
    text = (path / "客户.csv" if path.is_dir() else path).read_text(encoding="utf-8-sig")
    return [line.split(",") for line in text.splitlines()]


def test_a_preview_writes_nothing_and_says_what_collides(three, tmp_path, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    before = tree(tmp_path)
    for lang, word in (("zh", "双方都改了这个单元格"), ("en", "both sides changed this cell")):
        ran = crmsheet("merge", *three, "--lang", lang)
        assert ran.code == 5
        assert word in ran.out
        assert "13811110000" not in ran.said
        assert "138****0000" in ran.out
    assert tree(tmp_path) == before
    found = crmsheet("merge", *three, "-f", "json").document
    assert found["counts"]["conflicts"] == 2
    assert {section["name"] for section in found["sections"]} >= {"collisions"} or found["sections"]
    assert "13811110000" not in str(found)
    assert "13811110000" in crmsheet("merge", *three, "--reveal").out


def test_what_is_written_is_one_version_that_undo_takes_back(three):
    base, ours, theirs = three
    before = held(ours)
    ran = crmsheet("merge", base, ours, theirs, "--write", "--lang", "zh")
    assert ran.code == 5, ran.said
    rows = cells(ours)
    assert str(rows[1][2]) == "13811110000", "ours stands"
    assert [str(each) for each in rows[2][3:]] == ["=危险", "250"]
    assert str(rows[3][0]) == "C3", "what ours changed is not removed"
    assert "merge" in crmsheet("history", ours).out
    again = crmsheet("merge", base, ours, theirs, "--write")
    assert again.code == 5
    assert "nothing to change" in again.out
    assert crmsheet("undo", ours, "--write").code == 0
    assert held(ours) == before


def held(ours: Path) -> dict[str, bytes]:
    return {each.name: each.read_bytes() for each in (ours.glob("*.csv") if ours.is_dir() else [ours])}


def choose(ours: Path, **choices: str) -> None:
    """Fills the column of the decisions: field or `whole` -> word."""
    if ours.suffix == ".xlsx":
        made = openpyxl.load_workbook(ours)
        sheet = made["冲突"]
        for row in range(3, sheet.max_row + 1):
            sheet.cell(row, 8).value = choices.get("mobile" if sheet.cell(row, 4).value == "手机" else "whole")
        made.save(ours)
        return
    path = ours.with_name(f"{ours.stem}.冲突.csv")
    import csv

    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.reader(file))
    for line in lines[2:]:
        line[7] = choices.get("mobile" if line[3] == "手机" else "whole", "")
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(lines)


def test_decisions_are_done_and_their_rows_go(three):
    base, ours, theirs = three
    crmsheet("merge", base, ours, theirs, "--write", "--lang", "zh")
    ran = crmsheet("reconcile", ours, "--write")
    assert ran.code == 5, "nothing is decided yet"
    choose(ours, mobile="对方")
    ran = crmsheet("reconcile", ours, "--write")
    assert ran.code == 5, ran.said
    assert str(cells(ours)[1][2]) == "13822220000"
    choose(ours, whole="对方")
    ran = crmsheet("reconcile", ours, "--write")
    assert ran.code == 0, ran.said
    assert not any(str(row[0]) == "C3" for row in cells(ours))
    if ours.suffix == ".xlsx":
        sheet = openpyxl.load_workbook(ours)["冲突"]
        assert sheet["A1"].value == "冲突已全部处理。这张表可以删除。"
        assert {each.value for row in (3, 4) for each in sheet[row] if each.column < 8} == {None}
    else:
        assert not ours.with_name(f"{ours.stem}.冲突.csv").exists()


def test_a_decision_counts_only_while_ours_is_as_it_was_told(three):
    base, ours, theirs = three
    crmsheet("merge", base, ours, theirs, "--write", "--lang", "zh")
    choose(ours, mobile="对方", whole="瞎写")
    assert crmsheet("set", "C1", "手机=13700000000", ours).code == 0
    ran = crmsheet("reconcile", ours, "--write", "--lang", "zh")
    assert ran.code == 5
    assert "又被改过" in ran.out
    assert "瞎写" in ran.out
    assert "1370000" in str(cells(ours)[1][2])


def test_a_record_that_ours_removed_comes_back_whole(tmp_path):
    date = ["C3", "广州丙公司", "13500000003", '两行\n"引号"', 300]
    base = book(tmp_path, "base", XLSX, ONE, date)
    ours = book(tmp_path, "ours", XLSX, ONE)
    theirs = book(tmp_path, "theirs", XLSX, ONE, [*date[:4], 333])
    assert crmsheet("merge", base, ours, theirs, "--write", "--lang", "zh").code == 5
    choose(ours, whole="对方")
    assert crmsheet("reconcile", ours, "--write").code == 0
    assert cells(ours)[-1] == [*date[:4], 333]


def test_the_users_own_sheet_of_that_name_is_left_alone(tmp_path):
    base = book(tmp_path, "base", XLSX, ONE)
    ours = book(tmp_path, "ours", XLSX, [*ONE[:4], 1])
    theirs = book(tmp_path, "theirs", XLSX, [*ONE[:4], 2])
    made = openpyxl.load_workbook(ours)
    made.create_sheet("冲突")["A1"] = "我自己的"
    made.save(ours)
    assert crmsheet("merge", base, ours, theirs, "--write", "--lang", "zh").code == 5
    found = openpyxl.load_workbook(ours)
    assert found["冲突"]["A1"].value == "我自己的"
    assert found["冲突 2"]["D3"].value == "信用额度"
    assert found["冲突 2"]["I3"].hyperlink.location == "'客户'!E2"
    assert found["冲突 2"].data_validations.dataValidation[0].formula1 == '"我方,对方,原值"'


def test_every_other_part_of_ours_stays_byte_for_byte(tmp_path):
    base = book(tmp_path, "base", XLSX, ONE, TWO)
    ours = book(tmp_path, "ours", XLSX, [*ONE[:4], 1], TWO)
    theirs = book(tmp_path, "theirs", XLSX, ONE, [*TWO[:4], 2])
    before = parts(ours)
    assert crmsheet("merge", base, ours, theirs, "--write").code == 0
    after = parts(ours)
    changed = {name for name in before if before[name] != after.get(name)}
    assert changed == {"xl/worksheets/sheet1.xml"}
    assert set(after) == set(before)


def parts(path: Path) -> dict[str, str]:
    with zipfile.ZipFile(path) as archive:
        return {name: hashlib.sha256(archive.read(name)).hexdigest() for name in archive.namelist()}


def test_versions_of_the_book_are_bases_and_sides(tmp_path):
    ours = book(tmp_path, "ours", XLSX, ONE, TWO)
    assert crmsheet("set", "C1", "信用额度=1", ours).code == 0
    assert crmsheet("set", "C2", "信用额度=2", ours).code == 0
    theirs = book(tmp_path, "theirs", XLSX, [*ONE[:3], "新", 100], TWO)
    ran = crmsheet("merge", "1", ours, theirs, "--write")
    assert ran.code == 0, ran.said
    assert [row[3:] for row in cells(ours)[1:]] == [["新", 1], [None, 2]]
    refused = crmsheet("merge", "1", "2", theirs, "--write")
    assert refused.code == 2
    assert crmsheet("merge", "99", ours, theirs).code == 2
    assert crmsheet("merge", "nobody.xlsx", ours, theirs).code == 3


def test_ours_that_was_changed_meanwhile_is_merged_anew(tmp_path, monkeypatch):
    base = book(tmp_path, "base", XLSX, ONE, TWO)
    ours = book(tmp_path, "ours", XLSX, ONE, TWO)
    theirs = book(tmp_path, "theirs", XLSX, ONE, [*TWO[:4], 2])
    request = request_of(ours)
    three = [states.state_at(request, str(each)) for each in (base, ours, theirs)]
    book(tmp_path, "ours", XLSX, [*ONE[:4], 7], TWO)
    merge_states(request, *three, command="merge", write=True)
    assert [row[4] for row in cells(ours)[1:]] == [7, 2]


def test_a_book_without_conflicts_has_none_to_decide(tmp_path):
    ours = book(tmp_path, "ours", XLSX, ONE)
    state = states.comparable([states.current_state(request_of(ours))])[0]
    assert decided(state).rows == decided(state).open_rows == ()


def test_any_workbook_is_merged_by_a_key_that_is_named(tmp_path):
    def made(name: str, *rows: list) -> Path:
        path = tmp_path / f"{name}.xlsx"
        path.write_bytes(files_of(XLSX, {"Stock": [["branch", "part", "count"], *rows]})[""])
        return path

    base = made("base", ["N", "bolt", 1], ["S", "bolt", 2], ["S", "nut", 3])
    ours = made("ours", ["S", "bolt", 5], ["N", "bolt", 1], ["S", "nut", 3])
    theirs = made("theirs", ["N", "bolt", 1], ["S", "bolt", 2], ["S", "nut", 4], ["N", "nut", 9])
    ran = crmsheet("merge", base, ours, theirs, "--key", "branch,part", "--write")
    assert ran.code == 0, ran.said
    rows = list(openpyxl.load_workbook(ours)["Stock"].iter_rows(values_only=True))
    assert rows[1:] == [("S", "bolt", 5), ("N", "bolt", 1), ("S", "nut", 4), ("N", "nut", 9)]
